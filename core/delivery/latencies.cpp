// SPDX-License-Identifier: GPL-3.0-or-later
#include "delivery/latencies.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace Mailgauge::Delivery {

namespace {

// Below 2^Exact each value has a bin of its own, above it each power of two has 2^Exact / 2 bins.
constexpr int Exact = 8;

qsizetype binOf(quint64 value)
{
    const int shift = std::max(0, static_cast<int>(std::bit_width(value)) - Exact);
    return (qsizetype(shift) << (Exact - 1)) + static_cast<qsizetype>(value >> shift);
}

/// The largest value of a bin.
qint64 upperEnd(qsizetype bin)
{
    const qsizetype shift = std::max<qsizetype>(0, (bin >> (Exact - 1)) - 1);
    const qsizetype value = bin - (shift << (Exact - 1));
    return ((qint64(value) + 1) << shift) - 1;
}

} // namespace

void Latencies::add(std::chrono::microseconds latency)
{
    const qsizetype bin = binOf(static_cast<quint64>(std::max<qint64>(0, latency.count())));
    if (bin >= m_bins.size())
        m_bins.resize(bin + 1);
    m_bins[bin] += 1;
    m_count += 1;
}

qint64 Latencies::percentile(double percent) const
{
    const auto rank = std::max<qint64>(
        1, static_cast<qint64>(std::ceil(percent / 100 * static_cast<double>(m_count))));
    qint64 seen = 0;
    for (qsizetype bin = 0; bin < m_bins.size(); ++bin) {
        seen += m_bins[bin];
        if (seen >= rank)
            return upperEnd(bin);
    }
    return 0;
}

} // namespace Mailgauge::Delivery
