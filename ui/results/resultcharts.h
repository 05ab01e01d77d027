// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "stats/sample.h"
#include "stats/stagetimes.h"
#include "theme/theme.h"
#include "widgets/chartdata.h"

#include <QCoreApplication>

namespace Mailgauge::Results {

/// The charts of the results page as values: statistics go in with words and colours added,
/// ChartData comes out.
class ResultCharts {
    Q_DECLARE_TR_FUNCTIONS(ResultCharts)

public:
    [[nodiscard]] static Widgets::ChartData overTime(
        const QList<Stats::Sample> &samples, const Theme::Theme &theme);
    [[nodiscard]] static Widgets::ChartData byDomain(
        const QList<Stats::Sample> &samples, const Theme::Theme &theme);
    [[nodiscard]] static Widgets::ChartData byReplyClass(
        const QList<Stats::Sample> &samples, const Theme::Theme &theme);
    [[nodiscard]] static Widgets::ChartData byReplyCode(
        const QList<Stats::Sample> &samples, const Theme::Theme &theme);
    [[nodiscard]] static Widgets::ChartData latency(
        const QList<Stats::Sample> &samples, const Theme::Theme &theme);
    /// p50, p90 and p99 per stage, in milliseconds.
    [[nodiscard]] static Widgets::ChartData stages(
        const QList<Stats::StageTimes> &times, const Theme::Theme &theme);
};

} // namespace Mailgauge::Results
