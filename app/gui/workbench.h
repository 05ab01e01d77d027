// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "certificateflow.h"
#include "closeguard.h"
#include "comparisonflow.h"
#include "diagnoseflow.h"
#include "importflow.h"
#include "inboxflow.h"
#include "librarykeeper.h"
#include "replayflow.h"
#include "sendflow.h"
#include "services.h"
#include "sessioncontrol.h"
#include "sessionflow.h"
#include "shell/mainwindow.h"
#include "shell/settings.h"
#include "tableflow.h"
#include "textimportflow.h"
#include "theme/theme.h"

#include <QObject>
#include <QStringList>

class QSettings;

namespace Mailgauge::Compose {
class ComposePanel;
}
namespace Mailgauge::Models {
struct Command;
}
namespace Mailgauge::Results {
class ResultsPanel;
}
namespace Mailgauge::Relays {
class RelaysPanel;
}
namespace Mailgauge::Transcript {
class DetailsPanel;
class TranscriptPanel;
} // namespace Mailgauge::Transcript

namespace Mailgauge::Gui {

/// The window over the services: which pages and docks there are, and which signal of one leads to
/// which function of another. It decides nothing itself.
class Workbench final : public QObject {
    Q_OBJECT

public:
    Workbench(Services &services, const QString &settingsFile);
    ~Workbench() override;

    [[nodiscard]] Shell::MainWindow &window() { return m_window; }
    [[nodiscard]] SendFlow &sending() { return *m_sendFlow; }
    [[nodiscard]] InboxFlow &inbox() { return *m_inboxFlow; }
    [[nodiscard]] Transcript::TranscriptPanel &transcript() { return *m_transcript; }
    /// Makes pages and docks, restores the layout. `useSandbox`: whatever relay was in use last,
    /// begin with the built-in one.
    void setUp(bool useSandbox);
    void show();
    /// Files and addresses from the command line, from a drop, from File > Open.
    void open(const QStringList &filesOrAddresses);
    /// Puts a message into the composer.
    void showComposition(const Delivery::Composition &composition);
    /// Read the lists again that sessions and bounces change.
    void refresh();

private:
    void addPages();
    void addDocks();
    void connectActions();
    void connectFlows();
    void askForFile(const QString &title, bool binary);
    void connectImport();
    void connectDiagnosis();
    void connectLibraryFlows();
    void tell(const QString &name, const Base::Error &error);
    void storeDecided();
    void useLibrary(Transcript::SessionLibrary &library);
    void tellOpening(Store::OpenStep step);
    void tellAboutStore();
    void tellAboutProfiles(const QList<Relay::UnreadableProfile> &profiles);
    void askAboutProfiles(const Relays::RelaysPanel &panel, bool *refuse);
    void followRelay();
    [[nodiscard]] Base::Result<void> keepDraft();
    void countArrived();
    void countLooked(const QString &page);
    void followPage(const QString &page);
    void showSession(const QUuid &session);
    void showOpening(qint64 entries, qint64 total);
    [[nodiscard]] QWidget *makeSessionsPage(QWidget *parent);
    [[nodiscard]] QWidget *makeDiagnosePage(QWidget *parent);
    [[nodiscard]] Diagnose::DiagnosePanel *diagnosePage();
    void diagnose(const QUuid &profile);
    void openReport(const QString &path);
    void showDiagnosis(const QString &relay, int done, int total);
    void tellDiagnosed(const Diagnose::RelayReport &report);
    [[nodiscard]] QList<Models::Command> relayCommands() const;
    [[nodiscard]] Compose::ComposePanel *composer();
    [[nodiscard]] Results::ResultsPanel *results();

    Services &m_services;
    Shell::Settings m_settings;
    Theme::Theme m_theme;
    Shell::MainWindow m_window;
    Transcript::TranscriptPanel *m_transcript = nullptr;
    Transcript::DetailsPanel *m_details = nullptr;
    std::unique_ptr<SendFlow> m_sendFlow;
    std::unique_ptr<InboxFlow> m_inboxFlow;
    std::unique_ptr<SessionControl> m_control;
    std::unique_ptr<SessionFlow> m_sessionFlow;
    std::unique_ptr<CloseGuard> m_closeGuard;
    std::unique_ptr<CertificateFlow> m_certificateFlow;
    std::unique_ptr<ImportFlow> m_importFlow;
    std::unique_ptr<TextImportFlow> m_textImportFlow;
    std::unique_ptr<DiagnoseFlow> m_diagnoseFlow;
    std::unique_ptr<ComparisonFlow> m_comparisonFlow; ///< This and the next two: with a store.
    std::unique_ptr<ReplayFlow> m_replayFlow;
    std::unique_ptr<TableFlow> m_tableFlow;
    std::unique_ptr<LibraryKeeper> m_keeper;
    QUuid m_lastSession; ///< What Export Session means.
    int m_arrived = 0; ///< In the sandbox since it was last looked at.
    bool m_opening = false; ///< The status bar tells of a session that is opened.
};

} // namespace Mailgauge::Gui
