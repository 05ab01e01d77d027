// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"
#include "diagnose/report.h"

#include <QFuture>

namespace Mailgauge::Diagnose {

/// A kept report as lists show it.
struct ReportSummary {
    QUuid id;
    QDateTime startedAt;
    QString host;
    QString domain;
    QString profileName;
    qsizetype errors = 0;
    qsizetype warnings = 0;

    bool operator==(const ReportSummary &) const = default;
};

[[nodiscard]] ReportSummary summaryOf(const RelayReport &report);

/// Where reports are kept. Implemented by store/. Any thread; futures complete on the store's
/// threads. Error kinds: Io, Full, Corrupt, Denied; InvalidInput where there is no such report.
class ReportRepository {
public:
    virtual ~ReportRepository() = default;
    /// Inserts, or replaces the one with the same id.
    virtual QFuture<Base::Result<void>> save(RelayReport report) = 0;
    /// The newest first; of this relay, whatever its case, or all where `host` is empty. One that
    /// cannot be read never hides the others.
    virtual QFuture<Base::Result<QList<ReportSummary>>> list(QString host) = 0;
    virtual QFuture<Base::Result<RelayReport>> report(QUuid id) = 0;
    virtual QFuture<Base::Result<void>> remove(QUuid id) = 0;
};

} // namespace Mailgauge::Diagnose
