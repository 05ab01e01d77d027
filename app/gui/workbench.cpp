// SPDX-License-Identifier: GPL-3.0-or-later
#include "workbench.h"

#include "base/literals.h"
#include "bounces/bouncespanel.h"
#include "bounces/explaindialog.h"
#include "compose/composepanel.h"
#include "explain/explain.h"
#include "models/commandmodel.h"
#include "relays/relayspanel.h"
#include "results/resultspanel.h"
#include "sandbox/sandboxpanel.h"
#include "sessions/sessionspanel.h"
#include "shell/actions.h"
#include "shell/editrouter.h"
#include "shell/relaychooser.h"
#include "shell/statusfacts.h"
#include "transcript/detailspanel.h"
#include "transcript/transcriptpanel.h"
#include "vaultdialog.h"
#include "widgets/messagestack.h"

#include <QAction>
#include <QDockWidget>
#include <QFileDialog>
#include <QFileInfo>
#include <QTimer>
#include <QUndoGroup>
#include <QUndoStack>
#include <QUrl>

namespace Mailgauge::Gui {

namespace {

using Widgets::MessageBar;

const QString composePage = u"compose"_s;
const QString sessionsPage = u"sessions"_s;
const QString relaysPage = u"relays"_s;
const QString resultsPage = u"results"_s;
const QString bouncesPage = u"bounces"_s;
const QString sandboxPage = u"sandbox"_s;

/// What other programs write their transcripts to.
bool isText(const QString &path)
{
    return path.endsWith(u".log"_s, Qt::CaseInsensitive)
        || path.endsWith(u".txt"_s, Qt::CaseInsensitive);
}

} // namespace

Workbench::Workbench(Services &services, const QString &settingsFile)
    : m_services(services)
    , m_settings(settingsFile)
    , m_window(m_settings)
{
}

Workbench::~Workbench() = default;

void Workbench::setUp(bool useSandbox)
{
    const QUuid last = m_settings.value(u"relay/current"_s).toUuid();
    m_services.profiles().setWanted(useSandbox || last.isNull() ? Services::sandboxProfile : last);
    m_transcript = new Transcript::TranscriptPanel(m_theme, &m_window);
    m_sendFlow = std::make_unique<SendFlow>(m_services, m_window);
    m_inboxFlow = std::make_unique<InboxFlow>(m_services.sandbox());
    m_sessionFlow = std::make_unique<SessionFlow>(
        m_services.profiles(), *m_sendFlow, *m_transcript);
    m_control = std::make_unique<SessionControl>(
        m_services.profiles(), m_services.sending(), *m_sendFlow, *m_transcript);
    m_diagnoseFlow = std::make_unique<DiagnoseFlow>(m_services.profiles(), m_services.checks());
    m_closeGuard = std::make_unique<CloseGuard>(
        m_window, *m_sendFlow, *m_diagnoseFlow, [this] { return keepDraft(); });
    m_certificateFlow = std::make_unique<CertificateFlow>(m_services.profiles(), m_window);
    m_importFlow = std::make_unique<ImportFlow>(*m_transcript);
    m_textImportFlow = std::make_unique<TextImportFlow>();
    m_window.setRelayChooser(new Shell::RelayChooser(m_services.profiles(), &m_window));
    addPages();
    addDocks();
    connectActions();
    connectFlows();
    connectImport();
    connectDiagnosis();
    m_window.commands().setExtras([this] { return relayCommands(); });
    m_window.finishSetup();
    followRelay();
    m_window.facts().setActivity(tr("Opening the store …"), 0, 0, false);
    connect(&m_services, &Services::storeStepEntered, this, &Workbench::tellOpening);
    connect(&m_services, &Services::storeDecided, this, &Workbench::storeDecided);
}

void Workbench::show()
{
    m_window.show();
}

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
    m_window.addPage({u"diagnose"_s, tr("Diagnose"), u"network-connect"_s},
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

void Workbench::connectActions()
{
    const auto on = [this](const QString &id, auto function) {
        connect(m_window.actions().action(id), &QAction::triggered, this, function);
    };
    on(u"message.send"_s, [this] { composer()->send(); });
    on(u"message.sendFile"_s, [this] { askForFile(tr("Send File As It Is"), false); });
    on(u"message.sendOctets"_s, [this] { askForFile(tr("Send File Octet by Octet"), true); });
    on(u"message.cancel"_s, [this] { m_sendFlow->cancelAll(); });
    on(u"message.insertGtube"_s,
        [this] { composer()->insertTestContent(Mime::TestContent::Gtube); });
    on(u"message.insertEicar"_s,
        [this] { composer()->insertTestContent(Mime::TestContent::Eicar); });
    on(u"file.new"_s, [this] { composer()->newMessage(); });
    on(u"file.save"_s, [this] { composer()->saveAs(); });
    on(u"file.open"_s, [this] {
        auto *dialog = new QFileDialog(&m_window, tr("Open"), QString(),
            tr("Messages, transcripts, bundles, reports, HTML (*.eml *.jsonl *.zip *.log *.txt "
               "*.json *.html *.htm);;All files (*)"));
        dialog->setAttribute(Qt::WA_DeleteOnClose);
        dialog->setFileMode(QFileDialog::ExistingFile);
        connect(dialog, &QFileDialog::filesSelected, this, &Workbench::open);
        dialog->open();
    });
    QAction *exportLast = m_window.actions().add(u"file.export"_s, tr("File"),
        tr("&Export Session…"), u"document-export"_s,
        {QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_E)});
    exportLast->setEnabled(false);
    connect(exportLast, &QAction::triggered, this,
        [this] { m_sessionFlow->exportSession(m_lastSession, &m_window); });
    connect(m_sendFlow.get(), &SendFlow::ended, this,
        [this, exportLast](const Transcript::SessionRecord &record) {
            if (!m_services.store())
                return;
            m_lastSession = record.id;
            exportLast->setEnabled(true);
        });
    QAction *vault = m_window.actions().add(
        u"tools.vault"_s, tr("Tools"), tr("Password &Vault…"), u"dialog-password"_s);
    vault->setEnabled(m_services.credentials().vault() != nullptr);
    connect(vault, &QAction::triggered, this, [this] {
        auto *dialog = new VaultDialog(*m_services.credentials().vault(), &m_window);
        dialog->setAttribute(Qt::WA_DeleteOnClose);
        dialog->open();
    });
    const QAction *explain = m_window.actions().add(
        u"tools.explain"_s, tr("Tools"), tr("&Explain Reply…"), u"help-hint"_s);
    connect(explain, &QAction::triggered, this, [this] {
        auto *dialog = new Bounces::ExplainDialog(&m_window);
        dialog->setAttribute(Qt::WA_DeleteOnClose);
        dialog->open();
    });
    connect(&m_window, &Shell::MainWindow::filesDropped, this, &Workbench::open);
    // What the first paint does not need.
    connect(&m_window, &Shell::MainWindow::settled, this, [this] {
        m_services.startSandbox();
        if (auto *panel = static_cast<Compose::ComposePanel *>(
                m_window.pages().widget(composePage)))
            panel->setFocus();
    });
}

/// Whose envelope: what the composer's fields say.
void Workbench::askForFile(const QString &title, bool binary)
{
    Compose::ComposePanel *panel = composer();
    auto *dialog = new QFileDialog(
        &m_window, title, QString(), tr("Messages (*.eml *.txt);;All files (*)"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::ExistingFile);
    connect(dialog, &QFileDialog::fileSelected, panel,
        [panel, binary](const QString &path) { panel->sendFile(path, binary); });
    dialog->open();
}

void Workbench::connectFlows()
{
    Delivery::SendService &service = m_services.sending();
    connect(&service, &Delivery::SendService::started, m_transcript,
        &Transcript::TranscriptPanel::setRecord);
    connect(&service, &Delivery::SendService::entriesRecorded, m_transcript,
        &Transcript::TranscriptPanel::appendEntries);
    connect(&service, &Delivery::SendService::finished, m_transcript,
        &Transcript::TranscriptPanel::setRecord);
    connect(m_transcript, &Transcript::TranscriptPanel::marksChanged, m_sessionFlow.get(),
        &SessionFlow::saveMarks);
    connect(m_transcript, &Transcript::TranscriptPanel::countsChanged, &m_window.facts(),
        &Shell::StatusFacts::setLines);
    connect(&m_services.profiles(), &Relay::ProfileService::currentChanged, this,
        &Workbench::followRelay);
    connect(&m_services.profiles(), &Relay::ProfileService::profilesChanged, this,
        &Workbench::followRelay);
    connect(&m_services.profiles(), &Relay::ProfileService::failed, this,
        [this](const Base::Error &error) { tell(relaysPage, error); });
    connect(&m_services.profiles(), &Relay::ProfileService::unreadable, this,
        &Workbench::tellAboutProfiles);
    connect(&m_services.sandbox(), &Sandbox::SandboxService::failed, this,
        [this](const Base::Error &error) { tell(sandboxPage, error); });
    connect(&m_services.sandbox(), &Sandbox::SandboxService::messageArrived, this,
        &Workbench::countArrived);
    connect(&m_window.pages(), &Shell::Pages::currentChanged, this, &Workbench::countLooked);
    connect(&m_window.pages(), &Shell::Pages::currentChanged, this, &Workbench::followPage);
    connect(m_sessionFlow.get(), &SessionFlow::opening, this, &Workbench::showOpening);
    connect(&m_window.facts(), &Shell::StatusFacts::cancelRequested, m_sessionFlow.get(),
        &SessionFlow::stopOpening);
    connect(m_inboxFlow.get(), &InboxFlow::failed, this,
        [this](const Base::Error &error) { tell(u"store"_s, error); });
    connect(m_sessionFlow.get(), &SessionFlow::failed, this,
        [this](const Base::Error &error) { tell(sessionsPage, error); });
    connect(m_sessionFlow.get(), &SessionFlow::exported, this, [this](const QString &path) {
        m_window.messages().post(
            u"export"_s, MessageBar::Kind::Success, tr("Session exported to %1.").arg(path));
    });
    connect(m_sessionFlow.get(), &SessionFlow::opened, this, [this] {
        if (auto *dock = m_window.findChild<QDockWidget *>(u"transcriptDock"_s)) {
            dock->show();
            dock->raise();
        }
    });
    const OutcomeNews &news = m_sendFlow->news();
    connect(
        &news, &OutcomeNews::inboxRequested, this, [this] { m_window.pages().show(sandboxPage); });
    connect(&news, &OutcomeNews::sessionRequested, this, &Workbench::showSession);
    connect(&news, &OutcomeNews::sessionsRequested, this,
        [this] { m_window.pages().show(sessionsPage); });
}

void Workbench::tell(const QString &name, const Base::Error &error)
{
    m_window.messages().post(name, MessageBar::Kind::Error, Explain::explain(error).withNextStep());
}

void Workbench::tellOpening(Store::OpenStep step)
{
    QString sentence;
    switch (step) {
    case Store::OpenStep::Waiting:
        sentence = tr("Another program is opening the store: waiting for it …");
        break;
    case Store::OpenStep::Checking:
        sentence = tr("Checking the store …");
        break;
    case Store::OpenStep::MovingAside:
        sentence = tr("The store is damaged: moving it aside …");
        break;
    case Store::OpenStep::Updating:
        sentence = tr("Bringing the store up to date …");
        break;
    }
    m_window.pages().hold(sentence);
    // What the user asked for stays in front.
    if (m_sendFlow->running() == 0)
        m_window.facts().setActivity(sentence, 0, 0, false);
}

void Workbench::storeDecided()
{
    Store::Database *store = m_services.store();
    m_inboxFlow->setRepositories(store ? &store->inbox() : nullptr,
        store ? &store->bounces() : nullptr, m_services.bounceKey());
    m_sessionFlow->setLibrary(store ? &store->sessions() : nullptr);
    m_transcript->setExportSurroundings({store ? &store->sessions() : nullptr,
        &m_services.profiles(), m_services.paths().settingsFile()});
    if (store) {
        useLibrary(store->sessions());
        m_details->setContentSource(
            [store](const QUuid &message) { return store->sessions().message(message); });
    }
    if (m_sendFlow->running() == 0)
        m_window.facts().clearActivity();
    m_services.profiles().load();
    m_window.pages().release();
    tellAboutStore();
    m_importFlow->setRepository(store ? &store->sessions() : nullptr);
    m_textImportFlow->setRepository(store ? &store->sessions() : nullptr);
    m_diagnoseFlow->setReports(m_services.reports());
    m_sendFlow->storeDecided(m_services.bounceKey());
}

void Workbench::tellAboutStore()
{
    if (const auto &problem = m_services.storeProblem()) {
        m_window.messages().post(u"store"_s, MessageBar::Kind::Warning,
            tr("Nothing will be saved: %1 Sending works all the same.")
                .arg(Explain::explain(*problem).withNextStep()));
    } else if (const Store::OpenReport &report = m_services.store()->report();
        !report.movedAside.isEmpty()) {
        m_window.messages().post(u"store"_s, MessageBar::Kind::Warning,
            tr("The store was damaged (%1). It was kept as %2, and a new one was begun.")
                .arg(report.reason, report.movedAside));
    } else if (report.uncertain > 0) {
        m_window.messages().post(u"store"_s, MessageBar::Kind::Warning,
            tr("The last run ended while %n recipient(s) waited for the final reply: they are "
               "uncertain, and nothing is sent again by itself.",
                nullptr, report.uncertain));
    }
}

void Workbench::tellAboutProfiles(const QList<Relay::UnreadableProfile> &profiles)
{
    for (const Relay::UnreadableProfile &one : profiles) {
        const QString name = u"profile."_s + one.id.toString(QUuid::WithoutBraces);
        auto *discard = new QAction(tr("Delete “%1”").arg(one.name));
        connect(discard, &QAction::triggered, this, [this, name, id = one.id] {
            m_services.profiles().remove(id);
            m_window.messages().withdraw(name);
        });
        m_window.messages().post(
            name, MessageBar::Kind::Warning, Explain::explain(one.error).withNextStep(), {discard});
    }
}

// Once: who closes again means it.
void Workbench::askAboutProfiles(const Relays::RelaysPanel &panel, bool *refuse)
{
    const QString name = u"profiles.unsaved"_s;
    if (*refuse || panel.unsaved() == 0 || m_window.messages().bar(name) != nullptr)
        return;
    *refuse = true;
    auto *look = new QAction(tr("Show them"));
    auto *leave = new QAction(tr("Close anyway"));
    connect(look, &QAction::triggered, this, [this, name] {
        m_window.pages().show(relaysPage);
        m_window.messages().withdraw(name);
    });
    connect(leave, &QAction::triggered, &m_window, &QWidget::close);
    m_window.messages().post(name, MessageBar::Kind::Warning,
        tr("%n relay profile(s) hold changes that are not saved.", nullptr, panel.unsaved()),
        {look, leave});
}

void Workbench::followRelay()
{
    Relay::ProfileService &profiles = m_services.profiles();
    const auto profile = profiles.profile(profiles.current());
    if (profile)
        m_settings.setValue(u"relay/current"_s, profile->id);
    m_window.facts().setRelay(profile ? profile->name : tr("no relay"),
        profile ? Shell::RelayChooser::describe(*profile) : QString());
}

void Workbench::open(const QStringList &filesOrAddresses)
{
    QStringList files;
    for (const QString &one : filesOrAddresses) {
        if (one.startsWith(u"mailto:"_s, Qt::CaseInsensitive))
            composer()->openMailto(QUrl(one));
        else if (Bundle::looksLikeSessions(one))
            m_importFlow->open(one);
        else if (DiagnoseFlow::looksLikeReport(one))
            openReport(one);
        else if (isText(one) && (m_services.store() || !m_services.isStoreDecided()))
            m_textImportFlow->openWhereTranscript(&m_window, QFileInfo(one).absoluteFilePath());
        else
            files.append(QFileInfo(one).absoluteFilePath());
    }
    if (!files.isEmpty())
        composer()->openFiles(files);
}

void Workbench::showComposition(const Delivery::Composition &composition)
{
    Compose::Draft draft;
    draft.message = composition.draft;
    draft.forwardPaths = composition.forwardPaths;
    composer()->setDraft(draft);
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

QList<Models::Command> Workbench::relayCommands() const
{
    QList<Models::Command> commands;
    Relay::ProfileService &profiles = m_services.profiles();
    const QList<Relay::RelayProfile> all = profiles.profiles();
    for (const Relay::RelayProfile &profile : all)
        commands.append({.id = u"relay."_s + profile.id.toString(QUuid::WithoutBraces),
            .title = profile.name,
            .group = tr("Relay"),
            .iconName = u"network-server"_s,
            .run = [&profiles, id = profile.id] { profiles.setCurrent(id); }});
    return commands;
}

Base::Result<void> Workbench::keepDraft()
{
    auto *panel = static_cast<Compose::ComposePanel *>(m_window.pages().widget(composePage));
    return panel != nullptr ? panel->keepForNextTime() : Base::Result<void>();
}

} // namespace Mailgauge::Gui
