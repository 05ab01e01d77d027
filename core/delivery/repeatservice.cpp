// SPDX-License-Identifier: GPL-3.0-or-later
#include "delivery/repeatservice.h"

#include "delivery/iothread.h"
#include "delivery/repeatrun.h"

#include <QHash>
#include <QMetaMethod>
#include <QPromise>

namespace Mailgauge::Delivery {

namespace {

using TokenResult = Relay::TokenProvider::TokenResult;

/// The same, from any thread that ends before `owner`.
Relay::FreshToken askedThere(QObject *owner, Relay::FreshToken make)
{
    return [owner, make = std::move(make)] {
        const auto promise = std::make_shared<QPromise<TokenResult>>();
        promise->start();
        QFuture<TokenResult> future = promise->future();
        QMetaObject::invokeMethod(
            owner,
            [owner, make, promise] {
                make().then(owner, [promise](const TokenResult &token) {
                    promise->addResult(token);
                    promise->finish();
                });
            },
            Qt::QueuedConnection);
        return future;
    };
}

/// Owns the runs; lives on the I/O thread.
class RepeatWorker final : public QObject {
public:
    RepeatWorker(
        RepeatService &service, Transcript::SessionRepository *repository, const Base::Clock &clock)
        : m_service(service)
        , m_repository(repository)
        , m_clock(clock)
    {
    }

    void start(const RepeatRequest &request, RepeatRun::Tell tell)
    {
        const QUuid id = request.request.id;
        auto *run = new RepeatRun(request, m_repository, m_clock, tell, this);
        m_runs.insert(id, run);
        connect(run, &RepeatRun::messagesDone, &m_service, &RepeatService::messagesDone);
        connect(run, &RepeatRun::storeFailed, &m_service, &RepeatService::storeFailed);
        connect(run, &RepeatRun::finished, &m_service, &RepeatService::finished);
        connect(run, &RepeatRun::finished, this, [this, id] { m_runs.take(id)->deleteLater(); });
        run->start();
    }

    void cancel(const QUuid &id)
    {
        if (RepeatRun *run = m_runs.value(id))
            run->cancel();
    }

    void shutDown()
    {
        const QList<RepeatRun *> runs = m_runs.values();
        m_runs.clear();
        for (RepeatRun *run : runs) {
            run->disconnect();
            run->abandon();
            delete run;
        }
    }

private:
    RepeatService &m_service;
    Transcript::SessionRepository *m_repository;
    const Base::Clock &m_clock;
    QHash<QUuid, RepeatRun *> m_runs; // children of ours
};

} // namespace

double RepeatSummary::perSecond() const
{
    const double seconds = std::chrono::duration<double>(duration).count();
    return seconds > 0 ? static_cast<double>(messages) / seconds : 0;
}

class RepeatService::Private {
public:
    QString policyDirectory;
    RepeatWorker *worker = nullptr; // deleted by its thread's end
    IoThreadPtr thread;
};

RepeatService::RepeatService(
    Transcript::SessionRepository *repository, const Base::Clock &clock, QObject *parent)
    : QObject(parent)
    , d(std::make_unique<Private>())
{
    d->worker = new RepeatWorker(*this, repository, clock);
    d->thread = startIoThread(d->worker, "repeats");
}

RepeatService::~RepeatService()
{
    if (d->thread->isRunning())
        QMetaObject::invokeMethod(d->worker, &RepeatWorker::shutDown, Qt::BlockingQueuedConnection);
    d->thread.reset();
}

void RepeatService::setPolicyDirectory(const QString &directory)
{
    d->policyDirectory = directory;
}

QUuid RepeatService::start(RepeatRequest request)
{
    if (request.request.mtaSts.directory.isEmpty())
        request.request.mtaSts.directory = d->policyDirectory;
    if (request.request.id.isNull())
        request.request.id = QUuid::createUuid();
    const QUuid id = request.request.id;
    if (request.freshToken)
        request.freshToken = askedThere(this, std::move(request.freshToken));
    const auto tell = isSignalConnected(QMetaMethod::fromSignal(&RepeatService::messagesDone))
        ? RepeatRun::Tell::Messages
        : RepeatRun::Tell::Summary;
    QMetaObject::invokeMethod(
        d->worker,
        [worker = d->worker, tell, request = std::move(request)] { worker->start(request, tell); },
        Qt::QueuedConnection);
    return id;
}

void RepeatService::cancel(const QUuid &run)
{
    QMetaObject::invokeMethod(
        d->worker, [worker = d->worker, run] { worker->cancel(run); }, Qt::QueuedConnection);
}

} // namespace Mailgauge::Delivery

#include "moc_repeatservice.cpp"
