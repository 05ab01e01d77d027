// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"
#include "base/secret.h"
#include "relay/oauthclient.h"

#include <QDateTime>
#include <QMetaType>
#include <QUuid>

namespace Mailgauge::Relay {

/// What a provider granted to a client, with that client's own secret. It is kept in the
/// CredentialStore like a password, at a place of its own: a password of the same profile stays.
struct OAuthGrant {
    /// Whose it is: with another client id or other endpoints it is void, so that a changed
    /// profile never takes a refresh token to a stranger.
    OAuthClient client;
    Base::Secret clientSecret; ///< Empty: a public client.
    Base::Secret accessToken;
    Base::Secret refreshToken; ///< Empty: none was given, or it was revoked.
    QDateTime expires; ///< Of the access token, UTC; invalid: not told.

    /// Whether a profile with this client may use it; scopes may differ.
    [[nodiscard]] bool isFor(const OAuthClient &other) const;
    /// Whether the access token is good for longer than `margin` from `now`. One whose end nobody
    /// told is good while there is no refresh token to get a better one by.
    [[nodiscard]] bool isFresh(const QDateTime &now, std::chrono::seconds margin) const;

    bool operator==(const OAuthGrant &) const = default;
};

/// Where a profile's grant stands in the CredentialStore.
[[nodiscard]] QUuid oauthSlot(const QUuid &profile);

[[nodiscard]] Base::Secret toSecret(const OAuthGrant &grant);
/// Corrupt for what toSecret() did not make.
[[nodiscard]] Base::Result<OAuthGrant> grantFrom(const Base::Secret &secret);

} // namespace Mailgauge::Relay

Q_DECLARE_METATYPE(Mailgauge::Relay::OAuthGrant)
