// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnose/checkservice.h"

#include "base/literals.h"
#include "delivery/iothread.h"
#include "diagnose/checklane.h"
#include "diagnose/gridrun.h"
#include "diagnose/securitylane.h"
#include "net/router.h"
#include "net/stranger.h"

#include <QHash>

#include <algorithm>
#include <functional>
#include <map>
#include <utility>

namespace Mailgauge::Diagnose {

namespace {

/// So many of a domain are tried; a sender seldom gets beyond the second.
constexpr qsizetype MostExchangers = 10;

/// Owns the lanes; lives on the I/O thread.
class CheckWorker final : public QObject {
public:
    /// One lane of a diagnosis at a time.
    template <typename Lane>
    void start(const QUuid &id, Lane *lane)
    {
        lane->setParent(this);
        m_lanes.insert(id, {lane, [lane] { lane->cancel(); }});
        connect(lane, &Lane::finished, this, [this, id] {
            if (QObject *over = m_lanes.take(id).lane)
                over->deleteLater();
        });
        lane->start();
    }
    void cancel(const QUuid &id)
    {
        if (const auto cancel = m_lanes.value(id).cancel)
            cancel();
    }
    void shutDown()
    {
        for (const Running &one : std::exchange(m_lanes, {})) {
            one.lane->disconnect();
            delete one.lane;
        }
    }

private:
    struct Running {
        QObject *lane = nullptr;
        std::function<void()> cancel;
    };
    QHash<QUuid, Running> m_lanes;
};

/// `hosts`: none where the host was named.
QList<CheckResult> waiting(const QSet<Check> &checks, const QStringList &hosts)
{
    QList<CheckResult> results;
    for (const QString &host : hosts.isEmpty() ? QStringList {QString()} : hosts) {
        for (const Check check : allChecks()) {
            if (!checks.contains(check))
                continue;
            CheckResult result;
            result.check = check;
            result.host = host;
            results.append(result);
        }
    }
    return results;
}

bool isOpen(const CheckResult &result)
{
    return result.verdict == Verdict::Waiting || result.verdict == Verdict::Running;
}

} // namespace

class CheckService::Private {
public:
    struct Run {
        CheckOptions options;
        RelayReport report;
        Base::TimePoint start;
        std::unique_ptr<Net::Router> router;
        std::unique_ptr<GridRun> grid;
        QStringList exchangers; ///< That are tried; none: the host was named.
        bool isMxAuthenticated = true;
        QList<Cell> grounds; ///< Where the checks are still to ask, host by host.
        bool onLane = false; ///< Behind the grid.
        qsizetype toInspect = 0;
    };

    Private(CheckService &service, Delivery::SendService &sendService,
        Transcript::SessionRepository *sessionRepository, ReportRepository *reportRepository,
        const Base::Clock &systemClock)
        : q(service)
        , sender(sendService)
        , sessions(sessionRepository)
        , reports(reportRepository)
        , clock(systemClock)
    {
    }

    void begin(const QUuid &id);
    void routed(Run &run, const Base::Result<Net::Route> &route);
    void startGrid(Run &run);
    void gridOver(Run &run);
    void nextChecks(Run &run);
    void startChecks(Run &run, const Cell &cell);
    void checkChanged(Run &run, const CheckResult &result);
    void checksOver(Run &run);
    void inspected(Run &run, const TlsInspection &inspection);
    template <typename Lane>
    void runLane(Run &run, Lane *lane);
    void endWithoutGrid(Run &run, const QByteArray &reason, const QList<Finding> &findings = {});
    template <typename Which>
    void giveUpChecks(Run &run, const QByteArray &reason, Which which);
    void giveUpChecks(Run &run, const QByteArray &reason)
    {
        giveUpChecks(run, reason, [](const CheckResult &) { return true; });
    }
    void addFindings(Run &run, const QList<Finding> &findings);
    void progress(const Run &run) const;
    void complete(Run &run);
    void told(const RelayReport &report);

