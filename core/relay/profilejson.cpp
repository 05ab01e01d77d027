// SPDX-License-Identifier: GPL-3.0-or-later
#include "relay/profilejson.h"

#include "base/literals.h"
#include "relay/mechanismalias.h"
#include "relay/profilereader.h"
#include "relay/routejson.h"
#include "smtp/deadlinetext.h"
#include "tls/tlsstream.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QSet>

#include <algorithm>
#include <array>

namespace Mailgauge::Relay {

namespace {

using Kind = Base::Error::Kind;
using Need = Smtp::AuthOptions::Need;
using Tls::VerifyMode;

constexpr auto Format = "mailgauge-relay-profiles"_L1;
constexpr int Version = 1;
constexpr qsizetype LargestFile = 4 * 1024 * 1024;
constexpr qsizetype MostProfiles = 1000;
constexpr qsizetype MostMechanisms = 32;
constexpr qsizetype MostScopes = 32;
constexpr qint64 LargestChunk = 1LL << 40;

constexpr std::array protocolNames {"smtp", "esmtp", "lmtp"};
constexpr std::array chunkingNames {"off", "auto"};
constexpr std::array initialNames {"auto", "always", "never"};
constexpr std::array passwordSourceNames {"kept", "command", "netrc"};
constexpr std::array tokenSourceNames {"none", "kept", "command", "browser"};

QJsonObject toJson(const Smtp::Deadlines &deadlines)
{
    QJsonObject object;
    for (const Smtp::Stage stage : Smtp::allStages) {
        if (stage != Smtp::Stage::Resolve && stage != Smtp::Stage::Proxy)
            object.insert(QString::fromLatin1(Smtp::stageName(stage)),
                static_cast<qint64>(deadlines.of(stage).count()));
    }
    return object;
}

Smtp::Deadlines deadlinesFrom(ProfileReader &reader)
{
    Smtp::Deadlines deadlines;
    const QJsonValue value = reader.take("deadlines"_L1);
    if (!value.isUndefined() && !value.isObject())
        reader.fail("deadlines"_L1, u"is no object"_s);
    const QJsonObject object = value.toObject();
    for (auto it = object.begin(); it != object.end(); ++it) {
        const auto stage = Smtp::stageFromName(it.key().toLatin1());
        const std::chrono::milliseconds limit(it.value().toInteger(0));
        if (!stage || limit.count() < 1 || limit > Smtp::LongestDeadline)
            reader.fail(u"deadlines."_s + it.key().left(80), u"is no stage's limit in ms"_s);
        else
            deadlines.set(*stage, limit);
    }
    return deadlines;
}

QList<QByteArray> mechanismsFrom(ProfileReader &reader)
{
    QList<QByteArray> list;
    const QJsonValue value = reader.take("mechanisms"_L1);
    if (value.isUndefined())
        return list;
    const QJsonArray array = value.toArray();
    if (!value.isArray() || array.size() > MostMechanisms)
        reader.fail("mechanisms"_L1, u"is no short list"_s);
    for (const QJsonValue &one : array) {
        const QByteArray name = one.toString().toLatin1();
        if (!isMechanismName(name))
            reader.fail("mechanisms"_L1, u"names no SASL mechanism"_s);
        list.append(name);
    }
    return list;
}

QList<Smtp::MechanismAlias> aliasesFrom(ProfileReader &reader)
{
    QList<Smtp::MechanismAlias> list;
    const QJsonValue value = reader.take("mechanismAliases"_L1);
    const QJsonArray array = value.toArray();
    if (!value.isUndefined() && (!value.isArray() || array.size() > MostMechanisms))
        reader.fail("mechanismAliases"_L1, u"is no short list"_s);
    for (const QJsonValue &one : array) {
        const auto alias = parseMechanismAlias(one.toString().toUtf8());
        if (alias)
            list.append(*alias);
        else
            reader.fail("mechanismAliases"_L1, u"is wrong: "_s + alias.error().detail);
    }
    return list;
}

QJsonObject toJson(const OAuthClient &client)
{
    QJsonObject object {{u"clientId"_s, client.clientId},
        {u"authorizationEndpoint"_s, client.authorizationEndpoint.toString(QUrl::FullyEncoded)},
        {u"tokenEndpoint"_s, client.tokenEndpoint.toString(QUrl::FullyEncoded)},
        {u"scopes"_s, QJsonArray::fromStringList(client.scopes)}};
    if (client.redirectToLocalhost)
        object.insert(u"redirectToLocalhost"_s, true);
    return object;
}

std::optional<OAuthClient> oauthFrom(ProfileReader &reader)
{
    const QJsonValue value = reader.take("oauth"_L1);
    if (value.isUndefined())
        return std::nullopt;
    const QJsonObject object = value.toObject();
    ProfileReader inner(object);
    OAuthClient client;
    client.clientId = inner.text("clientId"_L1);
    client.authorizationEndpoint = QUrl(inner.text("authorizationEndpoint"_L1), QUrl::StrictMode);
    client.tokenEndpoint = QUrl(inner.text("tokenEndpoint"_L1), QUrl::StrictMode);
    client.redirectToLocalhost = inner.flag("redirectToLocalhost"_L1, false);
    const QJsonArray scopes = inner.take("scopes"_L1).toArray();
    for (const QJsonValue &scope : scopes)
        client.scopes.append(scope.toString());
    if (client.clientId.isEmpty() || !isOAuthEndpoint(client.authorizationEndpoint)
        || !isOAuthEndpoint(client.tokenEndpoint))
        reader.fail("oauth"_L1, u"lacks a client id, or an endpoint that is https"_s);
    if (client.scopes.size() > MostScopes || !std::ranges::all_of(client.scopes, isOAuthScope))
        reader.fail("oauth"_L1, u"has a scope that is none"_s);
    // Its error names the key, and one for a secret is refused here too.
    if (const auto whole = inner.finish(); !whole)
        reader.fail("oauth"_L1, u"is wrong: "_s + whole.error().detail);
    return client;
}

QByteArray pinFrom(ProfileReader &reader)
{
    const QByteArray pin = reader.text("pin"_L1).toLatin1();
    const bool hex = std::ranges::all_of(
        pin, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
    if (!pin.isEmpty() && (pin.size() != 64 || !hex))
        reader.fail("pin"_L1, u"is no SHA-256 in lower-case hex"_s);
    return pin;
}

std::optional<Smtp::AuthOptions::Initial> initialFromName(QByteArrayView name)
{
    return fromName<Smtp::AuthOptions::Initial>(initialNames, name);
}

std::optional<Smtp::Protocol> protocolFromName(QByteArrayView name)
{
    return fromName<Smtp::Protocol>(protocolNames, name);
}

std::optional<Smtp::Chunking> chunkingFromName(QByteArrayView name)
{
    return fromName<Smtp::Chunking>(chunkingNames, name);
}

std::optional<TokenSource> tokenSourceFromName(QByteArrayView name)
{
    return fromName<TokenSource>(tokenSourceNames, name);
}

std::optional<PasswordSource> passwordSourceFromName(QByteArrayView name)
{
    return fromName<PasswordSource>(passwordSourceNames, name);
}

QByteArray tlsVersionFrom(ProfileReader &reader, QLatin1StringView key)
{
    const QByteArray version = reader.text(key).toLatin1();
    static const QList<QByteArray> versions {"", "1.0", "1.1", "1.2", "1.3"};
    if (!versions.contains(version))
        reader.fail(key, u"is none of 1.0, 1.1, 1.2 and 1.3"_s);
    return version;
}

QString latin(QByteArrayView name)
{
    return QString::fromLatin1(name);
}

// Only what is not as ever: an older program reads a plain profile.
void insertDetails(QJsonObject &object, const RelayProfile &profile)
{
    const RelayProfile plain;
    const auto insert = [&object](const QString &key, const QJsonValue &value, bool differs) {
        if (differs)
            object.insert(key, value);
    };
    for (const auto &[key, text] : {std::pair {u"serverName"_s, profile.serverName},
             std::pair {u"verifyName"_s, profile.verifyName},
             std::pair {u"minTls"_s, latin(profile.minTls)},
             std::pair {u"maxTls"_s, latin(profile.maxTls)},
             std::pair {u"ciphers"_s, QString::fromUtf8(profile.ciphers)},
             std::pair {u"cipherSuites"_s, QString::fromUtf8(profile.cipherSuites)},
             std::pair {u"tlsGroups"_s, QString::fromUtf8(profile.tlsGroups)},
             std::pair {u"certificateFile"_s, profile.certificateFile},
             std::pair {u"keyFile"_s, profile.keyFile},
             std::pair {u"authorizationId"_s, profile.authorizationId},
             std::pair {u"tokenCommand"_s, profile.tokenCommand},
             std::pair {u"passwordCommand"_s, profile.passwordCommand},
             std::pair {u"netrcFile"_s, profile.netrcFile}})
        insert(key, text, !text.isEmpty());
    insert(u"xclientAnyway"_s, profile.xclientAnyway, profile.xclientAnyway);
    insert(u"authInitial"_s, nameOf(initialNames, profile.authInitial),
        profile.authInitial != plain.authInitial);
    insert(u"authInTurn"_s, profile.authInTurn, profile.authInTurn);
    insert(u"tokenSource"_s, nameOf(tokenSourceNames, profile.tokenSource),
        profile.tokenSource != plain.tokenSource);
    insert(u"passwordSource"_s, nameOf(passwordSourceNames, profile.passwordSource),
        profile.passwordSource != plain.passwordSource);
    insert(
        u"protocol"_s, nameOf(protocolNames, profile.protocol), profile.protocol != plain.protocol);
    insert(
        u"chunking"_s, nameOf(chunkingNames, profile.chunking), profile.chunking != plain.chunking);
    insert(u"chunkSize"_s, profile.chunkSize, profile.chunkSize != plain.chunkSize);
    insert(u"prdr"_s, profile.prdr, profile.prdr);
    insert(u"smtpUtf8"_s, profile.smtpUtf8, profile.smtpUtf8 != plain.smtpUtf8);
    insert(u"eightBitAnyway"_s, profile.eightBitAnyway, profile.eightBitAnyway);
}

void readDetails(ProfileReader &reader, RelayProfile &profile)
{
    profile.serverName = reader.text("serverName"_L1);
    profile.verifyName = reader.text("verifyName"_L1);
    profile.xclientAnyway = reader.flag("xclientAnyway"_L1, false);
    profile.authInitial = reader.name("authInitial"_L1, profile.authInitial, initialFromName);
    profile.minTls = tlsVersionFrom(reader, "minTls"_L1);
    profile.maxTls = tlsVersionFrom(reader, "maxTls"_L1);
    if (!Tls::isOrdered(profile.minTls, profile.maxTls))
        reader.fail("minTls"_L1, u"is above \"maxTls\""_s);
    profile.ciphers = reader.text("ciphers"_L1).toUtf8();
    profile.cipherSuites = reader.text("cipherSuites"_L1).toUtf8();
    profile.tlsGroups = reader.text("tlsGroups"_L1).toUtf8();
    profile.certificateFile = reader.text("certificateFile"_L1);
    profile.keyFile = reader.text("keyFile"_L1);
    if (!profile.keyFile.isEmpty() && profile.certificateFile.isEmpty())
        reader.fail("keyFile"_L1, u"is there without \"certificateFile\""_s);
    profile.authorizationId = reader.text("authorizationId"_L1);
    profile.authInTurn = reader.flag("authInTurn"_L1, false);
    profile.tokenSource = reader.name("tokenSource"_L1, profile.tokenSource, tokenSourceFromName);
    profile.tokenCommand = reader.text("tokenCommand"_L1);
    if (profile.tokenSource == TokenSource::Command && profile.tokenCommand.isEmpty())
        reader.fail("tokenCommand"_L1, u"is missing"_s);
    profile.passwordSource = reader.name(
        "passwordSource"_L1, profile.passwordSource, passwordSourceFromName);
    profile.passwordCommand = reader.text("passwordCommand"_L1);
    profile.netrcFile = reader.text("netrcFile"_L1);
    if (profile.passwordSource == PasswordSource::Command && profile.passwordCommand.isEmpty())
        reader.fail("passwordCommand"_L1, u"is missing"_s);
    if (profile.tokenSource == TokenSource::Browser && !profile.oauth)
        reader.fail("oauth"_L1, u"is missing"_s);
    profile.protocol = reader.name("protocol"_L1, profile.protocol, protocolFromName);
    profile.chunking = reader.name("chunking"_L1, profile.chunking, chunkingFromName);
    profile.chunkSize = reader.number("chunkSize"_L1, profile.chunkSize, 1, LargestChunk);
    profile.prdr = reader.flag("prdr"_L1, false);
    profile.smtpUtf8 = reader.flag("smtpUtf8"_L1, true);
    profile.eightBitAnyway = reader.flag("eightBitAnyway"_L1, false);
}

Base::Result<QList<RelayProfile>> profilesFrom(const QJsonArray &array)
{
    if (array.size() > MostProfiles) {
        return Base::fail(
            Kind::InvalidInput, u"profiles: more than %1 of them"_s.arg(MostProfiles));
    }
    QList<RelayProfile> profiles;
    QSet<QString> names;
    for (const QJsonValue &one : array) {
        if (!one.isObject())
            return Base::fail(Kind::InvalidInput, u"profiles: one is no object"_s);
        auto profile = profileFromJson(one.toObject());
        if (!profile)
            return std::unexpected(profile.error());
        if (names.contains(profile->name.toCaseFolded())) {
            return Base::fail(
                Kind::InvalidInput, u"profiles: \"%1\" is there twice"_s.arg(profile->name));
        }
        names.insert(profile->name.toCaseFolded());
        // Whoever made the file must not run anything here, nor choose what is read here and told
        // to a relay of theirs.
        if (!profile->netrcFile.isEmpty() || profile->passwordSource == PasswordSource::Netrc) {
            return Base::fail(Kind::InvalidInput,
                u"profiles: \"%1\" would read passwords of this machine: set it by hand"_s.arg(
                    profile->name));
        }
        if (!profile->tokenCommand.isEmpty() || !profile->passwordCommand.isEmpty()) {
            return Base::fail(Kind::InvalidInput,
                u"profiles: \"%1\" would run a command: set it by hand"_s.arg(profile->name));
        }
        profile->id = QUuid::createUuid();
        profiles.append(*std::move(profile));
    }
    return profiles;
}

} // namespace

QByteArrayView verifyModeName(VerifyMode mode)
{
    switch (mode) {
    case VerifyMode::Full:
        return "full";
    case VerifyMode::Chain:
        return "ca";
    case VerifyMode::Name:
        return "host";
    case VerifyMode::None:
        return "none";
    }
    Q_UNREACHABLE_RETURN("");
}

std::optional<VerifyMode> verifyModeFromName(QByteArrayView name)
{
    for (const auto mode :
        {VerifyMode::Full, VerifyMode::Chain, VerifyMode::Name, VerifyMode::None}) {
        if (verifyModeName(mode) == name)
            return mode;
    }
    return std::nullopt;
}

QByteArrayView authNeedName(Need need)
{
    switch (need) {
    case Need::Never:
        return "never";
    case Need::IfOffered:
        return "ifOffered";
    case Need::Required:
        return "required";
    case Need::Optional:
        return "optional";
    }
    Q_UNREACHABLE_RETURN("");
}

std::optional<Need> authNeedFromName(QByteArrayView name)
{
    for (const auto need : {Need::Never, Need::IfOffered, Need::Optional, Need::Required}) {
        if (authNeedName(need) == name)
            return need;
    }
    return std::nullopt;
}

QJsonObject profileToJson(const RelayProfile &profile)
{
    QJsonArray mechanisms;
    for (const QByteArray &mechanism : profile.mechanisms)
        mechanisms.append(latin(mechanism));
    QJsonObject object {{u"name"_s, profile.name}, {u"host"_s, profile.host},
        {u"port"_s, profile.port}, {u"unixSocket"_s, profile.unixSocket},
        {u"tls"_s, latin(Smtp::tlsPolicyName(profile.tls))},
        {u"verify"_s, latin(verifyModeName(profile.verify))}, {u"caFile"_s, profile.caFile},
        {u"pin"_s, latin(profile.pin)}, {u"auth"_s, latin(authNeedName(profile.auth))},
        {u"mechanisms"_s, mechanisms}, {u"user"_s, profile.user},
        {u"authWithoutTls"_s, profile.authWithoutTls},
        {u"ehloName"_s, QString::fromUtf8(profile.ehloName)},
        {u"defaultFrom"_s, profile.defaultFrom}, {u"bounceAddress"_s, profile.bounceAddress},
        {u"deadlines"_s, toJson(profile.deadlines)}, {u"pipelining"_s, profile.pipelining}};
    if (!profile.mechanismAliases.isEmpty()) {
        QJsonArray aliases;
        for (const Smtp::MechanismAlias &alias : profile.mechanismAliases)
            aliases.append(latin(mechanismAliasText(alias)));
        object.insert(u"mechanismAliases"_s, aliases);
    }
    if (!profile.strongestMechanism.isEmpty())
        object.insert(u"strongestMechanism"_s, latin(profile.strongestMechanism));
    if (profile.oauth)
        object.insert(u"oauth"_s, toJson(*profile.oauth));
    insertRoute(object, profile.route);
    insertDetails(object, profile);
    return object;
}

Base::Result<RelayProfile> profileFromJson(const QJsonObject &object)
{
    ProfileReader reader(object);
    RelayProfile profile;
    profile.name = reader.text("name"_L1);
    profile.host = reader.text("host"_L1);
    profile.port = static_cast<quint16>(reader.number("port"_L1, profile.port, 1, 65535));
    profile.unixSocket = reader.flag("unixSocket"_L1, false);
    profile.tls = reader.name("tls"_L1, profile.tls, Smtp::tlsPolicyFromName);
    profile.verify = reader.name("verify"_L1, profile.verify, verifyModeFromName);
    profile.caFile = reader.text("caFile"_L1);
    profile.pin = pinFrom(reader);
    profile.auth = reader.name("auth"_L1, profile.auth, authNeedFromName);
    profile.mechanisms = mechanismsFrom(reader);
    profile.mechanismAliases = aliasesFrom(reader);
    profile.strongestMechanism = reader.text("strongestMechanism"_L1).toLatin1();
    profile.user = reader.text("user"_L1);
    profile.oauth = oauthFrom(reader);
    profile.authWithoutTls = reader.flag("authWithoutTls"_L1, false);
    profile.ehloName = reader.text("ehloName"_L1).toUtf8();
    profile.defaultFrom = reader.text("defaultFrom"_L1);
    profile.bounceAddress = reader.text("bounceAddress"_L1);
    profile.deadlines = deadlinesFrom(reader);
    profile.pipelining = reader.flag("pipelining"_L1, true);
    profile.route = routeFrom(reader);
    readDetails(reader, profile);
    // A proxy could not reach it, nor does it have an address.
    if (profile.unixSocket && (profile.route.proxy || profile.route.by != RouteBy::Host))
        reader.fail("unixSocket"_L1, u"goes with no proxy and no domain"_s);
    if (profile.name.trimmed().isEmpty())
        reader.fail("name"_L1, u"is missing"_s);
    if (profile.host.trimmed().isEmpty())
        reader.fail("host"_L1, u"is missing"_s);
    return reader.finish().transform([&] { return profile; });
}

Base::Result<void> checkProfile(const RelayProfile &profile)
{
    return profileFromJson(profileToJson(profile)).transform([](const RelayProfile &) { });
}

QByteArray exportProfiles(const QList<RelayProfile> &profiles)
{
    QJsonArray array;
    for (RelayProfile profile : profiles) {
        if (!profile.tokenCommand.isEmpty()) {
            profile.tokenCommand.clear();
            profile.tokenSource = TokenSource::None;
        }
        profile.passwordCommand.clear();
        profile.netrcFile.clear();
        profile.passwordSource = PasswordSource::Kept;
        array.append(profileToJson(profile));
    }
    return QJsonDocument(
        QJsonObject {{u"format"_s, Format}, {u"version"_s, Version}, {u"profiles"_s, array}})
        .toJson();
}

Base::Result<QList<RelayProfile>> importProfiles(const QByteArray &json)
{
    if (json.size() > LargestFile)
        return Base::fail(Kind::InvalidInput, u"profiles: the file is too large"_s);
    QJsonParseError parsed;
    const QJsonDocument document = QJsonDocument::fromJson(json, &parsed);
    if (parsed.error != QJsonParseError::NoError) {
        return Base::fail(Kind::InvalidInput,
            u"profiles: no JSON at byte %1: %2"_s.arg(parsed.offset).arg(parsed.errorString()));
    }
    const QJsonObject object = document.object();
    if (object[u"format"_s].toString() != Format || !object[u"version"_s].isDouble()
        || !object[u"profiles"_s].isArray()) {
        return Base::fail(Kind::InvalidInput, u"profiles: not a file of relay profiles"_s);
    }
    const qint64 version = object[u"version"_s].toInteger();
    if (version > Version) {
        return Base::fail(Kind::Unsupported,
            u"profiles: version %1 is newer than this program's %2"_s.arg(version).arg(Version));
    }
    return profilesFrom(object[u"profiles"_s].toArray());
}

} // namespace Mailgauge::Relay
