// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnose/report.h"

namespace Mailgauge::Diagnose {

/// What changed at a relay between two reports.
struct ReportDifference {
    /// "report.cell", "report.capabilityLost", "report.capabilityGained",
    /// "report.capabilityChanged", "report.tlsVersion", "report.tlsCipher", "report.key",
    /// "report.certificate", "report.check", "report.tlsAccepts", "report.tlsSuites",
    /// "report.tlsResumption", "report.tlsEarlyData", "report.tlsMasterSecret", "report.caa",
    /// "report.policy", "report.findingNew", "report.findingGone":
    /// explainDifference(id, subject, former, later).
    QByteArray id;
    Base::Severity severity = Base::Severity::Info; ///< Worse is a warning or an error.
    QByteArray subject; ///< "587 ipv4 starttls", the name of a check, the id of a finding …
    QByteArray former; ///< Empty: not there. Of findings, their sentence.
    QByteArray later;

    bool operator==(const ReportDifference &) const = default;
};

/// The difference for people.
[[nodiscard]] QString sentenceOf(const ReportDifference &difference);

/// What was not tested in one of the two is no difference. In the order of the report: grid,
/// checks, TLS, policies, findings.
[[nodiscard]] QList<ReportDifference> compareReports(
    const RelayReport &former, const RelayReport &later);

/// For people, UTF-8; whatever came from the wire is escaped.
[[nodiscard]] QByteArray comparisonText(const RelayReport &former, const RelayReport &later);

} // namespace Mailgauge::Diagnose
