// SPDX-License-Identifier: GPL-3.0-or-later
#include "bounce/verp.h"

#include "base/literals.h"

#include <QCryptographicHash>
#include <QMessageAuthenticationCode>
#include <QtEndian>

namespace Mailgauge::Bounce {

namespace {

constexpr QByteArrayView alphabet = "abcdefghijklmnopqrstuvwxyz234567"; // RFC 4648 6
constexpr qsizetype PayloadSize = 20; // UUID and index
constexpr qsizetype SignatureSize = 8;
constexpr qsizetype MaxLocalPart = 64;

QByteArray toBase32(const QByteArray &bytes)
{
    QByteArray text;
    quint32 buffer = 0;
    int bits = 0;
    for (const char c : bytes) {
        buffer = (buffer << 8) | static_cast<uchar>(c);
        for (bits += 8; bits >= 5; bits -= 5)
            text += alphabet[(buffer >> (bits - 5)) & 31];
    }
    if (bits > 0)
        text += alphabet[(buffer << (5 - bits)) & 31];
    return text;
}

std::optional<QByteArray> fromBase32(QByteArrayView text)
{
    QByteArray bytes;
    quint32 buffer = 0;
    int bits = 0;
    for (const char c : text) {
        const qsizetype value = alphabet.indexOf(c >= 'A' && c <= 'Z' ? char(c + 32) : c);
        if (value < 0)
            return std::nullopt;
        buffer = (buffer << 5) | static_cast<quint32>(value);
        bits += 5;
        if (bits >= 8) {
            bits -= 8;
            bytes += char((buffer >> bits) & 255);
        }
    }
    return bytes;
}

/// In constant time: how far a guess fits must not show.
bool sameBytes(const QByteArray &a, const QByteArray &b)
{
    if (a.size() != b.size())
        return false;
    int difference = 0;
    for (qsizetype i = 0; i < a.size(); ++i)
        difference |= a[i] ^ b[i];
    return difference == 0;
}

} // namespace

Verp::Verp(QByteArray base, Base::Secret key)
    : m_key(std::move(key))
{
    const qsizetype at = base.lastIndexOf('@');
    if (at > 0 && at + 1 < base.size()) {
        m_localPart = base.first(at);
        m_domain = base.sliced(at + 1);
    }
}

QByteArray Verp::signature(const QByteArray &payload) const
{
    return QMessageAuthenticationCode::hash(payload, m_key.reveal(), QCryptographicHash::Sha256)
        .first(SignatureSize);
}

QByteArray Verp::encode(const VerpToken &token) const
{
    QByteArray payload = token.session.toRfc4122();
    const quint32 index = qToBigEndian(token.recipient);
    payload.append(reinterpret_cast<const char *>(&index), sizeof index);
    const QByteArray local = m_localPart + '+' + toBase32(payload + signature(payload));
    if (m_domain.isEmpty() || m_key.isEmpty() || local.size() > MaxLocalPart)
        return {};
    return local + '@' + m_domain;
}

std::optional<VerpToken> Verp::decode(const QByteArray &address) const
{
    const qsizetype at = address.lastIndexOf('@');
    if (m_domain.isEmpty() || m_key.isEmpty() || at < 0
        || address.sliced(at + 1).compare(m_domain, Qt::CaseInsensitive) != 0)
        return std::nullopt;
    const QByteArray local = address.first(at);
    const QByteArray prefix = m_localPart + '+';
    if (local.size() > MaxLocalPart
        || local.first(qMin(prefix.size(), local.size())).compare(prefix, Qt::CaseInsensitive) != 0)
        return std::nullopt;
    const auto bytes = fromBase32(QByteArrayView(local).sliced(prefix.size()));
    if (!bytes || bytes->size() != PayloadSize + SignatureSize)
        return std::nullopt;
    const QByteArray payload = bytes->first(PayloadSize);
    if (!sameBytes(signature(payload), bytes->sliced(PayloadSize)))
        return std::nullopt;
    return VerpToken {.session = QUuid::fromRfc4122(QByteArrayView(payload).first(16)),
        .recipient = qFromBigEndian<quint32>(payload.constData() + 16)};
}

} // namespace Mailgauge::Bounce
