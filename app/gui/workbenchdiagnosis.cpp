// SPDX-License-Identifier: GPL-3.0-or-later
// Workbench, the part about diagnoses of relays: their page, commands, what is told of them.
#include "workbench.h"

#include "base/literals.h"
#include "compose/composepanel.h"
#include "diagnose/diagnosepanel.h"
#include "models/diagnosistext.h"
#include "pageids.h"
#include "sessions/sessionspanel.h"
#include "shell/actions.h"
#include "shell/statusfacts.h"
#include "widgets/messagestack.h"

#include <QAction>

namespace Mailgauge::Gui {

using Diagnose::DiagnosePanel;
using Widgets::MessageBar;

QWidget *Workbench::makeDiagnosePage(QWidget *parent)
{
    auto *panel = new DiagnosePanel(m_services.profiles(), m_theme, parent);
    connect(panel, &DiagnosePanel::sessionRequested, m_sessionFlow.get(), &SessionFlow::open);
    connect(panel, &DiagnosePanel::lineRequested, m_sessionFlow.get(),
        [this](const QUuid &session, qint64 entry) {
            if (entry < 0)
                m_sessionFlow->open(session);
            else
                m_sessionFlow->openAt(session, entry);
        });
    m_diagnoseFlow->setPanel(panel);
    return panel;
}

DiagnosePanel *Workbench::diagnosePage()
{
    m_window.pages().show(diagnosisPage);
    // Null while the store is being opened.
    return static_cast<DiagnosePanel *>(m_window.pages().widget(diagnosisPage));
}

void Workbench::diagnose(const QUuid &profile)
{
    DiagnosePanel *panel = diagnosePage();
    if (!panel)
        return;
    panel->setProfile(profile);
    panel->setFocus();
}

void Workbench::openReport(const QString &path)
{
    m_window.pages().show(diagnosisPage);
    m_diagnoseFlow->open(path);
}

void Workbench::connectDiagnosis()
{
    const QString tools = tr("Tools");
    QAction *start = m_window.actions().add(u"tools.diagnose"_s, tools,
        tr("&Diagnose the Relay in Use"), u"network-connect"_s,
        {QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_G)});
    connect(start, &QAction::triggered, this, [this] {
        if (DiagnosePanel *panel = diagnosePage()) {
            panel->setProfile(m_services.profiles().current());
            panel->start();
        }
    });
    QAction *stop = m_window.actions().add(
        u"tools.diagnoseStop"_s, tools, tr("S&top the Diagnosis"), u"media-playback-stop"_s);
    stop->setEnabled(false);
    const DiagnoseFlow *flow = m_diagnoseFlow.get();
    connect(stop, &QAction::triggered, flow, [this] { m_diagnoseFlow->cancel(); });
    connect(flow, &DiagnoseFlow::runningChanged, this, [start, stop](bool running) {
        start->setEnabled(!running);
        stop->setEnabled(running);
    });
    connect(flow, &DiagnoseFlow::recognized, this, &Workbench::openReport);
    connect(flow, &DiagnoseFlow::foreign, this,
        [this](const QString &path) { composer()->openFiles({path}); });
    connect(flow, &DiagnoseFlow::progressed, this, &Workbench::showDiagnosis);
    connect(flow, &DiagnoseFlow::ended, this, &Workbench::tellDiagnosed);
    connect(flow, &DiagnoseFlow::failed, this,
        [this](const Base::Error &error) { tell(diagnosisPage, error); });
    connect(flow, &DiagnoseFlow::exported, this, [this](const QString &path) {
        m_window.messages().post(
            u"export"_s, MessageBar::Kind::Success, tr("Saved to %1.").arg(path));
    });
}

void Workbench::showDiagnosis(const QString &relay, int done, int total)
{
    // While something is sent, that is what the status bar tells.
    if (m_sendFlow->running() == 0)
        m_window.facts().setActivity(tr("Diagnosing %1 …").arg(relay), done, total);
}

void Workbench::tellDiagnosed(const Diagnose::RelayReport &report)
{
    if (m_sendFlow->running() == 0)
        m_window.facts().clearActivity(
            report.cancelled ? tr("Diagnosis stopped") : tr("Diagnosis done"));
    if (auto *sessions = m_window.pages().widget(sessionsPage))
        static_cast<Sessions::SessionsPanel *>(sessions)->refresh();
    if (m_window.pages().current() == diagnosisPage)
        return;
    auto *look = new QAction(tr("Show the report"));
    connect(look, &QAction::triggered, this, [this] {
        m_window.messages().withdraw(diagnosisPage);
        m_window.pages().show(diagnosisPage);
    });
    const auto errors = static_cast<int>(report.count(Base::Severity::Error));
    m_window.messages().post(diagnosisPage,
        errors > 0 ? MessageBar::Kind::Warning : MessageBar::Kind::Info,
        tr("%1 is diagnosed: %n error(s) found.", nullptr, errors)
            .arg(Models::DiagnosisText::relay(report.host, report.domain, report.profileName)),
        {look});
}

} // namespace Mailgauge::Gui
