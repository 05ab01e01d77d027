// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "relay/profilesecrets.h"
#include "relays/formsection.h"

#include <QWidget>

class QComboBox;
class QFormLayout;
class QLabel;
class QLineEdit;
class QSpinBox;

namespace Mailgauge::Relays {

class PasswordRow;
class SignInSection;

/// Shows one relay profile for editing: what every relay needs, and sections of what some need,
/// closed at first. Values in by setProfile(), out by profile(); it saves nothing itself.
class ProfileForm final : public QWidget {
    Q_OBJECT

public:
    explicit ProfileForm(const Theme::Theme &theme, QWidget *parent = nullptr);

    /// As it is saved.
    void setProfile(const Relay::RelayProfile &profile);
    /// What was typed over it, and is not saved.
    void setTyped(const Relay::RelayProfile &profile, const Relay::TypedSecrets &secrets,
        const FieldTexts &unread);
    /// Where a password that is typed goes to.
    void setBackend(Relay::CredentialStore::Backend backend);
    /// What setProfile() had.
    [[nodiscard]] const Relay::RelayProfile &savedProfile() const { return m_profile; }
    /// What the form holds now.
    [[nodiscard]] Relay::RelayProfile profile() const;
    /// Those that the user typed.
    [[nodiscard]] Relay::TypedSecrets secrets() const;
    /// Texts that profile() has no value for, since they are none.
    [[nodiscard]] FieldTexts unread() const;
    /// What is wrong with the input, for people; empty where all is well.
    [[nodiscard]] QString problem() const;
    [[nodiscard]] bool isModified() const;
    /// Of a new profile: the first field that only the user knows.
    void focusCredentials();
    [[nodiscard]] SignInSection &signIn() { return *m_signIn; }

Q_SIGNALS:
    void edited();

private:
    void makeRows(QFormLayout *form);
    void fill(const Relay::RelayProfile &profile);
    void fillSecrets(const Relay::TypedSecrets &secrets);
    void suggestPort();
    void showProvider();
    /// What follows from what the fields hold.
    void follow();

    Relay::RelayProfile m_profile;
    QLabel *m_provider; ///< What is known of the relay's provider.
    QLineEdit *m_name;
    QLineEdit *m_host;
    QSpinBox *m_port;
    QLineEdit *m_from;
    QLineEdit *m_bounceAddress;
    QComboBox *m_tls;
    QComboBox *m_verify;
    QComboBox *m_auth;
    QLineEdit *m_user;
    PasswordRow *m_password;
    SignInSection *m_signIn = nullptr; ///< One of the sections.
    QList<FormSection *> m_sections;
};

} // namespace Mailgauge::Relays
