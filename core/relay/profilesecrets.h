// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"
#include "base/secret.h"
#include "relay/credentialstore.h"
#include "relay/relayprofile.h"

#include <QFuture>
#include <QObject>

#include <array>
#include <optional>

namespace Mailgauge::Relay {

/// What a profile may have to prove.
enum class SecretKind : quint8 {
    Password,
    Token, ///< OAuth 2.0 access token.
    ProxyPassword,
    Grant, ///< What OAuthService keeps: it is removed and brought back with the others.
};

inline constexpr std::array allSecretKinds {
    SecretKind::Password, SecretKind::Token, SecretKind::ProxyPassword, SecretKind::Grant};

/// Under which id a CredentialStore keeps it: the password under the profile's own, the others
/// under one derived from it (RFC 9562 5.5), so that a store need not tell them apart.
[[nodiscard]] QUuid secretId(const QUuid &profile, SecretKind kind);

/// Whether AUTH, where the profile asks for it, takes a secret: EXTERNAL and ANONYMOUS do not.
[[nodiscard]] bool needsSecret(const RelayProfile &profile);

/// All that one session needs. Empty: there is none.
struct ProfileSecrets {
    Base::Secret password {};
    Base::Secret token {};
    Base::Secret proxyPassword {};

    bool operator==(const ProfileSecrets &) const = default;
};

/// What was typed anew; the others are as they are kept.
struct TypedSecrets {
    std::optional<Base::Secret> password {};
    std::optional<Base::Secret> token {};
    std::optional<Base::Secret> proxyPassword {};

    [[nodiscard]] const std::optional<Base::Secret> &of(SecretKind kind) const;
    [[nodiscard]] bool isEmpty() const { return *this == TypedSecrets(); }
    bool operator==(const TypedSecrets &) const = default;
};

/// Whether one of them can only come from a CredentialStore.
[[nodiscard]] bool needsStore(const RelayProfile &profile, const TypedSecrets &typed);

/// Reads those that the profile uses, one after the other, and runs its token command. An error of
/// the store, or InvalidInput from the command. `context`: in its thread, and not without it.
[[nodiscard]] QFuture<Base::Result<ProfileSecrets>> readSecrets(const RelayProfile &profile,
    CredentialStore &store, QObject *context, const TypedSecrets &typed = {});

} // namespace Mailgauge::Relay
