// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

/// Outcomes to series and totals for charts and tables: samples go in, values come out. Pure
/// functions, any thread.
#include "bounce/report.h"
#include "stats/sample.h"

#include <array>
#include <chrono>

namespace Mailgauge::Stats {

/// How many recipients ended how.
struct OutcomeCounts {
    std::array<qint64, Smtp::allOutcomes.size()> counts {};

    [[nodiscard]] qint64 of(Smtp::Outcome outcome) const
    {
        return counts[static_cast<std::size_t>(outcome)];
    }
    [[nodiscard]] qint64 total() const;
    void add(Smtp::Outcome outcome) { ++counts[static_cast<std::size_t>(outcome)]; }
    OutcomeCounts &operator+=(const OutcomeCounts &other);
    bool operator==(const OutcomeCounts &) const = default;
};

struct NamedCounts {
    QByteArray name;
    OutcomeCounts counts;

    bool operator==(const NamedCounts &) const = default;
};

struct TimeBucket {
    QDateTime start; ///< UTC.
    OutcomeCounts counts;

    bool operator==(const TimeBucket &) const = default;
};

/// Microseconds; zero where there is no sample. A percentile is the nearest rank.
struct LatencySummary {
    qint64 sessions = 0;
    qint64 p50 = 0;
    qint64 p90 = 0;
    qint64 p99 = 0;
    qint64 longest = 0;

    bool operator==(const LatencySummary &) const = default;
};

struct LatencyBin {
    qint64 fromUs = 0; ///< Inclusive.
    qint64 toUs = 0; ///< Exclusive.
    qint64 sessions = 0;

    bool operator==(const LatencyBin &) const = default;
};

struct NamedCount {
    QByteArray name;
    qint64 hard = 0;
    qint64 soft = 0;
    qint64 unclear = 0;

    [[nodiscard]] qint64 total() const { return hard + soft + unclear; }
    bool operator==(const NamedCount &) const = default;
};

[[nodiscard]] OutcomeCounts totals(const QList<Sample> &samples);

/// A round width (1, 2, 5, 10, 15, 30 s, min, 1, 2, 3, 6, 12 h, then days) that needs at most
/// `mostBuckets`.
[[nodiscard]] std::chrono::seconds bucketWidth(
    const QDateTime &from, const QDateTime &to, int mostBuckets);

/// Buckets without gaps from the first sample to the last, aligned to the width.
[[nodiscard]] QList<TimeBucket> outcomesOverTime(const QList<Sample> &samples, int mostBuckets);

/// Recipient domains, most recipients first; beyond `mostRows` the rest is one row with an empty
/// name.
[[nodiscard]] QList<NamedCounts> byDomain(const QList<Sample> &samples, int mostRows);

/// "2yz", "4yz", "5yz", and an empty name for those that no reply decided; only rows that occur.
[[nodiscard]] QList<NamedCounts> byReplyClass(const QList<Sample> &samples);

/// Reply codes in numerical order, "550 5.1.1" where an enhanced status code came along.
[[nodiscard]] QList<NamedCounts> byReplyCode(const QList<Sample> &samples);

/// Of sessions, not recipients.
[[nodiscard]] LatencySummary latency(const QList<Sample> &samples);
/// Bins that double (1 ms, 2 ms, 4 ms …) from the shortest to the longest session.
[[nodiscard]] QList<LatencyBin> latencyHistogram(const QList<Sample> &samples);

/// Reasons of bounces, most frequent first.
[[nodiscard]] QList<NamedCount> bounceReasons(const QList<Bounce::BounceRecord> &bounces);

} // namespace Mailgauge::Stats
