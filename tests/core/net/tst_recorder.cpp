// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/literals.h"
#include "net/recorder.h"

#include <QTest>

using namespace Mailgauge;
using Net::Recorder;
using Smtp::Stage;
using Transcript::Direction;
using Transcript::Entry;

namespace {

class StepClock final : public Base::Clock {
public:
    Base::TimePoint now() const override { return at; }
    QDateTime utcNow() const override { return {}; }
    Base::TimePoint at {std::chrono::hours(1)};
};

QByteArrayList texts(const QList<Entry> &entries)
{
    QByteArrayList result;
    for (const Entry &entry : entries)
        result.append(QByteArray::number(entry.n) + ' ' + entry.text);
    return result;
}

} // namespace

class RecorderTest final : public QObject {
    Q_OBJECT

private:
    StepClock m_clock;

private Q_SLOTS:
    void oneEntryPerLine()
    {
        Recorder recorder(m_clock, false);
        recorder.start();
        m_clock.at += std::chrono::microseconds(7);
        recorder.client("MAIL FROM:<>\r\nRCPT TO:<a@x>\r\n", {}, Stage::Mail);
        recorder.server("250 ok", Stage::Mail);
        const QUuid message = QUuid::createUuid();
        recorder.content({message, 0, 20});
        recorder.event(u"closed"_s, Stage::Quit);
        const QList<Entry> entries = recorder.take();
        QCOMPARE(texts(entries),
            (QByteArrayList {"0 MAIL FROM:<>"_ba, "1 RCPT TO:<a@x>"_ba, "2 250 ok"_ba,
                "3 message data, 20 bytes"_ba, "4 closed"_ba}));
        QCOMPARE(entries[1].us, 7);
        QCOMPARE(entries[2].direction, Direction::Server);
        QCOMPARE(entries[3].content, (Transcript::ContentRange {message, 0, 20}));
        QVERIFY(!entries[4].content);
        QVERIFY(!recorder.hasEntries());
        recorder.server("221 bye", Stage::Quit);
        QCOMPARE(texts(recorder.take()), QByteArrayList {"5 221 bye"_ba});
    }

    void marksWhatNobodyHopedFor()
    {
        Recorder recorder(m_clock, false);
        using Owed = Recorder::Owed;
        recorder.server("250 ok", Stage::Rcpt);
        recorder.server("550-5.1.1 no", Stage::Rcpt);
        recorder.server("550 5.1.1 no", Stage::Rcpt);
        recorder.server("250 ok", Stage::Dot, Owed::No);
        recorder.server("250 ok", Stage::Data);
        recorder.client("RCPT TO:<a@x>\r\n", {}, Stage::Rcpt);
        recorder.event(u"closed"_s, Stage::Quit);
        QList<bool> marks;
        for (const Entry &entry : recorder.take())
            marks.append(entry.unexpected);
        QCOMPARE(marks, (QList<bool> {false, true, true, true, true, false, false}));
    }

    // The next envelope is told behind the reply that ended the transaction before it.
    void aheadWaitsForItsTurn()
    {
        Recorder recorder(m_clock, false);
        recorder.start();
        recorder.client(".\r\n", {}, Stage::Dot);
        recorder.client("MAIL FROM:<b@x>\r\n", {}, Stage::Mail, 1);
        m_clock.at += std::chrono::microseconds(5);
        recorder.server("250 queued", Stage::Dot);
        QCOMPARE(texts(recorder.take()), (QByteArrayList {"0 ."_ba, "1 250 queued"_ba}));
        recorder.release();
        recorder.server("250 ok", Stage::Mail);
        const QList<Entry> entries = recorder.take();
        QCOMPARE(texts(entries), (QByteArrayList {"2 MAIL FROM:<b@x>"_ba, "3 250 ok"_ba}));
        QCOMPARE(entries[0].us, 0); // when it was sent
    }

    // Whole messages ahead: each has its own commands and content, in the order of their turns.
    void severalAhead()
    {
        Recorder recorder(m_clock, false);
        const QUuid first = QUuid::createUuid();
        const QUuid second = QUuid::createUuid();
        recorder.client("MAIL FROM:<a@x>\r\n", {}, Stage::Mail, 1);
        recorder.content({first, 0, 20}, 1);
        recorder.client("MAIL FROM:<b@x>\r\n", {}, Stage::Mail, 2);
        recorder.server("250 queued", Stage::Dot);
        recorder.release();
        recorder.content({second, 0, 30}, 1);
        recorder.server("250 a", Stage::Mail);
        const QList<Entry> entries = recorder.take();
        QCOMPARE(texts(entries),
            (QByteArrayList {"0 250 queued"_ba, "1 MAIL FROM:<a@x>"_ba,
                "2 message data, 20 bytes"_ba, "3 250 a"_ba}));
        QCOMPARE(entries[2].content, (Transcript::ContentRange {first, 0, 20}));
        recorder.release();
        recorder.release(); // nothing more was ahead
        const QList<Entry> rest = recorder.take();
        QCOMPARE(
            texts(rest), (QByteArrayList {"4 MAIL FROM:<b@x>"_ba, "5 message data, 30 bytes"_ba}));
        QCOMPARE(rest[1].content, (Transcript::ContentRange {second, 0, 30}));
    }

    void dropForgetsOnlyWhatIsDue()
    {
        Recorder recorder(m_clock, false);
        recorder.client("DATA\r\n", {}, Stage::Data);
        recorder.client("MAIL FROM:<>\r\n", {}, Stage::Mail, 1);
        recorder.drop();
        QVERIFY(!recorder.hasEntries());
        recorder.release();
        QCOMPARE(texts(recorder.take()), QByteArrayList {"0 MAIL FROM:<>"_ba});
    }

    // E1: cut where the bytes are written, whatever is made of them later.
    void secretsStayWithTheirLine()
    {
        for (const bool keep : {false, true}) {
            Recorder recorder(m_clock, keep);
            recorder.server("334 ", Stage::Auth);
            recorder.client("AUTH PLAIN hidden\r\n", {{11, 6, "AUTH PLAIN"_ba}}, Stage::Auth);
            recorder.client("x secret y\r\n", {{2, 6, "other"_ba}}, Stage::Auth, 1);
            recorder.release();
            const QList<Entry> entries = recorder.take();
            QCOMPARE(texts(entries),
                (QByteArrayList {"0 334 "_ba, "1 AUTH PLAIN <redacted: AUTH PLAIN>"_ba,
                    "2 x <redacted: other> y"_ba}));
            QCOMPARE(entries[0].redactions.size(), 0);
            QCOMPARE(entries[1].redactions.size(), 1);
            QCOMPARE(entries[1].redactions[0].kept.reveal(), keep ? "hidden"_ba : ""_ba);
            QCOMPARE(entries[2].redactions[0].kept.reveal(), keep ? "secret"_ba : ""_ba);
        }
    }
};

QTEST_GUILESS_MAIN(RecorderTest)
#include "tst_recorder.moc"
