// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "stats/sample.h"
#include "store/reader.h"

namespace Mailgauge::Store {

/// The decided rows of the ledger, as charts need them.
class SampleStore final : public Stats::SampleSource {
public:
    explicit SampleStore(Reader &reader);

    QFuture<Base::Result<QList<Stats::Sample>>> samples(QDateTime from) override;
    /// The reader only fetches; records are unpacked by workers.
    QFuture<Base::Result<QList<Stats::StageSample>>> stages(Stats::StageQuery query) override;
    QFuture<Base::Result<bool>> hasSamples() override;

private:
    Reader &m_reader;
};

} // namespace Mailgauge::Store
