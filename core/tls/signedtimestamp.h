// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

/// Proofs that a certificate was given to a log of Certificate Transparency (RFC 6962 3.2).
#include <QByteArray>
#include <QDateTime>
#include <QList>

#include <optional>

#include <openssl/types.h>

namespace Mailgauge::Tls {

/// One promise of a log, as it came. Whether the log signed it is not checked: that would take the
/// list of logs with their keys, which changes often and is nobody's standard.
struct SignedTimestamp {
    enum class Source : quint8 {
        Certificate, ///< Embedded in the leaf.
        Handshake, ///< In the TLS extension signed_certificate_timestamp.
        OcspStaple,
    };
    Source source = Source::Certificate;
    int version = 1; ///< 1; others cannot be read further.
    QByteArray logId; ///< SHA-256 of the log's key: 32 octets.
    QDateTime at; ///< UTC, with milliseconds.
    QString signatureAlgorithm; ///< "ecdsa-with-SHA256", as OpenSSL calls it.

    bool operator==(const SignedTimestamp &) const = default;
};

/// "certificate", "handshake", "ocspStaple".
[[nodiscard]] QByteArrayView timestampSourceName(SignedTimestamp::Source source);
[[nodiscard]] std::optional<SignedTimestamp::Source> timestampSourceFromName(QByteArrayView name);

/// Of an established client's stream that asked for them.
[[nodiscard]] QList<SignedTimestamp> signedTimestampsOf(SSL *ssl);

} // namespace Mailgauge::Tls
