// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

/// What is published about one host of a relay, and what senders make of it at one of its
/// addresses: a value, complete.
#include "diagnose/cell.h"
#include "diagnose/finding.h"
#include "net/policyverdict.h"

namespace Mailgauge::Diagnose {

struct HostPolicies {
    QString host;
    QByteArray domain; ///< Whose MX led there; empty: the host was named by itself.
    QString address; ///< STARTTLS was tried there; empty: no connection came about.
    quint16 port = 25;
    Net::DaneFacts dane;
    QList<Tls::TlsaResult> tlsa; ///< Of the records against the chain that was shown there.
    Net::MtaStsFacts mtaSts;
    QList<Net::PolicyVerdict> verdicts; ///< In the order of Net::allSenders.

    bool operator==(const HostPolicies &) const = default;
};

/// The table of `host` by what a STARTTLS cell of its found.
[[nodiscard]] HostPolicies hostPolicies(Net::HostSecurity host, const Cell &cell);

/// Mail that is held back because of what is published is an error, what is published wrongly a
/// warning, and so is a question that the DNS left open: it may be on our side. A mismatch is
/// "certificate.tlsaMismatch", as inspections call it.
[[nodiscard]] QList<Finding> policyFindings(const HostPolicies &policies);

} // namespace Mailgauge::Diagnose

Q_DECLARE_METATYPE(Mailgauge::Diagnose::HostPolicies)
