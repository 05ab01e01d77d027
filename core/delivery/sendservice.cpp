// SPDX-License-Identifier: GPL-3.0-or-later
#include "delivery/sendservice.h"

#include "delivery/iothread.h"
#include "delivery/sendjob.h"

#include <QHash>
#include <QSet>

namespace Mailgauge::Delivery {

namespace {

/// Owns the jobs; lives on the I/O thread.
class SendWorker final : public QObject {
public:
    SendWorker(
        SendService &service, Transcript::SessionRepository *repository, const Base::Clock &clock)
        : m_service(service)
        , m_repository(repository)
        , m_clock(clock)
    {
    }

    void setRepository(Transcript::SessionRepository *repository) { m_repository = repository; }
    void start(SendRequest request);
    void cancel(const QUuid &session);
    [[nodiscard]] SendJob *job(const QUuid &session) const { return m_jobs.value(session); }
    void shutDown();

private:
    void forward(SendJob *job);

    SendService &m_service;
    Transcript::SessionRepository *m_repository;
    const Base::Clock &m_clock;
    QHash<QUuid, SendJob *> m_jobs; // children of ours
};

// The service lives in another thread, so these arrive there queued.
void SendWorker::forward(SendJob *job)
{
    connect(job, &SendJob::started, &m_service, &SendService::started);
    connect(job, &SendJob::entriesRecorded, &m_service, &SendService::entriesRecorded);
    connect(job, &SendJob::stageEntered, &m_service, &SendService::stageEntered);
    connect(job, &SendJob::contentProgress, &m_service, &SendService::contentProgress);
    connect(job, &SendJob::recipientDecided, &m_service, &SendService::recipientDecided);
    connect(job, &SendJob::opened, &m_service, &SendService::opened);
    connect(job, &SendJob::capabilitiesChanged, &m_service, &SendService::capabilitiesChanged);
    connect(job, &SendJob::commandAnswered, &m_service, &SendService::commandAnswered);
    connect(job, &SendJob::paused, &m_service, &SendService::paused);
    connect(job, &SendJob::lineRefused, &m_service, &SendService::lineRefused);
    connect(job, &SendJob::storeFailed, &m_service, &SendService::storeFailed);
    connect(job, &SendJob::finished, &m_service, &SendService::finished);
}

void SendWorker::start(SendRequest request)
{
    const QUuid id = request.id;
    auto *job = new SendJob(std::move(request), m_repository, m_clock, this);
    m_jobs.insert(id, job);
    forward(job);
    connect(job, &SendJob::finished, this, [this, id] { m_jobs.take(id)->deleteLater(); });
    job->start();
}

void SendWorker::cancel(const QUuid &session)
{
    if (SendJob *running = job(session))
        running->cancel();
}

void SendWorker::shutDown()
{
    const QList<SendJob *> jobs = m_jobs.values();
    m_jobs.clear();
    for (SendJob *job : jobs) {
        job->disconnect();
        job->abandon();
        delete job;
    }
}

} // namespace

class SendService::Private {
public:
    QSet<QUuid> running;
    QSet<QUuid> looks; ///< Of those that run.
    QString policyDirectory;
    SendWorker *worker = nullptr; // deleted by its thread's end
    IoThreadPtr thread;
};

SendService::SendService(
    Transcript::SessionRepository *repository, const Base::Clock &clock, QObject *parent)
    : QObject(parent)
    , d(std::make_unique<Private>())
{
    d->worker = new SendWorker(*this, repository, clock);
    d->thread = startIoThread(d->worker, "sessions");
    connect(this, &SendService::finished, this, [this](const Transcript::SessionRecord &record) {
        d->running.remove(record.id);
        d->looks.remove(record.id);
    });
}

SendService::~SendService()
{
    // Waits: afterwards no socket of ours is open and the store knows how every session ended.
    if (d->thread->isRunning())
        QMetaObject::invokeMethod(d->worker, &SendWorker::shutDown, Qt::BlockingQueuedConnection);
    d->thread.reset();
}

void SendService::setRepository(Transcript::SessionRepository *repository)
{
    QMetaObject::invokeMethod(
        d->worker, [worker = d->worker, repository] { worker->setRepository(repository); },
        Qt::QueuedConnection);
}

void SendService::setPolicyDirectory(const QString &directory)
{
    d->policyDirectory = directory;
}

QString SendService::policyDirectory() const
{
    return d->policyDirectory;
}

bool SendService::isLook(const QUuid &session) const
{
    return d->looks.contains(session);
}

QUuid SendService::send(SendRequest request)
{
    if (request.mtaSts.directory.isEmpty())
        request.mtaSts.directory = d->policyDirectory;
    if (request.id.isNull())
        request.id = QUuid::createUuid();
    const QUuid id = request.id;
    if (d->running.contains(id))
        return {};
    d->running.insert(id);
    if (request.isLook)
        d->looks.insert(id);
    QMetaObject::invokeMethod(
        d->worker, [worker = d->worker, request = std::move(request)] { worker->start(request); },
        Qt::QueuedConnection);
    return id;
}

void SendService::cancel(const QUuid &session)
{
    QMetaObject::invokeMethod(
        d->worker, [worker = d->worker, session] { worker->cancel(session); },
        Qt::QueuedConnection);
}

void SendService::command(const QUuid &session, const QByteArray &line)
{
    QMetaObject::invokeMethod(
        d->worker,
        [worker = d->worker, session, line] {
            if (SendJob *job = worker->job(session))
                job->command(line);
        },
        Qt::QueuedConnection);
}

void SendService::resume(const QUuid &session, const std::optional<QByteArray> &line)
{
    QMetaObject::invokeMethod(
        d->worker,
        [worker = d->worker, session, line] {
            if (SendJob *job = worker->job(session))
                job->resume(line);
        },
        Qt::QueuedConnection);
}

void SendService::quit(const QUuid &session)
{
    QMetaObject::invokeMethod(
        d->worker,
        [worker = d->worker, session] {
            if (SendJob *job = worker->job(session))
                job->quit();
        },
        Qt::QueuedConnection);
}

int SendService::running() const
{
    return static_cast<int>(d->running.size());
}

} // namespace Mailgauge::Delivery

#include "moc_sendservice.cpp"
