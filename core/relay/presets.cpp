// SPDX-License-Identifier: GPL-3.0-or-later
#include "relay/presets.h"

#include "base/literals.h"

#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QRegularExpression>

#include <algorithm>

namespace Mailgauge::Relay {

namespace {

using Kind = Base::Error::Kind;

constexpr int Version = 1;

const QRegularExpression &place()
{
    static const QRegularExpression expression(u"\\{[a-z]+\\}"_s);
    return expression;
}

std::unexpected<Base::Error> wrong(const QByteArray &id, const QString &what)
{
    return Base::fail(Kind::InvalidInput, u"providers: %1: %2"_s.arg(QString::fromUtf8(id), what));
}

QStringList strings(const QJsonValue &value)
{
    QStringList list;
    const QJsonArray array = value.toArray();
    for (const QJsonValue &one : array)
        list.append(one.toString());
    return list;
}

Base::Result<PresetPort> portFrom(const QJsonValue &value, const QByteArray &id)
{
    const int port = value[u"port"_s].toInt();
    const auto tls = Smtp::tlsPolicyFromName(value[u"tls"_s].toString().toLatin1());
    if (port < 1 || port > 65535 || !tls)
        return wrong(id, u"a port is wrong"_s);
    return PresetPort {static_cast<quint16>(port), *tls};
}

std::optional<OAuthClient> oauthFrom(const QJsonValue &value)
{
    OAuthClient client;
    client.authorizationEndpoint = QUrl(value[u"authorizationEndpoint"_s].toString());
    client.tokenEndpoint = QUrl(value[u"tokenEndpoint"_s].toString());
    client.scopes = strings(value[u"scopes"_s]);
    client.redirectToLocalhost = value[u"redirectToLocalhost"_s].toBool();
    if (!isOAuthEndpoint(client.authorizationEndpoint) || !isOAuthEndpoint(client.tokenEndpoint)
        || !std::ranges::all_of(client.scopes, isOAuthScope))
        return std::nullopt;
    return client;
}

Base::Result<ProviderPreset> presetFrom(const QJsonObject &object)
{
    static const QStringList known {u"id"_s, u"name"_s, u"host"_s, u"choices"_s, u"ports"_s,
        u"mechanisms"_s, u"user"_s, u"userHint"_s, u"passwordHint"_s, u"note"_s, u"asOf"_s,
        u"oauth"_s};
    ProviderPreset preset;
    preset.id = object[u"id"_s].toString().toUtf8();
    const QStringList keys = object.keys();
    for (const QString &key : keys) {
        if (!known.contains(key))
            return wrong(preset.id, u"\"%1\" is unknown"_s.arg(key));
    }
    preset.name = object[u"name"_s].toString();
    preset.host = object[u"host"_s].toString();
    preset.choices = strings(object[u"choices"_s]);
    const QJsonArray ports = object[u"ports"_s].toArray();
    for (const QJsonValue &value : ports) {
        const auto port = portFrom(value, preset.id);
        if (!port)
            return std::unexpected(port.error());
        preset.ports.append(*port);
    }
    const QStringList mechanisms = strings(object[u"mechanisms"_s]);
    for (const QString &mechanism : mechanisms)
        preset.mechanisms.append(mechanism.toLatin1());
    if (object.contains("oauth"_L1)) {
        preset.oauth = oauthFrom(object[u"oauth"_s]);
        if (!preset.oauth)
            return wrong(preset.id, u"oauth is wrong"_s);
    }
    preset.user = object[u"user"_s].toString();
    preset.userHint = object[u"userHint"_s].toString();
    preset.passwordHint = object[u"passwordHint"_s].toString();
    preset.note = object[u"note"_s].toString();
    preset.asOf = QDate::fromString(object[u"asOf"_s].toString(), Qt::ISODate);
    if (preset.id.isEmpty() || preset.name.isEmpty() || preset.host.isEmpty()
        || preset.ports.isEmpty())
        return wrong(preset.id, u"id, name, host or ports is missing"_s);
    return preset;
}

} // namespace

Base::Result<QList<ProviderPreset>> presetsFromJson(const QByteArray &json)
{
    const QJsonObject object = QJsonDocument::fromJson(json).object();
    if (object[u"format"_s].toString() != u"mailgauge-providers"_s)
        return Base::fail(Kind::InvalidInput, u"providers: not a file of providers"_s);
    if (object[u"version"_s].toInt() > Version)
        return Base::fail(Kind::Unsupported, u"providers: made by a newer version"_s);
    QList<ProviderPreset> presets;
    const QJsonArray array = object[u"providers"_s].toArray();
    for (const QJsonValue &value : array) {
        auto preset = presetFrom(value.toObject());
        if (!preset)
            return std::unexpected(preset.error());
        presets.append(*std::move(preset));
    }
    return presets;
}

QList<ProviderPreset> providerPresets()
{
    QFile file(u":/mailgauge/providers.json"_s);
    if (!file.open(QIODevice::ReadOnly))
        return {};
    return presetsFromJson(file.readAll()).value_or(QList<ProviderPreset>());
}

RelayProfile profileFrom(const ProviderPreset &preset, const QString &choice)
{
    RelayProfile profile;
    profile.name = preset.name;
    profile.host = preset.host;
    const QString filled = choice.isEmpty() ? preset.choices.value(0) : choice;
    if (!filled.isEmpty())
        profile.host.replace(place(), filled);
    profile.port = preset.ports.first().port;
    profile.tls = preset.ports.first().tls;
    profile.user = preset.user;
    if (!preset.user.isEmpty() || !preset.userHint.isEmpty())
        profile.auth = Smtp::AuthOptions::Need::Required;
    return profile;
}

std::optional<ProviderPreset> presetOfHost(const QString &host)
{
    static const QList<ProviderPreset> presets = providerPresets();
    for (const ProviderPreset &preset : presets) {
        const QStringList around = preset.host.split(place());
        // An address may be anybody's.
        if (preset.host.front().isDigit())
            continue;
        const bool same = preset.needsChoice()
            ? host.startsWith(around.first(), Qt::CaseInsensitive)
                && host.endsWith(around.last(), Qt::CaseInsensitive)
                && host.size() > around.first().size() + around.last().size()
            : host.compare(preset.host, Qt::CaseInsensitive) == 0;
        if (same)
            return preset;
    }
    return std::nullopt;
}

std::optional<OAuthClient> oauthOfHost(const QString &host)
{
    const auto preset = presetOfHost(host);
    return preset ? preset->oauth : std::nullopt;
}

} // namespace Mailgauge::Relay
