// SPDX-License-Identifier: GPL-3.0-or-later
#include "relay/oauthgrant.h"

#include "base/literals.h"

#include <QJsonDocument>
#include <QJsonObject>

namespace Mailgauge::Relay {

namespace {

constexpr auto Format = "mailgauge-oauth-grant"_L1;
constexpr int Version = 1;

QString text(const Base::Secret &secret)
{
    return QString::fromUtf8(secret.reveal());
}

Base::Secret secret(const QJsonValue &value)
{
    return Base::Secret(value.toString().toUtf8());
}

} // namespace

bool OAuthGrant::isFor(const OAuthClient &other) const
{
    return client.clientId == other.clientId && client.tokenEndpoint == other.tokenEndpoint
        && client.authorizationEndpoint == other.authorizationEndpoint;
}

bool OAuthGrant::isFresh(const QDateTime &now, std::chrono::seconds margin) const
{
    if (accessToken.isEmpty())
        return false;
    return expires.isValid() ? now.addDuration(margin) < expires : refreshToken.isEmpty();
}

QUuid oauthSlot(const QUuid &profile)
{
    return QUuid::createUuidV5(profile, "oauth"_ba);
}

Base::Secret toSecret(const OAuthGrant &grant)
{
    const QJsonObject object {{u"format"_s, Format}, {u"version"_s, Version},
        {u"clientId"_s, grant.client.clientId},
        {u"authorizationEndpoint"_s,
            grant.client.authorizationEndpoint.toString(QUrl::FullyEncoded)},
        {u"tokenEndpoint"_s, grant.client.tokenEndpoint.toString(QUrl::FullyEncoded)},
        {u"clientSecret"_s, text(grant.clientSecret)}, {u"accessToken"_s, text(grant.accessToken)},
        {u"refreshToken"_s, text(grant.refreshToken)},
        {u"expires"_s, grant.expires.toUTC().toString(Qt::ISODateWithMs)}};
    return Base::Secret(QJsonDocument(object).toJson(QJsonDocument::Compact));
}

Base::Result<OAuthGrant> grantFrom(const Base::Secret &bytes)
{
    const QJsonObject object = QJsonDocument::fromJson(bytes.reveal()).object();
    if (object[u"format"_s].toString() != Format || object[u"version"_s].toInt() != Version)
        return Base::fail(Base::Error::Kind::Corrupt, u"oauth: what is kept is no grant"_s);
    OAuthGrant grant;
    grant.client.clientId = object[u"clientId"_s].toString();
    grant.client.authorizationEndpoint = QUrl(object[u"authorizationEndpoint"_s].toString());
    grant.client.tokenEndpoint = QUrl(object[u"tokenEndpoint"_s].toString());
    grant.clientSecret = secret(object[u"clientSecret"_s]);
    grant.accessToken = secret(object[u"accessToken"_s]);
    grant.refreshToken = secret(object[u"refreshToken"_s]);
    grant.expires = QDateTime::fromString(object[u"expires"_s].toString(), Qt::ISODateWithMs);
    return grant;
}

} // namespace Mailgauge::Relay
