// SPDX-License-Identifier: GPL-3.0-or-later
#include "sasl/bearer.h"

#include "base/literals.h"

#include <QJsonDocument>
#include <QJsonObject>
#include <QStringList>

#include <algorithm>
#include <utility>

namespace Mailgauge::Sasl {

namespace {

using Kind = Base::Error::Kind;

constexpr char Separator = '\x01';

/// RFC 6750 2.1: what can stand behind "Bearer ". A server is more likely to refuse a strange token
/// than we are to know better; what would break the message is refused here.
bool isToken(const QByteArray &token)
{
    return !token.isEmpty()
        && std::ranges::all_of(token, [](char c) { return c > ' ' && c < '\x7f'; });
}

QString textOf(const QJsonValue &value)
{
    return value.isDouble() ? QString::number(value.toDouble()) : value.toString();
}

/// The members that are text, one after the other; what is no JSON is shown as it is.
QString reasonFrom(const QByteArray &json)
{
    const QJsonObject object = QJsonDocument::fromJson(json).object();
    QStringList members;
    for (auto member = object.begin(); member != object.end(); ++member) {
        const QString text = textOf(member.value());
        if (text.isEmpty())
            continue;
        const QString both = member.key() + u": "_s + text;
        // What RFC 7628 asks for comes first.
        members.insert(member.key() == "status"_L1 ? 0 : members.size(), both);
    }
    return members.isEmpty() ? QString::fromUtf8(json) : members.join(u", "_s);
}

} // namespace

Bearer::Bearer(Credentials credentials)
    : m_credentials(std::move(credentials))
{
}

Base::Result<Response> Bearer::respond(const QByteArray &challenge)
{
    switch (m_step) {
    case Step::First: {
        if (!challenge.isEmpty())
            break;
        if (!isToken(m_credentials.token.reveal()))
            return Base::fail(Kind::InvalidInput,
                m_credentials.token.isEmpty() ? u"no token"_s
                                              : u"the token has characters that no token has"_s);
        auto first = message();
        if (!first)
            return std::unexpected(first.error());
        m_step = Step::Sent;
        return Response {Base::Secret(std::move(*first))};
    }
    case Step::Sent:
        m_reason = reasonFrom(challenge);
        m_step = Step::Refused;
        return Response {Base::Secret(acknowledgement()), false};
    case Step::Refused:
        break;
    }
    return Base::fail(
        Kind::MalformedReply, u"%1: a challenge too many"_s.arg(QLatin1StringView(name())));
}

Base::Result<void> Bearer::finish() const
{
    if (m_step == Step::Sent)
        return {};
    return Base::fail(Kind::MalformedReply, u"success behind the reason for a refusal"_s);
}

QByteArray OAuthBearer::name() const
{
    return "OAUTHBEARER"_ba;
}

Base::Result<QByteArray> OAuthBearer::message() const
{
    const Credentials &who = credentials();
    if (who.user.contains('\0') || who.user.contains(Separator))
        return Base::fail(Kind::InvalidInput, u"the user name holds a control character"_s);
    // The user name is the authorization identity here (RFC 7628 3.1); a saslname (RFC 5801 4).
    QByteArray user = who.user;
    user.replace('=', "=3D").replace(',', "=2C");
    QByteArray message = user.isEmpty() ? "n,,"_ba : "n,a=" + user + ',';
    message += Separator;
    if (!who.host.isEmpty())
        message += "host=" + who.host + Separator;
    if (who.port != 0)
        message += "port=" + QByteArray::number(who.port) + Separator;
    return message + "auth=Bearer " + who.token.reveal() + Separator + Separator;
}

QByteArray OAuthBearer::acknowledgement() const
{
    return QByteArray(1, Separator); // RFC 7628 3.2.3
}

QByteArray XOAuth2::name() const
{
    return "XOAUTH2"_ba;
}

Base::Result<QByteArray> XOAuth2::message() const
{
    const Credentials &who = credentials();
    if (who.user.isEmpty() || who.user.contains('\0') || who.user.contains(Separator))
        return Base::fail(
            Kind::InvalidInput, u"no user name, or one that holds a control character"_s);
    return "user=" + who.user + Separator + "auth=Bearer " + who.token.reveal() + Separator
        + Separator;
}

QByteArray XOAuth2::acknowledgement() const
{
    return {};
}

} // namespace Mailgauge::Sasl
