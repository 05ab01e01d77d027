// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

class QAction;
class QCheckBox;
class QLabel;
class QPushButton;
class QStackedWidget;

namespace Mailgauge::Theme {
class Theme;
}
namespace Mailgauge::Widgets {
class EmptyState;
}

namespace Mailgauge::Relays {

class ProfileForm;

/// The form of one profile, what is wrong with it, and what can be done about it; for the built-in
/// relay, which has no settings, a way to one that has.
class ProfilePage final : public QWidget {
    Q_OBJECT

public:
    struct State {
        bool own = false; ///< A profile of the user's: there is a form of it.
        bool typed = false; ///< There is something to save.
        bool isNew = false; ///< It is kept nowhere yet.
        bool testable = false;
        QString problem; ///< Empty where all is well.
    };

    explicit ProfilePage(const Theme::Theme &theme, QWidget *parent = nullptr);

    [[nodiscard]] ProfileForm &form() const { return *m_form; }
    void setState(const State &state);
    /// Makes a new profile; not owned.
    void setAddAction(QAction *add);
    /// Whether the user chose to keep the secrets of the next test: asked for each anew.
    [[nodiscard]] bool takeKeepSecrets();

Q_SIGNALS:
    void saveRequested();
    void revertRequested();
    void testRequested();

private:
    ProfileForm *m_form;
    QStackedWidget *m_pages;
    Widgets::EmptyState *m_builtin;
    QLabel *m_problem;
    QPushButton *m_test;
    QCheckBox *m_keepSecrets;
    QPushButton *m_revert;
    QPushButton *m_save;
};

} // namespace Mailgauge::Relays
