// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "delivery/comparisonreport.h"
#include "diagnose/reportcomparison.h"
#include "diagnose/reportrepository.h"
#include "diagnose/wish.h"
#include "relay/profileservice.h"
#include "theme/theme.h"

#include <QWidget>

class QAction;
class QStackedLayout;
class QStackedWidget;
class QTabBar;

namespace Mailgauge::Widgets {
class ElidedLabel;
class EmptyState;
class MessageBar;
} // namespace Mailgauge::Widgets

namespace Mailgauge::Diagnose {

class BehaviourView;
class CheckChoice;
class ConnectivityView;
class DiagnoseHead;
class FindingsView;
class HistoryView;
class PoliciesView;
class TlsView;

/// The page of relay diagnoses: ask, watch, read, compare. What runs is shown as it comes; a former
/// report can be read meanwhile.
class DiagnosePanel final : public QWidget {
    Q_OBJECT

public:
    DiagnosePanel(Relay::ProfileService &profiles, Theme::Theme &theme, QWidget *parent = nullptr);

    void setProfile(const QUuid &profile);
    /// As the button does; nothing while one runs or something is missing.
    void start();
    /// Null while nothing runs.
    [[nodiscard]] QUuid running() const { return m_running; }
    [[nodiscard]] const RelayReport &report() const { return m_report; }
    /// Export and the like, for menus and the palette.
    [[nodiscard]] QList<QAction *> exportActions() const { return m_exports; }

    /// What a diagnosis tells on its way, in this order; of others than the last begun nothing is
    /// taken.
    void begin(const RelayReport &report);
    void setCell(const QUuid &report, const Cell &cell);
    void setCheck(const QUuid &report, const CheckResult &result);
    void addFinding(const QUuid &report, const Finding &finding);
    void addPause(const QUuid &report, const Pause &pause);
    void addPolicies(const QUuid &report, const HostPolicies &policies);
    /// `where`: a cell's name; questions that were asked there, of all.
    void setInspecting(const QUuid &report, const QByteArray &where, int done, int total);
    void addInspection(const QUuid &report, const TlsInspection &inspection);
    void setProgress(const QUuid &report, int done, int total);
    void end(const RelayReport &report);
    /// It did not begin; an empty sentence: the user stopped it before.
    void refuse(const QString &sentence);

    /// A report that is over: kept, or from a file.
    void showReport(const RelayReport &report);
    void setHistory(const QList<ReportSummary> &reports);
    void showDifferences(const ReportSummary &former, const ReportSummary &later,
        const QList<ReportDifference> &differences);

Q_SIGNALS:
    void startRequested(const Mailgauge::Diagnose::Wish &wish);
    void cancelRequested(const QUuid &report);
    void sessionRequested(const QUuid &session);
    /// `entry` -1: where the session begins.
    void lineRequested(const QUuid &session, qint64 entry);
    void openRequested(const QUuid &report);
    void compareRequested(const QUuid &former, const QUuid &later);
    void exportRequested(
        const Mailgauge::Diagnose::RelayReport &report, Mailgauge::Delivery::ReportFormat format);
    /// The certificates that a connection showed, as PEM, leaf first.
    void saveChainRequested(const QString &host, const QByteArray &pem);
    void runningChanged(bool running);

private:
    enum Tab : int {
        Connections,
        Findings,
        Behaviour,
        TlsTab,
        Policies,
        History,
    };

    void makeTools();
    void makeLayout();
    void connectParts();
    void checkWish();
    void showBody();
    void showHeadline();
    void showWhole();
    void lookAt(const RelayReport &report);
    void offerRunning();
    [[nodiscard]] bool isLive(const QUuid &report) const
    {
        return !report.isNull() && report == m_running;
    }
    [[nodiscard]] bool isLiveShown() const { return isLive(m_report.id); }

    DiagnoseHead *m_head;
    CheckChoice *m_choice;
    Widgets::MessageBar *m_bar;
    QTabBar *m_tabs;
    Widgets::ElidedLabel *m_headline;
    ConnectivityView *m_connections;
    FindingsView *m_findings;
    BehaviourView *m_behaviour;
    TlsView *m_tls;
    PoliciesView *m_policies;
    HistoryView *m_history;
    QStackedWidget *m_pages; ///< One per tab, and behind them the empty state.
    Widgets::EmptyState *m_empty;
    QAction *m_first; ///< Offered while there is nothing.
    QAction *m_back; ///< To the running one.
    QStackedLayout *m_body; ///< Results, or what to check.
    QList<QAction *> m_exports;
    RelayReport m_live; ///< The running one, as far as it is.
    RelayReport m_report; ///< Shown.
    QUuid m_running;
};

} // namespace Mailgauge::Diagnose
