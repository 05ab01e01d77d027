// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "delivery/comparisonreport.h"
#include "diagnose/report.h"

namespace Mailgauge::Diagnose {

/// The report for people or programs, UTF-8. Whatever came from the wire is escaped; HTML is one
/// file without script that loads nothing; JSON is read again by readReport().
[[nodiscard]] QByteArray exportReport(const RelayReport &report, Delivery::ReportFormat format);

/// "587 IPv4 STARTTLS", for people.
[[nodiscard]] QString cellTitle(const CellKey &key);

} // namespace Mailgauge::Diagnose
