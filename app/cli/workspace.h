// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "command.h"

#include "delivery/repeatservice.h"
#include "delivery/sendservice.h"
#include "relay/credentials.h"
#include "store/database.h"

namespace Mailgauge::Cli {

using FoundProfile = Checked<Relay::RelayProfile>;
using KeptSecret = Base::Result<std::optional<Base::Secret>>;

/// The store and the services on it, each made when it is first needed.
class Workspace final : public QObject {
    Q_OBJECT

public:
    explicit Workspace(Context &context);
    ~Workspace() override;

    /// Null where the store cannot be opened; standard error is told once, and mail goes on.
    [[nodiscard]] Store::Database *database();
    /// Standard error is told why a session is not kept.
    void tellUnsaved(const Base::Error &error);
    /// Whether one is open.
    [[nodiscard]] bool hasStore() const { return m_database != nullptr; }

    /// `record`: sessions are kept where there is a store.
    [[nodiscard]] Delivery::SendService &sender(bool record);

    [[nodiscard]] Delivery::RepeatService &repeater(bool record);

    /// The profile of that name or id; Problem kind "usage" where there is none.
    [[nodiscard]] QFuture<FoundProfile> profile(const QByteArray &nameOrId);
    /// What signs bounce addresses; made where there is none yet.
    [[nodiscard]] Base::Result<Base::Secret> bounceKey() const;
    /// What the keyring, or the vault that `passphrase` opens, keeps for a profile. Denied where it
    /// could only be in the vault, and that is locked or opens by another passphrase.
    [[nodiscard]] QFuture<KeptSecret> password(
        const QUuid &profile, const std::optional<Base::Secret> &passphrase);
    /// Where there is neither a keyring nor an open vault it is not kept; standard error is told.
    [[nodiscard]] QFuture<Base::Result<void>> setPassword(
        const QUuid &profile, Base::Secret secret, const std::optional<Base::Secret> &passphrase);
    [[nodiscard]] QFuture<Base::Result<void>> removePassword(const QUuid &profile);

private:
    [[nodiscard]] Relay::Credentials &credentials();
    [[nodiscard]] bool isVaultLocked();
    [[nodiscard]] QFuture<Base::Result<void>> unlockVault(
        const std::optional<Base::Secret> &passphrase);

    Context &m_context;
    bool m_opened = false;
    std::unique_ptr<Store::Database> m_database;
    std::unique_ptr<Relay::Credentials> m_credentials;
    std::unique_ptr<Delivery::SendService> m_recording;
    std::unique_ptr<Delivery::SendService> m_forgetting;
    std::unique_ptr<Delivery::RepeatService> m_repeater;
    bool m_repeaterRecords = false;
};

/// The profile of that name (any case) or id among those.
[[nodiscard]] FoundProfile findProfile(
    const QList<Relay::RelayProfile> &profiles, const QByteArray &nameOrId);
/// Null where it is none of those that cannot be read.
[[nodiscard]] const Relay::UnreadableProfile *findUnreadable(
    const Relay::StoredProfiles &stored, const QByteArray &nameOrId);

/// Why there is no password to use, and which options give one.
[[nodiscard]] Problem missingPassword(const KeptSecret &kept);

} // namespace Mailgauge::Cli
