// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "delivery/relaytestservice.h"
#include "relay/profileservice.h"
#include "relays/profiledrafts.h"
#include "theme/theme.h"

#include <QHash>
#include <QUndoStack>
#include <QUuid>
#include <QWidget>

#include <functional>

class QAction;
class QCheckBox;
class QLabel;
class QListView;
class QPushButton;
class QStackedWidget;
class QTabBar;

namespace Mailgauge::Models {
class ProfilesModel;
}
namespace Mailgauge::Widgets {
class EmptyState;
class MessageBar;
} // namespace Mailgauge::Widgets

namespace Mailgauge::Relays {

class ProfileFiles;
class ProfileForm;
class RelayTester;
class TestResultView;

/// Relay profiles: a list, a form, and a test that says what it found. What is typed stays until it
/// is saved or reverted, whatever is looked at meanwhile; saving and deleting can be undone.
class RelaysPanel final : public QWidget {
    Q_OBJECT

public:
    RelaysPanel(Relay::ProfileService &profiles, Delivery::RelayTestService &tests,
        Theme::Theme &theme, QWidget *parent = nullptr);

    void select(const QUuid &profile);
    /// Tests the relay shown, with what the form holds now.
    void test();
    [[nodiscard]] QUndoStack &undoStack() { return m_undo; }
    /// Profiles with something typed that is not saved.
    [[nodiscard]] int unsaved() const { return static_cast<int>(m_drafts.profiles().size()); }

Q_SIGNALS:
    /// A test began: its session appears in the transcript.
    void testStarted(const QUuid &session);

protected:
    void resizeEvent(QResizeEvent *event) override;

private:
    struct Saving {
        std::optional<Relay::RelayProfile> before;
        ProfileDraft draft;
    };

    QWidget *makeTools();
    QWidget *makeMiddle();
    void addProfile();
    void addFromProvider();
    void addAs(Relay::RelayProfile profile);
    void duplicateProfile();
    void removeProfile();
    void save();
    void saved(const QUuid &id);
    void notSaved(const Relay::RelayProfile &profile);
    void setPassword(const ProfileDraft &draft);
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
    [[nodiscard]] QUuid selectedId() const;
    [[nodiscard]] std::optional<Relay::RelayProfile> shownProfile() const;
    [[nodiscard]] bool isNameTaken(const QString &name, const QUuid &id) const;
    [[nodiscard]] QString problem() const;

    Relay::ProfileService &m_profiles;
    RelayTester *m_tester;
    QUndoStack m_undo;
    ProfileDrafts m_drafts;
    QHash<QUuid, Saving> m_saving; ///< On the way to the store.
    ProfileFiles *m_files;
    Models::ProfilesModel *m_model;
    QListView *m_list;
    ProfileForm *m_form;
    QStackedWidget *m_pages;
    Widgets::EmptyState *m_builtin;
    QTabBar *m_views; ///< Where there is little room.
    QWidget *m_middle = nullptr;
    TestResultView *m_result;
    Widgets::MessageBar *m_bar;
    QLabel *m_problem;
    QPushButton *m_save;
    QPushButton *m_revert;
    QPushButton *m_test;
    QCheckBox *m_keepSecrets;
    QAction *m_add = nullptr;
    QAction *m_duplicate = nullptr;
    QAction *m_remove = nullptr;
    QAction *m_export = nullptr;
    QUuid m_shown;
};

} // namespace Mailgauge::Relays
