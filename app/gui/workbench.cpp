// SPDX-License-Identifier: GPL-3.0-or-later
#include "workbench.h"

#include "base/literals.h"
#include "bounces/explaindialog.h"
#include "compose/composepanel.h"
#include "explain/explain.h"
#include "models/commandmodel.h"
#include "pageids.h"
#include "shell/actions.h"
#include "shell/relaychooser.h"
#include "shell/statusfacts.h"
#include "transcript/transcriptpanel.h"
#include "vaultdialog.h"
#include "widgets/messagestack.h"

#include <QAction>
#include <QDockWidget>
#include <QFileDialog>
#include <QFileInfo>
#include <QUrl>

namespace Mailgauge::Gui {

namespace {

using Widgets::MessageBar;

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
    m_diagnoseFlow = std::make_unique<DiagnoseFlow>(
        m_services.profiles(), m_services.checks(), m_services.reports());
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
    // One button, which ends what the status bar tells of.
    connect(&m_window, &Shell::MainWindow::cancelRequested, this, [this] {
        if (m_opening)
            m_sessionFlow->stopOpening();
        else
            m_diagnoseFlow->cancel();
    });
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

void Workbench::open(const QStringList &filesOrAddresses)
{
    QStringList files;
    for (const QString &one : filesOrAddresses) {
        if (one.startsWith(u"mailto:"_s, Qt::CaseInsensitive))
            composer()->openMailto(QUrl(one));
        else if (Bundle::looksLikeSessions(one))
            m_importFlow->open(one);
        else if (one.endsWith(u".json"_s, Qt::CaseInsensitive))
            m_diagnoseFlow->recognize(QFileInfo(one).absoluteFilePath());
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

Base::Result<void> Workbench::keepDraft()
{
    auto *panel = static_cast<Compose::ComposePanel *>(m_window.pages().widget(composePage));
    return panel != nullptr ? panel->keepForNextTime() : Base::Result<void>();
}

} // namespace Mailgauge::Gui
