// SPDX-License-Identifier: GPL-3.0-or-later
#include "relay/oauthmessages.h"

#include "base/literals.h"
#include "base/secretmask.h"
#include "sasl/mechanism.h"

#include <QCryptographicHash>
#include <QJsonDocument>
#include <QJsonObject>
#include <QRandomGenerator>
#include <QUrlQuery>

#include <algorithm>
#include <array>

namespace Mailgauge::Relay {

namespace {

using Kind = Base::Error::Kind;
using Field = std::pair<QString, QString>;

constexpr qsizetype MaxReason = 300;
constexpr auto GoneMark = "oauth: invalid_grant"_L1;
/// A provider that says nonsense must not make a token everlasting, nor overflow a date.
constexpr qint64 MaxLifetime = 10LL * 365 * 24 * 3600;

/// 256 bits (RFC 7636 4.1 asks for that much), 43 characters.
QByteArray randomText()
{
    std::array<quint32, 8> words {};
    QRandomGenerator::system()->fillRange(words.data(), std::ssize(words));
    return QByteArray(reinterpret_cast<const char *>(words.data()), sizeof(words))
        .toBase64(QByteArray::Base64UrlEncoding | QByteArray::OmitTrailingEquals);
}

QByteArray challengeOf(const Base::Secret &verifier)
{
    return QCryptographicHash::hash(verifier.reveal(), QCryptographicHash::Sha256)
        .toBase64(QByteArray::Base64UrlEncoding | QByteArray::OmitTrailingEquals);
}

/// Everything but the unreserved, so that a "+" in a value stays one.
QByteArray encoded(const QList<Field> &fields)
{
    QByteArray text;
    for (const auto &[name, value] : fields) {
        if (value.isEmpty())
            continue;
        if (!text.isEmpty())
            text += '&';
        text += QUrl::toPercentEncoding(name) + '=' + QUrl::toPercentEncoding(value);
    }
    return text;
}

QString shown(const Base::Secret &secret)
{
    return QString::fromUtf8(secret.reveal());
}

/// "access_denied: The user said no", for people who look at details: printable, masked, cut.
QString reason(const QString &error, const QString &description, const Base::SecretMask &mask)
{
    const QString both = description.isEmpty() ? error : error + u": "_s + description;
    QString masked = QString::fromUtf8(mask.apply(both.toUtf8()));
    std::ranges::replace_if(masked, [](QChar c) { return !c.isPrint() && c != u' '; }, u' ');
    return u"oauth: "_s + masked.simplified().left(MaxReason);
}

/// The only value of that name; null where there is none or more than one.
QString single(const QUrlQuery &query, const QString &name)
{
    const QStringList values = query.allQueryItemValues(name, QUrl::FullyDecoded);
    return values.size() == 1 ? values.first() : QString();
}

Base::SecretMask maskOf(const OAuthGrant &grant)
{
    Base::SecretMask mask;
    mask.add(grant.accessToken, "token"_ba);
    mask.add(grant.refreshToken, "refresh token"_ba);
    mask.add(grant.clientSecret, "client secret"_ba);
    return mask;
}

} // namespace

AuthorizationRequest authorizationRequest(
    const OAuthClient &client, const QUrl &redirect, const QString &loginHint)
{
    AuthorizationRequest request {{}, redirect, randomText(), Base::Secret(randomText())};
    const QByteArray query = encoded({{u"response_type"_s, u"code"_s},
        {u"client_id"_s, client.clientId}, {u"redirect_uri"_s, redirect.toString()},
        {u"scope"_s, client.scopes.join(u' ')}, {u"state"_s, QString::fromLatin1(request.state)},
        {u"code_challenge"_s, QString::fromLatin1(challengeOf(request.verifier))},
        {u"code_challenge_method"_s, u"S256"_s}, {u"login_hint"_s, loginHint}});
    // RFC 6749 3.1: an endpoint may have a query of its own, which stays.
    const QByteArray own = client.authorizationEndpoint.query(QUrl::FullyEncoded).toLatin1();
    request.url = client.authorizationEndpoint;
    request.url.setQuery(
        QString::fromLatin1(own.isEmpty() ? query : own + '&' + query), QUrl::StrictMode);
    return request;
}

Base::Result<Base::Secret> codeFrom(const QByteArray &target, const AuthorizationRequest &request)
{
    const QUrl url = QUrl::fromEncoded(target, QUrl::StrictMode);
    // Forms write a space as "+"; codes and states have none.
    const QUrlQuery query(url);
    const QString state = single(query, u"state"_s);
    if (!url.isValid() || url.path() != request.redirect.path()
        || !Sasl::sameBytes(state.toLatin1(), request.state))
        return Base::fail(Kind::InvalidInput, u"oauth: a redirect that nobody asked for"_s);
    if (query.hasQueryItem(u"error"_s)) {
        Base::SecretMask mask;
        mask.add(request.verifier, "verifier"_ba);
        return Base::fail(Kind::Denied,
            reason(single(query, u"error"_s),
                single(query, u"error_description"_s).replace(u'+', u' '), mask));
    }
    Base::Secret code(single(query, u"code"_s).toUtf8());
    if (code.isEmpty())
        return Base::fail(Kind::InvalidInput, u"oauth: a redirect without a code"_s);
    return code;
}

Base::Secret codeForm(const OAuthClient &client, const Base::Secret &clientSecret,
    const AuthorizationRequest &request, const Base::Secret &code)
{
    return Base::Secret(encoded({{u"grant_type"_s, u"authorization_code"_s},
        {u"code"_s, shown(code)}, {u"redirect_uri"_s, request.redirect.toString()},
        {u"client_id"_s, client.clientId}, {u"client_secret"_s, shown(clientSecret)},
        {u"code_verifier"_s, shown(request.verifier)}}));
}

Base::Secret refreshForm(const OAuthGrant &grant)
{
    return Base::Secret(encoded({{u"grant_type"_s, u"refresh_token"_s},
        {u"refresh_token"_s, shown(grant.refreshToken)}, {u"client_id"_s, grant.client.clientId},
        {u"client_secret"_s, shown(grant.clientSecret)}}));
}

Base::Result<OAuthGrant> grantFromAnswer(
    OAuthGrant grant, int status, const QByteArray &body, const QDateTime &now)
{
    const QJsonObject object = QJsonDocument::fromJson(body).object();
    const QString error = object[u"error"_s].toString();
    if (!error.isEmpty())
        return Base::fail(
            Kind::Denied, reason(error, object[u"error_description"_s].toString(), maskOf(grant)));
    if (status != 200)
        return Base::fail(
            Kind::MalformedReply, u"oauth: the token endpoint answered HTTP %1"_s.arg(status));
    const QByteArray token = object[u"access_token"_s].toString().toUtf8();
    // RFC 6749 7.1: a token of a type that is not understood must not be used.
    if (token.isEmpty()
        || object[u"token_type"_s].toString().compare("bearer"_L1, Qt::CaseInsensitive) != 0)
        return Base::fail(
            Kind::MalformedReply, u"oauth: the token endpoint answered without a bearer token"_s);
    grant.accessToken = Base::Secret(token);
    if (const QString fresh = object[u"refresh_token"_s].toString(); !fresh.isEmpty())
        grant.refreshToken = Base::Secret(fresh.toUtf8());
    // A number; some servers write it as text.
    const qint64 seconds = object[u"expires_in"_s].toVariant().toLongLong();
    grant.expires = seconds > 0 ? now.addSecs(qMin(seconds, MaxLifetime)) : QDateTime();
    return grant;
}

bool isGrantGone(const Base::Error &error)
{
    return error.kind == Kind::Denied && error.detail.startsWith(GoneMark);
}

} // namespace Mailgauge::Relay
