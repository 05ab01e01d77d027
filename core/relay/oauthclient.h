// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <QStringList>
#include <QUrl>

namespace Mailgauge::Relay {

/// How OAuth 2.0 access tokens are had by the browser (RFC 6749, RFC 8252): the application that
/// the user registered with the provider, and where the provider is asked. Holds no secret: what
/// was granted, and the client's own secret, are an OAuthGrant in the CredentialStore.
struct OAuthClient {
    QString clientId;
    QUrl authorizationEndpoint; ///< https; http only on loopback.
    QUrl tokenEndpoint; ///< As above.
    QStringList scopes; ///< Without spaces each.
    /// The browser is sent back to "localhost" instead of 127.0.0.1: some providers register
    /// nothing else.
    bool redirectToLocalhost = false;

    bool operator==(const OAuthClient &) const = default;
};

/// Whether tokens may go there: https with a host, or http to this machine.
[[nodiscard]] bool isOAuthEndpoint(const QUrl &url);
/// RFC 6749 3.3: printable ASCII without space, quote and backslash.
[[nodiscard]] bool isOAuthScope(const QString &scope);

} // namespace Mailgauge::Relay
