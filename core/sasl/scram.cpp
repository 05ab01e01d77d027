// SPDX-License-Identifier: GPL-3.0-or-later
#include "sasl/scram.h"

#include "base/literals.h"
#include "sasl/saslprep.h"
#include "sasl/scramkeys.h"

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

} // namespace

Scram::Scram(
    QCryptographicHash::Algorithm hash, Binding binding, Credentials credentials, QByteArray nonce)
    : m_hash(hash)
    , m_binding(binding)
    , m_credentials(std::move(credentials))
    , m_nonce(nonce.isEmpty() ? randomNonce() : std::move(nonce))
{
}

QByteArray Scram::name() const
{
    return scramName(m_hash) + (m_binding == Binding::Bound ? "-PLUS" : "");
}

Base::Result<Response> Scram::respond(const QByteArray &challenge)
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
    case Step::Refused:
        break;
    }
    return malformed(u"a challenge too many"_s);
}

Base::Result<Response> Scram::first()
{
    const auto user = saslPrep(m_credentials.user);
    const auto authorizationId = saslPrep(m_credentials.authorizationId);
    if (!user || user->isEmpty() || !authorizationId)
        return unusable(u"no user name, or one with characters that are not allowed"_s);
    if (m_binding == Binding::Bound && !m_credentials.binding)
        return unusable(u"there is no TLS to bind to"_s);
    const QByteArray flag = m_binding == Binding::Bound ? "p=" + m_credentials.binding->type
        : m_credentials.bindingNotOffered               ? "y"_ba
                                                        : "n"_ba;
    m_gs2Header = flag + ','
        + (authorizationId->isEmpty() ? ""_ba : "a=" + saslName(*authorizationId)) + ',';
    m_clientFirstBare = "n=" + saslName(*user) + ",r=" + m_nonce;
    m_step = Step::Final;
    return Response {Base::Secret(m_gs2Header + m_clientFirstBare), false};
}

Base::Result<Response> Scram::final(const QByteArray &serverFirst)
{
    const QList<QByteArray> parts = serverFirst.split(',');
    if (const auto error = scramAttribute(parts.first(), 'e'))
        return refused(*error);
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

    const auto keys = ScramKeys::derive(Base::Secret(*password), *salt, iterations, m_hash);
    const QByteArray bound = m_binding == Binding::Bound ? m_credentials.binding->data
                                                         : QByteArray();
    const QByteArray withoutProof = "c=" + (m_gs2Header + bound).toBase64() + ",r=" + *nonce;
    const QByteArray authMessage = m_clientFirstBare + ',' + serverFirst + ',' + withoutProof;
    m_serverSignature = keys.serverSignature(authMessage);
    m_step = Step::Verify;
    return Response {Base::Secret(withoutProof + ",p=" + keys.clientProof(authMessage).toBase64())};
}

Base::Result<Response> Scram::verify(const QByteArray &serverFinal)
{
    const QByteArray part = serverFinal.split(',').first();
    if (const auto error = scramAttribute(part, 'e'))
        return refused(*error);
    const auto verifier = scramAttribute(part, 'v');
    const auto signature = verifier ? decodeBase64(*verifier) : std::nullopt;
    if (!signature)
        return malformed(u"the server's final message holds no signature"_s);
    if (!sameBytes(*signature, m_serverSignature))
        return Base::fail(Error::Kind::Denied, u"SCRAM: the server's signature is wrong"_s);
    m_step = Step::Verified;
    return Response {Base::Secret(), false};
}

Response Scram::refused(const QByteArray &serverError)
{
    m_serverError = QString::fromUtf8(serverError);
    m_step = Step::Refused;
    return Response {Base::Secret(), false};
}

Base::Result<void> Scram::finish() const
{
    if (m_step == Step::Verified)
        return {};
    return Base::fail(Error::Kind::Denied,
        u"SCRAM: the server announced success without proving that it knows the password"_s);
}

} // namespace Mailgauge::Sasl
