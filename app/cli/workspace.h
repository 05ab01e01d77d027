// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "command.h"

#include "delivery/oauthservice.h"
#include "delivery/repeatservice.h"
#include "delivery/sendservice.h"
#include "relay/credentials.h"
#include "relay/profilesecrets.h"
#include "store/database.h"

namespace Mailgauge::Cli {

using FoundProfile = Checked<Relay::RelayProfile>;

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
    /// Standard error is told of a file with a password in it.
    void tellExposed(const QString &file);
    /// Whether one is open.
    [[nodiscard]] bool hasStore() const { return m_database != nullptr; }

    /// `record`: sessions are kept where there is a store.
    [[nodiscard]] Delivery::SendService &sender(bool record);

    [[nodiscard]] Delivery::RepeatService &repeater(bool record);

    /// The profile of that name or id; Problem kind "usage" where there is none.
    [[nodiscard]] QFuture<FoundProfile> profile(const QByteArray &nameOrId);
    /// What signs bounce addresses; made where there is none yet.
    [[nodiscard]] Base::Result<Base::Secret> bounceKey() const;
    /// What a session of this profile has to prove: what is given, and the rest from the keyring or
    /// the vault that `passphrase` opens, or from the provider that the user signed in to. Problem
    /// where one is missing.
    [[nodiscard]] QFuture<Checked<Relay::ProfileSecrets>> secrets(const Relay::RelayProfile &stored,
        const Relay::TypedSecrets &given, const std::optional<Base::Secret> &passphrase);
    /// For the further sessions of a run with that profile, see Relay::freshTokenOf().
    [[nodiscard]] Relay::FreshToken freshToken(const Relay::RelayProfile &profile);
    /// Those that are given. Where there is neither a keyring nor an open vault they are not kept;
    /// standard error is told.
    [[nodiscard]] QFuture<Base::Result<void>> setSecrets(const QUuid &profile,
        const Relay::TypedSecrets &given, const std::optional<Base::Secret> &passphrase);
    [[nodiscard]] QFuture<Base::Result<void>> removeSecrets(const QUuid &profile);

    /// Signing in by the browser, with the keyring or the vault that `passphrase` opens to keep
    /// what is granted; Problem where there is neither.
    [[nodiscard]] QFuture<Checked<Delivery::OAuthService *>> signIns(
        const QUuid &profile, const std::optional<Base::Secret> &passphrase);

private:
    [[nodiscard]] Relay::Credentials &credentials();
    [[nodiscard]] Delivery::OAuthService &oauth();
    [[nodiscard]] bool isVaultLocked();
    [[nodiscard]] Checked<Relay::ProfileSecrets> complete(const Relay::RelayProfile &profile,
        const Relay::TypedSecrets &given, const Relay::ProfileSecrets &found);
    [[nodiscard]] QFuture<Base::Result<void>> unlockVault(
        const std::optional<Base::Secret> &passphrase);
    [[nodiscard]] Problem whyNoSecrets(
        const Relay::RelayProfile &profile, const Base::Error &error);

    Context &m_context;
    bool m_opened = false;
    std::unique_ptr<Store::Database> m_database;
    std::unique_ptr<Relay::Credentials> m_credentials;
    Relay::SessionCredentialStore m_nothing; ///< In place of a keyring that nobody needs.
    std::unique_ptr<Delivery::OAuthService> m_oauth;
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

/// Why the provider of that profile gave no token, and what to do.
[[nodiscard]] Problem noToken(const Relay::RelayProfile &profile, const Base::Error &error);

} // namespace Mailgauge::Cli
