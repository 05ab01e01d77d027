// SPDX-License-Identifier: GPL-3.0-or-later
#include "stats/series.h"
#include "stats/stagetimes.h"

#include "base/literals.h"

#include <QTest>
#include <QTimeZone>

using namespace Mailgauge;
using Smtp::Outcome;
using Stats::Sample;

namespace {

QDateTime at(int seconds)
{
    return QDateTime(QDate(2026, 3, 1), QTime(12, 0), QTimeZone::utc()).addSecs(seconds);
}

Sample sample(int second, const QByteArray &domain, Outcome outcome, int code, qint64 us = 1000,
    const QUuid &session = QUuid::createUuid())
{
    Sample result;
    result.time = at(second);
    result.session = session;
    result.domain = domain;
    result.outcome = outcome;
    result.replyCode = code;
    result.latencyUs = us;
    return result;
}

} // namespace

class TestSeries final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void countsEveryOutcome()
    {
        const auto counts = Stats::totals({sample(0, "a.example", Outcome::Accepted, 250),
            sample(1, "a.example", Outcome::Rejected, 550),
            sample(2, "b.example", Outcome::Accepted, 250)});
        QCOMPARE(counts.of(Outcome::Accepted), 2);
        QCOMPARE(counts.of(Outcome::Rejected), 1);
        QCOMPARE(counts.of(Outcome::Uncertain), 0);
        QCOMPARE(counts.total(), 3);
    }

    void bucketWidth_data()
    {
        QTest::addColumn<int>("span");
        QTest::addColumn<int>("width");
        QTest::newRow("one instant") << 0 << 1;
        QTest::newRow("half a minute") << 30 << 1;
        QTest::newRow("five minutes") << 300 << 10;
        QTest::newRow("a day") << 86'400 << 1800;
        QTest::newRow("ten years") << 315'360'000 << 3 * 2'592'000;
    }

    void bucketWidth()
    {
        QFETCH(int, span);
        QFETCH(int, width);
        const qint64 actual = Stats::bucketWidth(at(0), at(span), 60).count();
        QVERIFY2(span / actual + 2 <= 60, qPrintable(QString::number(actual)));
        QCOMPARE(actual, width);
    }

    void bucketsHaveNoGaps()
    {
        const auto buckets = Stats::outcomesOverTime(
            {sample(0, {}, Outcome::Accepted, 250), sample(10, {}, Outcome::Deferred, 451)}, 60);
        QCOMPARE(buckets.size(), 11);
        QCOMPARE(buckets.first().start, at(0));
        QCOMPARE(buckets.first().counts.of(Outcome::Accepted), 1);
        QCOMPARE(buckets.at(5).counts.total(), 0);
        QCOMPARE(buckets.last().counts.of(Outcome::Deferred), 1);
        QVERIFY(Stats::outcomesOverTime({}, 60).isEmpty());
    }

    void domainsBeyondTheLimitBecomeOneRow()
    {
        QList<Sample> samples;
        for (int i = 0; i < 5; ++i) {
            for (int n = 0; n <= i; ++n)
                samples.append(sample(0, "d" + QByteArray::number(i), Outcome::Accepted, 250));
        }
        const auto rows = Stats::byDomain(samples, 3);
        QCOMPARE(rows.size(), 3);
        QCOMPARE(rows.at(0).name, "d4"_ba);
        QCOMPARE(rows.at(1).name, "d3"_ba);
        QVERIFY(rows.at(2).name.isEmpty());
        QCOMPARE(rows.at(2).counts.total(), 1 + 2 + 3);
        QCOMPARE(Stats::byDomain(samples, 5).last().name, "d0"_ba);
    }

    void replyClassesWithTheSilentOnesLast()
    {
        const auto rows = Stats::byReplyClass({sample(0, {}, Outcome::Uncertain, 0),
            sample(0, {}, Outcome::Rejected, 554), sample(0, {}, Outcome::Accepted, 250)});
        QCOMPARE(rows.size(), 3);
        QCOMPARE(rows.at(0).name, "2yz"_ba);
        QCOMPARE(rows.at(1).name, "5yz"_ba);
        QVERIFY(rows.at(2).name.isEmpty());
        QCOMPARE(rows.at(2).counts.of(Outcome::Uncertain), 1);
    }

    void stageTimesPerStage()
    {
        QList<Stats::StageSample> samples;
        for (int i = 1; i <= 200; ++i)
            samples.append({QUuid::createUuid(), Smtp::Stage::Dot, 1'000 * (201 - i)});
        samples.append({QUuid::createUuid(), Smtp::Stage::Connect, 7});
        const auto times = Stats::stageTimes(samples);
        QCOMPARE(times.size(), 2);
        // The order of a session, not of the samples.
        QVERIFY(times.at(0) == (Stats::StageTimes {Smtp::Stage::Connect, {1, 7, 7, 7, 7}}));
        QVERIFY(times.at(1)
            == (Stats::StageTimes {Smtp::Stage::Dot, {200, 100'000, 180'000, 198'000, 200'000}}));
        QVERIFY(Stats::stageTimes({}).isEmpty());
    }

    void nearestRank_data()
    {
        QTest::addColumn<QList<qint64>>("sorted");
        QTest::addColumn<int>("percent");
        QTest::addColumn<qint64>("expected");
        QTest::newRow("none") << QList<qint64> {} << 50 << qint64(0);
        QTest::newRow("one") << QList<qint64> {4} << 99 << qint64(4);
        QTest::newRow("p50 of two is the first") << QList<qint64> {1, 9} << 50 << qint64(1);
        QTest::newRow("p50 of three") << QList<qint64> {1, 5, 9} << 50 << qint64(5);
        QTest::newRow("p90 of ten")
            << QList<qint64> {1, 2, 3, 4, 5, 6, 7, 8, 9, 10} << 90 << qint64(9);
        QTest::newRow("p99 of ten")
            << QList<qint64> {1, 2, 3, 4, 5, 6, 7, 8, 9, 10} << 99 << qint64(10);
        QTest::newRow("p100") << QList<qint64> {1, 2} << 100 << qint64(2);
    }
    void nearestRank()
    {
        QFETCH(QList<qint64>, sorted);
        QFETCH(int, percent);
        QFETCH(qint64, expected);
        QCOMPARE(Stats::nearestRank(sorted, percent), expected);
    }

    void latencyCountsSessionsNotRecipients()
    {
        const QUuid one = QUuid::createUuid();
        QList<Sample> samples {sample(0, {}, Outcome::Accepted, 250, 500'000, one),
            sample(0, {}, Outcome::Accepted, 250, 500'000, one)};
        for (int i = 1; i <= 99; ++i)
            samples.append(sample(0, {}, Outcome::Accepted, 250, i * 1000));
        const auto summary = Stats::latency(samples);
        QCOMPARE(summary.sessions, 100);
        QCOMPARE(summary.p50, 50'000);
        QCOMPARE(summary.p90, 90'000);
        QCOMPARE(summary.p99, 99'000);
        QCOMPARE(summary.longest, 500'000);
        QCOMPARE(Stats::latency({}), Stats::LatencySummary {});
    }

    void histogramHoldsEverySessionOnce()
    {
        QList<Sample> samples;
        for (const qint64 us : {200, 999, 1000, 1999, 2000, 70'000})
            samples.append(sample(0, {}, Outcome::Accepted, 250, us));
        const auto bins = Stats::latencyHistogram(samples);
        QCOMPARE(bins.first(), (Stats::LatencyBin {0, 1000, 2}));
        QCOMPARE(bins.at(1), (Stats::LatencyBin {1000, 2000, 2}));
        QCOMPARE(bins.at(2), (Stats::LatencyBin {2000, 4000, 1}));
        QCOMPARE(bins.last(), (Stats::LatencyBin {64'000, 128'000, 1}));
        qint64 sum = 0;
        for (const auto &bin : bins)
            sum += bin.sessions;
        QCOMPARE(sum, 6);
    }

    void bounceReasonsMostFrequentFirst()
    {
        const auto bounce = [](const QByteArray &reason, std::optional<bool> hard) {
            Bounce::BounceRecord record;
            record.report.reason = reason;
            record.report.hard = hard;
            return record;
        };
        const auto rows = Stats::bounceReasons({bounce("mailboxFull", false),
            bounce("userUnknown", true), bounce("userUnknown", true), bounce("userUnknown", {})});
        QCOMPARE(rows.size(), 2);
        QCOMPARE(rows.first(), (Stats::NamedCount {"userUnknown", 2, 0, 1}));
        QCOMPARE(rows.last().soft, 1);
    }
};

QTEST_GUILESS_MAIN(TestSeries)
#include "tst_series.moc"
