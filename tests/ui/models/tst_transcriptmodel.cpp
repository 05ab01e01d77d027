// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/transcriptmodel.h"

#include "base/literals.h"
#include "samplesession.h"
#include "transcript/filterexpression.h"

#include <QAbstractItemModelTester>
#include <QSignalSpy>
#include <QTest>

#include <algorithm>

using namespace Mailgauge;
using Models::TranscriptModel;
using Transcript::Direction;
using Transcript::Entry;
using Transcript::LineFilter;

namespace {

QList<Entry> numbered(qsizetype from, qsizetype count)
{
    QList<Entry> entries;
    entries.reserve(count);
    for (qsizetype n = from; n < from + count; ++n) {
        Entry entry;
        entry.n = n;
        entry.us = n * 10;
        entry.direction = n % 2 == 0 ? Direction::Client : Direction::Server;
        entry.text = (n % 2 == 0 ? "RCPT TO:<r"_ba : "250 2.1.5 r"_ba) + QByteArray::number(n)
            + (n % 100 == 0 ? "@needle.example>"_ba : "@example.net>"_ba);
        entries.append(entry);
    }
    return entries;
}

QString shown(const TranscriptModel &model, int row, int column)
{
    return model.index(row, column).data().toString();
}

LineFilter expression(const QString &text)
{
    LineFilter filter;
    filter.conditions = *Transcript::parseExpression(text);
    return filter;
}

LineFilter textFilter(const QByteArray &text)
{
    LineFilter filter;
    filter.text = text;
    return filter;
}

} // namespace

