// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "relay/profilesecrets.h"

#include <QObject>

class QFormLayout;
class QLabel;
class QLineEdit;

namespace Mailgauge::Relays {

/// The password in the profile form, and below it where one that is typed goes to, or where it
/// comes from instead.
class PasswordRow final : public QObject {
    Q_OBJECT

public:
    explicit PasswordRow(QWidget *parent);

    void addTo(QFormLayout &form);
    [[nodiscard]] QLineEdit *field() const { return m_field; }
    void setBackend(Relay::CredentialStore::Backend backend);
    void fill(const Relay::TypedSecrets &secrets);
    void take(Relay::TypedSecrets &secrets) const;
    /// What the form holds now says whether a password is of use.
    void follow(const Relay::RelayProfile &profile);

Q_SIGNALS:
    void edited();

private:
    void tellPlace();

    QLineEdit *m_field;
    QLabel *m_place;
    Relay::CredentialStore::Backend m_backend = Relay::CredentialStore::Backend::SessionOnly;
    Relay::PasswordSource m_source = Relay::PasswordSource::Kept;
};

} // namespace Mailgauge::Relays
