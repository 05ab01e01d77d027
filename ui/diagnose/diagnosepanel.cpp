// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnose/diagnosepanel.h"

#include "base/literals.h"
#include "diagnose/behaviourview.h"
#include "diagnose/checkchoice.h"
#include "diagnose/connectivityview.h"
#include "diagnose/diagnosehead.h"
#include "diagnose/findingsview.h"
#include "diagnose/historyview.h"
#include "diagnose/policiesview.h"
#include "diagnose/tlsview.h"
#include "models/diagnosistext.h"
#include "models/outcometext.h"
#include "transcript/entry.h"
#include "widgets/elidedlabel.h"
#include "widgets/emptystate.h"
#include "widgets/messagebar.h"

#include <QAction>
#include <QLocale>
#include <QMenu>
#include <QStackedLayout>
#include <QStackedWidget>
#include <QTabBar>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>
#include <functional>

namespace Mailgauge::Diagnose {

namespace {

using Delivery::ReportFormat;
using Widgets::MessageBar;

enum Body : int {
    Results,
    Choice,
};

template <typename Value, typename Key>
void put(QList<Value> &list, const Value &value, Key key)
{
    const auto found = std::ranges::find(list, std::invoke(key, value), key);
    if (found != list.end())
        *found = value;
}

} // namespace

DiagnosePanel::DiagnosePanel(Relay::ProfileService &profiles, Theme::Theme &theme, QWidget *parent)
    : QWidget(parent)
    , m_head(new DiagnoseHead(profiles, this))
    , m_choice(new CheckChoice(this))
    , m_bar(new MessageBar(this))
    , m_tabs(new QTabBar(this))
    , m_headline(new Widgets::ElidedLabel(this))
    , m_connections(new ConnectivityView(theme, this))
    , m_findings(new FindingsView(theme, this))
    , m_behaviour(new BehaviourView(theme, this))
    , m_tls(new TlsView(theme, this))
    , m_policies(new PoliciesView(theme, this))
    , m_history(new HistoryView(theme, this))
    , m_pages(new QStackedWidget(this))
    , m_empty(new Widgets::EmptyState(u"network-connect"_s,
          tr("See which ports of a relay answer and how, what TLS and AUTH they offer, and whether "
             "the relay behaves as it should. Nothing is sent through it."),
          this))
    , m_first(new QAction(
          QIcon::fromTheme(u"media-playback-start"_s), tr("Diagnose the relay above"), this))
    , m_back(new QAction(tr("Show it"), this))
    , m_body(new QStackedLayout)
{
    makeTools();
    makeLayout();
    connectParts();
    checkWish();
    showWhole();
}

void DiagnosePanel::makeTools()
{
    auto *menu = new QMenu(this);
    const auto add = [this, menu](const QString &text, ReportFormat format) {
        QAction *action = menu->addAction(text);
        connect(action, &QAction::triggered, this,
            [this, format] { Q_EMIT exportRequested(m_report, format); });
        m_exports.append(action);
    };
    add(tr("Report as Text…"), ReportFormat::Text);
    add(tr("Report as HTML…"), ReportFormat::Html);
    add(tr("Report as JSON…"), ReportFormat::Json);
    auto *tool = new QToolButton(this);
    tool->setText(tr("Export"));
    tool->setIcon(QIcon::fromTheme(u"document-export"_s));
    tool->setToolTip(tr("Export the report that is shown"));
    tool->setAccessibleName(tool->toolTip());
    tool->setPopupMode(QToolButton::InstantPopup);
    tool->setFocusPolicy(Qt::TabFocus);
    tool->setMenu(menu);
    m_head->addTool(tool);
}

void DiagnosePanel::makeLayout()
{
    m_tabs->setDocumentMode(true);
    m_tabs->setExpanding(false);
    m_tabs->setDrawBase(false);
    m_tabs->setAccessibleName(tr("Part of the report"));
    m_tabs->setObjectName(u"diagnoseTabs"_s);
    for (const QString &title : {tr("Connections"), tr("Findings"), tr("Behaviour"), tr("TLS"),
             tr("Policies"), tr("History")})
        m_tabs->addTab(title);
    m_pages->insertWidget(Connections, m_connections);
    m_pages->insertWidget(Findings, m_findings);
    m_pages->insertWidget(Behaviour, m_behaviour);
    m_pages->insertWidget(TlsTab, m_tls);
    m_pages->insertWidget(Policies, m_policies);
    m_pages->insertWidget(History, m_history);
    m_pages->addWidget(m_empty);
    m_empty->setAction(m_first);
    m_headline->setObjectName(u"diagnoseHeadline"_s);
    m_headline->setForegroundRole(QPalette::PlaceholderText);
    m_bar->hide();

    auto *tabRow = new QHBoxLayout;
    tabRow->setContentsMargins(0, 0, 8, 0);
    tabRow->setSpacing(16);
    tabRow->addWidget(m_tabs);
    tabRow->addWidget(m_headline, 1);
    auto *results = new QWidget(this);
    auto *column = new QVBoxLayout(results);
    column->setContentsMargins({});
    column->setSpacing(0);
    column->addLayout(tabRow);
    column->addWidget(m_pages, 1);
    m_body->insertWidget(Results, results);
    m_body->insertWidget(Choice, m_choice);

    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins({});
    layout->setSpacing(0);
    layout->addWidget(m_head);
    layout->addWidget(m_bar);
    layout->addLayout(m_body, 1);
    setFocusProxy(m_head);
}

void DiagnosePanel::connectParts()
{
    connect(m_head->startAction(), &QAction::triggered, this, &DiagnosePanel::start);
    connect(m_first, &QAction::triggered, this, &DiagnosePanel::start);
    connect(m_head->stopAction(), &QAction::triggered, this, [this] {
        m_head->setStopping();
        Q_EMIT cancelRequested(m_running);
    });
    connect(m_head->choiceAction(), &QAction::toggled, this, [this](bool shown) {
        m_body->setCurrentIndex(shown ? Choice : Results);
        if (shown)
            m_choice->setFocus();
    });
    connect(m_head, &DiagnoseHead::changed, this,
        [this] { m_choice->setPasswordKnown(m_head->isPasswordKnown()); });
    connect(m_choice, &CheckChoice::changed, this, &DiagnosePanel::checkWish);
    connect(m_tabs, &QTabBar::currentChanged, this, &DiagnosePanel::showBody);
    connect(
        m_connections, &ConnectivityView::sessionRequested, this, &DiagnosePanel::sessionRequested);
    connect(m_findings, &FindingsView::lineRequested, this, &DiagnosePanel::lineRequested);
    connect(m_findings, &FindingsView::certificateRequested, this, [this](const QString &subject) {
        m_tabs->setCurrentIndex(TlsTab);
        m_tls->showCertificate(subject);
    });
    connect(m_behaviour, &BehaviourView::lineRequested, this, &DiagnosePanel::lineRequested);
    connect(m_tls, &TlsView::saveRequested, this, &DiagnosePanel::saveChainRequested);
    connect(m_history, &HistoryView::openRequested, this, &DiagnosePanel::openRequested);
    connect(m_history, &HistoryView::compareRequested, this, &DiagnosePanel::compareRequested);
    connect(m_back, &QAction::triggered, this, [this] {
        m_bar->hide();
        lookAt(m_live);
    });
    connect(m_bar, &MessageBar::dismissed, m_bar, &QWidget::hide);
    m_choice->setPasswordKnown(m_head->isPasswordKnown());
}

void DiagnosePanel::setProfile(const QUuid &profile)
{
    m_head->setProfile(profile);
}

void DiagnosePanel::checkWish()
{
    const QString problem = m_head->problem();
    m_head->setProblem(problem.isEmpty() ? m_choice->problem() : problem);
    m_first->setEnabled(m_head->startAction()->isEnabled());
}

void DiagnosePanel::start()
{
    if (!m_head->startAction()->isEnabled())
        return;
    Wish wish;
    m_head->fill(wish);
    m_choice->fill(wish);
    m_bar->hide();
    m_head->choiceAction()->setChecked(false);
    // At once: a second click must not begin a second one.
    m_head->setRunning(true);
    Q_EMIT startRequested(wish);
}

void DiagnosePanel::refuse(const QString &sentence)
{
    m_head->setRunning(false);
    checkWish();
    if (!sentence.isEmpty())
        m_bar->showMessage(MessageBar::Kind::Error, sentence);
}

void DiagnosePanel::begin(const RelayReport &report)
{
    m_running = report.id;
    m_live = report;
    m_head->setRunning(true);
    if (m_tabs->currentIndex() == History)
        m_tabs->setCurrentIndex(Connections);
    lookAt(report);
    Q_EMIT runningChanged(true);
}

void DiagnosePanel::setCell(const QUuid &report, const Cell &cell)
{
    if (!isLive(report))
        return;
    put(m_live.cells, cell, &Cell::key);
    if (!isLiveShown())
        return;
    put(m_report.cells, cell, &Cell::key);
    m_connections->setCell(cell);
    if (isOver(cell.state) && cell.tls)
        m_tls->setSeen(m_report.cells, m_report.inspections, m_report.startedAt);
}

void DiagnosePanel::setCheck(const QUuid &report, const CheckResult &result)
{
    if (!isLive(report))
        return;
    put(m_live.checks, result, &CheckResult::key);
    if (!isLiveShown())
        return;
    put(m_report.checks, result, &CheckResult::key);
    m_behaviour->setResult(result);
}

void DiagnosePanel::addFinding(const QUuid &report, const Finding &finding)
{
    if (!isLive(report))
        return;
    m_live.findings.append(finding);
    if (!isLiveShown())
        return;
    m_report.findings.append(finding);
    m_findings->setFindings(m_report.findings);
    showHeadline();
}

void DiagnosePanel::addPause(const QUuid &report, const Pause &pause)
{
    if (!isLive(report))
        return;
    m_live.pauses.append(pause);
    m_head->setNote(tr("slowed down for %1: %2 (%3)")
            .arg(Models::OutcomeText::duration(
                     std::chrono::duration_cast<std::chrono::microseconds>(pause.length).count()),
                Transcript::visibleText(pause.reply), Transcript::visibleText(pause.where)));
}

void DiagnosePanel::addPolicies(const QUuid &report, const HostPolicies &policies)
{
    if (!isLive(report))
        return;
    m_live.policies.append(policies);
    if (!isLiveShown())
        return;
    m_report.policies.append(policies);
    m_policies->setPolicies(m_report.policies);
}

void DiagnosePanel::setInspecting(const QUuid &report, const QByteArray &where, int done, int total)
{
    if (isLive(report))
        m_head->setNote(tr("TLS of %1: question %2 of %3")
                .arg(
                    Transcript::visibleText(where), QString::number(done), QString::number(total)));
}

void DiagnosePanel::addInspection(const QUuid &report, const TlsInspection &inspection)
{
    if (!isLive(report))
        return;
    m_head->setNote({});
    m_live.inspections.append(inspection);
    if (!isLiveShown())
        return;
    m_report.inspections.append(inspection);
    m_tls->setSeen(m_report.cells, m_report.inspections, m_report.startedAt);
}

void DiagnosePanel::setProgress(const QUuid &report, int done, int total)
{
    if (isLive(report))
        m_head->setProgress(done, total);
}

void DiagnosePanel::end(const RelayReport &report)
{
    if (!isLive(report.id))
        return;
    const bool isShown = isLiveShown();
    m_running = {};
    m_live = {};
    m_head->setRunning(false);
    checkWish();
    if (isShown) {
        m_report = report;
        showWhole();
    } else {
        m_bar->hide(); // It offered what runs no more.
    }
    Q_EMIT runningChanged(false);
}

void DiagnosePanel::showReport(const RelayReport &report)
{
    m_head->choiceAction()->setChecked(false);
    if (m_tabs->currentIndex() == History)
        m_tabs->setCurrentIndex(Connections);
    lookAt(report);
    offerRunning();
}

void DiagnosePanel::lookAt(const RelayReport &report)
{
    m_report = report;
    showWhole();
}

void DiagnosePanel::offerRunning()
{
    if (!m_running.isNull() && !isLiveShown())
        m_bar->showMessage(MessageBar::Kind::Info,
            tr("This is a former report. A diagnosis of %1 is running.")
                .arg(Models::DiagnosisText::relay(m_live.host, m_live.domain, m_live.profileName)),
            {m_back});
}

void DiagnosePanel::setHistory(const QList<ReportSummary> &reports)
{
    m_history->setReports(reports);
}

void DiagnosePanel::showDifferences(const ReportSummary &former, const ReportSummary &later,
    const QList<ReportDifference> &differences)
{
    m_tabs->setCurrentIndex(History);
    m_head->choiceAction()->setChecked(false);
    m_history->showDifferences(former, later, differences);
}

void DiagnosePanel::showWhole()
{
    m_connections->setCells(m_report.cells);
    m_findings->setEmptySentence(isLiveShown() ? tr("Nothing has been found so far.")
                                               : tr("Nothing was found that anybody should mend."));
    m_findings->setFindings(m_report.findings);
    m_behaviour->setResults(m_report.checks);
    m_tls->setSeen(m_report.cells, m_report.inspections, m_report.startedAt);
    m_policies->setPolicies(m_report.policies);
    for (QAction *one : std::as_const(m_exports))
        one->setEnabled(!m_report.id.isNull() && !isLiveShown());
    showHeadline();
    showBody();
}

void DiagnosePanel::showHeadline()
{
    const auto errors = static_cast<int>(m_report.count(Base::Severity::Error));
    const auto warnings = static_cast<int>(m_report.count(Base::Severity::Warning));
    m_tabs->setTabText(Findings,
        m_report.findings.isEmpty() ? tr("Findings")
                                    : tr("Findings (%1)").arg(m_report.findings.size()));
    if (m_report.id.isNull()) {
        m_headline->setText({});
        return;
    }
    QStringList parts {
        Models::DiagnosisText::relay(m_report.host, m_report.domain, m_report.profileName),
        QLocale().toString(m_report.startedAt.toLocalTime(), QLocale::ShortFormat)};
    if (errors > 0)
        parts.append(tr("%n error(s)", nullptr, errors));
    if (warnings > 0)
        parts.append(tr("%n warning(s)", nullptr, warnings));
    if (m_report.cancelled)
        parts.append(tr("stopped before the end"));
    m_headline->setText(parts.join(u"  ·  "_s));
}

void DiagnosePanel::showBody()
{
    const int tab = m_tabs->currentIndex();
    const bool isNothing = m_report.id.isNull() && tab != History;
    m_pages->setCurrentIndex(isNothing ? m_pages->indexOf(m_empty) : tab);
}

} // namespace Mailgauge::Diagnose
