// SPDX-License-Identifier: GPL-3.0-or-later
#include "relay/oauthclient.h"

#include "base/literals.h"

#include <QHostAddress>

#include <algorithm>

namespace Mailgauge::Relay {

bool isOAuthEndpoint(const QUrl &url)
{
    // RFC 6749 3.1, 3.2: no fragment; a user name or a password in it would be a secret.
    if (!url.isValid() || url.host().isEmpty() || url.hasFragment() || !url.userInfo().isEmpty())
        return false;
    if (url.scheme() == "https"_L1)
        return true;
    return url.scheme() == "http"_L1
        && (url.host() == "localhost"_L1 || QHostAddress(url.host()).isLoopback());
}

bool isOAuthScope(const QString &scope)
{
    return !scope.isEmpty() && std::ranges::all_of(scope, [](QChar c) {
        return c > u' ' && c <= u'~' && c != u'"' && c != u'\\';
    });
}

} // namespace Mailgauge::Relay
