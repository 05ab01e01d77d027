// SPDX-License-Identifier: GPL-3.0-or-later
#include "oauthoptions.h"

#include "optionvalues.h"

#include "relay/presets.h"

#include <algorithm>
#include <array>

namespace Mailgauge::Cli {

namespace {

using Relay::TokenSource;
using Values = OptionSpec::Values;

constexpr std::array browserOptions {
    "oauth-client-id", "oauth-authorize-url", "oauth-token-url", "oauth-scope", "oauth-redirect"};
constexpr std::array otherSources {"token-command", "token-file", "token-env"};

Checked<void> applyEndpoints(const Options &options, Relay::OAuthClient &client)
{
    for (const auto &[name, target] :
        {std::pair {"oauth-authorize-url", &client.authorizationEndpoint},
            std::pair {"oauth-token-url", &client.tokenEndpoint}}) {
        if (!options.has(name))
            continue;
        *target = QUrl(options.text(name), QUrl::StrictMode);
        if (!Relay::isOAuthEndpoint(*target))
            return usage(u"--%1: expected an https address"_s.arg(QLatin1StringView(name)));
    }
    return {};
}

Checked<void> applyScopes(const Options &options, Relay::OAuthClient &client)
{
    if (!options.has("oauth-scope"))
        return {};
    client.scopes.clear();
    for (const QByteArray &scope : splitList(options.values("oauth-scope")))
        client.scopes.append(QString::fromUtf8(scope));
    if (!std::ranges::all_of(client.scopes, Relay::isOAuthScope))
        return usage(u"--oauth-scope: expected scopes, separated by commas"_s);
    return {};
}

Checked<void> applyRedirect(const Options &options, Relay::OAuthClient &client)
{
    if (!options.has("oauth-redirect"))
        return {};
    const auto word = parseWord(options, "oauth-redirect", {"127.0.0.1", "localhost"});
    if (!word)
        return std::unexpected(word.error());
    client.redirectToLocalhost = *word == "localhost";
    return {};
}

Checked<void> applyClient(const Options &options, Relay::RelayProfile &profile)
{
    Relay::OAuthClient client = profile.oauth
        ? *profile.oauth
        : Relay::oauthOfHost(profile.host).value_or(Relay::OAuthClient());
    if (options.has("oauth-client-id"))
        client.clientId = options.text("oauth-client-id");
    const auto done = applyEndpoints(options, client)
                          .and_then([&] { return applyScopes(options, client); })
                          .and_then([&] { return applyRedirect(options, client); });
    if (!done)
        return done;
    if (client.clientId.isEmpty())
        return usage(u"--oauth-client-id is missing"_s);
    if (client.authorizationEndpoint.isEmpty() || client.tokenEndpoint.isEmpty())
        return usage(u"the provider of %1 is not known: give --oauth-authorize-url and "
                     u"--oauth-token-url"_s.arg(profile.host));
    profile.oauth = client;
    profile.tokenSource = TokenSource::Browser;
    return {};
}

} // namespace

QList<OptionSpec> oauthOptions()
{
    return {
        {"oauth-client-id", "ID", Values::One,
            "sign in by the browser as this client, which you registered with the provider; '' "
            "takes it away"},
        {"oauth-authorize-url", "URL", Values::One,
            "the provider's page to sign in (default: known for Gmail and Microsoft 365)"},
        {"oauth-token-url", "URL", Values::One, "the provider's token endpoint (likewise)"},
        {"oauth-scope", "SCOPE[,SCOPE...]", Values::Joined, "what to ask for (likewise)"},
        {"oauth-redirect", "127.0.0.1|localhost", Values::One,
            "how the provider names this machine (likewise)"},
    };
}

Checked<void> applyTokenSource(const Options &options, Relay::RelayProfile &profile)
{
    const bool byBrowser = options.hasAny(browserOptions);
    if (byBrowser && options.hasAny(otherSources))
        return usage(u"--oauth-... and --token-... exclude each other"_s);
    if (options.has("oauth-client-id") && options.value("oauth-client-id").isEmpty()) {
        profile.oauth.reset();
        if (profile.tokenSource == TokenSource::Browser)
            profile.tokenSource = TokenSource::None;
    } else if (byBrowser) {
        return applyClient(options, profile);
    } else if (options.has("token-command")) {
        profile.tokenCommand = options.text("token-command");
        profile.tokenSource = profile.tokenCommand.isEmpty() ? TokenSource::None
                                                             : TokenSource::Command;
    } else if (options.hasAny(otherSources)) {
        profile.tokenCommand.clear();
        profile.tokenSource = TokenSource::Kept;
    }
    return {};
}

} // namespace Mailgauge::Cli
