// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

/// The state of a certificate as its server brings it along in the handshake (RFC 6066 8, RFC
/// 6960).
#include "tls/tlsfacts.h"

#include <QByteArray>
#include <QDateTime>

#include <optional>

namespace Mailgauge::Tls {

struct OcspStaple {
    enum class State : quint8 {
        Good,
        Revoked,
        Unknown, ///< The responder does not know the certificate.
        OtherCertificate, ///< Nothing is said about the certificate that was sent.
        NoAnswer, ///< `responseStatus` tells why.
        Unreadable, ///< Not an OCSP response.
    };
    State state = State::Unreadable;
    QByteArray responseStatus; ///< "successful", "tryLater" … as OpenSSL calls it.
    bool verified = false; ///< Signed by the certificate's issuer, or by whom that appointed.
    QString verifyError; ///< OpenSSL's words; empty where verified.
    QString responder; ///< Its name, or the hash of its key, hex.
    QDateTime producedAt;
    QDateTime thisUpdate;
    QDateTime nextUpdate; ///< Invalid: newer information is always available.
    QDateTime revokedAt;
    QByteArray revocationReason; ///< "keyCompromise" …; empty: none given.
    qint64 size = 0; ///< Octets of the response.

    bool operator==(const OcspStaple &) const = default;
};

/// "good", "revoked", "unknown", "otherCertificate", "noAnswer", "unreadable".
[[nodiscard]] QByteArrayView stapleStateName(OcspStaple::State state);
[[nodiscard]] std::optional<OcspStaple::State> stapleStateFromName(QByteArrayView name);

/// Judges a response for the first certificate of `path`; what follows are its issuers, those of
/// the trust store included. Times are facts: whether it is too old is for the reader to say.
[[nodiscard]] OcspStaple judgeStaple(
    const QByteArray &response, const QList<CertificateFacts> &path);

} // namespace Mailgauge::Tls
