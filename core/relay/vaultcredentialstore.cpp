// SPDX-License-Identifier: GPL-3.0-or-later
#include "relay/vaultcredentialstore.h"

#include "base/filewriter.h"
#include "base/literals.h"

#include <QFile>
#include <QtConcurrentRun>

#include <openssl/crypto.h>

namespace Mailgauge::Relay {

namespace {

using Kind = Base::Error::Kind;
using VoidResult = Base::Result<void>;

// OpenSSL keeps random state per thread; the pool's threads may outlive its own cleaning up.
struct ThreadCleaner {
    ~ThreadCleaner() { OPENSSL_thread_stop(); }
};

Base::Result<VaultKey> makeKey(const Base::Secret &passphrase, KdfCost cost)
{
    const ThreadCleaner cleaner;
    return newVaultKey(passphrase, cost);
}

// A key that is known to open this vault.
Base::Result<VaultKey> provenKey(const QByteArray &vault, const Base::Secret &passphrase)
{
    const ThreadCleaner cleaner;
    auto key = vaultKeyFor(vault, passphrase);
    if (!key)
        return key;
    return openVault(vault, *key).transform([&](const VaultEntries &) { return *key; });
}

} // namespace

VaultCredentialStore::VaultCredentialStore(QString path, KdfCost cost, QObject *parent)
    : QObject(parent)
    , m_path(std::move(path))
    , m_cost(cost)
{
}

VaultCredentialStore::State VaultCredentialStore::state() const
{
    if (m_key)
        return State::Unlocked;
    return QFile::exists(m_path) ? State::Locked : State::None;
}

QFuture<VoidResult> VaultCredentialStore::create(Base::Secret passphrase)
{
    if (passphrase.isEmpty() || QFile::exists(m_path)) {
        return QtFuture::makeReadyValueFuture(VoidResult(Base::fail(Kind::InvalidInput,
            passphrase.isEmpty() ? u"vault: the passphrase is empty"_s
                                 : u"vault: there is one already"_s)));
    }
    return QtConcurrent::run(makeKey, std::move(passphrase), m_cost)
        .then(this, [this](const Base::Result<VaultKey> &key) {
            return key.and_then([this](const VaultKey &made) {
                return replace({}, made).transform([&] {
                    m_key = made;
                    Q_EMIT stateChanged();
                });
            });
        });
}

QFuture<VoidResult> VaultCredentialStore::unlock(Base::Secret passphrase)
{
    const auto vault = readFile();
    if (!vault)
        return QtFuture::makeReadyValueFuture(VoidResult(std::unexpected(vault.error())));
    return QtConcurrent::run(provenKey, *vault, std::move(passphrase))
        .then(this, [this](const Base::Result<VaultKey> &key) {
            return key.transform([this](const VaultKey &proven) {
                m_key = proven;
                Q_EMIT stateChanged();
            });
        });
}

void VaultCredentialStore::lock()
{
    m_key.reset();
    Q_EMIT stateChanged();
}

Base::Result<QByteArray> VaultCredentialStore::readFile() const
{
    QFile file(m_path);
    if (!file.open(QIODevice::ReadOnly))
        return Base::fail(Kind::Io, u"%1: %2"_s.arg(m_path, file.errorString()));
    return file.readAll();
}

Base::Result<VaultEntries> VaultCredentialStore::entries() const
{
    if (!m_key)
        return Base::fail(Kind::Denied, u"vault: locked"_s);
    return readFile().and_then(
        [this](const QByteArray &vault) { return openVault(vault, *m_key); });
}

VoidResult VaultCredentialStore::replace(const VaultEntries &entries, const VaultKey &key) const
{
    return sealVault(entries, key).and_then([this](const QByteArray &vault) {
        return Base::writeFile(m_path, vault, Base::FileWriter::Access::OwnerOnly);
    });
}

QFuture<Base::Result<std::optional<Base::Secret>>> VaultCredentialStore::read(QUuid profile)
{
    return QtFuture::makeReadyValueFuture(
        entries().transform([&](const VaultEntries &all) -> std::optional<Base::Secret> {
            const auto found = all.constFind(profile);
            return found == all.cend() ? std::nullopt : std::optional(*found);
        }));
}

QFuture<VoidResult> VaultCredentialStore::change(QUuid profile, std::optional<Base::Secret> secret)
{
    return QtFuture::makeReadyValueFuture(entries().and_then([&](VaultEntries all) {
        if (secret)
            all.insert(profile, *secret);
        else
            all.remove(profile);
        return replace(all, *m_key);
    }));
}

QFuture<VoidResult> VaultCredentialStore::write(QUuid profile, Base::Secret secret)
{
    return change(profile, std::move(secret));
}

QFuture<VoidResult> VaultCredentialStore::remove(QUuid profile)
{
    return change(profile, std::nullopt);
}

} // namespace Mailgauge::Relay

#include "moc_vaultcredentialstore.cpp"
