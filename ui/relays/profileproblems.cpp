// SPDX-License-Identifier: GPL-3.0-or-later
#include "relays/profileproblems.h"

#include "base/literals.h"
#include "explain/explain.h"
#include "mime/addresslist.h"
#include "relay/profilejson.h"
#include "relay/profilesecrets.h"
#include "smtp/command.h"
#include "smtp/mailbox.h"
#include "tls/tlsstream.h"

#include <QRegularExpression>

#include <algorithm>

namespace Mailgauge::Relays {

namespace {

using Relay::RelayProfile;

constexpr qsizetype LongestText = 4096;

bool hasControl(const QString &text)
{
    return std::ranges::any_of(text, [](QChar c) { return c.category() == QChar::Other_Control; });
}

bool isMechanism(const QByteArray &name)
{
    // RFC 4422 3.1.
    static const QRegularExpression form(u"^[A-Z0-9_-]{1,20}$"_s);
    return form.match(QString::fromLatin1(name)).hasMatch();
}

} // namespace

ProfileProblem ProfileProblems::of(const RelayProfile &profile)
{
    if (profile.name.isEmpty())
        return {u"profileName"_s, tr("Give the profile a name.")};
    if (profile.host.isEmpty())
        return {u"profileHost"_s, tr("Enter the relay's host name or address.")};
    for (const auto rule : {&ofTexts, &ofTls, &ofAuth, &ofAddresses}) {
        if (const ProfileProblem found = rule(profile); !found.sentence.isEmpty())
            return found;
    }
    if (profile.unixSocket && (profile.route.proxy || profile.route.by != Relay::RouteBy::Host))
        return {profile.route.proxy ? u"proxy"_s : QString(),
            tr("A UNIX socket is on this machine: it is reached by no proxy and is no domain.")};
    if (const auto good = Relay::checkProfile(profile); !good)
        return {{}, Explain::explain(good.error()).text};
    return {};
}

ProfileProblem ProfileProblems::ofTexts(const RelayProfile &profile)
{
    struct Text {
        QString field;
        QString label;
        QString text;
    };
    const std::initializer_list<Text> texts {{u"profileName"_s, tr("Name"), profile.name},
        {u"profileHost"_s, tr("Host"), profile.host},
        {u"certificatesFile"_s, tr("Trusted certificates"), profile.caFile},
        {u"profileUser"_s, tr("User"), profile.user},
        {u"ehloName"_s, tr("EHLO name"), QString::fromUtf8(profile.ehloName)},
        {u"defaultSender"_s, tr("Default sender"), profile.defaultFrom},
        {u"bounceAddress"_s, tr("Bounces to"), profile.bounceAddress},
        {u"proxyCa"_s, tr("Proxy's certificates"),
            profile.route.proxy.value_or(Relay::ProxyServer()).caFile},
        {u"trustAnchor"_s, tr("DNSSEC trust anchor"), profile.route.anchorFile},
        {u"xclient"_s, tr("On behalf of"), profile.route.xclient},
        {u"serverName"_s, tr("Server name"), profile.serverName},
        {u"ciphers"_s, tr("Ciphers of TLS 1.2"), QString::fromUtf8(profile.ciphers)},
        {u"cipherSuites"_s, tr("Ciphers of TLS 1.3"), QString::fromUtf8(profile.cipherSuites)},
        {u"tlsGroups"_s, tr("Groups"), QString::fromUtf8(profile.tlsGroups)},
        {u"certificateFile"_s, tr("Client certificate"), profile.certificateFile},
        {u"keyFile"_s, tr("Its key"), profile.keyFile},
        {u"authorizationId"_s, tr("Act as"), profile.authorizationId},
        {u"tokenCommand"_s, tr("Token command"), profile.tokenCommand},
        {u"passwordCommand"_s, tr("Password command"), profile.passwordCommand},
        {u"netrcFile"_s, tr("Netrc file"), profile.netrcFile},
        {u"clientId"_s, tr("Client id"), profile.oauth ? profile.oauth->clientId : QString()}};
    for (const auto &[field, label, text] : texts) {
        if (hasControl(text))
            return {field,
                tr("“%1” holds a line break, a tab or another character that cannot be seen: "
                   "type it anew.")
                    .arg(label)};
        if (text.size() > LongestText)
            return {field, tr("“%1” is longer than %2 characters.").arg(label).arg(LongestText)};
    }
    return {};
}

ProfileProblem ProfileProblems::ofTls(const RelayProfile &profile)
{
    static const QRegularExpression pin(u"^([0-9a-f]{64})?$"_s);
    if (!pin.match(QString::fromLatin1(profile.pin)).hasMatch())
        return {u"pin"_s, tr("The pinned key must be 64 hex digits (SHA-256 of the public key).")};
    if (!Tls::isOrdered(profile.minTls, profile.maxTls))
        return {{}, tr("The lowest TLS version is above the highest.")};
    if (!profile.keyFile.isEmpty() && profile.certificateFile.isEmpty())
        return {u"certificateFile"_s, tr("A key is of no use without its certificate.")};
    return {};
}

ProfileProblem ProfileProblems::ofAuth(const RelayProfile &profile)
{
    if (!std::ranges::all_of(profile.mechanisms, isMechanism))
        return {u"mechanisms"_s,
            tr("A mechanism has up to 20 letters, digits, hyphens and underscores, such as "
               "SCRAM-SHA-256.")};
    if (profile.auth == Smtp::AuthOptions::Need::Required && profile.user.isEmpty()
        && Relay::needsSecret(profile))
        return {u"profileUser"_s, tr("Authentication is required: enter the user.")};
    if (profile.tokenSource == Relay::TokenSource::Command && profile.tokenCommand.isEmpty())
        return {u"tokenCommand"_s, tr("Enter the command that prints the token.")};
    if (profile.passwordSource == Relay::PasswordSource::Command
        && profile.passwordCommand.isEmpty())
        return {u"passwordCommand"_s, tr("Enter the command that prints the password.")};
    return profile.tokenSource == Relay::TokenSource::Browser ? ofSignIn(profile)
                                                              : ProfileProblem();
}

ProfileProblem ProfileProblems::ofSignIn(const RelayProfile &profile)
{
    const Relay::OAuthClient client = profile.oauth.value_or(Relay::OAuthClient());
    if (client.clientId.isEmpty())
        return {u"clientId"_s,
            tr("Enter the client id of the application that you registered with the provider.")};
    if (client.authorizationEndpoint.isEmpty())
        return {
            u"authorizationEndpoint"_s, tr("Enter the address of the provider's page to sign in.")};
    if (client.tokenEndpoint.isEmpty())
        return {u"tokenEndpoint"_s, tr("Enter the address where the provider gives tokens.")};
    return {};
}

ProfileProblem ProfileProblems::ofAddresses(const RelayProfile &profile)
{
    if (!profile.ehloName.isEmpty() && !Smtp::Command::ehlo(profile.ehloName))
        return {u"ehloName"_s,
            tr("The EHLO name must be a domain, such as mail.example.com, or an address "
               "literal, such as [192.0.2.1].")};
    const auto sender = Mime::parseAddressList(profile.defaultFrom);
    if (!profile.defaultFrom.isEmpty()
        && (!sender || sender->size() != 1 || sender->first().isGroup))
        return {u"defaultSender"_s,
            tr("The default sender must be one address, such as name@example.com.")};
    if (!profile.bounceAddress.isEmpty() && !Smtp::Mailbox::parse(profile.bounceAddress.toUtf8()))
        return {u"bounceAddress"_s,
            tr("Bounces can only go to an address, such as bounces@example.com.")};
    return {};
}

} // namespace Mailgauge::Relays
