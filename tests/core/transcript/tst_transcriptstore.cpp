// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcript/linefilter.h"
#include "transcript/transcript.h"

#include "base/literals.h"
#include "samplesession.h"

#include <QTest>
#include <QtConcurrentRun>

using namespace Mailgauge;
using namespace Mailgauge::Transcript;
using Store = Mailgauge::Transcript::Transcript;

namespace {

Entry serverLine(const QByteArray &text, Direction direction = Direction::Server)
{
    Entry entry;
    entry.direction = direction;
    entry.text = text;
    return entry;
}

} // namespace

class TestTranscriptStore final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void keepsEntriesWhole()
    {
        const auto sample = Test::sampleSession();
        Store store;
        for (const Entry &entry : sample.entries)
            store.append(sample.record.id, entry);
        QCOMPARE(store.size(), sample.entries.size());
        for (qsizetype row = 0; row < store.size(); ++row)
            QCOMPARE(store.entry(row), sample.entries.at(row));
        QCOMPARE(store.entries(0), sample.entries);
        QCOMPARE(store.entries(1), QList<Entry>());
        QCOMPARE(store.entries(-1), QList<Entry>());
    }

    void severalSessionsInterleave()
    {
        const auto sample = Test::sampleSession();
        const QUuid other = QUuid::createUuid();
        Store store;
        for (const Entry &entry : sample.entries) {
            store.append(sample.record.id, entry);
            store.append(other, entry);
        }
        QCOMPARE(store.sessions(), (QList<QUuid> {sample.record.id, other}));
        QCOMPARE(store.indexOf(other), 1);
        QCOMPARE(store.indexOf(QUuid::createUuid()), -1);
        QCOMPARE(store.entries(0), sample.entries);
        QCOMPARE(store.entries(1), sample.entries);
    }

    void numbersWithGaps()
    {
        Store store;
        const QUuid id = QUuid::createUuid();
        for (const qint64 n : {3, 4, 90, 3000}) {
            Entry entry = serverLine("x"_ba);
            entry.n = n;
            store.append(id, entry);
        }
        QCOMPARE(store.number(2), 90);
        QCOMPARE(store.entry(3).n, 3000);
    }

    void keepsWhatIsUnexpected()
    {
        Store store;
        Entry entry = serverLine("250 ok"_ba);
        entry.unexpected = true;
        store.append({}, entry);
        store.append({}, serverLine("250 ok"_ba));
        QVERIFY(store.entry(0).unexpected && !store.entry(1).unexpected);
    }

    void replyClass_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<int>("expected");
        QTest::newRow("2yz") << "250 ok"_ba << 2;
        QTest::newRow("multiline") << "550-no"_ba << 5;
        QTest::newRow("code only") << "354"_ba << 3;
        QTest::newRow("no code") << "hello"_ba << 0;
        QTest::newRow("too high") << "600 x"_ba << 0;
        QTest::newRow("four digits") << "2500"_ba << 0;
        QTest::newRow("short") << "25"_ba << 0;
        QTest::newRow("empty") << ""_ba << 0;
    }

    void replyClass()
    {
        QFETCH(QByteArray, text);
        QFETCH(int, expected);
        Store store;
        store.append({}, serverLine(text));
        store.append({}, serverLine(text, Direction::Client));
        QCOMPARE(static_cast<int>(store.line(0).replyClass), expected);
        QCOMPARE(static_cast<int>(store.line(1).replyClass), 0);
    }

    void wholeReplies()
    {
        Store store;
        const QUuid a = QUuid::createUuid();
        const QUuid b = QUuid::createUuid();
        for (const QByteArray &text :
            {"250-one"_ba, "250-two"_ba, "250 three"_ba, "550 no"_ba, "220"_ba}) {
            store.append(a, serverLine(text));
            store.append(b, serverLine("421 4.3.2 closing"_ba));
        }
        store.append(a, serverLine("QUIT"_ba, Direction::Client));
        const Smtp::Reply hello {250, {"one"_ba, "two"_ba, "three"_ba}};
        for (const qsizetype row : {0, 2, 4})
            QCOMPARE(store.replyAt(row), hello);
        QCOMPARE(store.replyAt(6), (Smtp::Reply {550, {"no"_ba}}));
        QCOMPARE(store.replyAt(8), (Smtp::Reply {220, {""_ba}}));
        QVERIFY(!store.replyAt(10));
        QCOMPARE(store.previous(0), -1);
        QCOMPARE(store.previous(4), 2);
        QCOMPARE(store.next(2), 4);
        QCOMPARE(store.next(10), -1);
    }

    void filters_data()
    {
        QTest::addColumn<LineFilter>("filter");
        QTest::addColumn<QList<quint32>>("rows");
        using Rows = QList<quint32>;
        LineFilter filter;
        QTest::newRow("all") << filter << Rows {0, 1, 2, 3, 4, 5};
        filter.text = "NOBODY"_ba;
        QTest::newRow("text in any case") << filter << Rows {2, 3};
        filter.direction = Direction::Server;
        QTest::newRow("text and direction") << filter << Rows {3};
        filter = {};
        filter.addReplyClass(Smtp::ReplyClass::Permanent);
        QTest::newRow("5yz") << filter << Rows {3};
        filter.addReplyClass(Smtp::ReplyClass::Transient);
        QTest::newRow("4yz or 5yz") << filter << Rows {3, 4};
        filter.addStage(Smtp::Stage::Auth);
        QTest::newRow("or auth") << filter << Rows {3, 4, 5};
        filter.session = 1;
        QTest::newRow("of one session") << filter << Rows {5};
        filter = {};
        filter.text = "\xff"_ba;
        QTest::newRow("none") << filter << Rows {};
        filter.text = "250 ok"_ba;
        QTest::newRow("whole line") << filter << Rows {1};
        filter.text = "250 ok."_ba;
        QTest::newRow("longer than the line") << filter << Rows {};
    }

    void filters()
    {
        QFETCH(LineFilter, filter);
        QFETCH(QList<quint32>, rows);
        Store store;
        store.append(
            QUuid(1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0), serverLine("NOOP"_ba, Direction::Client));
        const QUuid first(1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
        store.append(first, serverLine("250 Ok"_ba));
        store.append(first, serverLine("RCPT TO:<NoBody@x>"_ba, Direction::Client));
        store.append(first, serverLine("550 nobody here"_ba));
        store.append(first, serverLine("451 later"_ba));
        Entry auth = serverLine("AUTH"_ba, Direction::Client);
        auth.stage = Smtp::Stage::Auth;
        store.append(QUuid(2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0), auth);
        QCOMPARE(LineMatcher(filter).rows(store.snapshot(), 0, store.size()), rows);
        QCOMPARE(filter.isEmpty(), rows.size() == 6);
    }

    void everyPlaceOfANeedle()
    {
        for (const QByteArray &needle : {"a"_ba, "abab"_ba, "aaab"_ba, "Zz"_ba}) {
            for (qsizetype at = 0; at < 12; ++at) {
                Store store;
                store.append({},
                    serverLine(QByteArray(at, 'a') + needle.toUpper() + QByteArray(11 - at, 'b')));
                LineFilter filter;
                filter.text = needle;
                QVERIFY(LineMatcher(filter).matches(store.snapshot(), 0));
            }
        }
    }

    void longLinesAndChunkBorders()
    {
        Store store;
        QList<QByteArray> texts;
        for (const qsizetype size : {Store::ChunkSize - 1, qsizetype(2), qsizetype(0),
                 3 * Store::ChunkSize, qsizetype(5), Store::ChunkSize, qsizetype(1)})
            texts.append(QByteArray(size, static_cast<char>('a' + texts.size())));
        for (const QByteArray &text : std::as_const(texts))
            store.append({}, serverLine(text));
        for (qsizetype row = 0; row < texts.size(); ++row)
            QCOMPARE(store.text(row).toByteArray(), texts.at(row));
    }

    void littleMemoryPerLine()
    {
        Store store;
        const QByteArray text(40, 'x');
        constexpr qsizetype count = 200'000;
        for (qsizetype i = 0; i < count; ++i) {
            Entry entry = serverLine(text);
            entry.n = i;
            store.append({}, entry);
        }
        // 24 of the record, 4 of the session's row list, the text, and what the last block wastes.
        QVERIFY2(store.memoryUse() < count * (24 + 4 + 40 + 10),
            QByteArray::number(store.memoryUse() / count).constData());
    }

    void snapshotsOutliveClearAndGrowth()
    {
        Store store;
        for (int i = 0; i < 20'000; ++i)
            store.append({}, serverLine(QByteArray::number(i)));
        const Snapshot before = store.snapshot();
        auto sum = QtConcurrent::run([before] {
            qint64 total = 0;
            for (qsizetype row = 0; row < before.size(); ++row)
                total += before.text(row).toByteArray().toInt();
            return total;
        });
        for (int i = 0; i < 20'000; ++i)
            store.append({}, serverLine("later"_ba));
        store.clear();
        QCOMPARE(store.size(), 0);
        store.append({}, serverLine("anew"_ba));
        QCOMPARE(before.size(), 20'000);
        QCOMPARE(before.text(19'999).toByteArray(), "19999"_ba);
        QCOMPARE(sum.result(), 20'000LL * 19'999 / 2);
    }
};

QTEST_GUILESS_MAIN(TestTranscriptStore)
#include "tst_transcriptstore.moc"
