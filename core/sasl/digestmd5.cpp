// SPDX-License-Identifier: GPL-3.0-or-later
#include "sasl/digestmd5.h"

#include "base/literals.h"
#include "sasl/digestdirectives.h"

#include <QCryptographicHash>
#include <QString>

#include <algorithm>
#include <utility>

namespace Mailgauge::Sasl {

namespace {

using Base::Error;

constexpr qsizetype MaxChallenge = 2048; // RFC 2831 2.1.1

std::unexpected<Error> malformed(const QString &what)
{
    return Base::fail(Error::Kind::MalformedReply, u"DIGEST-MD5: "_s + what);
}

std::unexpected<Error> unusable(const QString &what)
{
    return Base::fail(Error::Kind::InvalidInput, u"DIGEST-MD5: "_s + what);
}

QByteArray md5(const QByteArray &bytes)
{
    return QCryptographicHash::hash(bytes, QCryptographicHash::Md5);
}

std::optional<QByteArray> toLatin1(const QByteArray &utf8)
{
    const QString text = QString::fromUtf8(utf8);
    if (std::ranges::any_of(text, [](QChar c) { return c.unicode() > 0xff; }))
        return std::nullopt;
    return text.toLatin1();
}

/// RFC 2831 2.1.2.1: what can be said in ISO 8859-1 is hashed in it, whatever was sent.
QByteArray hashed(const QByteArray &utf8)
{
    return toLatin1(utf8).value_or(utf8);
}

/// Of several realms the one that the user name tells, else the first.
QByteArray chooseRealm(const QList<QByteArray> &realms, const QByteArray &user)
{
    const QByteArray own = user.sliced(user.lastIndexOf('@') + 1);
    return realms.contains(own) ? own : realms.value(0);
}

} // namespace

DigestMd5::DigestMd5(Credentials credentials, QByteArray nonce)
    : m_credentials(std::move(credentials))
    , m_nonce(nonce.isEmpty() ? randomNonce() : std::move(nonce))
{
}

QByteArray DigestMd5::name() const
{
    return "DIGEST-MD5"_ba;
}

Base::Result<Response> DigestMd5::respond(const QByteArray &challenge)
{
    switch (m_step) {
    case Step::Answer:
        return answer(challenge);
    case Step::Verify:
        return verify(challenge);
    case Step::Verified:
        break;
    }
    return malformed(u"a challenge too many"_s);
}

Base::Result<Response> DigestMd5::answer(const QByteArray &challenge)
{
    const auto directives = challenge.size() <= MaxChallenge ? DigestDirectives::parse(challenge)
                                                             : std::nullopt;
    if (!directives)
        return malformed(u"the challenge is no list of directives, or too long"_s);
    const auto nonce = directives->only("nonce");
    if (!nonce || nonce->isEmpty())
        return malformed(u"the challenge has not one nonce"_s);
    if (directives->only("algorithm") != "md5-sess"_ba)
        return malformed(u"the algorithm is not md5-sess"_s);
    const QList<QByteArray> qop = directives->values("qop");
    if (qop.size() > 1
        || (qop.size() == 1
            && !qop.first().simplified().replace(' ', "").split(',').contains("auth"_ba)))
        return malformed(u"the server does not do authentication alone"_s);
    const QList<QByteArray> charset = directives->values("charset");
    if (!charset.isEmpty() && charset != QList {"utf-8"_ba})
        return malformed(u"the character set is not utf-8"_s);

    const QByteArray &password = m_credentials.password.reveal();
    const Credentials &who = m_credentials;
    if (who.user.isEmpty())
        return unusable(u"no user name"_s);
    for (const QByteArray &text : {who.user, who.authorizationId, password}) {
        if (text.contains('\0') || !text.isValidUtf8() || (charset.isEmpty() && !toLatin1(text)))
            return unusable(u"the user name or password cannot be said in the server's "
                            u"character set"_s);
    }
    const auto sent = [&charset](const QByteArray &utf8) {
        return digestQuoted(charset.isEmpty() ? *toLatin1(utf8) : utf8);
    };
    const QList<QByteArray> realms = directives->values("realm");
    const QByteArray realm = chooseRealm(realms, who.user);
    // The realm is the server's own bytes, in the character set that it announced.
    const QByteArray hashedRealm = charset.isEmpty() ? realm : hashed(realm);
    const QByteArray uri = who.service + '/' + who.host;
    QByteArray a1 = md5(hashed(who.user) + ':' + hashedRealm + ':' + hashed(password)) + ':'
        + *nonce + ':' + m_nonce;
    if (!who.authorizationId.isEmpty())
        a1 += ':' + who.authorizationId;
    const auto proof = [&](const QByteArray &verb) {
        return md5(md5(a1).toHex() + ':' + *nonce + ":00000001:" + m_nonce
            + ":auth:" + md5(verb + ':' + uri).toHex())
            .toHex();
    };
    QByteArray message = charset.isEmpty() ? QByteArray() : "charset=utf-8,"_ba;
    message += "username=" + sent(who.user);
    if (!realms.isEmpty())
        message += ",realm=" + digestQuoted(realm);
    message += ",nonce=" + digestQuoted(*nonce) + ",nc=00000001,cnonce=" + digestQuoted(m_nonce)
        + ",digest-uri=" + digestQuoted(uri) + ",response=" + proof("AUTHENTICATE"_ba)
        + ",qop=auth";
    if (!who.authorizationId.isEmpty())
        message += ",authzid=" + sent(who.authorizationId);
    m_serverProof = proof({});
    m_step = Step::Verify;
    return Response {Base::Secret(std::move(message))};
}

Base::Result<Response> DigestMd5::verify(const QByteArray &challenge)
{
    const auto directives = challenge.size() <= MaxChallenge ? DigestDirectives::parse(challenge)
                                                             : std::nullopt;
    const auto proof = directives ? directives->only("rspauth") : std::nullopt;
    if (!proof)
        return malformed(u"the server's second challenge holds no rspauth"_s);
    if (!sameBytes(*proof, m_serverProof))
        return Base::fail(Error::Kind::Denied, u"DIGEST-MD5: the server's proof is wrong"_s);
    m_step = Step::Verified;
    return Response {Base::Secret(), false};
}

Base::Result<void> DigestMd5::finish() const
{
    if (m_step == Step::Verified)
        return {};
    if (m_step == Step::Answer)
        return malformed(u"success before the challenge"_s);
    return Base::fail(Error::Kind::Denied,
        u"DIGEST-MD5: the server announced success without proving that it knows the password"_s);
}

} // namespace Mailgauge::Sasl
