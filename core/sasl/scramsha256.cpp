// SPDX-License-Identifier: GPL-3.0-or-later
#include "sasl/scramsha256.h"

#include "base/literals.h"
#include "sasl/saslprep.h"
#include "sasl/scramkeys.h"

#include <QRandomGenerator>

#include <openssl/crypto.h>

#include <array>
#include <utility>

namespace Mailgauge::Sasl {

namespace {

using Base::Error;

constexpr qsizetype MaxSalt = 1024;

std::unexpected<Error> malformed(const QString &what)
{
    return Base::fail(Error::Kind::MalformedReply, u"SCRAM: "_s + what);
}

std::unexpected<Error> unusable(const QString &what)
{
    return Base::fail(Error::Kind::InvalidInput, u"SCRAM: "_s + what);
}

/// RFC 5802 5.1 saslname.
QByteArray saslName(QByteArray prepared)
{
    return prepared.replace('=', "=3D").replace(',', "=2C");
}

QByteArray randomNonce()
{
    std::array<quint32, 6> words {};
    QRandomGenerator::system()->fillRange(words.data(), std::ssize(words));
    return QByteArray(reinterpret_cast<const char *>(words.data()), sizeof(words)).toBase64();
}

bool sameBytes(const QByteArray &a, const QByteArray &b)
{
    return a.size() == b.size()
        && CRYPTO_memcmp(a.constData(), b.constData(), static_cast<std::size_t>(a.size())) == 0;
}

} // namespace

ScramSha256::ScramSha256(Credentials credentials, QByteArray nonce)
    : m_credentials(std::move(credentials))
    , m_nonce(nonce.isEmpty() ? randomNonce() : std::move(nonce))
{
}

QByteArray ScramSha256::name() const
{
    return "SCRAM-SHA-256"_ba;
}

Base::Result<Response> ScramSha256::respond(const QByteArray &challenge)
{
    switch (m_step) {
    case Step::First:
        if (!challenge.isEmpty())
            return malformed(u"a challenge before our first message"_s);
        return first();
    case Step::Final:
        return final(challenge);
    case Step::Verify:
        return verify(challenge);
    case Step::Verified:
        break;
    }
    return malformed(u"a challenge too many"_s);
}

Base::Result<Response> ScramSha256::first()
{
    const auto user = saslPrep(m_credentials.user);
    const auto authorizationId = saslPrep(m_credentials.authorizationId);
    if (!user || user->isEmpty() || !authorizationId)
        return unusable(u"no user name, or one with characters that are not allowed"_s);
    m_gs2Header = "n," + (authorizationId->isEmpty() ? ""_ba : "a=" + saslName(*authorizationId))
        + ',';
    m_clientFirstBare = "n=" + saslName(*user) + ",r=" + m_nonce;
    m_step = Step::Final;
    return Response {Base::Secret(m_gs2Header + m_clientFirstBare), false};
}

Base::Result<Response> ScramSha256::final(const QByteArray &serverFirst)
{
    const QList<QByteArray> parts = serverFirst.split(',');
    if (scramAttribute(parts.first(), 'm'))
        return malformed(u"the server asks for an extension that we do not know"_s);
    if (parts.size() < 3)
        return malformed(u"the server's first message is incomplete"_s);
    const auto nonce = scramAttribute(parts[0], 'r');
    const auto saltText = scramAttribute(parts[1], 's');
    const auto iterationText = scramAttribute(parts[2], 'i');
    if (!nonce || !saltText || !iterationText)
        return malformed(u"the server's first message is incomplete"_s);
    if (!nonce->startsWith(m_nonce) || nonce->size() == m_nonce.size())
        return malformed(u"the server's nonce does not continue ours"_s);
    const auto salt = decodeBase64(*saltText);
    if (!salt || salt->isEmpty() || salt->size() > MaxSalt)
        return malformed(u"the salt is unusable"_s);
    bool isNumber = false;
    const int iterations = iterationText->toInt(&isNumber);
    if (!isNumber || iterations < MinIterations || iterations > MaxIterations)
        return malformed(u"the iteration count is not between %1 and %2"_s.arg(MinIterations)
                .arg(MaxIterations));
    const auto password = saslPrep(m_credentials.password.reveal());
    if (!password)
        return unusable(u"the password has characters that are not allowed"_s);

    const auto keys = ScramKeys::derive(Base::Secret(*password), *salt, iterations);
    const QByteArray withoutProof = "c=" + m_gs2Header.toBase64() + ",r=" + *nonce;
    const QByteArray authMessage = m_clientFirstBare + ',' + serverFirst + ',' + withoutProof;
    m_serverSignature = keys.serverSignature(authMessage);
    m_step = Step::Verify;
    return Response {Base::Secret(withoutProof + ",p=" + keys.clientProof(authMessage).toBase64())};
}

Base::Result<Response> ScramSha256::verify(const QByteArray &serverFinal)
{
    const QByteArray part = serverFinal.split(',').first();
    if (scramAttribute(part, 'e'))
        return Base::fail(
            Error::Kind::Denied, u"SCRAM: the server says "_s + QString::fromLatin1(part.left(64)));
    const auto verifier = scramAttribute(part, 'v');
    const auto signature = verifier ? decodeBase64(*verifier) : std::nullopt;
    if (!signature)
        return malformed(u"the server's final message holds no signature"_s);
    if (!sameBytes(*signature, m_serverSignature))
        return Base::fail(Error::Kind::Denied, u"SCRAM: the server's signature is wrong"_s);
    m_step = Step::Verified;
    return Response {Base::Secret(), false};
}

Base::Result<void> ScramSha256::finish() const
{
    if (m_step == Step::Verified)
        return {};
    return Base::fail(Error::Kind::Denied,
        u"SCRAM: the server announced success without proving that it knows the password"_s);
}

} // namespace Mailgauge::Sasl
