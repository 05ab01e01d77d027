// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"
#include "tls/tlsfacts.h"

#include <QStringList>

namespace Mailgauge::Tls {

/// What a diagnosis wants to know of a certificate beyond CertificateFacts; made from its DER form.
struct CertificateDetails {
    QString serial; ///< Lower-case hex.
    QString signatureAlgorithm; ///< "sha256WithRSAEncryption", as OpenSSL calls it.
    QString signatureHash; ///< "SHA256"; empty: the algorithm has none of its own (Ed25519).
    int keyBits = 0; ///< 0: the key cannot be read.
    bool weakKey = false; ///< Below what NIST SP 800-131A allows.
    bool isCa = false; ///< basicConstraints says so.
    bool selfIssued = false; ///< Subject and issuer are the same.
    bool mustStaple = false; ///< RFC 7633: status_request is demanded.
    QString commonName;
    QStringList ocspUrls; ///< Where its state is told (RFC 5280 4.2.2.1).
    QStringList issuerUrls; ///< Where its issuer's certificate is to be had.

    bool operator==(const CertificateDetails &) const = default;
};

/// InvalidInput where `der` is no certificate.
[[nodiscard]] Base::Result<CertificateDetails> certificateDetails(const QByteArray &der);

/// Whether `issuer` signed `subject`: the names, the key identifiers and the signature itself.
[[nodiscard]] bool isIssuedBy(const CertificateFacts &subject, const CertificateFacts &issuer);

} // namespace Mailgauge::Tls
