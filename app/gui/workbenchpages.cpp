// SPDX-License-Identifier: GPL-3.0-or-later
// Workbench, the part about pages and docks: which there are, and what follows the one in front.
#include "workbench.h"

#include "bounces/bouncespanel.h"
#include "compose/composepanel.h"
#include "pageids.h"
#include "relays/relayspanel.h"
#include "results/resultspanel.h"
#include "sandbox/sandboxpanel.h"
#include "sessions/sessionspanel.h"
#include "shell/actions.h"
#include "shell/editrouter.h"
#include "shell/statusfacts.h"
#include "transcript/detailspanel.h"
#include "transcript/transcriptpanel.h"

#include <QAction>
#include <QDockWidget>
#include <QUndoGroup>
#include <QUndoStack>

namespace Mailgauge::Gui {

void Workbench::addPages()
{
    // Whether there is a store is known when a page is made, not before.
    m_window.pages().hold(tr("Opening the store …"));
    m_window.addPage({.id = composePage,
                         .title = tr("Compose"),
                         .iconName = u"mail-message-new"_s,
                         .early = true},
        [this](QWidget *parent) {
            auto *panel = new Compose::ComposePanel(
                m_theme, m_services.canSave() ? m_services.paths().dataDir() : QString(), parent);
            connect(
                panel, &Compose::ComposePanel::sendRequested, m_sendFlow.get(), &SendFlow::compose);
            // At once: what the command line opens comes after it.
            panel->recover();
            return panel;
        });
    m_window.addPage({sessionsPage, tr("Sessions"), u"view-history"_s},
        [this](QWidget *parent) { return makeSessionsPage(parent); });
    m_window.addPage({relaysPage, tr("Relays"), u"network-server"_s}, [this](QWidget *parent) {
        auto *panel = new Relays::RelaysPanel(
            m_services.profiles(), m_services.relayTests(), m_services.signIns(), m_theme, parent);
        connect(&m_window, &Shell::MainWindow::closeRequested, panel,
            [this, panel](bool *refuse) { askAboutProfiles(*panel, refuse); });
        connect(panel, &Relays::RelaysPanel::diagnoseRequested, this, &Workbench::diagnose);
        return panel;
    });
    m_window.addPage({resultsPage, tr("Results"), u"office-chart-bar"_s}, [this](QWidget *parent) {
        Store::Database *store = m_services.store();
        auto *panel = new Results::ResultsPanel(
            store ? &store->samples() : nullptr, m_theme, parent);
        connect(m_sendFlow.get(), &SendFlow::ended, panel, &Results::ResultsPanel::refresh);
        connect(m_sendFlow.get(), &SendFlow::runEnded, panel, &Results::ResultsPanel::refresh);
        connect(
            m_inboxFlow.get(), &InboxFlow::bouncesChanged, panel, &Results::ResultsPanel::refresh);
        connect(panel, &Results::ResultsPanel::composeRequested, this, &Workbench::composer);
        return panel;
    });
    m_window.addPage({bouncesPage, tr("Bounces"), u"mail-mark-junk"_s}, [this](QWidget *parent) {
        Store::Database *store = m_services.store();
        auto *panel = new Bounces::BouncesPanel(
            store ? &store->bounces() : nullptr, m_theme, parent);
        connect(
            m_inboxFlow.get(), &InboxFlow::bouncesChanged, panel, &Bounces::BouncesPanel::refresh);
        connect(panel, &Bounces::BouncesPanel::openSessionRequested, m_sessionFlow.get(),
            &SessionFlow::open);
        connect(panel, &Bounces::BouncesPanel::sandboxRequested, this,
            [this] { m_window.pages().show(sandboxPage); });
        connect(panel, &Bounces::BouncesPanel::failed, this,
            [this](const Base::Error &error) { tell(bouncesPage, error); });
        return panel;
    });
    m_window.addPage({diagnosisPage, tr("Diagnose"), u"network-connect"_s},
        [this](QWidget *parent) { return makeDiagnosePage(parent); });
    m_window.addPage({sandboxPage, tr("Sandbox"), u"mail-folder-inbox"_s}, [this](QWidget *parent) {
        Store::Database *store = m_services.store();
        auto *panel = new Sandbox::SandboxPanel(
            m_services.sandbox(), store ? &store->inbox() : nullptr, m_theme, parent);
        connect(panel, &Sandbox::SandboxPanel::messageOpenRequested, this,
            [this](const QByteArray &bytes) { composer()->openMessage(bytes); });
        connect(panel, &Sandbox::SandboxPanel::composeRequested, this, &Workbench::composer);
        connect(panel, &Sandbox::SandboxPanel::startRequested, this,
            [this] { m_services.startSandbox(); });
        return panel;
    });
}

void Workbench::addDocks()
{
    QDockWidget *transcript = m_window.addDock(m_transcript,
        {u"transcriptDock"_s, tr("Transcript"), u"utilities-terminal"_s}, Qt::BottomDockWidgetArea);
    m_details = new Transcript::DetailsPanel(m_transcript->model(), m_theme, &m_window);
    QDockWidget *detailsDock = m_window.addDock(
        m_details, {u"detailsDock"_s, tr("Details"), u"documentinfo"_s}, Qt::RightDockWidgetArea);
    connect(m_transcript, &Transcript::TranscriptPanel::lineSelected, m_details,
        &Transcript::DetailsPanel::showLine);
    connect(m_details, &Transcript::DetailsPanel::saveCertificatesRequested,
        m_certificateFlow.get(), &CertificateFlow::save);
    connect(m_details, &Transcript::DetailsPanel::pinRequested, m_certificateFlow.get(),
        &CertificateFlow::pin);
    for (QAction *command : m_transcript->commands())
        m_window.actions().adopt(command, command->objectName(), tr("Transcript"));
    m_window.addMenu(m_transcript->makeMenu(&m_window));
    m_transcript->setFilterLists(m_settings.value(u"transcript/filterHistory"_s).toStringList(),
        m_settings.value(u"transcript/savedFilters"_s).toStringList());
    connect(m_transcript, &Transcript::TranscriptPanel::filterListsChanged, this,
        [this](const QStringList &history, const QStringList &saved) {
            m_settings.setValue(u"transcript/filterHistory"_s, history);
            m_settings.setValue(u"transcript/savedFilters"_s, saved);
        });
    m_window.resizeDocks({transcript}, {280}, Qt::Vertical);
    m_window.resizeDocks({detailsDock}, {300}, Qt::Horizontal);
}

Compose::ComposePanel *Workbench::composer()
{
    m_window.pages().show(composePage);
    return static_cast<Compose::ComposePanel *>(m_window.pages().widget(composePage));
}

Results::ResultsPanel *Workbench::results()
{
    m_window.pages().show(resultsPage);
    return static_cast<Results::ResultsPanel *>(m_window.pages().widget(resultsPage));
}

void Workbench::followPage(const QString &page)
{
    QUndoStack *stack = nullptr;
    QWidget *widget = m_window.pages().widget(page);
    if (auto *compose = qobject_cast<Compose::ComposePanel *>(widget))
        stack = &compose->undoStack();
    else if (auto *sessions = qobject_cast<Sessions::SessionsPanel *>(widget))
        stack = sessions->undoStack();
    else if (auto *relays = qobject_cast<Relays::RelaysPanel *>(widget))
        stack = &relays->undoStack();
    QUndoGroup &group = m_window.edits().undoGroup();
    // A second time does nothing.
    if (stack != nullptr)
        group.addStack(stack);
    group.setActiveStack(stack);
}

void Workbench::countArrived()
{
    if (m_window.pages().current() != sandboxPage)
        m_window.pages().setBadge(sandboxPage, ++m_arrived);
}

void Workbench::countLooked(const QString &page)
{
    if (page != sandboxPage)
        return;
    m_arrived = 0;
    m_window.pages().setBadge(sandboxPage, 0);
}

void Workbench::refresh()
{
    if (auto *sessions = static_cast<Sessions::SessionsPanel *>(
            m_window.pages().widget(sessionsPage)))
        sessions->refresh();
    if (auto *results = static_cast<Results::ResultsPanel *>(m_window.pages().widget(resultsPage)))
        results->refresh();
    if (auto *bounces = static_cast<Bounces::BouncesPanel *>(m_window.pages().widget(bouncesPage)))
        bounces->refresh();
}

void Workbench::showOpening(qint64 entries, qint64 total)
{
    // While something is sent, that is what the status bar tells.
    if (m_sendFlow->running() > 0)
        return;
    const bool goesOn = total > 0 && entries < total;
    if (goesOn)
        m_window.facts().setActivity(tr("Opening the session …"), entries, total);
    else if (m_opening)
        m_window.facts().clearActivity();
    m_opening = goesOn;
}

void Workbench::showSession(const QUuid &session)
{
    m_window.pages().show(sessionsPage);
    if (auto *panel = static_cast<Sessions::SessionsPanel *>(m_window.pages().widget(sessionsPage)))
        panel->select(session);
    m_sessionFlow->open(session);
}

} // namespace Mailgauge::Gui
