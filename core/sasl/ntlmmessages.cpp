// SPDX-License-Identifier: GPL-3.0-or-later
#include "sasl/ntlmmessages.h"

#include "base/literals.h"

#include <QMessageAuthenticationCode>
#include <QString>
#include <QStringEncoder>
#include <QtEndian>

namespace Mailgauge::Sasl {

namespace {

const QByteArray signature("NTLMSSP\0", 8);

// 2.2.2.5
enum Flag : quint32 {
    Unicode = 0x0000'0001,
    RequestTarget = 0x0000'0004,
    NtlmKeys = 0x0000'0200,
    AlwaysSign = 0x0000'8000,
    ExtendedSecurity = 0x0008'0000,
    TargetInfo = 0x0080'0000,
};
constexpr quint32 OurFlags = Unicode | RequestTarget | NtlmKeys | AlwaysSign | ExtendedSecurity
    | TargetInfo;

// 2.2.2.1
constexpr quint16 EndOfPairs = 0;
constexpr quint16 TimestampPair = 7;

template <typename T>
QByteArray littleEndian(T value)
{
    QByteArray bytes(sizeof(T), Qt::Uninitialized);
    qToLittleEndian(value, bytes.data());
    return bytes;
}

template <typename T>
T numberAt(const QByteArray &bytes, qsizetype at)
{
    return qFromLittleEndian<T>(bytes.constData() + at);
}

QByteArray utf16(const QString &text)
{
    QStringEncoder encoder(QStringConverter::Utf16LE);
    return encoder.encode(text);
}

QByteArray utf16(const QByteArray &utf8)
{
    return utf16(QString::fromUtf8(utf8));
}

/// As Windows does it: one character to one, unlike QString::toUpper().
QString upperCase(const QByteArray &utf8)
{
    QString text = QString::fromUtf8(utf8);
    for (QChar &c : text)
        c = c.toUpper();
    return text;
}

QByteArray hmacMd5(const QByteArray &key, const QByteArray &message)
{
    return QMessageAuthenticationCode::hash(message, key, QCryptographicHash::Md5);
}

/// The field that describes a piece of the payload: length, length again, offset.
std::optional<QByteArray> payload(const QByteArray &message, qsizetype field)
{
    const auto length = numberAt<quint16>(message, field);
    const auto offset = numberAt<quint32>(message, field + 4);
    if (length == 0)
        return QByteArray();
    if (offset > static_cast<quint64>(message.size())
        || length > static_cast<quint64>(message.size()) - offset)
        return std::nullopt;
    return message.sliced(static_cast<qsizetype>(offset), length);
}

/// The value of the timestamp, empty where there is none; nothing where the pairs do not end.
std::optional<QByteArray> timestampIn(const QByteArray &pairs)
{
    QByteArray found;
    for (qsizetype at = 0; at + 4 <= pairs.size();) {
        const auto id = numberAt<quint16>(pairs, at);
        const auto length = numberAt<quint16>(pairs, at + 2);
        if (id == EndOfPairs)
            return found;
        at += 4;
        if (length > pairs.size() - at || (id == TimestampPair && length != 8))
            return std::nullopt;
        if (id == TimestampPair)
            found = pairs.sliced(at, length);
        at += length;
    }
    return std::nullopt;
}

} // namespace

QByteArray ntlmNegotiate()
{
    return signature + littleEndian<quint32>(1) + littleEndian(OurFlags) + QByteArray(16, '\0');
}

std::optional<NtlmChallenge> NtlmChallenge::parse(const QByteArray &message)
{
    if (message.size() < 32 || !message.startsWith(signature) || numberAt<quint32>(message, 8) != 2)
        return std::nullopt;
    NtlmChallenge challenge;
    challenge.flags = numberAt<quint32>(message, 20);
    challenge.serverChallenge = message.sliced(24, 8);
    const auto info = message.size() >= 48 && (challenge.flags & TargetInfo) != 0
        ? payload(message, 40)
        : QByteArray();
    if (!info)
        return std::nullopt;
    challenge.targetInfo = info->isEmpty() ? QByteArray(4, '\0') : *info;
    const auto timestamp = timestampIn(challenge.targetInfo);
    if (!timestamp)
        return std::nullopt;
    challenge.timestamp = *timestamp;
    return challenge;
}

NtlmAccount NtlmAccount::from(const QByteArray &name, const Base::Secret &password)
{
    const qsizetype backslash = name.indexOf('\\');
    if (backslash < 0)
        return {name, {}, password};
    return {name.sliced(backslash + 1), name.first(backslash), password};
}

Base::Secret ntlmV2Key(const NtlmAccount &account)
{
    const Base::Secret hash(
        QCryptographicHash::hash(utf16(account.password.reveal()), QCryptographicHash::Md4));
    return Base::Secret(
        hmacMd5(hash.reveal(), utf16(upperCase(account.user)) + utf16(account.domain)));
}

NtlmResponses ntlmV2Responses(const Base::Secret &key, const NtlmChallenge &challenge,
    const QByteArray &clientChallenge, const QByteArray &time)
{
    const bool timed = !challenge.timestamp.isEmpty();
    const QByteArray temp = "\x01\x01" + QByteArray(6, '\0') + (timed ? challenge.timestamp : time)
        + clientChallenge + QByteArray(4, '\0') + challenge.targetInfo + QByteArray(4, '\0');
    NtlmResponses responses;
    responses.nt = hmacMd5(key.reveal(), challenge.serverChallenge + temp) + temp;
    responses.lm = timed
        ? QByteArray(24, '\0')
        : hmacMd5(key.reveal(), challenge.serverChallenge + clientChallenge) + clientChallenge;
    return responses;
}

QByteArray ntlmAuthenticate(
    const NtlmAccount &account, const NtlmChallenge &challenge, const NtlmResponses &responses)
{
    static constexpr quint32 HeaderSize = 64;
    QByteArray fields;
    QByteArray content;
    const auto add = [&](const QByteArray &bytes) {
        const auto length = static_cast<quint16>(bytes.size());
        fields += littleEndian(length) + littleEndian(length)
            + littleEndian(HeaderSize + static_cast<quint32>(content.size()));
        content += bytes;
    };
    add(responses.lm);
    add(responses.nt);
    add(utf16(account.domain));
    add(utf16(account.user));
    add({}); // the workstation is nobody's business
    add({}); // no session key
    return signature + littleEndian<quint32>(3) + fields
        + littleEndian((challenge.flags & OurFlags) | Unicode) + content;
}

} // namespace Mailgauge::Sasl
