// SPDX-License-Identifier: GPL-3.0-or-later
#include "sasl/ntlm.h"

#include "base/literals.h"
#include "sasl/ntlmmessages.h"

#include <QDateTime>
#include <QtEndian>

#include <algorithm>
#include <utility>

namespace Mailgauge::Sasl {

namespace {

using Kind = Base::Error::Kind;

constexpr qsizetype LongestName = 4096; // the fields have 16 bits

/// FILETIME: steps of 100 ns since 1601.
QByteArray fileTimeNow()
{
    static constexpr qint64 UnixEpochMs = 11'644'473'600'000;
    QByteArray bytes(8, Qt::Uninitialized);
    qToLittleEndian((QDateTime::currentMSecsSinceEpoch() + UnixEpochMs) * 10'000, bytes.data());
    return bytes;
}

} // namespace

Ntlm::Ntlm(Credentials credentials, Seed seed)
    : m_credentials(std::move(credentials))
    , m_seed(std::move(seed))
{
}

QByteArray Ntlm::name() const
{
    return "NTLM"_ba;
}

Base::Result<Response> Ntlm::respond(const QByteArray &challenge)
{
    if (m_sent == 0 && challenge.isEmpty()) {
        const Credentials &who = m_credentials;
        if (who.user.isEmpty())
            return Base::fail(Kind::InvalidInput, u"no user name"_s);
        for (const QByteArray &text : {who.user, who.password.reveal()}) {
            if (!text.isValidUtf8() || text.contains('\0') || text.size() > LongestName)
                return Base::fail(
                    Kind::InvalidInput, u"NTLM: the user name or password cannot be sent"_s);
        }
        ++m_sent;
        return Response {Base::Secret(ntlmNegotiate()), false};
    }
    if (m_sent != 1)
        return Base::fail(Kind::MalformedReply, u"NTLM has one challenge only"_s);
    const auto parsed = NtlmChallenge::parse(challenge);
    if (!parsed)
        return Base::fail(Kind::MalformedReply, u"NTLM: not a challenge"_s);
    if (!parsed->isUnicode())
        return Base::fail(Kind::MalformedReply, u"NTLM: the server does not speak Unicode"_s);
    ++m_sent;
    const auto account = NtlmAccount::from(m_credentials.user, m_credentials.password);
    const QByteArray clientChallenge = m_seed.clientChallenge.isEmpty()
        ? QByteArray::fromBase64(randomNonce()).first(8)
        : m_seed.clientChallenge;
    const QByteArray time = m_seed.time.isEmpty() ? fileTimeNow() : m_seed.time;
    return Response {Base::Secret(ntlmAuthenticate(
        account, *parsed, ntlmV2Responses(ntlmV2Key(account), *parsed, clientChallenge, time)))};
}

Base::Result<void> Ntlm::finish() const
{
    if (m_sent == 2)
        return {};
    return Base::fail(Kind::MalformedReply, u"NTLM: success before the challenge"_s);
}

} // namespace Mailgauge::Sasl
