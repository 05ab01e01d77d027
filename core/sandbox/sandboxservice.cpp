// SPDX-License-Identifier: GPL-3.0-or-later
#include "sandbox/sandboxservice.h"

#include "base/literals.h"
#include "sandbox/sandboxworker.h"

#include <QThread>

namespace Mailgauge::Sandbox {

/// The thread, and the worker that lives on it.
class SandboxService::Private {
public:
    explicit Private(const Base::Clock &clock)
        : worker(new SandboxWorker(clock))
    {
        thread.setObjectName(u"sandbox"_s);
        worker->moveToThread(&thread);
        QObject::connect(&thread, &QThread::finished, worker, &QObject::deleteLater);
        thread.start();
    }
    /// Waits until the thread has closed every socket.
    ~Private()
    {
        thread.quit();
        thread.wait();
    }
    Private(const Private &) = delete;
    Private &operator=(const Private &) = delete;

    QThread thread;
    SandboxWorker *worker; ///< Deleted by its thread.
    std::optional<SandboxAddress> address;
    Scenario scenario;
    int unanswered = 0; ///< Starts that neither came up nor failed yet.
    bool wanted = false; ///< Started, and not stopped since.
};

SandboxService::SandboxService(const Base::Clock &clock, QObject *parent)
    : QObject(parent)
    , d(std::make_unique<Private>(clock))
{
    connect(d->worker, &SandboxWorker::started, this, [this](const SandboxAddress &address) {
        // What was stopped or started anew meanwhile is not there any more.
        if (--d->unanswered > 0 || !d->wanted)
            return;
        d->address = address;
        Q_EMIT started(address);
    });
    connect(d->worker, &SandboxWorker::failed, this, [this](const Base::Error &error) {
        --d->unanswered;
        Q_EMIT failed(error);
    });
    connect(d->worker, &SandboxWorker::maildirFailed, this, &SandboxService::maildirFailed);
    connect(d->worker, &SandboxWorker::messageArrived, this, &SandboxService::messageArrived);
    connect(
        d->worker, &SandboxWorker::sessionCountChanged, this, &SandboxService::sessionCountChanged);
}

SandboxService::~SandboxService() = default;

void SandboxService::start(SandboxOptions options)
{
    d->address.reset();
    d->wanted = true;
    ++d->unanswered;
    d->scenario = options.scenario;
    Q_EMIT scenarioChanged(d->scenario);
    QMetaObject::invokeMethod(d->worker, [worker = d->worker, options] { worker->start(options); });
}

void SandboxService::setScenario(Scenario scenario)
{
    d->scenario = scenario;
    QMetaObject::invokeMethod(
        d->worker, [worker = d->worker, scenario] { worker->setScenario(scenario); });
    Q_EMIT scenarioChanged(d->scenario);
}

const Scenario &SandboxService::scenario() const
{
    return d->scenario;
}

void SandboxService::stop()
{
    d->address.reset();
    d->wanted = false;
    QMetaObject::invokeMethod(d->worker, &SandboxWorker::stop);
}

std::optional<SandboxAddress> SandboxService::address() const
{
    return d->address;
}

} // namespace Mailgauge::Sandbox

#include "moc_sandboxservice.cpp"
