// SPDX-License-Identifier: GPL-3.0-or-later
#include "stats/stagetimes.h"

#include <QMap>

#include <algorithm>

namespace Mailgauge::Stats {

qint64 nearestRank(const QList<qint64> &sorted, int percent)
{
    if (sorted.isEmpty())
        return 0;
    const qsizetype rank = (sorted.size() * percent + 99) / 100;
    return sorted.at(qBound<qsizetype>(1, rank, sorted.size()) - 1);
}

QList<StageTimes> stageTimes(const QList<StageSample> &samples)
{
    QMap<Smtp::Stage, QList<qint64>> perStage;
    for (const StageSample &sample : samples)
        perStage[sample.stage].append(sample.us);
    QList<StageTimes> result;
    for (auto [stage, times] : perStage.asKeyValueRange()) {
        std::ranges::sort(times);
        result.append({stage,
            {times.size(), nearestRank(times, 50), nearestRank(times, 90), nearestRank(times, 99),
                times.last()}});
    }
    return result;
}

} // namespace Mailgauge::Stats
