// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnose/reportrepository.h"

#include <QThreadPool>

namespace Mailgauge::Store {

/// Reports of relays, one JSON file each (diagnose/reportjson.h) in one directory, which is made
/// when it is first needed. A user may copy, read and remove them.
class ReportStore final : public Diagnose::ReportRepository {
public:
    explicit ReportStore(QString directory);
    /// Waits for what was asked for.
    ~ReportStore() override;

    QFuture<Base::Result<void>> save(Diagnose::RelayReport report) override;
    QFuture<Base::Result<QList<Diagnose::ReportSummary>>> list(QString host) override;
    QFuture<Base::Result<Diagnose::RelayReport>> report(QUuid id) override;
    QFuture<Base::Result<void>> remove(QUuid id) override;

private:
    QString m_directory;
    QThreadPool m_pool; ///< One thread: what was asked for first is done first.
};

} // namespace Mailgauge::Store
