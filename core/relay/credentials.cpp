// SPDX-License-Identifier: GPL-3.0-or-later
#include "relay/credentials.h"

#include "relay/keyringcredentialstore.h"

namespace Mailgauge::Relay {

namespace {
using Kind = Base::Error::Kind;
using VoidResult = Base::Result<void>;
} // namespace

Credentials::Credentials(std::unique_ptr<CredentialStore> keyring, const QString &vaultFile,
    KdfCost cost, QObject *parent)
    : QObject(parent)
    , m_keyring(std::move(keyring))
    , m_keyringWorks(m_keyring != nullptr)
{
    if (!vaultFile.isEmpty()) {
        m_vault = std::make_unique<VaultCredentialStore>(vaultFile, cost);
        connect(
            m_vault.get(), &VaultCredentialStore::stateChanged, this, &Credentials::backendChanged);
    }
}

std::unique_ptr<Credentials> Credentials::forDesktop(const QString &vaultFile)
{
    std::unique_ptr<CredentialStore> keyring;
    if (KeyringCredentialStore::isAvailable())
        keyring = std::make_unique<KeyringCredentialStore>();
    return std::make_unique<Credentials>(std::move(keyring), vaultFile);
}

bool Credentials::vaultIsOpen() const
{
    return m_vault && m_vault->state() == VaultCredentialStore::State::Unlocked;
}

CredentialStore::Backend Credentials::backend() const
{
    if (m_keyringWorks)
        return Backend::Keyring;
    return vaultIsOpen() ? Backend::Vault : Backend::SessionOnly;
}

// Denied is a word of the user's: another place would go against it.
bool Credentials::givesUpKeyring(const Base::Error &error)
{
    if (error.kind == Kind::Denied)
        return false;
    if (m_keyringWorks) {
        m_keyringWorks = false;
        Q_EMIT backendChanged();
    }
    return true;
}

QFuture<Credentials::SecretResult> Credentials::readWithoutKeyring(QUuid profile)
{
    // In memory first: the completed future is there at once.
    const auto remembered = m_session.read(profile).result();
    if ((remembered && *remembered) || !vaultIsOpen())
        return QtFuture::makeReadyValueFuture(remembered);
    return m_vault->read(profile);
}

QFuture<Credentials::SecretResult> Credentials::read(QUuid profile)
{
    if (!m_keyringWorks)
        return readWithoutKeyring(profile);
    return m_keyring->read(profile)
        .then(this,
            [this, profile](const SecretResult &found) -> QFuture<SecretResult> {
                const bool missing = found ? !*found : givesUpKeyring(found.error());
                return missing ? readWithoutKeyring(profile)
                               : QtFuture::makeReadyValueFuture(found);
            })
        .unwrap();
}

QFuture<VoidResult> Credentials::writeWithoutKeyring(QUuid profile, const Base::Secret &secret)
{
    if (!vaultIsOpen())
        return m_session.write(profile, secret);
    m_session.remove(profile);
    return m_vault->write(profile, secret);
}

QFuture<VoidResult> Credentials::write(QUuid profile, Base::Secret secret)
{
    if (!m_keyringWorks)
        return writeWithoutKeyring(profile, secret);
    return m_keyring->write(profile, secret)
        .then(this,
            [this, profile, secret](const VoidResult &written) {
                if (!written && givesUpKeyring(written.error()))
                    return writeWithoutKeyring(profile, secret);
                m_session.remove(profile);
                return QtFuture::makeReadyValueFuture(written);
            })
        .unwrap();
}

QFuture<VoidResult> Credentials::removeWithoutKeyring(QUuid profile)
{
    m_session.remove(profile);
    return vaultIsOpen() ? m_vault->remove(profile) : QtFuture::makeReadyValueFuture(VoidResult());
}

QFuture<VoidResult> Credentials::remove(QUuid profile)
{
    if (!m_keyringWorks)
        return removeWithoutKeyring(profile);
    return m_keyring->remove(profile)
        .then(this,
            [this, profile](const VoidResult &removed) {
                if (!removed && !givesUpKeyring(removed.error()))
                    return QtFuture::makeReadyValueFuture(removed);
                return removeWithoutKeyring(profile);
            })
        .unwrap();
}

} // namespace Mailgauge::Relay

#include "moc_credentials.cpp"
