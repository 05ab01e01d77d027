// SPDX-License-Identifier: GPL-3.0-or-later
#include "results/resultcharts.h"

#include "base/literals.h"
#include "models/outcometext.h"
#include "stats/series.h"
#include "theme/outcomedelegate.h"

#include <QLocale>

#include <array>
#include <cmath>

namespace Mailgauge::Results {

namespace {

using Models::OutcomeText;
using Widgets::ChartData;

constexpr int MostBuckets = 60;
constexpr int MostDomains = 12;

/// One series per outcome that occurs at all, in the order of the enum.
void addOutcomeSeries(
    ChartData &chart, const QList<Stats::OutcomeCounts> &rows, const Theme::Theme &theme)
{
    for (const Smtp::Outcome outcome : Smtp::allOutcomes) {
        Widgets::ChartSeries series {
            OutcomeText::of(outcome), theme.color(Theme::roleOf(outcome)), {}};
        if (outcome == Smtp::Outcome::Failed)
            series.color = theme.color(Theme::Role::Event);
        bool any = false;
        for (const Stats::OutcomeCounts &row : rows) {
            series.values.append(double(row.of(outcome)));
            any = any || row.of(outcome) > 0;
        }
        if (any)
            chart.series.append(series);
    }
}

ChartData fromNamed(
    const QList<Stats::NamedCounts> &rows, const QString &nameless, const Theme::Theme &theme)
{
    ChartData chart;
    QList<Stats::OutcomeCounts> counts;
    for (const Stats::NamedCounts &row : rows) {
        chart.categories.append(row.name.isEmpty() ? nameless : QString::fromUtf8(row.name));
        counts.append(row.counts);
    }
    addOutcomeSeries(chart, counts, theme);
    return chart;
}

QString timeLabel(const QDateTime &start, qint64 spanSeconds)
{
    const QDateTime local = start.toLocalTime();
    if (spanSeconds < 3600)
        return local.toString(u"HH:mm:ss"_s);
    if (spanSeconds < 2 * 86'400)
        return local.toString(u"HH:mm"_s);
    return QLocale().toString(local.date(), QLocale::ShortFormat);
}

} // namespace

ChartData ResultCharts::overTime(const QList<Stats::Sample> &samples, const Theme::Theme &theme)
{
    const QList<Stats::TimeBucket> buckets = Stats::outcomesOverTime(samples, MostBuckets);
    ChartData chart;
    QList<Stats::OutcomeCounts> counts;
    const qint64 span = buckets.isEmpty() ? 0 : buckets.first().start.secsTo(buckets.last().start);
    for (const Stats::TimeBucket &bucket : buckets) {
        chart.categories.append(timeLabel(bucket.start, span));
        counts.append(bucket.counts);
    }
    addOutcomeSeries(chart, counts, theme);
    chart.title = tr("Outcomes over time");
    chart.categoryTitle = tr("Time");
    chart.valueTitle = tr("Recipients");
    return chart;
}

ChartData ResultCharts::byDomain(const QList<Stats::Sample> &samples, const Theme::Theme &theme)
{
    ChartData chart = fromNamed(Stats::byDomain(samples, MostDomains), tr("all others"), theme);
    chart.shape = ChartData::Shape::Bars;
    chart.title = tr("By recipient domain");
    chart.categoryTitle = tr("Domain");
    chart.valueTitle = tr("Recipients");
    return chart;
}

ChartData ResultCharts::byReplyClass(const QList<Stats::Sample> &samples, const Theme::Theme &theme)
{
    ChartData chart = fromNamed(Stats::byReplyClass(samples), tr("no reply"), theme);
    chart.title = tr("By reply class");
    chart.categoryTitle = tr("Class");
    chart.valueTitle = tr("Recipients");
    return chart;
}

ChartData ResultCharts::byReplyCode(const QList<Stats::Sample> &samples, const Theme::Theme &theme)
{
    ChartData chart = fromNamed(Stats::byReplyCode(samples), {}, theme);
    chart.shape = ChartData::Shape::Bars;
    chart.title = tr("By reply code");
    chart.categoryTitle = tr("Reply code");
    chart.valueTitle = tr("Recipients");
    return chart;
}

ChartData ResultCharts::latency(const QList<Stats::Sample> &samples, const Theme::Theme &theme)
{
    const QList<Stats::LatencyBin> bins = Stats::latencyHistogram(samples);
    const Stats::LatencySummary summary = Stats::latency(samples);
    ChartData chart;
    chart.title = tr("Latency of sessions");
    chart.categoryTitle = tr("Whole session, up to");
    chart.valueTitle = tr("Sessions");
    Widgets::ChartSeries series {tr("sessions"), theme.color(Theme::Role::Accent), {}};
    for (const Stats::LatencyBin &bin : bins) {
        chart.categories.append(OutcomeText::duration(bin.toUs));
        series.values.append(double(bin.sessions));
    }
    chart.series.append(series);
    // A bin doubles from left to right, so a position inside one goes by the logarithm.
    const auto mark = [&](const QString &name, qint64 us) {
        for (qsizetype i = 0; i < bins.size(); ++i) {
            if (us >= bins.at(i).toUs)
                continue;
            const double from = qMax(double(bins.at(i).fromUs), double(bins.at(i).toUs) / 2);
            const double inside = double(us) <= from ? 0.0 : std::log2(double(us) / from);
            chart.marks.append(
                {u"%1 %2"_s.arg(name, OutcomeText::duration(us)), double(i) - 0.5 + inside});
            return;
        }
    };
    if (summary.sessions >= 2) {
        mark(u"p50"_s, summary.p50);
        mark(u"p90"_s, summary.p90);
    }
    if (summary.sessions >= 50)
        mark(u"p99"_s, summary.p99);
    return chart;
}

ChartData ResultCharts::stages(const QList<Stats::StageTimes> &times, const Theme::Theme &theme)
{
    ChartData chart;
    chart.arrangement = ChartData::Arrangement::SideBySide;
    chart.decimals = 1;
    chart.title = tr("Time per stage");
    chart.categoryTitle = tr("Stage");
    chart.valueTitle = tr("Milliseconds");
    chart.series = {{tr("p50 (ms)"), theme.color(Theme::Role::Accent), {}},
        {tr("p90 (ms)"), theme.color(Theme::Role::Deferred), {}},
        {tr("p99 (ms)"), theme.color(Theme::Role::Rejected), {}}};
    for (const Stats::StageTimes &one : times) {
        chart.categories.append(QString::fromLatin1(Smtp::stageName(one.stage)));
        const std::array values {one.times.p50, one.times.p90, one.times.p99};
        for (std::size_t i = 0; i < values.size(); ++i)
            chart.series[qsizetype(i)].values.append(double(values[i]) / 1000.0);
    }
    return chart;
}

} // namespace Mailgauge::Results
