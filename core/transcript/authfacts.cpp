// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcript/authfacts.h"

#include "base/literals.h"
#include "transcript/json.h"
#include "transcript/visible.h"

#include <QJsonDocument>

namespace Mailgauge::Transcript {

namespace {

using Kind = LineFact::Kind;

LineFact fact(Kind kind, QByteArrayView value, const QByteArray &name = {})
{
    return {.kind = kind, .name = name, .value = visible(value), .number = {}};
}

LineFact secretFact(Kind kind, QByteArrayView value, const QByteArray &name = {})
{
    LineFact one = fact(kind, value, name);
    one.secret = true;
    return one;
}

/// RFC 5802 5.1: a comma in a name is =2C, an equals sign =3D.
QByteArray fromSaslName(QByteArray name)
{
    return name.replace("=2C", ",").replace("=3D", "=");
}

bool isScramAttribute(const QByteArray &part)
{
    return part.size() >= 2 && part.at(1) == '='
        && ((part.at(0) >= 'a' && part.at(0) <= 'z') || (part.at(0) >= 'A' && part.at(0) <= 'Z'));
}

/// "n", "y" or "p=tls-exporter": what a GS2 header begins with (RFC 5801 4).
bool isBindingFlag(const QByteArray &part)
{
    return part == "n" || part == "y" || part.startsWith("p=");
}

/// The attributes of a SCRAM message; empty where it is none.
QList<LineFact> scramFacts(Direction direction, const QByteArray &message)
{
    QList<LineFact> facts;
    QList<QByteArray> parts = message.split(',');
    if (direction == Direction::Client && parts.size() >= 3 && isBindingFlag(parts.at(0))) {
        facts.append(fact(Kind::Scram, parts.at(0) + ',' + parts.at(1), "g"_ba));
        if (parts.at(1).startsWith("a="))
            facts.append(fact(Kind::AuthorizationId, fromSaslName(parts.at(1).sliced(2))));
        parts.remove(0, 2);
    }
    for (const QByteArray &part : std::as_const(parts)) {
        if (!isScramAttribute(part))
            return {};
        const QByteArray name = part.first(1);
        const QByteArray value = part.sliced(2);
        if (name == "n")
            facts.append(fact(Kind::Scram, fromSaslName(value), name));
        else if (name == "c")
            facts.append(fact(Kind::Scram, QByteArray::fromBase64(value), name));
        else if (name == "p")
            facts.append(secretFact(Kind::Scram, value, name));
        else
            facts.append(fact(Kind::Scram, value, name));
    }
    return facts;
}

/// RFC 7628 3.2.2, and the same of Google and Microsoft.
QList<LineFact> oauthErrorFacts(const QByteArray &message)
{
    const QJsonObject object = QJsonDocument::fromJson(message).object();
    QList<LineFact> facts;
    for (auto field = object.begin(); field != object.end(); ++field) {
        const QByteArray value = field.value().isString() ? field.value().toString().toUtf8()
                                                          : jsonValue(field.value());
        facts.append(fact(Kind::OAuthField, value, field.key().toUtf8()));
    }
    return facts;
}

/// XOAUTH2: `user=…^Aauth=Bearer …^A^A`; OAUTHBEARER has a GS2 header in front (RFC 7628 3.1).
QList<LineFact> oauthRequestFacts(const QByteArray &message)
{
    QList<LineFact> facts;
    for (const QByteArray &part : message.split('\x01')) {
        const qsizetype equals = part.indexOf('=');
        if (isBindingFlag(part.split(',').constFirst())) {
            const QByteArray id = part.split(',').value(1);
            if (id.startsWith("a="))
                facts.append(fact(Kind::User, fromSaslName(id.sliced(2))));
        } else if (equals > 0) {
            const QByteArray name = part.first(equals);
            const QByteArray value = part.sliced(equals + 1);
            if (name == "user")
                facts.append(fact(Kind::User, value));
            else if (name == "auth")
                facts.append(secretFact(Kind::Token, value));
            else
                facts.append(fact(Kind::OAuthField, value, name));
        }
    }
    return facts;
}

QList<LineFact> plainFacts(const QByteArray &message)
{
    // RFC 4616 2: authzid NUL authcid NUL passwd
    const QList<QByteArray> parts = message.split('\0');
    if (parts.size() != 3)
        return {secretFact(Kind::Password, message)};
    QList<LineFact> facts;
    if (!parts.at(0).isEmpty())
        facts.append(fact(Kind::AuthorizationId, parts.at(0)));
    facts.append(fact(Kind::User, parts.at(1)));
    facts.append(secretFact(Kind::Password, parts.at(2)));
    return facts;
}

QList<LineFact> serverFacts(const QByteArray &message, const QByteArray &mechanism)
{
    if (mechanism == "LOGIN")
        return {fact(Kind::Prompt, message)};
    if (mechanism == "CRAM-MD5" || mechanism == "DIGEST-MD5")
        return {fact(Kind::Challenge, message)};
    if (message.trimmed().startsWith('{')) {
        if (const QList<LineFact> facts = oauthErrorFacts(message); !facts.isEmpty())
            return facts;
    }
    if (mechanism.startsWith("SCRAM-") || mechanism.isEmpty()) {
        if (const QList<LineFact> facts = scramFacts(Direction::Server, message); !facts.isEmpty())
            return facts;
    }
    return {fact(Kind::Base64, message)};
}

QList<LineFact> clientFacts(const QByteArray &message, const LineContext &context)
{
    const QByteArray &mechanism = context.mechanism;
    if (mechanism == "PLAIN")
        return plainFacts(message);
    if (mechanism == "LOGIN") {
        // The prompts decide; servers that ask in other words get the user first.
        const bool asksPassword = context.prompt.toLower().contains("pass");
        const bool asksUser = context.prompt.toLower().contains("user");
        const bool password = asksPassword || (!asksUser && context.answers > 0);
        return {password ? secretFact(Kind::Password, message) : fact(Kind::User, message)};
    }
    if (mechanism == "CRAM-MD5") {
        const qsizetype space = message.lastIndexOf(' ');
        if (space < 0)
            return {secretFact(Kind::Digest, message)};
        return {fact(Kind::User, message.first(space)),
            secretFact(Kind::Digest, message.sliced(space + 1))};
    }
    if (mechanism.startsWith("SCRAM-")) {
        const QList<LineFact> facts = scramFacts(Direction::Client, message);
        return facts.isEmpty() ? QList {secretFact(Kind::Base64, message)} : facts;
    }
    if (mechanism == "XOAUTH2" || mechanism == "OAUTHBEARER") {
        const QList<LineFact> facts = oauthRequestFacts(message);
        return facts.isEmpty() ? QList {secretFact(Kind::Token, message)} : facts;
    }
    if (mechanism == "EXTERNAL" || mechanism == "ANONYMOUS")
        return {fact(Kind::AuthorizationId, message)};
    // What an unknown mechanism sends may well be the password.
    return {secretFact(Kind::Base64, message)};
}

} // namespace

QByteArray authPayload(const Entry &entry, const QByteArray &text)
{
    if (entry.direction == Direction::Server)
        return text.startsWith("334 ") ? text.sliced(4).trimmed() : QByteArray();
    if (entry.direction != Direction::Client || entry.stage != Smtp::Stage::Auth)
        return {};
    const QList<QByteArray> words = text.simplified().split(' ');
    if (words.constFirst().compare("AUTH", Qt::CaseInsensitive) == 0)
        return words.size() == 3 ? words.at(2) : QByteArray();
    return words.size() == 1 ? words.constFirst() : QByteArray();
}

QList<LineFact> authFacts(
    Direction direction, const QByteArray &message, const LineContext &context)
{
    return direction == Direction::Server ? serverFacts(message, context.mechanism)
                                          : clientFacts(message, context);
}

} // namespace Mailgauge::Transcript
