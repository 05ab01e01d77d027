// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/secret.h"
#include "relay/credentialstore.h"
#include "relay/relayprofile.h"

#include <QWidget>

#include <optional>

class QCheckBox;
class QComboBox;
class QLabel;
class QLineEdit;
class QSpinBox;

namespace Mailgauge::Relays {

/// Shows one relay profile for editing. Values in by setProfile(), out by profile(); it saves
/// nothing itself.
class ProfileForm final : public QWidget {
    Q_OBJECT

public:
    explicit ProfileForm(QWidget *parent = nullptr);

    /// As it is saved.
    void setProfile(const Relay::RelayProfile &profile);
    /// What was typed over it, and is not saved.
    void setTyped(const Relay::RelayProfile &profile, const std::optional<Base::Secret> &password);
    /// Where a password that is typed goes to.
    void setBackend(Relay::CredentialStore::Backend backend);
    /// What the form holds now.
    [[nodiscard]] Relay::RelayProfile profile() const;
    /// Set only where the user typed a new one.
    [[nodiscard]] std::optional<Base::Secret> password() const;
    /// What is wrong with the input, for people; empty where all is well.
    [[nodiscard]] QString problem() const;
    [[nodiscard]] bool isModified() const;
    /// Of a new profile: the first field that only the user knows.
    void focusCredentials();

Q_SIGNALS:
    void edited();

private:
    void fill(const Relay::RelayProfile &profile);
    void readCertificates();
    void suggestPort();
    void showProvider();
    void updateReach();

    Relay::RelayProfile m_profile;
    QLabel *m_provider; ///< What is known of the relay's provider.
    QLineEdit *m_name;
    QLineEdit *m_host;
    QSpinBox *m_port;
    QComboBox *m_tls;
    QComboBox *m_verify;
    QLineEdit *m_caFile;
    QLabel *m_caNote; ///< What is wrong with the file; it may be there again when it is needed.
    QLineEdit *m_pin;
    QComboBox *m_auth;
    QLineEdit *m_mechanisms;
    QLineEdit *m_user;
    QLineEdit *m_password;
    QLabel *m_passwordPlace;
    QCheckBox *m_authWithoutTls;
    QLineEdit *m_ehloName;
    QLineEdit *m_from;
    QLineEdit *m_bounceAddress;
    QCheckBox *m_pipelining;
    QSpinBox *m_connectLimit;
    QSpinBox *m_replyLimit;
    QSpinBox *m_dotLimit;
};

} // namespace Mailgauge::Relays
