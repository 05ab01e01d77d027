// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "stats/series.h"

namespace Mailgauge::Stats {

/// What many sessions spent in one stage.
struct StageTimes {
    Smtp::Stage stage = Smtp::Stage::Connect;
    LatencySummary times; ///< Of the sessions that reached the stage.

    bool operator==(const StageTimes &) const = default;
};

/// Per stage that occurs, in the order of a session. Pure, any thread.
[[nodiscard]] QList<StageTimes> stageTimes(const QList<StageSample> &samples);

/// The nearest-rank percentile (1 to 100) of sorted values; 0 where there are none.
[[nodiscard]] qint64 nearestRank(const QList<qint64> &sorted, int percent);

} // namespace Mailgauge::Stats
