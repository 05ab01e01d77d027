// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnose/hostpolicies.h"

#include "base/literals.h"

#include <algorithm>
#include <array>

namespace Mailgauge::Diagnose {

namespace {

using Net::HostSecurity;

HostSecurity::StartTls startTlsOf(const Cell &cell)
{
    switch (cell.state) {
    case CellState::Works:
        return HostSecurity::StartTls::Established;
    case CellState::NotOffered:
        return HostSecurity::StartTls::NotOffered;
    case CellState::TlsFailed: // by a 5yz to the command, or by what came behind it
        return cell.reply ? HostSecurity::StartTls::NotOffered
                          : HostSecurity::StartTls::HandshakeFailed;
    default:
        return HostSecurity::StartTls::Unknown;
    }
}

bool isMistake(const QByteArray &id)
{
    constexpr std::array<QByteArrayView, 4> mistakes {
        "mtaSts.twoRecords", "mtaSts.badRecord", "mtaSts.badPolicy", "mtaSts.fetchFailed"};
    return std::ranges::find(mistakes, QByteArrayView(id)) != mistakes.end();
}

} // namespace

HostPolicies hostPolicies(HostSecurity host, const Cell &cell)
{
    host.startTls = startTlsOf(cell);
    if (cell.tls)
        host.tls = *cell.tls;
    HostPolicies policies {.host = host.host,
        .domain = host.domain,
        .address = cell.address,
        .port = cell.key.port,
        .dane = host.dane,
        .tlsa = {},
        .mtaSts = host.mtaSts,
        .verdicts = policyVerdicts(host)};
    if (!host.dane.records.isEmpty() && !host.tls.chain.isEmpty())
        policies.tlsa = Tls::judgeTlsa(anchorsOf(host.dane, host.domain), host.tls.chain);
    return policies;
}

QList<Finding> policyFindings(const HostPolicies &policies)
{
    QList<Finding> findings;
    for (const Net::PolicyVerdict &verdict : policies.verdicts) {
        if (verdict.conduct != Net::Conduct::DoesNotSend || verdict.reason == "policy.notReached")
            continue;
        const bool isMismatch = verdict.reason == "policy.daneMismatch";
        findings.append({isMismatch ? "certificate.tlsaMismatch"_ba : verdict.reason,
            verdict.reason == "dane.failed" ? Base::Severity::Warning : Base::Severity::Error,
            verdict.evidence,
            {{.kind = Evidence::Kind::Record,
                .text = verdict.sender == Net::Sender::Dane ? policies.dane.detail.toUtf8()
                                                            : verdict.evidence}}});
    }
    for (const Net::RouteFinding &one : policies.mtaSts.findings) {
        findings.append({one.id, isMistake(one.id) ? Base::Severity::Warning : Base::Severity::Info,
            one.evidence, {}});
    }
    return findings;
}

} // namespace Mailgauge::Diagnose
