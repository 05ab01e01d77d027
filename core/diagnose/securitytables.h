// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnose/report.h"

namespace Mailgauge::Diagnose {

/// A part of a report for people.
struct ReportTable {
    QString title;
    QStringList heads;
    QList<QStringList> rows; ///< As long as `heads`; whatever came from the wire is escaped.
};

/// What TLS was found to be, address by address, and what senders make of it.
[[nodiscard]] QList<ReportTable> securityTables(const RelayReport &report);

/// "192.0.2.1:25 STARTTLS".
[[nodiscard]] QString placeOf(const TlsInspection &inspection);

} // namespace Mailgauge::Diagnose
