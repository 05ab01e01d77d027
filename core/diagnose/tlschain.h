// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

/// What is to be told about a chain of certificates, apart from whether it is trusted.
#include "diagnose/tlsinspection.h"
#include "tls/dane.h"
#include "tls/tlsstream.h"

namespace Mailgauge::Diagnose {

/// A name that the certificate may have to bear, and whose it is: "host", "domain".
struct WantedName {
    QByteArray role;
    QString name;
};

/// Of an established stream. Without certificates where the server showed none. What becomes of
/// the records of `dane` is in `facts.tlsa`.
[[nodiscard]] InspectedChain inspectChain(const Tls::TlsStream &stream,
    const QList<WantedName> &names, const std::optional<Tls::DaneAnchors> &dane);

/// How a chain was sent (RFC 5246 7.4.2: each certificate certifies the one before it; RFC 8446
/// 4.4.2 allows others behind).
struct ChainShape {
    bool outOfOrder = false;
    QString missingIssuer; ///< Of whom nothing was sent though it is not the root; empty: none.
    QList<qsizetype> superfluous; ///< Places in `sent` that no path from the leaf needs.
    bool rootSent = false; ///< Who trusts it has it already.
};
[[nodiscard]] ChainShape shapeOf(const InspectedChain &chain);

/// The records that a zone may publish for this chain, as RFC 7672 3.1 recommends them.
[[nodiscard]] QByteArrayList tlsaRecordsFor(const QList<Tls::CertificateFacts> &sent);

} // namespace Mailgauge::Diagnose
