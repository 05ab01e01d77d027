// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "delivery/relaytestservice.h"
#include "relay/profileservice.h"
#include "theme/theme.h"

#include <QUndoStack>
#include <QUuid>
#include <QWidget>

class QAction;
class QCheckBox;
class QLabel;
class QListView;
class QPushButton;

namespace Mailgauge::Models {
class ProfilesModel;
}
namespace Mailgauge::Widgets {
class MessageBar;
}

namespace Mailgauge::Relays {

class ProfileForm;
class TestResultView;

/// Relay profiles: a list, a form, and a test that says what it found. Saving and deleting can be
/// undone.
class RelaysPanel final : public QWidget {
    Q_OBJECT

public:
    RelaysPanel(Relay::ProfileService &profiles, Delivery::RelayTestService &tests,
        Theme::Theme &theme, QWidget *parent = nullptr);

    void select(const QUuid &profile);
    /// Tests the relay shown, with what the form holds now.
    void test();
    [[nodiscard]] QUndoStack &undoStack() { return m_undo; }

Q_SIGNALS:
    /// A test began: its session appears in the transcript.
    void testStarted(const QUuid &session);

private:
    void addProfile();
    void addFromProvider();
    void addAs(Relay::RelayProfile profile);
    void duplicateProfile();
    void removeProfile();
    void save();
    void revert();
    void importProfiles();
    void exportProfiles();
    void showProfiles();
    void showSelected();
    void updateActions();
    void runTest(const Relay::RelayProfile &profile, const Base::Secret &password);
    [[nodiscard]] QUuid selectedId() const;
    [[nodiscard]] bool isNameTaken(const QString &name) const;

    Relay::ProfileService &m_profiles;
    Delivery::RelayTestService &m_tests;
    QUndoStack m_undo;
    Models::ProfilesModel *m_model;
    QListView *m_list;
    ProfileForm *m_form;
    TestResultView *m_result;
    Widgets::MessageBar *m_bar;
    QLabel *m_problem;
    QPushButton *m_save;
    QPushButton *m_revert;
    QPushButton *m_test;
    QCheckBox *m_keepSecrets;
    QAction *m_add;
    QAction *m_addFromProvider;
    QAction *m_duplicate;
    QAction *m_remove;
    QUuid m_shown;
    QUuid m_testing;
};

} // namespace Mailgauge::Relays
