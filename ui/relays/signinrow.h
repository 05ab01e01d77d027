// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "relays/signinstate.h"

#include <QWidget>

class QLabel;
class QPushButton;

namespace Mailgauge::Theme {
class Theme;
}

namespace Mailgauge::Relays {

/// Whether the user is signed in to the relay's provider, and the buttons that change it.
class SignInRow final : public QWidget {
    Q_OBJECT

public:
    explicit SignInRow(const Theme::Theme &theme, QWidget *parent = nullptr);

    void setState(const SignInState &state);
    /// Whom the profile names; empty: nobody.
    void setUser(const QString &user);
    /// Signing in saves the profile first.
    void setSaves(bool saves);
    /// Whether signing in makes sense now; what is under way can be cancelled all the same.
    void setPossible(bool possible);
    [[nodiscard]] QList<QWidget *> buttons() const;

Q_SIGNALS:
    void signInRequested();
    void cancelRequested();
    void signOutRequested();

private:
    [[nodiscard]] QString sentence() const;
    [[nodiscard]] QString signedInSentence() const;
    void showState();
    void updateColors();

    const Theme::Theme &m_theme;
    SignInState m_state;
    QString m_user;
    bool m_saves = false;
    bool m_possible = false;
    QLabel *m_text;
    QLabel *m_problem;
    QPushButton *m_signIn;
    QPushButton *m_cancel;
    QPushButton *m_copy;
    QPushButton *m_signOut;
};

} // namespace Mailgauge::Relays
