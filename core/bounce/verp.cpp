// SPDX-License-Identifier: GPL-3.0-or-later
#include "bounce/verp.h"

#include "base/filewriter.h"
#include "base/literals.h"

#include <QCryptographicHash>
#include <QFile>
#include <QFileInfo>
#include <QMessageAuthenticationCode>
#include <QRandomGenerator>
#include <QtEndian>

namespace Mailgauge::Bounce {

namespace {

using Kind = Base::Error::Kind;

constexpr QByteArrayView alphabet = "abcdefghijklmnopqrstuvwxyz234567"; // RFC 4648 6
constexpr qsizetype PayloadSize = 20; // UUID and index
constexpr qsizetype SignatureSize = 8;
constexpr qsizetype MaxLocalPart = 64;
constexpr qsizetype KeySize = 32;

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

Verp::Verp(Base::Secret key)
    : m_key(std::move(key))
{
}

QByteArray Verp::signature(const QByteArray &payload) const
{
    return QMessageAuthenticationCode::hash(payload, m_key.reveal(), QCryptographicHash::Sha256)
        .first(SignatureSize);
}

QByteArray Verp::encode(const QByteArray &base, const VerpToken &token) const
{
    const qsizetype at = base.lastIndexOf('@');
    if (at <= 0 || at + 1 == base.size() || m_key.isEmpty())
        return {};
    QByteArray payload = token.session.toRfc4122();
    const quint32 index = qToBigEndian(token.recipient);
    payload.append(reinterpret_cast<const char *>(&index), sizeof index);
    const QByteArray local = base.first(at) + '+' + toBase32(payload + signature(payload));
    return local.size() > MaxLocalPart ? QByteArray() : local + base.sliced(at);
}

std::optional<VerpToken> Verp::decode(const QByteArray &address) const
{
    const QByteArray local = address.first(qMax(qsizetype(0), address.lastIndexOf('@')));
    const qsizetype plus = local.lastIndexOf('+');
    if (m_key.isEmpty() || plus < 0 || local.size() > MaxLocalPart)
        return std::nullopt;
    const auto bytes = fromBase32(QByteArrayView(local).sliced(plus + 1));
    if (!bytes || bytes->size() != PayloadSize + SignatureSize)
        return std::nullopt;
    const QByteArray payload = bytes->first(PayloadSize);
    if (!sameBytes(signature(payload), bytes->sliced(PayloadSize)))
        return std::nullopt;
    return VerpToken {.session = QUuid::fromRfc4122(QByteArrayView(payload).first(16)),
        .recipient = qFromBigEndian<quint32>(payload.constData() + 16)};
}

Base::Result<Base::Secret> loadVerpKey(const QString &path)
{
    if (!QFile::exists(path)) {
        QByteArray fresh(KeySize, Qt::Uninitialized);
        QRandomGenerator::system()->generate(fresh.begin(), fresh.end());
        // A whole file under another name first: renaming does not replace the key of a program
        // that was quicker.
        const QString made = path + u'-' + QUuid::createUuid().toString(QUuid::WithoutBraces);
        const auto written = Base::writeFile(made, fresh, Base::FileWriter::Access::OwnerOnly);
        if (!written)
            return std::unexpected(written.error());
        if (!QFile::rename(made, path))
            QFile::remove(made);
    }
    QFile file(path);
    if (!QFileInfo(path).isFile() || !file.open(QIODevice::ReadOnly))
        return Base::fail(Kind::Denied, u"%1: %2"_s.arg(path, file.errorString()));
    QByteArray key = file.read(KeySize + 1);
    if (key.size() != KeySize)
        return Base::fail(Kind::Corrupt, u"%1: is no key for bounce addresses"_s.arg(path));
    return Base::Secret(std::move(key));
}

} // namespace Mailgauge::Bounce
