// SPDX-License-Identifier: GPL-3.0-or-later
#include "relays/passwordrow.h"

#include "base/literals.h"

#include <QFormLayout>
#include <QLabel>
#include <QLineEdit>

namespace Mailgauge::Relays {

using Backend = Relay::CredentialStore::Backend;
using Relay::PasswordSource;

PasswordRow::PasswordRow(QWidget *parent)
    : QObject(parent)
    , m_field(new QLineEdit(parent))
    , m_place(new QLabel(parent))
{
    m_field->setEchoMode(QLineEdit::Password);
    m_field->setObjectName(u"profilePassword"_s);
    m_place->setForegroundRole(QPalette::PlaceholderText);
    m_place->setWordWrap(true);
    m_place->setObjectName(u"passwordPlace"_s);
    connect(m_field, &QLineEdit::textChanged, this, &PasswordRow::edited);
}

void PasswordRow::addTo(QFormLayout &form)
{
    form.addRow(tr("Pass&word"), m_field);
    form.addRow(QString(), m_place);
}

void PasswordRow::setBackend(Backend backend)
{
    m_backend = backend;
    tellPlace();
}

void PasswordRow::fill(const Relay::TypedSecrets &secrets)
{
    m_field->setText(secrets.password ? QString::fromUtf8(secrets.password->reveal()) : QString());
}

void PasswordRow::take(Relay::TypedSecrets &secrets) const
{
    if (!m_field->text().isEmpty())
        secrets.password = Base::Secret(m_field->text().toUtf8());
}

void PasswordRow::follow(const Relay::RelayProfile &profile)
{
    m_source = profile.passwordSource;
    const bool authenticates = profile.auth != Smtp::AuthOptions::Need::Never;
    m_field->setEnabled(authenticates && m_source == PasswordSource::Kept
        && (Relay::needsPassword(profile) || !Relay::needsSecret(profile)));
    tellPlace();
}

void PasswordRow::tellPlace()
{
    switch (m_source) {
    case PasswordSource::Command:
        return m_place->setText(tr("A command prints it: see Authentication below."));
    case PasswordSource::Netrc:
        return m_place->setText(tr("Read from a netrc file: see Authentication below."));
    case PasswordSource::Kept:
        break;
    }
    switch (m_backend) {
    case Backend::Keyring:
        return m_place->setText(tr("Kept in the desktop's keyring."));
    case Backend::Vault:
        return m_place->setText(tr("Kept in the vault under your passphrase."));
    case Backend::SessionOnly:
        return m_place->setText(tr("No keyring: it is forgotten when Mailgauge ends."));
    }
}

} // namespace Mailgauge::Relays