    CheckService &q;
    Delivery::SendService &sender;
    Transcript::SessionRepository *sessions;
    ReportRepository *reports;
    const Base::Clock &clock;
    std::map<QUuid, Run> runs;
    CheckWorker *worker = nullptr; // none before the first lane; deleted by its thread's end
    Delivery::IoThreadPtr thread;
};

CheckService::CheckService(Delivery::SendService &sender, Transcript::SessionRepository *sessions,
    ReportRepository *reports, const Base::Clock &clock, QObject *parent)
    : QObject(parent)
    , d(std::make_unique<Private>(*this, sender, sessions, reports, clock))
{
}

CheckService::~CheckService()
{
    if (d->thread && d->thread->isRunning())
        QMetaObject::invokeMethod(d->worker, &CheckWorker::shutDown, Qt::BlockingQueuedConnection);
    d->thread.reset();
    for (auto &[id, run] : d->runs) {
        if (!run.grid)
            continue;
        run.grid->disconnect(this);
        run.grid->cancel();
    }
}

void CheckService::setSessions(Transcript::SessionRepository *sessions)
{
    d->sessions = sessions;
}

bool CheckService::isRunning(const QUuid &report) const
{
    return d->runs.contains(report);
}

QUuid CheckService::start(CheckOptions options)
{
    if (options.id.isNull())
        options.id = QUuid::createUuid();
    // What senders of this machine have kept counts for them, whatever the DNS says today.
    if (options.relay.mtaSts.directory.isEmpty())
        options.relay.mtaSts.directory = d->sender.policyDirectory();
    const QUuid id = options.id;
    Private::Run &run = d->runs[id];
    run.options = std::move(options);
    // Of the sessions side by side only one could have the port, and the next one not at once.
    run.options.relay.target.localPort = 0;
    const Delivery::SendRequest &relay = run.options.relay;
    run.report.id = id;
    run.report.startedAt = d->clock.utcNow();
    run.report.profile = relay.profile;
    run.report.profileName = relay.profileName;
    run.report.checks = waiting(run.options.checks, {});
    const bool routed = relay.target.by != Net::RouteBy::Host;
    (routed ? run.report.domain : run.report.host) = relay.target.host;
    run.start = d->clock.now();
    QMetaObject::invokeMethod(this, [this, id] { d->begin(id); }, Qt::QueuedConnection);
    return id;
}

void CheckService::cancel(const QUuid &report)
{
    const auto found = d->runs.find(report);
    if (found == d->runs.end())
        return;
    Private::Run &run = found->second;
    run.report.cancelled = true;
    if (run.onLane) {
        QMetaObject::invokeMethod(
            d->worker, [worker = d->worker, report] { worker->cancel(report); },
            Qt::QueuedConnection);
    } else if (run.grid) {
        run.grid->cancel();
    } else if (run.router) {
        run.router->abort();
        d->endWithoutGrid(run, "notTested.cancelled");
    } // else it has not begun
}

// --- One after the other: route, grid, checks -------------------------------------------------

void CheckService::Private::begin(const QUuid &id)
{
    Run &run = runs.at(id);
    if (run.report.cancelled)
        return endWithoutGrid(run, "notTested.cancelled");
    if (run.options.relay.target.by == Net::RouteBy::Host)
        return startGrid(run);
    run.router = std::make_unique<Net::Router>(run.options.makeResolver, nullptr);
    connect(run.router.get(), &Net::Router::routed, &q,
        [this, id](const Base::Result<Net::Route> &route) {
            if (const auto asked = runs.find(id); asked != runs.end()) // else cancelled meanwhile
                routed(asked->second, route);
        });
    Net::Target target = run.options.relay.target;
    if (!run.options.ports.isEmpty())
        target.port = run.options.ports.first();
    run.router->findRoute(target, run.options.relay.session.ehloName);
}

void CheckService::Private::routed(Run &run, const Base::Result<Net::Route> &route)
{
    if (!route) {
        return endWithoutGrid(run, "notTested.noSession",
            {{"route.none", Base::Severity::Error, route.error().detail.toUtf8(), {}}});
    }
    for (const Net::Hop &hop : route->hops)
        run.report.exchangers.append(hop.host);
    run.report.exchangers.removeDuplicates();
    run.report.host = run.report.exchangers.value(0);
    run.exchangers = run.report.exchangers.first(
        std::min(run.report.exchangers.size(), MostExchangers));
    run.isMxAuthenticated = route->hops.isEmpty() || route->hops.first().authenticated;
    run.report.checks = waiting(run.options.checks, run.exchangers);
    run.options.relay.target.by = Net::RouteBy::Host;
    run.options.relay.target.host = run.report.host;
    startGrid(run);
    for (const Net::RouteFinding &finding : route->findings)
        addFindings(run, {{finding.id, Base::Severity::Info, finding.evidence, {}}});
    if (const qsizetype all = run.report.exchangers.size(); all > MostExchangers) {
        const QStringList left = run.report.exchangers.sliced(MostExchangers);
        addFindings(
            run, {{"grid.exchangersLeft", Base::Severity::Info, left.join(u", "_s).toUtf8(), {}}});
    }
}

void CheckService::Private::endWithoutGrid(
    Run &run, const QByteArray &reason, const QList<Finding> &findings)
{
    Q_EMIT q.started(run.report);
    addFindings(run, findings);
    giveUpChecks(run, reason);
    complete(run);
}

void CheckService::Private::startGrid(Run &run)
{
    run.grid = std::make_unique<GridRun>(run.options, run.exchangers, sender);
    run.report.cells = run.grid->cells();
    const QUuid id = run.report.id;
    connect(run.grid.get(), &GridRun::cellChanged, &q, [this, &run](const Cell &cell) {
        std::ranges::replace_if(
            run.report.cells, [&cell](const Cell &one) { return one.key == cell.key; }, cell);
        Q_EMIT q.cellChanged(run.report.id, cell);
        progress(run);
    });
    connect(run.grid.get(), &GridRun::paused, &q, [this, &run](const Pause &pause) {
        run.report.pauses.append(pause);
        Q_EMIT q.paused(run.report.id, pause);
    });
    // Queued: the grid goes away in it.
    connect(
        run.grid.get(), &GridRun::finished, &q,
        [this, id] {
            if (const auto found = runs.find(id); found != runs.end())
                gridOver(found->second);
        },
        Qt::QueuedConnection);
    Q_EMIT q.started(run.report);
    run.grid->start();
}

void CheckService::Private::gridOver(Run &run)
{
    addFindings(run, findingsOf(run.report.cells, run.grid->transcripts()));
    addFindings(run, run.grid->quirks());
    run.grid.reset();
    if (run.report.cancelled) {
        giveUpChecks(run, "notTested.cancelled");
        return complete(run);
    }
    const quint16 port = run.options.relay.target.port;
    for (const QString &host :
        run.exchangers.isEmpty() ? QStringList {QString()} : run.exchangers) {
        QList<Cell> own = run.report.cells;
        own.removeIf([&host](const Cell &cell) { return cell.key.host != host; });
        if (const Cell *cell = groundIn(own, port))
            run.grounds.append(*cell);
        else
            giveUpChecks(run, "notTested.noSession",
                [&host](const CheckResult &one) { return one.host == host; });
    }
    if (run.grounds.isEmpty())
        return checksOver(run);
    const CellKey &first = run.grounds.first().key;
    run.report.port = first.port;
    if (!first.host.isEmpty())
        run.report.host = run.options.relay.target.host = first.host;
    // A wrong password at each of them may lock the account.
    if (run.options.authenticate)
        giveUpChecks(run, "notTested.oneExchanger", [&first](const CheckResult &one) {
            return one.check == Check::Authentication && one.host != first.host;
        });
    nextChecks(run);
}

/// One host after the other: what all of them may limit is asked for at one pace.
void CheckService::Private::nextChecks(Run &run)
{
    if (!run.report.cancelled && !run.grounds.isEmpty() && !run.report.checks.isEmpty())
        return startChecks(run, run.grounds.takeFirst());
    giveUpChecks(run, "notTested.cancelled");
    checksOver(run);
}

void CheckService::Private::startChecks(Run &run, const Cell &cell)
{
    CheckOptions options = run.options;
    if (!cell.key.host.isEmpty())
        options.relay.target.host = cell.key.host;
    Ground ground = groundOn(cell, options, run.report);
    const QString &domain = run.report.domain;
    Net::Target asked;
    asked.host = domain;
    asked.by = domain.isEmpty() ? Net::RouteBy::Host : Net::RouteBy::Mx;
    Net::Hop hop;
    hop.host = ground.step.target.host;
    hop.authenticated = run.isMxAuthenticated;
    ground.isNamedByStranger = Net::isNamedByStranger(
        asked, hop, run.options.relay.tlsOptions.nameToCheck());
    ground.sessions = run.options.record ? sessions : nullptr;
    ground.clock = &clock;
    QList<Check> checks;
    for (const CheckResult &result : std::as_const(run.report.checks)) {
        if (result.host == cell.key.host && isOpen(result))
            checks.append(result.check);
    }
    auto *lane = new CheckLane(std::move(ground), checks);
    connect(lane, &CheckLane::changed, &q,
        [this, &run](const CheckResult &result) { checkChanged(run, result); });
    connect(lane, &CheckLane::storeFailed, &q, &CheckService::storeFailed);
    connect(lane, &CheckLane::finished, &q, [this, &run] { nextChecks(run); });
    runLane(run, lane);
}

/// The inspection comes last: its many connections may make the relay refuse others.
void CheckService::Private::checksOver(Run &run)
{
    run.onLane = false;
    SecurityPlan plan = securityPlanOf(
        run.report.cells, run.options.relay.target.port, run.options.tlsInspection);
    if (run.report.cancelled || (plan.tried.isEmpty() && plan.inspected.isEmpty()))
        return complete(run);
    plan.isMxAuthenticated = run.isMxAuthenticated;
    run.toInspect = plan.inspected.size();
    progress(run);
    auto *lane = new SecurityLane(run.options, run.report, std::move(plan), clock);
    connect(lane, &SecurityLane::policiesFound, &q, [this, &run](const HostPolicies &policies) {
        run.report.policies.append(policies);
        Q_EMIT q.policiesFound(run.report.id, policies);
        addFindings(run, policyFindings(policies));
    });
    connect(lane, &SecurityLane::inspecting, &q,
        [this, id = run.report.id](const QByteArray &where, int done, int total) {
            Q_EMIT q.inspecting(id, where, done, total);
        });
    connect(lane, &SecurityLane::inspected, &q,
        [this, &run](const TlsInspection &inspection) { inspected(run, inspection); });
    connect(lane, &SecurityLane::finished, &q, [this, &run] { complete(run); });
    runLane(run, lane);
}

void CheckService::Private::inspected(Run &run, const TlsInspection &inspection)
{
    run.report.inspections.append(inspection);
    Q_EMIT q.inspected(run.report.id, inspection);
    addFindings(run, inspection.findings);
    progress(run);
}

/// The service lives in another thread, so that what lanes tell arrives there queued.
template <typename Lane>
void CheckService::Private::runLane(Run &run, Lane *lane)
{
    run.onLane = true;
    connect(lane, &Lane::paused, &q, [this, &run](const Pause &pause) {
        run.report.pauses.append(pause);
        Q_EMIT q.paused(run.report.id, pause);
    });
    if (!worker) {
        worker = new CheckWorker;
        thread = Delivery::startIoThread(worker, "checks");
    }
    lane->moveToThread(worker->thread());
    QMetaObject::invokeMethod(
        worker, [worker = worker, id = run.report.id, lane] { worker->start(id, lane); },
        Qt::QueuedConnection);
}

void CheckService::Private::checkChanged(Run &run, const CheckResult &result)
{
    std::ranges::replace_if(
        run.report.checks,
        [&result](const CheckResult &one) {
            return one.check == result.check && one.host == result.host;
        },
        result);
    Q_EMIT q.checkChanged(run.report.id, result);
    addFindings(run, result.findings);
    progress(run);
}

/// Those that did not run.
template <typename Which>
void CheckService::Private::giveUpChecks(Run &run, const QByteArray &reason, Which which)
{
    for (CheckResult &result : run.report.checks) {
        if (!isOpen(result) || !which(result))
            continue;
        result.verdict = Verdict::NotTested;
        result.reason = reason;
        Q_EMIT q.checkChanged(run.report.id, result);
    }
    progress(run);
}

/// What the grid or another address showed already is not told again.
void CheckService::Private::addFindings(Run &run, const QList<Finding> &findings)
{
    for (const Finding &finding : findings) {
        if (addFinding(run.report.findings, finding))
            Q_EMIT q.findingAdded(run.report.id, finding);
    }
}

void CheckService::Private::progress(const Run &run) const
{
    const auto cells = std::ranges::count_if(
        run.report.cells, [](const Cell &cell) { return isOver(cell.state); });
    const auto checks = std::ranges::count_if(
        run.report.checks, [](const CheckResult &result) { return !isOpen(result); });
    Q_EMIT q.progressed(run.report.id,
        static_cast<int>(cells + checks + run.report.inspections.size()),
        static_cast<int>(run.report.cells.size() + run.report.checks.size() + run.toInspect));
}

void CheckService::Private::complete(Run &run)
{
    if (std::exchange(run.toInspect, run.report.inspections.size())
        != run.report.inspections.size())
        progress(run); // the rest was given up
    std::ranges::stable_sort(run.report.findings, std::greater(), &Finding::severity);
    run.report.totalUs
        = std::chrono::duration_cast<std::chrono::microseconds>(clock.now() - run.start).count();
    const RelayReport report = run.report;
    const bool kept = run.options.record && reports;
    if (run.router)
        run.router.release()->deleteLater(); // perhaps its own signal
    runs.erase(report.id);
    if (!kept)
        return told(report);
    reports->save(report).then(&q, [this, report](const Base::Result<void> &result) {
        if (!result)
            Q_EMIT q.storeFailed(result.error());
        told(report);
    });
}

void CheckService::Private::told(const RelayReport &report)
{
    // Queued: no signal comes from within start() or cancel().
    QMetaObject::invokeMethod(
        &q, [this, report] { Q_EMIT q.finished(report); }, Qt::QueuedConnection);
}

} // namespace Mailgauge::Diagnose

#include "moc_checkservice.cpp"