class TestTranscriptModel final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void keepsTheRulesOfModels()
    {
        TranscriptModel model;
        const QAbstractItemModelTester tester(
            &model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        const auto sample = Test::sampleSession();
        const QUuid other = QUuid::createUuid();
        model.appendEntries(sample.record.id, sample.entries);
        model.flush();
        model.setFilter(textFilter("example"));
        model.appendEntries(other, sample.entries);
        model.flush();
        model.setFilter({});
        model.clear();
        model.appendEntries(other, sample.entries);
        model.flush();
        QCOMPARE(model.rowCount(), sample.entries.size());
    }

    void printed()
    {
        TranscriptModel model;
        const auto sample = Test::sampleSession();
        model.setRecord(sample.record);
        model.appendEntries(sample.record.id, sample.entries);
        model.flush();
        const auto line = [&model](int row) {
            QStringList cells;
            for (int column = 0; column < model.columnCount(); ++column)
                cells += shown(model, row, column);
            return cells.join(u'|');
        };
        QCOMPARE(line(0), u"1|00:00:00.012||1|*||connected to 192.0.2.25:587"_s);
        QCOMPARE(line(1), u"2|00:00:00.035|+23 ms|1|S|2yz|220 mx.example.net ESMTP ready"_s);
        QCOMPARE(line(2), u"3|00:00:00.036|+1.4 ms|1|C||EHLO client.example.org"_s);
        QCOMPARE(line(24),
            u"25|00:00:00.130||1|S|5yz|550 5.1.1 <nobody@example.net> no such user here"_s);
        QCOMPARE(shown(model, 30, TranscriptModel::Text),
            u"250 2.0.0 Ok: queued as 4XyZ01 caf\\xe9 \\x1b[31m\\u202e <b>&amp;"_s);
        const QModelIndex auth = model.index(16, TranscriptModel::Text);
        QCOMPARE(auth.data().toString(), u"AUTH PLAIN <redacted: AUTH PLAIN>"_s);
        QCOMPARE(
            auth.data(TranscriptModel::StageRole).toInt(), static_cast<int>(Smtp::Stage::Auth));
        QVERIFY(auth.data(TranscriptModel::TlsRole).toBool());
        QCOMPARE(auth.data(TranscriptModel::EntryRole).value<Entry>(), sample.entries.at(16));
        QCOMPARE(auth.data(TranscriptModel::SessionRole).toUuid(), sample.record.id);
        QVERIFY(model.index(3, 0).data(TranscriptModel::ContinuedRole).toBool());
        QVERIFY(!model.index(4, 0).data(TranscriptModel::ContinuedRole).toBool());
        QVERIFY(model.index(1, TranscriptModel::SessionColumn)
                .data(Qt::ToolTipRole)
                .toString()
                .contains("mx.example.net"_L1));
    }

    void classesAndSpeakersHaveWords()
    {
        TranscriptModel model;
        const auto sample = Test::sampleSession();
        model.appendEntries(sample.record.id, sample.entries);
        model.flush();
        const auto spoken = [&model](int row, int column) {
            return model.index(row, column).data(Qt::AccessibleTextRole).toString();
        };
        QCOMPARE(spoken(24, TranscriptModel::Class), u"permanent refusal"_s);
        QCOMPARE(spoken(25, TranscriptModel::Class), u"transient refusal"_s);
        QCOMPARE(spoken(1, TranscriptModel::DirectionColumn), u"Server"_s);
        QCOMPARE(spoken(20, TranscriptModel::DirectionColumn), u"Client, inside TLS"_s);
    }

    void announcesTogether()
    {
        TranscriptModel model;
        const QUuid id = QUuid::createUuid();
        QSignalSpy inserted(&model, &TranscriptModel::rowsInserted);
        for (int i = 0; i < 50; ++i)
            model.appendEntries(id, numbered(i * 10, 10));
        QCOMPARE(model.rowCount(), 0);
        QVERIFY(inserted.wait(Test::Patience));
        QCOMPARE(inserted.size(), 1);
        QCOMPARE(model.rowCount(), 500);
    }

    void filters()
    {
        TranscriptModel model;
        const auto sample = Test::sampleSession();
        model.appendEntries(sample.record.id, sample.entries);
        QSignalSpy counts(&model, &TranscriptModel::countsChanged);
        QSignalSpy reset(&model, &TranscriptModel::modelReset);
        LineFilter filter;
        filter.addReplyClass(Smtp::ReplyClass::Permanent);
        filter.addReplyClass(Smtp::ReplyClass::Transient);
        model.setFilter(filter);
        QCOMPARE(reset.size(), 1);
        QCOMPARE(model.rowCount(), 2);
        QCOMPARE(model.total(), sample.entries.size());
        QCOMPARE(counts.constLast(),
            (QVariantList {
                QVariant::fromValue(qsizetype(2)), QVariant::fromValue(sample.entries.size())}));
        QCOMPARE(model.sourceRow(0), 24);
        QCOMPARE(model.shownRow(24), 0);
        QCOMPARE(model.shownRow(3), -1);
        model.setFilter({});
        QCOMPARE(model.rowCount(), sample.entries.size());
        QCOMPARE(model.shownRow(3), 3);
    }

    void newLinesPassTheFilter()
    {
        TranscriptModel model;
        const QUuid id = QUuid::createUuid();
        model.setFilter(textFilter("needle"));
        QSignalSpy inserted(&model, &TranscriptModel::rowsInserted);
        model.appendEntries(id, numbered(0, 1000));
        model.flush();
        QCOMPARE(model.rowCount(), 10);
        model.appendEntries(id, numbered(1001, 50));
        model.flush();
        QCOMPARE(model.rowCount(), 10);
        QCOMPARE(model.total(), 1050);
        model.appendEntries(id, numbered(1100, 1));
        model.flush();
        QCOMPARE(model.rowCount(), 11);
        QCOMPARE(inserted.size(), 2);
    }

    void sessionsApart()
    {
        TranscriptModel model;
        const QUuid a = QUuid::createUuid();
        const QUuid b = QUuid::createUuid();
        for (int i = 0; i < 5; ++i) {
            model.appendEntries(a, numbered(i, 1));
            model.appendEntries(b, numbered(i, 1));
        }
        LineFilter filter;
        filter.session = 1;
        model.setFilter(filter);
        QCOMPARE(model.rowCount(), 5);
        QCOMPARE(model.index(4, 0).data(TranscriptModel::SessionRole).toUuid(), b);
        // The delta is that of the line before in the same session.
        model.setFilter({});
        QCOMPARE(model.index(9, 0).data(TranscriptModel::DeltaRole).toLongLong(), 10);
        QCOMPARE(model.index(0, 0).data(TranscriptModel::DeltaRole).toLongLong(), -1);
    }

    void replies()
    {
        TranscriptModel model;
        const auto sample = Test::sampleSession();
        model.appendEntries(sample.record.id, sample.entries);
        model.flush();
        QList<int> rows;
        for (int row = model.replyFrom(0, 1); row >= 0; row = model.replyFrom(row + 1, 1))
            rows += row;
        QCOMPARE(rows, (QList<int> {1, 3, 6, 9, 17, 22, 23, 24, 25, 27, 30, 32}));
        QCOMPARE(model.replyFrom(8, -1), 6);
        QCOMPARE(model.replyFrom(0, -1), -1);
    }

    void deltas_data()
    {
        QTest::addColumn<qint64>("us");
        QTest::addColumn<QString>("text");
        QTest::newRow("none") << qint64(0) << u""_s;
        QTest::newRow("first line") << qint64(-1) << u""_s;
        QTest::newRow("below a tenth") << qint64(99) << u""_s;
        QTest::newRow("tenths") << qint64(1'449) << u"+1.4 ms"_s;
        QTest::newRow("milliseconds") << qint64(45'000) << u"+45 ms"_s;
        QTest::newRow("seconds") << qint64(2'310'000) << u"+2.31 s"_s;
        QTest::newRow("no rounding gap") << qint64(999'700) << u"+1.00 s"_s;
        QTest::newRow("minutes") << qint64(300'000'000) << u"+5.0 min"_s;
    }

    void deltas()
    {
        QFETCH(qint64, us);
        QFETCH(QString, text);
        QCOMPARE(Models::deltaText(us), text);
    }

    void aMillionLines()
    {
        // H14: nothing is lost, however fast it comes; how long it takes is the bench's matter.
        constexpr int batches = 500;
        constexpr int size = 2000;
        TranscriptModel model;
        const QUuid id = QUuid::createUuid();
        const QList<Entry> batch = numbered(0, size);
        QList<Entry> entries = batch;
        for (int i = 0; i < batches; ++i) {
            for (qsizetype n = 0; n < size; ++n)
                entries[n].n = i * size + n;
            model.appendEntries(id, entries);
            if (i % 50 == 0)
                model.flush();
        }
        model.flush();
        QCOMPARE(model.rowCount(), batches * size);
        QSignalSpy applied(&model, &TranscriptModel::filterApplied);
        model.setFilter(textFilter("NEEDLE"));
        QVERIFY(model.isFiltering());
        // While the workers search, more comes.
        model.appendEntries(id, numbered(1'000'000, 1));
        QVERIFY(applied.wait(30'000));
        model.flush();
        QCOMPARE(model.rowCount(), batches * 20 + 1);
        QCOMPARE(model.sourceRow(model.rowCount() - 1), batches * size);
        model.setFilter(textFilter("needle"));
        model.setFilter(textFilter("r1998@"));
        QVERIFY(applied.wait(30'000));
        QCOMPARE(model.rowCount(), batches);
        model.setFilter({});
        QCOMPARE(model.rowCount(), batches * size + 1);
        QCOMPARE(applied.size(), 3);
    }

    void patternsShowTheirFirstPageEarly()
    {
        TranscriptModel model;
        const QAbstractItemModelTester tester(
            &model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        const QUuid id = QUuid::createUuid();
        model.appendEntries(id, numbered(0, 400'000));
        model.flush();
        QSignalSpy counts(&model, &TranscriptModel::countsChanged);
        QSignalSpy applied(&model, &TranscriptModel::filterApplied);
        QSignalSpy reset(&model, &TranscriptModel::modelReset);
        model.setFilter(expression(u"/r\\d+0@/"_s));
        QVERIFY(model.isFiltering());
        // More comes while the workers are at it and when they are done.
        model.appendEntries(id, numbered(400'000, 11));
        QVERIFY(applied.wait(30'000));
        QCOMPARE(reset.size(), 1);
        QTRY_COMPARE(model.rowCount(), 40'001);
        QVERIFY(std::ranges::any_of(
            counts, [](const QVariantList &told) { return told.at(0).toLongLong() < 40'000; }));
        model.appendEntries(id, numbered(400'011, 10));
        QTRY_COMPARE(model.rowCount(), 40'002);
        QCOMPARE(model.sourceRow(40'001), 400'020);
        QCOMPARE(reset.size(), 1);
        QCOMPARE(applied.size(), 1);
    }

    void recipientsKeepUpWithNewLines()
    {
        TranscriptModel model;
        const QAbstractItemModelTester tester(
            &model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        const auto sample = Test::sampleSession();
        model.setFilter(expression(u"to:nobody"_s));
        // MAIL is wanted only once RCPT came.
        model.appendEntries(sample.record.id, sample.entries.first(20));
        model.flush();
        QTRY_VERIFY(!model.isFiltering());
        QCOMPARE(model.rowCount(), 0);
        model.appendEntries(sample.record.id, sample.entries.sliced(20));
        model.flush();
        QTRY_COMPARE(model.rowCount(), 4);
        QCOMPARE(model.sourceRow(0), 18);
    }

    void searchesCanBeStopped()
    {
        TranscriptModel model;
        const QUuid id = QUuid::createUuid();
        model.appendEntries(id, numbered(0, 400'000));
        model.flush();
        QSignalSpy applied(&model, &TranscriptModel::filterApplied);
        model.setFilter(expression(u"/never/"_s));
        QVERIFY(model.isFiltering());
        model.cancelFilter();
        QVERIFY(!model.isFiltering());
        QCOMPARE(applied.size(), 1);
        QCOMPARE(model.rowCount(), 400'000);
        // The same again is a new search.
        model.setFilter(expression(u"/never/"_s));
        QVERIFY(applied.wait(30'000));
        QCOMPARE(model.rowCount(), 0);
    }

    void messageDataFolds()
    {
        TranscriptModel model;
        const QAbstractItemModelTester tester(
            &model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        const QUuid id = QUuid::createUuid();
        auto feed = [&model, &id, n = qint64(0)](
                        Smtp::Stage stage, const QByteArray &text) mutable {
            Entry entry;
            entry.n = n++;
            entry.direction = Direction::Client;
            entry.stage = stage;
            entry.text = text;
            model.appendEntries(id, {entry});
            model.flush();
        };
        feed(Smtp::Stage::Data, "DATA");
        feed(Smtp::Stage::Content, "Subject: one");
        QCOMPARE(shown(model, 1, TranscriptModel::Text), u"Subject: one"_s);
        feed(Smtp::Stage::Content, "");
        feed(Smtp::Stage::Content, "text");
        feed(Smtp::Stage::Dot, ".");
        QCOMPARE(model.rowCount(), 3);
        QCOMPARE(model.total(), 5);
        QVERIFY(shown(model, 1, TranscriptModel::Text).startsWith("message data, 22 bytes, 3"_L1));
        QCOMPARE(shown(model, 2, TranscriptModel::Text), u"."_s);
        const auto fold = [&model](int row) {
            return static_cast<TranscriptModel::Fold>(
                model.index(row, 0).data(TranscriptModel::FoldRole).toInt());
        };
        QCOMPARE(fold(1), TranscriptModel::Fold::Closed);
        model.toggleFold(model.sourceRow(1));
        QCOMPARE(model.rowCount(), 5);
        QCOMPARE(fold(1), TranscriptModel::Fold::Open);
        QCOMPARE(shown(model, 1, TranscriptModel::Text), u"Subject: one"_s);
        // A second message; the first stays open, from any of its lines it closes again.
        feed(Smtp::Stage::Content, "Subject: two");
        feed(Smtp::Stage::Content, "more");
        QCOMPARE(model.rowCount(), 6);
        model.toggleFold(3);
        QCOMPARE(model.rowCount(), 4);
        model.setFolding(false);
        QCOMPARE(model.rowCount(), 7);
        QCOMPARE(fold(1), TranscriptModel::Fold::Open);
        model.setFolding(true);
        QCOMPARE(model.rowCount(), 4);
        model.setFilter(expression(u"stage:content"_s));
        QCOMPARE(model.rowCount(), 2);
    }

    void marksBelongToTheRecord()
    {
        TranscriptModel model;
        auto sample = Test::sampleSession();
        sample.record.marks.insert(3, {true, u"odd"_s});
        model.setRecord(sample.record);
        model.appendEntries(sample.record.id, sample.entries);
        model.flush();
        QCOMPARE(model.markedRows(), QList<qsizetype> {3});
        QVERIFY(model.index(3, 0).data(TranscriptModel::MarkedRole).toBool());
        QCOMPARE(model.index(3, 0).data(TranscriptModel::NoteRole).toString(), u"odd"_s);
        QSignalSpy changed(&model, &TranscriptModel::marksChanged);
        model.setMark(24, {true, {}});
        model.setMark(3, {});
        QCOMPARE(changed.size(), 2);
        // What the running session tells later takes no mark away.
        sample.record.marks.clear();
        model.setRecord(sample.record);
        const auto kept = model.record(sample.record.id).marks;
        QCOMPARE(kept.size(), 1);
        QVERIFY(kept.value(24).marked);
    }

    void timesCountFromTheReference()
    {
        TranscriptModel model;
        const auto sample = Test::sampleSession();
        auto later = sample.record;
        later.id = QUuid::createUuid();
        later.startedAt = later.startedAt.addSecs(2);
        model.setRecord(sample.record);
        model.setRecord(later);
        model.appendEntries(sample.record.id, sample.entries);
        model.appendEntries(later.id, sample.entries);
        model.appendEntries(QUuid::createUuid(), sample.entries);
        model.flush();
        model.setTimeReference(1);
        QCOMPARE(shown(model, 0, TranscriptModel::Time), u"\u221200:00:00.023"_s);
        QCOMPARE(shown(model, 1, TranscriptModel::Time), u"reference"_s);
        QCOMPARE(shown(model, 2, TranscriptModel::Time), u"+00:00:00.001"_s);
        const int size = static_cast<int>(sample.entries.size());
        QCOMPARE(shown(model, size + 1, TranscriptModel::Time), u"+00:00:02.000"_s);
        // Nobody knows when that one started.
        QCOMPARE(shown(model, 2 * size, TranscriptModel::Time), u"\u2013"_s);
        model.setTimeReference(-1);
        QCOMPARE(shown(model, 0, TranscriptModel::Time), u"00:00:00.012"_s);
    }

    void errorsAndNeighbours()
    {
        TranscriptModel model;
        auto sample = Test::sampleSession();
        sample.record.failure = Smtp::Failure {
            {Base::Error::Kind::ConnectionClosed, {}, {}}, Smtp::Stage::Quit};
        model.setRecord(sample.record);
        model.appendEntries(QUuid::createUuid(), numbered(0, 2));
        for (qsizetype i = 0; i < sample.entries.size(); ++i) {
            model.appendEntries(sample.record.id, sample.entries.sliced(i, 1));
            if (i == 10)
                model.appendEntries(QUuid::createUuid(), numbered(0, 1));
        }
        model.flush();
        QList<int> rows;
        for (int row = model.errorFrom(0, 1); row >= 0; row = model.errorFrom(row + 1, 1))
            rows += row;
        QCOMPARE(rows, (QList<int> {27, 28, 36}));
        QCOMPARE(model.errorFrom(27, -1), 27);
        QCOMPARE(model.errorFrom(26, -1), -1);
        QCOMPARE(model.refusals(), (QList<quint32> {27, 28}));
        QCOMPARE(model.sameSessionFrom(12, 1), 14);
        QCOMPARE(model.sameSessionFrom(14, -1), 12);
        QCOMPARE(model.sameSessionFrom(2, -1), -1);
        model.setFilter(expression(u"class:4,5"_s));
        QCOMPARE(model.shownOf({3, 27, 30}), (QList<quint32> {27}));
    }

    void clearWhileSearching()
    {
        TranscriptModel model;
        const QUuid id = QUuid::createUuid();
        model.appendEntries(id, numbered(0, 100'000));
        QSignalSpy applied(&model, &TranscriptModel::filterApplied);
        model.setFilter(textFilter("needle"));
        model.clear();
        QCOMPARE(model.rowCount(), 0);
        model.appendEntries(id, numbered(0, 200));
        model.flush();
        QCOMPARE(model.rowCount(), 2);
        QVERIFY(applied.isEmpty());
    }

    void destroyedWhileSearching()
    {
        auto model = std::make_unique<TranscriptModel>();
        model->appendEntries(QUuid::createUuid(), numbered(0, 200'000));
        model->setFilter(textFilter("needle"));
        model.reset();
        QCoreApplication::processEvents();
    }
};

QTEST_GUILESS_MAIN(TestTranscriptModel)
#include "tst_transcriptmodel.moc"
