// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "delivery/oauthservice.h"
#include "delivery/relaytestservice.h"
#include "relay/profileservice.h"
#include "theme/theme.h"

#include <QUuid>
#include <QWidget>

#include <functional>

class QAction;
class QTabBar;
class QUndoStack;

namespace Mailgauge::Widgets {
class MessageBar;
}

namespace Mailgauge::Relays {

class ProfileEdits;
class ProfileFiles;
class ProfileForm;
class ProfileList;
class ProfilePage;
class RelaySignIn;
class RelayTester;
class TestResultView;

/// Relay profiles: a list, a form, and a test that says what it found. What is typed stays until it
/// is saved or reverted, whatever is looked at meanwhile; saving and deleting can be undone.
class RelaysPanel final : public QWidget {
    Q_OBJECT

public:
    RelaysPanel(Relay::ProfileService &profiles, Delivery::RelayTestService &tests,
        Delivery::OAuthService &signIns, Theme::Theme &theme, QWidget *parent = nullptr);

    void select(const QUuid &profile);
    /// Tests the relay shown, with what the form holds now.
    void test();
    [[nodiscard]] QUndoStack &undoStack();
    /// Profiles with something typed that is not saved.
    [[nodiscard]] int unsaved() const;

Q_SIGNALS:
    /// A test began: its session appears in the transcript.
    void testStarted(const QUuid &session);
    void diagnoseRequested(const QUuid &profile);

protected:
    void resizeEvent(QResizeEvent *event) override;

private:
    QWidget *makeTools();
    void addProfile();
    void addFromProvider();
    void addAs(const Relay::RelayProfile &profile);
    void duplicateProfile();
    void removeProfile();
    void save();
    void revert();
    void takeImported(const QList<Relay::RelayProfile> &profiles);
    void showProfiles();
    void showSelected();
    void showTyped();
    void showTest();
    void keepTyped();
    void updateActions();
    void share();
    void tell(const Base::Error &error);
    void offerUndo(const QString &what, const std::function<void()> &undo);
    [[nodiscard]] QString problem() const;

    Relay::ProfileService &m_profiles;
    ProfileEdits *m_edits;
    RelayTester *m_tester;
    ProfileFiles *m_files;
    ProfileList *m_list;
    ProfilePage *m_page;
    ProfileForm *m_form; ///< That of the page.
    RelaySignIn *m_signIn;
    QTabBar *m_views; ///< Where there is little room.
    TestResultView *m_result;
    Widgets::MessageBar *m_bar;
    QAction *m_duplicate = nullptr;
    QAction *m_remove = nullptr;
    QAction *m_export = nullptr;
    QAction *m_diagnose = nullptr;
    QUuid m_shown;
};

} // namespace Mailgauge::Relays
