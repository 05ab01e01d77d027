// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

/// The presentation language of TLS (RFC 8446 3) for what is written and read by hand.
#include <QByteArray>

#include <optional>
#include <utility>

namespace Mailgauge::Tls {

/// RFC 8446 5.1, 4, 4.2 and, of older versions, RFC 5246, RFC 5077, RFC 5746, RFC 6962, RFC 7301,
/// RFC 7627, RFC 7685.
enum class RecordType : quint8 {
    ChangeCipherSpec = 20,
    Alert = 21,
    Handshake = 22,
    ApplicationData = 23,
};
enum class MessageType : quint8 {
    HelloRequest = 0,
    ClientHello = 1,
    ServerHello = 2,
    NewSessionTicket = 4,
    EncryptedExtensions = 8,
    Certificate = 11,
    ServerKeyExchange = 12,
    CertificateRequest = 13,
    ServerHelloDone = 14,
    CertificateVerify = 15,
    ClientKeyExchange = 16,
    Finished = 20,
    CertificateStatus = 22,
    KeyUpdate = 24,
};
enum class ExtensionType : quint16 {
    ServerName = 0,
    StatusRequest = 5,
    SupportedGroups = 10,
    PointFormats = 11,
    SignatureAlgorithms = 13,
    Alpn = 16,
    SignedTimestamps = 18,
    Padding = 21,
    ExtendedMasterSecret = 23,
    SessionTicket = 35,
    PreSharedKey = 41,
    EarlyData = 42,
    SupportedVersions = 43,
    Cookie = 44,
    KeyShare = 51,
    RenegotiationInfo = 0xff01,
};

/// Appends a number of `octets` octets, the highest first.
inline void putNumber(QByteArray &to, quint32 value, int octets)
{
    for (int shift = (octets - 1) * 8; shift >= 0; shift -= 8)
        to.append(static_cast<char>(value >> shift & 0xff));
}

/// A vector: its length in `octets` octets, then itself. The caller keeps to what that can count.
[[nodiscard]] inline QByteArray vectorOf(QByteArrayView content, int octets)
{
    QByteArray vector;
    putNumber(vector, static_cast<quint32>(content.size()), octets);
    return vector.append(content);
}

/// Reads from the front; what is not there makes every later answer nothing.
class WireReader final {
public:
    explicit WireReader(QByteArrayView bytes)
        : m_bytes(bytes)
    {
    }

    [[nodiscard]] std::optional<quint32> number(int octets)
    {
        const auto bytes = take(octets);
        if (!bytes)
            return std::nullopt;
        quint32 value = 0;
        for (const char c : *bytes)
            value = value << 8 | static_cast<quint8>(c);
        return value;
    }

    [[nodiscard]] std::optional<quint16> number16()
    {
        const auto value = number(2);
        return value ? std::optional(static_cast<quint16>(*value)) : std::nullopt;
    }

    [[nodiscard]] std::optional<QByteArrayView> take(qsizetype octets)
    {
        if (m_failed || octets > m_bytes.size()) {
            m_failed = true;
            return std::nullopt;
        }
        const QByteArrayView taken = m_bytes.first(octets);
        m_bytes = m_bytes.sliced(octets);
        return taken;
    }

    [[nodiscard]] std::optional<QByteArrayView> vector(int lengthOctets)
    {
        const auto length = number(lengthOctets);
        return length ? take(static_cast<qsizetype>(*length)) : std::nullopt;
    }

    /// Octets that were not taken.
    [[nodiscard]] qsizetype left() const { return m_bytes.size(); }
    [[nodiscard]] bool atEnd() const { return m_bytes.isEmpty(); }
    [[nodiscard]] bool failed() const { return m_failed; }

private:
    QByteArrayView m_bytes;
    bool m_failed = false;
};

} // namespace Mailgauge::Tls
