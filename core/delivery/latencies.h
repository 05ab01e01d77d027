// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QList>

#include <chrono>

namespace Mailgauge::Delivery {

/// How long messages took: any number of them in constant memory. A value is kept to within 1 %.
class Latencies {
public:
    void add(std::chrono::microseconds latency);
    [[nodiscard]] qint64 count() const { return m_count; }
    /// `percent` of them took no longer than this (nearest rank, the upper end of what one bin
    /// holds), in microseconds; 0 without any.
    [[nodiscard]] qint64 percentile(double percent) const;

    bool operator==(const Latencies &) const = default;

private:
    QList<qint64> m_bins; ///< As far as the slowest one reached.
    qint64 m_count = 0;
};

} // namespace Mailgauge::Delivery
