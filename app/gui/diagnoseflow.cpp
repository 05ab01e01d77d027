// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnoseflow.h"

#include "base/filejobs.h"
#include "base/filewriter.h"
#include "base/literals.h"
#include "diagnose/diagnosepanel.h"
#include "diagnose/reportexport.h"
#include "diagnose/reportjson.h"
#include "explain/explain.h"
#include "models/diagnosistext.h"
#include "savereport.h"

#include <QtConcurrentRun>

#include <utility>

namespace Mailgauge::Gui {

namespace {

using Diagnose::CheckService;
using Diagnose::DiagnosePanel;
using Diagnose::RelayReport;

Base::Result<void> writeReport(
    const QString &path, const RelayReport &report, Delivery::ReportFormat format)
{
    return Base::writeFile(path, Diagnose::exportReport(report, format));
}

bool looksLikeReport(const QString &path)
{
    const auto file = Base::openRegularFile(path); // a pipe would never answer
    return file && (*file)->read(64 << 10).contains("\"mailgauge-relay-report\"");
}

} // namespace

DiagnoseFlow::DiagnoseFlow(
    Relay::ProfileService &profiles, CheckService &service, Diagnose::ReportRepository *reports)
    : m_profiles(profiles)
    , m_service(service)
    , m_reports(reports)
{
    connect(&m_service, &CheckService::started, this, &DiagnoseFlow::begin);
    connect(&m_service, &CheckService::finished, this, &DiagnoseFlow::end);
    connect(&m_service, &CheckService::storeFailed, this, &DiagnoseFlow::failed);
    connect(&m_service, &CheckService::progressed, this,
        [this](const QUuid &report, int done, int total) {
            if (report == m_running)
                Q_EMIT progressed(m_relay, done, total);
        });
}

void DiagnoseFlow::setPanel(DiagnosePanel *panel)
{
    m_panel = panel;
    connect(&m_service, &CheckService::cellChanged, panel, &DiagnosePanel::setCell);
    connect(&m_service, &CheckService::checkChanged, panel, &DiagnosePanel::setCheck);
    connect(&m_service, &CheckService::findingAdded, panel, &DiagnosePanel::addFinding);
    connect(&m_service, &CheckService::paused, panel, &DiagnosePanel::addPause);
    connect(&m_service, &CheckService::policiesFound, panel, &DiagnosePanel::addPolicies);
    connect(&m_service, &CheckService::inspecting, panel, &DiagnosePanel::setInspecting);
    connect(&m_service, &CheckService::inspected, panel, &DiagnosePanel::addInspection);
    connect(&m_service, &CheckService::progressed, panel, &DiagnosePanel::setProgress);
    connect(panel, &DiagnosePanel::startRequested, this, &DiagnoseFlow::start);
    connect(panel, &DiagnosePanel::cancelRequested, this, &DiagnoseFlow::cancel);
    connect(panel, &DiagnosePanel::openRequested, this, &DiagnoseFlow::openKept);
    connect(panel, &DiagnosePanel::compareRequested, this, &DiagnoseFlow::compare);
    connect(panel, &DiagnosePanel::exportRequested, this, &DiagnoseFlow::exportAs);
    connect(panel, &DiagnosePanel::saveChainRequested, this, &DiagnoseFlow::saveChain);
    readHistory();
    if (m_early)
        panel->showReport(*std::exchange(m_early, std::nullopt));
}

void DiagnoseFlow::start(const Diagnose::Wish &wish)
{
    if (isBusy())
        return;
    if (!wish.profile.isNull()) {
        startProfile(wish);
        return;
    }
    Relay::RelayProfile plain;
    plain.host = wish.domain.isEmpty() ? wish.host : wish.domain;
    Delivery::SendRequest relay = Delivery::requestFor(plain, {});
    relay.target.by = wish.domain.isEmpty() ? Net::RouteBy::Host : Net::RouteBy::Mx;
    run(wish, relay);
}

void DiagnoseFlow::startProfile(const Diagnose::Wish &wish)
{
    const auto profile = m_profiles.profile(wish.profile);
    if (!profile) { // Deleted since it was chosen.
        if (m_panel)
            m_panel->refuse(tr("This relay profile is not there any more."));
        return;
    }
    const bool wantsProxy = Relay::asksPassword(profile->route.proxy);
    if (!wish.authenticate && !wantsProxy) {
        run(wish, Delivery::requestFor(*profile, {}));
        return;
    }
    Relay::RelayProfile asked = *profile;
    if (!wish.authenticate) // the proxy's password alone
        asked.auth = Smtp::AuthOptions::Need::Never;
    m_isWaiting = true;
    Q_EMIT runningChanged(true);
    m_profiles.secrets(asked).then(this,
        [this, wish, profile = *profile, beginning = ++m_beginning](
            const Base::Result<Relay::ProfileSecrets> &secrets) {
            if (beginning != m_beginning)
                return;
            m_isWaiting = false;
            if (secrets) {
                run(wish, Delivery::requestFor(profile, *secrets));
                return;
            }
            Q_EMIT runningChanged(false);
            if (m_panel)
                m_panel->refuse(Explain::explain(secrets.error()).withNextStep());
        });
}

void DiagnoseFlow::run(const Diagnose::Wish &wish, const Delivery::SendRequest &relay)
{
    Diagnose::CheckOptions options;
    options.id = QUuid::createUuid();
    options.relay = relay;
    options.ports = wish.ports;
    options.families = wish.families;
    options.modes = wish.modes;
    options.checks = wish.checks;
    options.tlsInspection = wish.tlsInspection;
    options.recipient = wish.recipient;
    if (!wish.foreignRecipient.isEmpty())
        options.foreignRecipient = wish.foreignRecipient;
    options.recipients = wish.recipients;
    options.parallel = wish.parallel;
    options.pause = wish.pause;
    options.ownServer = wish.ownServer;
    options.authenticate = wish.authenticate;
    m_running = options.id;
    Q_EMIT runningChanged(true);
    m_service.start(options);
}

void DiagnoseFlow::begin(const RelayReport &report)
{
    if (report.id != m_running)
        return;
    m_relay = Models::DiagnosisText::relay(report.host, report.domain, report.profileName);
    if (m_panel)
        m_panel->begin(report);
}

void DiagnoseFlow::end(const RelayReport &report)
{
    if (report.id != m_running)
        return;
    m_running = {};
    if (m_panel)
        m_panel->end(report);
    Q_EMIT runningChanged(false);
    Q_EMIT ended(report);
    readHistory();
}

void DiagnoseFlow::cancel()
{
    if (isRunning())
        m_service.cancel(m_running);
    if (!m_isWaiting)
        return;
    // Nothing has begun, so nothing will tell that it is over.
    ++m_beginning;
    m_isWaiting = false;
    Q_EMIT runningChanged(false);
    if (m_panel)
        m_panel->refuse({});
}

void DiagnoseFlow::readHistory()
{
    if (!m_reports || !m_panel)
        return;
    m_reports->list({}).then(
        this, [this](const Base::Result<QList<Diagnose::ReportSummary>> &reports) {
            if (!reports)
                Q_EMIT failed(reports.error());
            else if (m_panel)
                m_panel->setHistory(*reports);
        });
}

void DiagnoseFlow::show(const Base::Result<RelayReport> &report)
{
    if (!report) {
        Q_EMIT failed(report.error());
        return;
    }
    if (m_panel)
        m_panel->showReport(*report);
    else
        m_early = *report;
}

void DiagnoseFlow::openKept(const QUuid &report)
{
    if (!m_reports)
        return;
    m_reports->report(report).then(
        this, [this, generation = ++m_generation](const Base::Result<RelayReport> &kept) {
            if (generation == m_generation)
                show(kept);
        });
}

void DiagnoseFlow::compare(const QUuid &former, const QUuid &later)
{
    if (!m_reports)
        return;
    const quint64 generation = ++m_generation;
    m_reports->report(former).then(
        this, [this, later, generation](const Base::Result<RelayReport> &first) {
            if (generation != m_generation)
                return;
            if (!first) {
                Q_EMIT failed(first.error());
                return;
            }
            m_reports->report(later).then(
                this, [this, first = *first, generation](const Base::Result<RelayReport> &second) {
                    if (generation != m_generation)
                        return;
                    if (!second)
                        Q_EMIT failed(second.error());
                    else if (m_panel)
                        m_panel->showDifferences(summaryOf(first), summaryOf(*second),
                            Diagnose::compareReports(first, *second));
                });
        });
}

void DiagnoseFlow::open(const QString &path)
{
    QtConcurrent::run(&Diagnose::readReportFile, path)
        .then(this, [this, generation = ++m_generation](const Base::Result<RelayReport> &report) {
            if (generation == m_generation)
                show(report);
        });
}

void DiagnoseFlow::recognize(const QString &path)
{
    QtConcurrent::run(&looksLikeReport, path).then(this, [this, path](bool report) {
        if (report)
            Q_EMIT recognized(path);
        else
            Q_EMIT foreign(path);
    });
}

void DiagnoseFlow::exportAs(const RelayReport &report, Delivery::ReportFormat format)
{
    save(tr("Export report"), reportFileName(u"relay-report"_s, format),
        [report, format](const QString &path) { return writeReport(path, report, format); });
}

void DiagnoseFlow::saveChain(const QString &host, const QByteArray &pem)
{
    save(tr("Save chain"), chainFileName(host),
        [pem](const QString &path) { return Base::writeFile(path, pem); });
}

void DiagnoseFlow::save(const QString &title, const QString &name,
    const std::function<Base::Result<void>(const QString &path)> &write)
{
    askWhereToSave(m_panel, title, name, this, [this, write](const QString &path) {
        QtConcurrent::run(write, path).then(this, [this, path](const Base::Result<void> &written) {
            if (written)
                Q_EMIT exported(path);
            else
                Q_EMIT failed(written.error());
        });
    });
}

} // namespace Mailgauge::Gui
