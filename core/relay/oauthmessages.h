// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "relay/oauthgrant.h"

namespace Mailgauge::Relay {

/// The messages of the authorization code grant with PKCE (RFC 6749 4.1, RFC 7636, RFC 8252): pure
/// functions, without a socket. Qt's NetworkAuth is not used: it drops the body of a refusal, so
/// that a revoked token looks like an outage, its listener has no limits, and it logs redirects.
///
/// Errors begin with "oauth:". What a provider says in its own words has the secrets of this
/// exchange masked, and is cut.
struct AuthorizationRequest {
    QUrl url; ///< For the browser.
    QUrl redirect; ///< Where it will come back.
    QByteArray state; ///< Comes back with it (RFC 6749 10.12).
    Base::Secret verifier; ///< PKCE's proof that who redeems the code is who asked for it.
};

/// A fresh one. `loginHint`: the user name to fill in; may be empty.
[[nodiscard]] AuthorizationRequest authorizationRequest(
    const OAuthClient &client, const QUrl &redirect, const QString &loginHint);

/// The code of a redirect, `target` being the path and query of its GET. InvalidInput where it does
/// not belong to this request (another path or state, a parameter twice), so that it must be
/// ignored; Denied where the provider says why there is none.
[[nodiscard]] Base::Result<Base::Secret> codeFrom(
    const QByteArray &target, const AuthorizationRequest &request);

/// The bodies of the requests to the token endpoint (application/x-www-form-urlencoded).
[[nodiscard]] Base::Secret codeForm(const OAuthClient &client, const Base::Secret &clientSecret,
    const AuthorizationRequest &request, const Base::Secret &code);
[[nodiscard]] Base::Secret refreshForm(const OAuthGrant &grant);

/// What the token endpoint answered: `grant` with the new tokens; the old refresh token stays where
/// none came (RFC 6749 6). Denied for a refusal, its detail "oauth: invalid_grant: …"; see
/// isGrantGone(). MalformedReply for what is no answer. `status` is that of HTTP.
[[nodiscard]] Base::Result<OAuthGrant> grantFromAnswer(
    OAuthGrant grant, int status, const QByteArray &body, const QDateTime &now);

/// The refresh token, or the code, is of no use any more: the user has to sign in again.
[[nodiscard]] bool isGrantGone(const Base::Error &error);

} // namespace Mailgauge::Relay
