// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"
#include "base/secret.h"
#include "relay/credentialstore.h"
#include "relay/relayprofile.h"

#include <QFuture>
#include <QObject>

#include <array>
#include <functional>
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
/// Whether that secret is an access token.
[[nodiscard]] bool needsToken(const RelayProfile &profile);
/// Whether it is a password, or may be one: besides a token one is of use to named mechanisms only.
[[nodiscard]] bool needsPassword(const RelayProfile &profile);

/// All that one session needs. Empty: there is none.
struct ProfileSecrets {
    Base::Secret password {};
    Base::Secret token {};
    Base::Secret proxyPassword {};
    QString exposedFile {}; ///< The password is from this file, and others can read it.

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

/// Who has access tokens for profiles whose users signed in by the browser (TokenSource::Browser).
class TokenProvider {
public:
    using TokenResult = Base::Result<Base::Secret>;

    virtual ~TokenProvider() = default;
    /// One that is good for now, refreshed where it had to be. Denied where the user has to sign in
    /// (again), else why none could be had.
    [[nodiscard]] virtual QFuture<TokenResult> accessToken(const RelayProfile &profile) = 0;
};

/// Gives a token that is good for now, each time anew.
using FreshToken = std::function<QFuture<TokenProvider::TokenResult>()>;
/// For the further sessions of a run. Null where the one that is kept, or was typed, is all there
/// is. `tokens` must outlive it; to be called in its thread.
[[nodiscard]] FreshToken freshTokenOf(const RelayProfile &profile, TokenProvider *tokens);

/// Where what was not typed comes from.
struct SecretSources {
    CredentialStore &store;
    TokenProvider *tokens = nullptr; ///< Null: nobody signs in by the browser here.
};

/// Whether one of them can only come from a CredentialStore.
[[nodiscard]] bool needsStore(const RelayProfile &profile, const TypedSecrets &typed);

/// Reads those that the profile uses, one after the other: from the store, from what its commands
/// print or its netrc file holds; or has the token refreshed. An error of the store, of a command
/// (see secretcommand.h), of the file (see netrc.h), or of the TokenProvider. `context`: in its
/// thread, and not without it.
[[nodiscard]] QFuture<Base::Result<ProfileSecrets>> readSecrets(const RelayProfile &profile,
    const SecretSources &sources, QObject *context, const TypedSecrets &typed = {});

} // namespace Mailgauge::Relay
