// SPDX-License-Identifier: GPL-3.0-or-later
#include "relay/vaultcredentialstore.h"

#include "base/filewriter.h"
#include "base/literals.h"

#include <QFile>
#include <QFileInfo>
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

Base::Error lockedError()
{
    return {Kind::Denied, u"vault: locked"_s, {}};
}

Base::Result<void> checkStop(const std::stop_token &stop)
{
    if (stop.stop_requested())
        return Base::fail(Kind::Cancelled, u"vault: given up"_s);
    return {};
}

// Whatever lies there instead of a vault may be endless, or never answer.
Base::Result<QByteArray> readFile(const QString &path)
{
    if (const QFileInfo info(path); info.exists() && (!info.isFile() || info.size() > LargestVault))
        return Base::fail(Kind::Corrupt, u"vault: the file is no vault"_s);
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        return Base::fail(Kind::Io, u"%1: %2"_s.arg(path, file.errorString()));
    return file.read(LargestVault + 1);
}

VoidResult replace(const QString &path, const VaultEntries &entries, const VaultKey &key)
{
    return sealVault(entries, key).and_then([&path](const QByteArray &vault) {
        return Base::writeFile(path, vault, Base::FileWriter::Access::OwnerOnly);
    });
}

Base::Result<VaultEntries> entriesOf(const QString &path, const VaultKey &key)
{
    return readFile(path).and_then(
        [&key](const QByteArray &vault) { return openVault(vault, key); });
}

Base::Result<VaultKey> makeVault(
    const QString &path, const Base::Secret &passphrase, KdfCost cost, const std::stop_token &stop)
{
    const ThreadCleaner cleaner;
    if (QFile::exists(path))
        return Base::fail(Kind::InvalidInput, u"vault: there is one already"_s);
    return checkStop(stop)
        .and_then([&] { return newVaultKey(passphrase, cost); })
        .and_then([&](const VaultKey &key) {
            return checkStop(stop).and_then([&] { return replace(path, {}, key); }).transform([&] {
                return key;
            });
        });
}

// A key that is known to open this vault.
Base::Result<VaultKey> provenKey(
    const QString &path, const Base::Secret &passphrase, const std::stop_token &stop)
{
    const ThreadCleaner cleaner;
    return checkStop(stop)
        .and_then([&] { return readFile(path); })
        .and_then([&](const QByteArray &vault) {
            return vaultKeyFor(vault, passphrase).and_then([&](const VaultKey &key) {
                return openVault(vault, key).transform([&](const VaultEntries &) { return key; });
            });
        });
}

Base::Result<std::optional<Base::Secret>> readEntry(
    const QString &path, const VaultKey &key, QUuid profile)
{
    const ThreadCleaner cleaner;
    return entriesOf(path, key).transform(
        [&](const VaultEntries &all) -> std::optional<Base::Secret> {
            const auto found = all.constFind(profile);
            return found == all.cend() ? std::nullopt : std::optional(*found);
        });
}

VoidResult changeEntry(const QString &path, const VaultKey &key, QUuid profile,
    const std::optional<Base::Secret> &secret)
{
    const ThreadCleaner cleaner;
    return entriesOf(path, key).and_then([&](VaultEntries all) {
        if (secret)
            all.insert(profile, *secret);
        else
            all.remove(profile);
        return replace(path, all, key);
    });
}

} // namespace

VaultCredentialStore::VaultCredentialStore(QString path, KdfCost cost, QObject *parent)
    : QObject(parent)
    , m_path(std::move(path))
    , m_cost(cost)
{
    m_pool.setMaxThreadCount(1);
}

VaultCredentialStore::~VaultCredentialStore()
{
    m_stop.request_stop();
}

VaultCredentialStore::State VaultCredentialStore::state() const
{
    if (m_key)
        return State::Unlocked;
    return QFile::exists(m_path) ? State::Locked : State::None;
}

QFuture<VoidResult> VaultCredentialStore::create(Base::Secret passphrase)
{
    if (passphrase.isEmpty()) {
        return QtFuture::makeReadyValueFuture(
            VoidResult(Base::fail(Kind::InvalidInput, u"vault: the passphrase is empty"_s)));
    }
    return take(QtConcurrent::run(
        &m_pool, makeVault, m_path, std::move(passphrase), m_cost, m_stop.get_token()));
}

QFuture<VoidResult> VaultCredentialStore::unlock(Base::Secret passphrase)
{
    return take(
        QtConcurrent::run(&m_pool, provenKey, m_path, std::move(passphrase), m_stop.get_token()));
}

QFuture<VoidResult> VaultCredentialStore::take(QFuture<Base::Result<VaultKey>> making)
{
    return making.then(this, [this, stop = m_stop.get_token()](const Base::Result<VaultKey> &key) {
        // A key that comes after the user gave up must not open it.
        return key.and_then([&](const VaultKey &made) {
            return checkStop(stop).transform([&] {
                m_key = made;
                Q_EMIT stateChanged();
            });
        });
    });
}

void VaultCredentialStore::cancel()
{
    m_stop.request_stop();
    m_stop = std::stop_source();
}

void VaultCredentialStore::lock()
{
    m_key.reset();
    Q_EMIT stateChanged();
}

QFuture<Base::Result<std::optional<Base::Secret>>> VaultCredentialStore::read(QUuid profile)
{
    if (!m_key) {
        return QtFuture::makeReadyValueFuture(
            Base::Result<std::optional<Base::Secret>>(std::unexpected(lockedError())));
    }
    return QtConcurrent::run(&m_pool, readEntry, m_path, *m_key, profile);
}

QFuture<VoidResult> VaultCredentialStore::change(QUuid profile, std::optional<Base::Secret> secret)
{
    if (!m_key)
        return QtFuture::makeReadyValueFuture(VoidResult(std::unexpected(lockedError())));
    return QtConcurrent::run(&m_pool, changeEntry, m_path, *m_key, profile, std::move(secret));
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
