// SPDX-License-Identifier: GPL-3.0-or-later
#include "stats/series.h"

#include "base/literals.h"
#include "stats/stagetimes.h"

#include <QHash>
#include <QMap>
#include <QTimeZone>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace Mailgauge::Stats {

namespace {

constexpr std::array<qint64, 20> widths {1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600,
    7200, 10'800, 21'600, 43'200, 86'400, 604'800, 2'592'000};

/// One latency per session, sorted.
QList<qint64> sessionLatencies(const QList<Sample> &samples)
{
    QHash<QUuid, qint64> perSession;
    for (const Sample &sample : samples)
        perSession.insert(sample.session, sample.latencyUs);
    QList<qint64> result = perSession.values();
    std::ranges::sort(result);
    return result;
}

QList<NamedCounts> fromMap(const QMap<QByteArray, OutcomeCounts> &map)
{
    QList<NamedCounts> rows;
    for (const auto &[name, counts] : map.asKeyValueRange())
        rows.append({name, counts});
    return rows;
}

} // namespace

qint64 OutcomeCounts::total() const
{
    return std::accumulate(counts.begin(), counts.end(), qint64 {0});
}

OutcomeCounts &OutcomeCounts::operator+=(const OutcomeCounts &other)
{
    for (std::size_t i = 0; i < counts.size(); ++i)
        counts[i] += other.counts[i];
    return *this;
}

OutcomeCounts totals(const QList<Sample> &samples)
{
    OutcomeCounts counts;
    for (const Sample &sample : samples)
        counts.add(sample.outcome);
    return counts;
}

std::chrono::seconds bucketWidth(const QDateTime &from, const QDateTime &to, int mostBuckets)
{
    const qint64 span = qMax<qint64>(1, from.secsTo(to));
    for (const qint64 width : widths) {
        // One more than the quotient: the first bucket starts before the first sample.
        if (span / width + 2 <= mostBuckets)
            return std::chrono::seconds(width);
    }
    const qint64 month = widths.back();
    return std::chrono::seconds((span / (month * qMax(1, mostBuckets - 2)) + 1) * month);
}

QList<TimeBucket> outcomesOverTime(const QList<Sample> &samples, int mostBuckets)
{
    if (samples.isEmpty())
        return {};
    const auto [first, last] = std::ranges::minmax(samples, {}, &Sample::time);
    const qint64 width = bucketWidth(first.time, last.time, mostBuckets).count();
    const qint64 begin = first.time.toSecsSinceEpoch() / width;
    const qint64 end = last.time.toSecsSinceEpoch() / width;
    QList<TimeBucket> buckets;
    for (qint64 i = begin; i <= end; ++i)
        buckets.append({QDateTime::fromSecsSinceEpoch(i * width, QTimeZone::utc()), {}});
    for (const Sample &sample : samples)
        buckets[sample.time.toSecsSinceEpoch() / width - begin].counts.add(sample.outcome);
    return buckets;
}

QList<NamedCounts> byDomain(const QList<Sample> &samples, int mostRows)
{
    QMap<QByteArray, OutcomeCounts> map;
    for (const Sample &sample : samples)
        map[sample.domain].add(sample.outcome);
    QList<NamedCounts> rows = fromMap(map);
    std::ranges::stable_sort(
        rows, std::greater(), [](const NamedCounts &row) { return row.counts.total(); });
    if (rows.size() > mostRows) {
        NamedCounts rest;
        for (const NamedCounts &row : rows.sliced(mostRows - 1))
            rest.counts += row.counts;
        rows.resize(mostRows - 1);
        rows.append(rest);
    }
    return rows;
}

QList<NamedCounts> byReplyClass(const QList<Sample> &samples)
{
    QMap<QByteArray, OutcomeCounts> map;
    for (const Sample &sample : samples)
        map[sample.replyCode == 0 ? "~"_ba : QByteArray::number(sample.replyCode / 100) + "yz"].add(
            sample.outcome);
    QList<NamedCounts> rows = fromMap(map);
    // The row without a reply sorts last; its name is the window's business.
    if (!rows.isEmpty() && rows.last().name == "~")
        rows.last().name.clear();
    return rows;
}

QList<NamedCounts> byReplyCode(const QList<Sample> &samples)
{
    QMap<QByteArray, OutcomeCounts> map;
    for (const Sample &sample : samples) {
        if (sample.replyCode == 0)
            continue;
        QByteArray name = QByteArray::number(sample.replyCode);
        if (!sample.enhanced.isEmpty())
            name += ' ' + sample.enhanced;
        map[name].add(sample.outcome);
    }
    return fromMap(map);
}

LatencySummary latency(const QList<Sample> &samples)
{
    const QList<qint64> sorted = sessionLatencies(samples);
    if (sorted.isEmpty())
        return {};
    return {sorted.size(), nearestRank(sorted, 50), nearestRank(sorted, 90),
        nearestRank(sorted, 99), sorted.last()};
}

QList<LatencyBin> latencyHistogram(const QList<Sample> &samples)
{
    const QList<qint64> sorted = sessionLatencies(samples);
    if (sorted.isEmpty())
        return {};
    qint64 from = 1000;
    while (from * 2 <= sorted.first())
        from *= 2;
    // Everything faster than a millisecond is one bin.
    QList<LatencyBin> bins {
        {sorted.first() < 1000 ? 0 : from, sorted.first() < 1000 ? 1000 : from * 2, 0}};
    for (const qint64 us : sorted) {
        while (us >= bins.last().toUs)
            bins.append({bins.last().toUs, bins.last().toUs * 2, 0});
        ++bins.last().sessions;
    }
    return bins;
}

QList<NamedCount> bounceReasons(const QList<Bounce::BounceRecord> &bounces)
{
    QMap<QByteArray, NamedCount> map;
    for (const Bounce::BounceRecord &bounce : bounces) {
        NamedCount &row = map[bounce.report.reason];
        row.name = bounce.report.reason;
        if (!bounce.report.hard)
            ++row.unclear;
        else
            ++(*bounce.report.hard ? row.hard : row.soft);
    }
    QList<NamedCount> rows = map.values();
    std::ranges::stable_sort(rows, std::greater(), &NamedCount::total);
    return rows;
}

} // namespace Mailgauge::Stats
