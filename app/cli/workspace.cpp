// SPDX-License-Identifier: GPL-3.0-or-later
#include "workspace.h"

#include "base/paths.h"
#include "bounce/verp.h"
#include "explain/explain.h"

#include <algorithm>

namespace Mailgauge::Cli {

namespace {
const QString vaultLocked = u"vault: locked"_s;
}

Workspace::Workspace(Context &context)
    : m_context(context)
{
}

Workspace::~Workspace() = default;

Store::Database *Workspace::database()
{
    if (m_opened)
        return m_database.get();
    m_opened = true;
    const Base::Paths paths = Base::Paths::standard(m_context.dataDir);
    auto opened = paths.prepare().and_then(
        [&paths] { return Store::Database::open(paths.storeFile()); });
    if (!opened) {
        m_context.console.complain(
            u"nothing will be saved: "_s + Explain::explain(opened.error()).text);
        return nullptr;
    }
    m_database = std::move(*opened);
    const Store::OpenReport &report = m_database->report();
    if (!report.movedAside.isEmpty())
        m_context.console.complain(
            u"the store was damaged (%1) and is now %2; a new one was begun"_s.arg(
                report.reason, report.movedAside));
    return m_database.get();
}

void Workspace::tellUnsaved(const Base::Error &error)
{
    m_context.console.complain(u"the session is not saved: "_s + error.detail);
}

Delivery::SendService &Workspace::sender(bool record)
{
    std::unique_ptr<Delivery::SendService> &service = record ? m_recording : m_forgetting;
    if (!service) {
        Store::Database *store = record ? database() : nullptr;
        service = std::make_unique<Delivery::SendService>(
            store ? &store->sessions() : nullptr, m_context.clock);
    }
    return *service;
}

Delivery::RepeatService &Workspace::repeater(bool record)
{
    if (!m_repeater || m_repeaterRecords != record) {
        Store::Database *store = record ? database() : nullptr;
        m_repeater = std::make_unique<Delivery::RepeatService>(
            store ? &store->sessions() : nullptr, m_context.clock);
        m_repeaterRecords = record;
    }
    return *m_repeater;
}

QFuture<FoundProfile> Workspace::profile(const QByteArray &nameOrId)
{
    Store::Database *store = database();
    if (!store)
        return QtFuture::makeReadyValueFuture(
            Checked<Relay::RelayProfile>(noInput(u"--profile: the store cannot be opened"_s)));
    return store->profiles().profiles().then(
        this, [nameOrId](const Base::Result<Relay::StoredProfiles> &stored) -> FoundProfile {
            if (!stored)
                return noInput(u"the store cannot be read: "_s + stored.error().detail);
            if (const auto *damaged = findUnreadable(*stored, nameOrId))
                return noInput(u"the profile %1 cannot be used: %2"_s.arg(
                    damaged->name, damaged->error.detail));
            return findProfile(stored->profiles, nameOrId);
        });
}

namespace {

/// The one of that name, in any case, or of that id.
template <typename Profile>
const Profile *find(const QList<Profile> &profiles, const QByteArray &nameOrId)
{
    const QString name = QString::fromUtf8(nameOrId);
    const QUuid id = QUuid::fromString(name);
    const auto found = std::ranges::find_if(profiles, [&](const Profile &profile) {
        return profile.name.compare(name, Qt::CaseInsensitive) == 0
            || (!id.isNull() && profile.id == id);
    });
    return found == profiles.end() ? nullptr : &*found;
}

} // namespace

FoundProfile findProfile(const QList<Relay::RelayProfile> &profiles, const QByteArray &nameOrId)
{
    if (const Relay::RelayProfile *profile = find(profiles, nameOrId))
        return *profile;
    return usage(u"there is no relay profile %1; 'mailgauge-cli profiles list' shows them"_s.arg(
        QString::fromUtf8(nameOrId)));
}

const Relay::UnreadableProfile *findUnreadable(
    const Relay::StoredProfiles &stored, const QByteArray &nameOrId)
{
    return find(stored.unreadable, nameOrId);
}

Problem missingPassword(const KeptSecret &kept)
{
    if (kept)
        return usage(u"the profile's password is neither in a keyring nor in the vault: give "
                     u"--password-file or --password-env"_s)
            .error();
    if (kept.error().detail == vaultLocked)
        return usage(u"the profile's password is in the vault, which is locked: give "
                     u"--vault-passphrase-file or --vault-passphrase-env, or the password itself "
                     u"by --password-file or --password-env"_s)
            .error();
    return badInput(Explain::explain(kept.error()).withNextStep()).error();
}

Relay::Credentials &Workspace::credentials()
{
    if (!m_credentials)
        m_credentials = Relay::Credentials::forDesktop(
            Base::Paths::standard(m_context.dataDir).vaultFile());
    return *m_credentials;
}

Base::Result<Base::Secret> Workspace::bounceKey() const
{
    const Base::Paths paths = Base::Paths::standard(m_context.dataDir);
    return paths.prepare().and_then([&] { return Bounce::loadVerpKey(paths.bounceKeyFile()); });
}

bool Workspace::isVaultLocked()
{
    Relay::VaultCredentialStore *vault = credentials().vault();
    return vault && vault->state() == Relay::VaultCredentialStore::State::Locked;
}

QFuture<Base::Result<void>> Workspace::unlockVault(const std::optional<Base::Secret> &passphrase)
{
    if (!passphrase || !isVaultLocked())
        return QtFuture::makeReadyValueFuture(Base::Result<void>());
    return credentials().vault()->unlock(*passphrase);
}

QFuture<KeptSecret> Workspace::password(
    const QUuid &profile, const std::optional<Base::Secret> &passphrase)
{
    return unlockVault(passphrase)
        .then(this,
            [this, profile](const Base::Result<void> &unlocked) {
                return unlocked
                    ? credentials().read(profile)
                    : QtFuture::makeReadyValueFuture(KeptSecret(std::unexpected(unlocked.error())));
            })
        .unwrap()
        .then(this, [this](const KeptSecret &kept) -> KeptSecret {
            if (kept && !*kept && isVaultLocked())
                return Base::fail(Base::Error::Kind::Denied, vaultLocked);
            return kept;
        });
}

QFuture<Base::Result<void>> Workspace::setPassword(
    const QUuid &profile, Base::Secret secret, const std::optional<Base::Secret> &passphrase)
{
    return unlockVault(passphrase)
        .then(this,
            [this, profile, secret = std::move(secret)](const Base::Result<void> &unlocked) {
                return unlocked ? credentials().write(profile, secret)
                                : QtFuture::makeReadyValueFuture(unlocked);
            })
        .unwrap()
        .then(this, [this](const Base::Result<void> &written) {
            if (written && credentials().backend() == Relay::CredentialStore::Backend::SessionOnly)
                m_context.console.complain(isVaultLocked()
                        ? u"the password vault is locked: the password is not kept; give "
                          u"--vault-passphrase-file or --vault-passphrase-env with it"_s
                        : u"there is no keyring: the password is not kept; give "
                          u"--password-file when sending"_s);
            return written;
        });
}

QFuture<Base::Result<void>> Workspace::removePassword(const QUuid &profile)
{
    return credentials().remove(profile);
}

} // namespace Mailgauge::Cli
