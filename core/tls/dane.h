// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tls/tlsarecord.h"
#include "tls/tlsfacts.h"

#include <QStringList>

namespace Mailgauge::Tls {

/// The records that authenticate one server, and what it may be called.
struct DaneAnchors {
    QList<TlsaRecord> records;
    /// Of usage 2 one of these must stand in the certificate: the TLSA base domain, and the
    /// domain that led there (RFC 7672 3.2.2).
    QStringList names;

    bool operator==(const DaneAnchors &) const = default;
};

/// What becomes of each record against a chain as sent, in their order (RFC 6698, RFC 7671, RFC
/// 7672 3). Usage 3 names the leaf's certificate or key and looks neither at names nor dates. Usage
/// 2 names a certificate that was sent behind the leaf and becomes the one trusted root: from there
/// the path, its dates and a name must be right. Roots of the system have no say.
[[nodiscard]] QList<TlsaResult> judgeTlsa(
    const DaneAnchors &anchors, const QList<CertificateFacts> &chain);

} // namespace Mailgauge::Tls
