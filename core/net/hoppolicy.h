// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "net/danefacts.h"
#include "net/mtastspolicy.h"
#include "smtp/session.h"
#include "tls/tlsstream.h"

namespace Mailgauge::Net {

/// What one host must be asked for, decided before it is connected to.
struct HopPolicy {
    Smtp::TlsPolicy tls = Smtp::TlsPolicy::Opportunistic; ///< Of the session.
    std::optional<Tls::DaneAnchors> dane; ///< Judges the certificate.
    bool wantsName = false; ///< Public authorities and the host's name do (MTA-STS).
    QString serverName; ///< Sent as SNI, and checked.
    QList<RouteFinding> findings; ///< What was decided, and why.

    /// Nothing less will do, so that a host that does not come up to it is passed over.
    [[nodiscard]] bool isRequired() const { return tls == Smtp::TlsPolicy::RequireStartTls; }
    /// The rules of the user with those of the policy put over them.
    [[nodiscard]] Tls::ClientOptions applied(Tls::ClientOptions options) const;
    bool operator==(const HopPolicy &) const = default;
};

/// By the policy asked for: `dane` (RFC 7672) or `mta-sts`, where usable TLSA records go before the
/// domain's policy (RFC 8461 2). An error where the host must not be used now: a later try may help
/// (Resolve, temporary), or it does not belong to the domain (TlsHandshake).
[[nodiscard]] Base::Result<HopPolicy> hopPolicy(Smtp::TlsPolicy asked, const Hop &hop,
    const QByteArray &domain, const DaneFacts &dane, const MtaStsFacts &mtaSts);

} // namespace Mailgauge::Net
