// SPDX-License-Identifier: GPL-3.0-or-later
#include "sasl/serverscram.h"

#include "base/literals.h"
#include "sasl/saslprep.h"
#include "sasl/scramkeys.h"

#include <utility>

namespace Mailgauge::Sasl {

namespace {

using Kind = ServerStep::Kind;

/// saslname (RFC 5802 5.1): comma and equals sign are escaped.
std::optional<QByteArray> unescaped(const QByteArray &name)
{
    QByteArray result;
    for (qsizetype i = 0; i < name.size(); ++i) {
        if (name[i] != '=') {
            result += name[i];
            continue;
        }
        const QByteArrayView code = QByteArrayView(name).sliced(i).first(qMin(name.size() - i, 3));
        if (code != "=2C" && code != "=3D")
            return std::nullopt;
        result += code == "=2C" ? ',' : '=';
        i += 2;
    }
    return result;
}

/// Both sides prepare (RFC 5802 2.2). What cannot be prepared no client can send either.
QByteArray prepared(const QByteArray &text)
{
    return saslPrep(text).value_or(text);
}

QByteArray saltFor(const QByteArray &nonce)
{
    return QCryptographicHash::hash("salt"_ba + nonce, QCryptographicHash::Sha256).first(16);
}

} // namespace

ScramServer::ScramServer(ServerAccount account, QByteArray nonce, QByteArray salt)
    : ScramServer(Variant {}, std::move(account), std::move(nonce), std::move(salt))
{
}

ScramServer::ScramServer(Variant variant, ServerAccount account, QByteArray nonce, QByteArray salt)
    : m_variant(std::move(variant))
    , m_account(std::move(account))
    , m_nonce(std::move(nonce))
    , m_salt(salt.isEmpty() ? saltFor(m_nonce) : std::move(salt))
{
}

ServerStep ScramServer::start(const std::optional<QByteArray> &initial)
{
    return initial ? step(*initial) : ServerStep {Kind::Challenge, {}};
}

ServerStep ScramServer::step(const QByteArray &response)
{
    switch (m_expect) {
    case Expect::ClientFirst:
        return clientFirst(response);
    case Expect::ClientFinal:
        return clientFinal(response);
    case Expect::Nothing:
        m_expect = Expect::Over;
        return {response.isEmpty() ? Kind::Success : Kind::Malformed, {}};
    case Expect::Refusal:
        m_expect = Expect::Over;
        return {response.isEmpty() ? Kind::Denied : Kind::Malformed, {}};
    case Expect::Over:
        break;
    }
    return {Kind::Malformed, {}};
}

std::optional<QByteArray> ScramServer::boundBy(const QByteArray &flag) const
{
    if (m_variant.binding != Binding::Used) {
        // RFC 5802 6: "y" where we announced -PLUS means that somebody took it away on the way.
        const bool honest = flag == "n" || (flag == "y" && m_variant.binding == Binding::None);
        return honest ? std::optional(QByteArray()) : std::nullopt;
    }
    for (const Base::ChannelBinding &binding : m_variant.bindings) {
        if (flag == "p=" + binding.type)
            return binding.data;
    }
    return std::nullopt;
}

ServerStep ScramServer::clientFirst(const QByteArray &message)
{
    m_expect = Expect::Over;
    const QList<QByteArray> parts = message.split(',');
    const auto bound = boundBy(parts[0]);
    if (!bound && m_variant.binding == Binding::Used && parts[0].startsWith("p=")) {
        m_expect = Expect::Refusal;
        return {Kind::Challenge, "e=unsupported-channel-binding-type"_ba}; // RFC 5802 7
    }
    if (parts.size() < 4 || !bound)
        return {Kind::Malformed, {}};
    const auto user = scramAttribute(parts[2], 'n');
    const auto nonce = scramAttribute(parts[3], 'r');
    const auto name = user ? unescaped(*user) : std::nullopt;
    if (!name || name->isEmpty() || !nonce || nonce->isEmpty())
        return {Kind::Malformed, {}};
    m_user = *name;
    if (!parts[1].isEmpty()) {
        const auto authorization = scramAttribute(parts[1], 'a');
        if (!authorization)
            return {Kind::Malformed, {}};
        if (unescaped(*authorization) != m_user)
            return {Kind::Denied, {}};
    }
    m_bound = *bound;
    m_gs2Header = parts[0] + ',' + parts[1] + ',';
    m_clientFirstBare = message.sliced(m_gs2Header.size());
    m_fullNonce = *nonce + m_nonce;
    m_serverFirst = "r="_ba + m_fullNonce + ",s=" + m_salt.toBase64()
        + ",i=" + QByteArray::number(Iterations);
    m_expect = Expect::ClientFinal;
    return {Kind::Challenge, m_serverFirst};
}

ServerStep ScramServer::clientFinal(const QByteArray &message)
{
    m_expect = Expect::Over;
    const qsizetype proofAt = message.lastIndexOf(",p=");
    const QList<QByteArray> parts = message.split(',');
    if (proofAt < 0 || parts.size() < 3)
        return {Kind::Malformed, {}};
    const auto binding = scramAttribute(parts[0], 'c');
    const auto nonce = scramAttribute(parts[1], 'r');
    const auto proof = QByteArray::fromBase64Encoding(
        message.sliced(proofAt + 3), QByteArray::AbortOnBase64DecodingErrors);
    if (!binding || !nonce || !proof
        || (*proof).size() != QCryptographicHash::hashLength(m_variant.hash))
        return {Kind::Malformed, {}};
    if (*binding != (m_gs2Header + m_bound).toBase64() || *nonce != m_fullNonce)
        return {Kind::Denied, {}};

    const QByteArray authMessage = m_clientFirstBare + ',' + m_serverFirst + ','
        + message.first(proofAt);
    const auto keys = ScramKeys::derive(
        Base::Secret(prepared(m_account.password.reveal())), m_salt, Iterations, m_variant.hash);
    if (prepared(m_user) != prepared(m_account.user) || !keys.accepts(*proof, authMessage))
        return {Kind::Denied, {}};
    m_expect = Expect::Nothing;
    return {Kind::Challenge, "v="_ba + keys.serverSignature(authMessage).toBase64()};
}

} // namespace Mailgauge::Sasl
