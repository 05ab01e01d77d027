// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/literals.h"
#include "sessionplayer.h"

#include <QTest>

using namespace Mailgauge;
using namespace Mailgauge::Test;
using Smtp::Protocol;

namespace {

const QByteArray Group = "C: MAIL FROM:<me@here>\nC: RCPT TO:<a@x>\nC: RCPT TO:<b@x>\n"
                         "C: RCPT TO:<c@x>\nC: DATA\n"_ba;
const QByteArray Body = "S: 354 go\nC: Subject: x\nC:\nC: ..hi\nC: .\n"_ba;
const QByteArray Lhlo = "S: 220 mx LMTP\nC: LHLO me.example\nS: 250-mx\nS: 250 PIPELINING\n"_ba
    + Group;
const QByteArray ThreeOk = "S: 250 ok\nS: 250 a\nS: 250 b\nS: 250 c\n"_ba;
const QByteArray SecondRefused = "S: 250 ok\nS: 250 a\nS: 550 b\nS: 250 c\n"_ba;
const QByteArray Quit = "C: QUIT\nS: 221 bye\n"_ba;
const QByteArray Prdr = "S: 220 mx\nC: EHLO me.example\nS: 250-mx\nS: 250-PIPELINING\n"
                        "S: 250 PRDR\nC: MAIL FROM:<me@here> PRDR\nC: RCPT TO:<a@x>\n"
                        "C: RCPT TO:<b@x>\nC: RCPT TO:<c@x>\nC: DATA\n"_ba;

} // namespace

/// Replies per recipient behind the content: LMTP (RFC 2033) and PRDR (draft-hall-prdr-00).
class TestSessionEach : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void lmtp_data();
    void lmtp();
    void lmtpHello_data();
    void lmtpHello();
    void lmtpLimitPerReply();
    void lmtpStops_data();
    void lmtpStops();
    void lmtpTwoTransactions();
    void prdr_data();
    void prdr();
    void prdrNotOffered();
    void prdrIsNotForLmtp();

private:
    static void row(const char *name, const QByteArray &script, const QByteArrayList &facts)
    {
        QTest::newRow(name) << script << facts;
    }
    static SessionPlayer player(Protocol protocol)
    {
        SessionPlayer player;
        player.options = plainOptions();
        player.options.protocol = protocol;
        player.transactions = {transactionFor({"a@x", "b@x", "c@x"})};
        return player;
    }
};

void TestSessionEach::lmtp_data()
{
    QTest::addColumn<QByteArray>("script");
    QTest::addColumn<QByteArrayList>("facts");
    row("rfc2033 4.2 one reply each",
        Lhlo + ThreeOk + Body + "S: 250 2.1.5 a Saved\nS: 250 2.1.5 b Saved\nS: 250 c Saved\n"
            + Quit,
        {"commit", "decided a@x accepted dot 250", "decided b@x accepted dot 250",
            "decided c@x accepted dot 250", "done 250", "closed"});
    row("rfc2033 4.2 each by its own reply",
        Lhlo + ThreeOk + Body + "S: 452 full\nS: 250 b Saved\nS: 550 no\n" + Quit,
        {"commit", "decided a@x deferred dot 452", "decided b@x accepted dot 250",
            "decided c@x rejected dot 550", "done 250", "closed"});
    row("rfc2033 4.2 none for a refused RCPT",
        Lhlo + SecondRefused + Body + "S: 250 a Saved\nS: 452 full\n" + Quit,
        {"decided b@x rejected rcpt 550", "commit", "decided a@x accepted dot 250",
            "decided c@x deferred dot 452", "done 250", "closed"});
    row("all refused behind the content",
        Lhlo + ThreeOk + Body + "S: 452 full\nS: 550 no\nS: 452 full\n" + Quit,
        {"commit", "decided a@x deferred dot 452", "decided b@x rejected dot 550",
            "decided c@x deferred dot 452", "done 452", "closed"});
    row("multi-line replies",
        Lhlo + ThreeOk + Body + "S: 250-a\nS: 250 Saved\nS: 550-b\nS: 550 no\nS: 250 c\n" + Quit,
        {"commit", "decided a@x accepted dot 250", "decided b@x rejected dot 550",
            "decided c@x accepted dot 250", "done 250", "closed"});
    row("B10 a reply too many", Lhlo + ThreeOk + Body + "S: 250 a\nS: 250 b\nS: 250 c\nS: 250 d\n",
        {"commit", "decided a@x accepted dot 250", "decided b@x accepted dot 250",
            "decided c@x accepted dot 250", "done 250", "failed malformedReply dot",
            "closed abort"});
    row("B10 250 for the refused recipient too",
        Lhlo + SecondRefused + Body + "S: 250 a\nS: 250 b\nS: 250 c\n",
        {"decided b@x rejected rcpt 550", "commit", "decided a@x accepted dot 250",
            "decided c@x accepted dot 250", "done 250", "failed malformedReply dot",
            "closed abort"});
    row("B26 a reply too few, then the end", Lhlo + ThreeOk + Body + "S: 250 a\nS: 550 b\nCLOSE\n",
        {"commit", "decided a@x accepted dot 250", "decided b@x rejected dot 550",
            "decided c@x uncertain dot connectionClosed", "done connectionClosed",
            "failed connectionClosed dot", "closed abort"});
    row("B27 a reply too few, then silence", Lhlo + ThreeOk + Body + "S: 250 a\nTIMEOUT\n",
        {"commit", "decided a@x accepted dot 250", "decided b@x uncertain dot timeout",
            "decided c@x uncertain dot timeout", "done timeout", "failed timeout dot",
            "closed abort"});
    row("B28 half a reply", Lhlo + ThreeOk + Body + "S: 250 a\nS\\ 250-b\r\n\nCLOSE\n",
        {"commit", "decided a@x accepted dot 250", "decided b@x uncertain dot connectionClosed",
            "decided c@x uncertain dot connectionClosed", "done connectionClosed",
            "failed connectionClosed dot", "closed abort"});
    row("B26 no reply at all", Lhlo + ThreeOk + Body + "RESET\n",
        {"commit", "decided a@x uncertain dot connectionClosed",
            "decided b@x uncertain dot connectionClosed",
            "decided c@x uncertain dot connectionClosed", "done connectionClosed",
            "failed connectionClosed dot", "closed abort"});
    row("B15 354 among them", Lhlo + ThreeOk + Body + "S: 250 a\nS: 354 b\n",
        {"commit", "decided a@x accepted dot 250", "decided b@x uncertain dot malformedReply",
            "decided c@x uncertain dot malformedReply", "done malformedReply",
            "failed malformedReply dot", "closed abort"});
    row("B12 no reply among them", Lhlo + ThreeOk + Body + "S: 250 a\nS: hello\n",
        {"commit", "decided a@x accepted dot 250", "decided b@x uncertain dot malformedReply",
            "decided c@x uncertain dot malformedReply", "done malformedReply",
            "failed malformedReply dot", "closed abort"});
    row("421 to one, then the others", Lhlo + ThreeOk + Body + "S: 250 a\nS: 421 b\nS: 250 c\n",
        {"commit", "decided a@x accepted dot 250", "decided b@x deferred dot 421",
            "decided c@x accepted dot 250", "done 250", "closed"});
    row("421 to one, then the end", Lhlo + ThreeOk + Body + "S: 421 a\nCLOSE\n",
        {"commit", "decided a@x deferred dot 421", "decided b@x uncertain dot connectionClosed",
            "decided c@x uncertain dot connectionClosed", "done connectionClosed",
            "failed connectionClosed dot", "closed abort"});
    row("rfc2033 4.2 503 to DATA",
        Lhlo + "S: 250 ok\nS: 550 a\nS: 550 b\nS: 450 c\nS: 503 no\n" + Quit,
        {"decided a@x rejected rcpt 550", "decided b@x rejected rcpt 550",
            "decided c@x deferred rcpt 450", "done", "closed"});
    row("B19 354 without accepted recipients",
        Lhlo + "S: 250 ok\nS: 550 a\nS: 550 b\nS: 450 c\nS: 354 go\n",
        {"decided a@x rejected rcpt 550", "decided b@x rejected rcpt 550",
            "decided c@x deferred rcpt 450", "done", "closed abort"});
}

void TestSessionEach::lmtp()
{
    QFETCH(QByteArray, script);
    QFETCH(QByteArrayList, facts);
    SessionPlayer lmtp = player(Protocol::Lmtp);
    lmtp.script = script;
    // Cut behind the last reply that is owed, the one too many meets QUIT.
    if (!QByteArray(QTest::currentDataTag()).startsWith("B10"))
        return playEveryWay(lmtp, facts);
    lmtp.play();
    QCOMPARE(lmtp.facts, facts);
    lmtp.play(SessionPlayer::Chunks::Bytes);
    QVERIFY(lmtp.facts.contains("quirk unexpectedCode"));
}

void TestSessionEach::lmtpHello_data()
{
    QTest::addColumn<QByteArray>("script");
    QTest::addColumn<QByteArrayList>("facts");
    const QByteArrayList none {"closed"};
    // RFC 2033 4.1: HELO and EHLO must not be used.
    row("LHLO refused", "S: 220 mx\nC: LHLO me.example\nS: 500 what\n" + Quit,
        {"failed denied helo 500", "closed"});
    row("LHLO not now", "S: 220 mx\nC: LHLO me.example\nS: 450 later\n" + Quit,
        {"failed denied helo 450", "closed"});
    row("without PIPELINING",
        "S: 220 mx\nC: LHLO me.example\nS: 250 mx\nC: MAIL FROM:<me@here>\nS: 450 no\n" + Quit,
        {"decided a@x deferred mail 450", "decided b@x deferred mail 450",
            "decided c@x deferred mail 450", "done", "closed"});
}

void TestSessionEach::lmtpHello()
{
    QFETCH(QByteArray, script);
    QFETCH(QByteArrayList, facts);
    SessionPlayer lmtp = player(Protocol::Lmtp);
    lmtp.script = script;
    lmtp.play();
    QCOMPARE(lmtp.facts, facts);
}

void TestSessionEach::lmtpLimitPerReply()
{
    // Each delivery has the whole limit of the dot.
    Smtp::SessionOptions options = plainOptions();
    options.protocol = Protocol::Lmtp;
    Smtp::Session session(options);
    Base::TimePoint now(std::chrono::hours(1));
    const auto drain = [&] {
        while (session.next()) { }
    };
    session.start(now);
    session.receive("220 mx\r\n", now);
    session.receive("250 mx\r\n", now);
    session.send(transactionFor({"a@x", "b@x"}), now);
    for (const QByteArray &reply : {"250 m\r\n"_ba, "250 a\r\n"_ba, "250 b\r\n"_ba, "354 c\r\n"_ba})
        session.receive(reply, now);
    session.contentFinished(now);
    session.committed(now);
    drain();
    QCOMPARE(session.deadline(), now + std::chrono::seconds(600));
    now += std::chrono::seconds(599);
    session.receive("250 a\r\n", now);
    QCOMPARE(session.deadline(), now + std::chrono::seconds(600));
    session.timeoutExpired(now + std::chrono::seconds(600));
    QVERIFY(session.isOver());
}

void TestSessionEach::lmtpStops_data()
{
    QTest::addColumn<int>("how");
    QTest::addColumn<QByteArray>("tail");
    QTest::addColumn<QByteArrayList>("facts");
    using How = Smtp::StopRule::How;
    const QByteArrayList uncertain {"commit", "decided a@x uncertain dot",
        "decided b@x uncertain dot", "decided c@x uncertain dot", "done", "stopped dot", "closed"};
    const QByteArrayList accepted {"commit", "decided a@x accepted dot 250",
        "decided b@x accepted dot 250", "decided c@x accepted dot 250", "done 250", "stopped dot",
        "closed"};
    QTest::newRow("drop after send") << int(How::DropAfterSend) << "WRITTEN\n"_ba << uncertain;
    QTest::newRow("drop after the last reply")
        << int(How::DropAfter) << "S: 250 a\nS: 250 b\nS: 250 c\n"_ba << accepted;
    QTest::newRow("quit after the last reply")
        << int(How::QuitAfter) << "S: 250 a\nS: 250 b\nS: 250 c\n"_ba + Quit << accepted;
}

void TestSessionEach::lmtpStops()
{
    QFETCH(int, how);
    QFETCH(QByteArray, tail);
    QFETCH(QByteArrayList, facts);
    SessionPlayer lmtp = player(Protocol::Lmtp);
    lmtp.options.stop = Smtp::StopRule {static_cast<Smtp::StopRule::How>(how), Smtp::Stage::Dot};
    lmtp.script = Lhlo + ThreeOk + Body + tail;
    lmtp.play();
    QCOMPARE(lmtp.facts, facts);
}

void TestSessionEach::lmtpTwoTransactions()
{
    // RFC 2033 clears the buffers behind the last reply: no RSET.
    SessionPlayer lmtp = player(Protocol::Lmtp);
    lmtp.transactions.append(lmtp.transactions.first());
    const QByteArray one = ThreeOk + Body + "S: 250 a\nS: 450 b\nS: 250 c\n";
    const QByteArrayList facts {"commit", "decided a@x accepted dot 250",
        "decided b@x deferred dot 450", "decided c@x accepted dot 250", "done 250"};
    lmtp.script = Lhlo + one + Group + one + Quit;
    playEveryWay(lmtp, facts + facts + QByteArrayList {"closed"});
}

void TestSessionEach::prdr_data()
{
    QTest::addColumn<QByteArray>("script");
    QTest::addColumn<QByteArrayList>("facts");
    const QByteArray start = Prdr + ThreeOk + Body;
    row("all accepted", start + "S: 353 wait\nS: 250 a\nS: 250 b\nS: 250 c\nS: 250 queued\n" + Quit,
        {"commit", "decided a@x accepted dot 250", "decided b@x accepted dot 250",
            "decided c@x accepted dot 250", "done 250", "closed"});
    row("some refused", start + "S: 353 wait\nS: 250 a\nS: 550 b\nS: 450 c\nS: 250 queued\n" + Quit,
        {"commit", "decided b@x rejected dot 550", "decided a@x accepted dot 250",
            "decided c@x deferred dot 450", "done 250", "closed"});
    row("none for a refused RCPT",
        Prdr + SecondRefused + Body + "S: 353 wait\nS: 250 a\nS: 550 c\nS: 250 queued\n" + Quit,
        {"decided b@x rejected rcpt 550", "commit", "decided c@x rejected dot 550",
            "decided a@x accepted dot 250", "done 250", "closed"});
    row("250 without 353", start + "S: 250 queued\n" + Quit,
        {"commit", "decided a@x accepted dot 250", "decided b@x accepted dot 250",
            "decided c@x accepted dot 250", "done 250", "closed"});
    row("554 without 353", start + "S: 554 no\n" + Quit,
        {"commit", "decided a@x rejected dot 554", "decided b@x rejected dot 554",
            "decided c@x rejected dot 554", "done 554", "closed"});
    row("the overall refusal counts for those who were accepted",
        start + "S: 353 wait\nS: 250 a\nS: 550 b\nS: 450 c\nS: 451 no\n" + Quit,
        {"commit", "decided b@x rejected dot 550", "decided a@x deferred dot 451",
            "decided c@x deferred dot 450", "done 451", "closed"});
    row("refused for good as a whole",
        start + "S: 353 wait\nS: 250 a\nS: 550 b\nS: 450 c\nS: 554 no\n" + Quit,
        {"commit", "decided b@x rejected dot 550", "decided a@x rejected dot 554",
            "decided c@x rejected dot 554", "done 554", "closed"});
    row("nobody accepted",
        start + "S: 353 wait\nS: 550 a\nS: 550 b\nS: 550 c\nS: 550 nobody\n" + Quit,
        {"commit", "decided a@x rejected dot 550", "decided b@x rejected dot 550",
            "decided c@x rejected dot 550", "done 550", "closed"});
    row("B26 lost before the overall reply",
        start + "S: 353 wait\nS: 250 a\nS: 550 b\nS: 450 c\nCLOSE\n",
        {"commit", "decided b@x rejected dot 550", "decided a@x uncertain dot connectionClosed",
            "decided c@x deferred dot 450", "done connectionClosed", "failed connectionClosed dot",
            "closed abort"});
    row("B26 lost among the verdicts", start + "S: 353 wait\nS: 250 a\nCLOSE\n",
        {"commit", "decided a@x uncertain dot connectionClosed",
            "decided b@x uncertain dot connectionClosed",
            "decided c@x uncertain dot connectionClosed", "done connectionClosed",
            "failed connectionClosed dot", "closed abort"});
    row("B26 lost behind 353", start + "S: 353 wait\nTIMEOUT\n",
        {"commit", "decided a@x uncertain dot timeout", "decided b@x uncertain dot timeout",
            "decided c@x uncertain dot timeout", "done timeout", "failed timeout dot",
            "closed abort"});
    row("354 is not 353", start + "S: 354 go\n",
        {"commit", "quirk unexpectedCode", "decided a@x uncertain dot malformedReply",
            "decided b@x uncertain dot malformedReply", "decided c@x uncertain dot malformedReply",
            "done malformedReply", "failed malformedReply dot", "closed abort"});
    row("B10 a verdict too many",
        start + "S: 353 wait\nS: 250 a\nS: 250 b\nS: 250 c\nS: 250 queued\nS: 250 more\n",
        {"commit", "decided a@x accepted dot 250", "decided b@x accepted dot 250",
            "decided c@x accepted dot 250", "done 250", "failed malformedReply dot",
            "closed abort"});
    row("421 as the overall reply",
        start + "S: 353 wait\nS: 250 a\nS: 450 b\nS: 250 c\nS: 421 end\n",
        {"commit", "decided a@x deferred dot 421", "decided b@x deferred dot 450",
            "decided c@x deferred dot 421", "done 421", "closed"});
}

void TestSessionEach::prdr()
{
    QFETCH(QByteArray, script);
    QFETCH(QByteArrayList, facts);
    SessionPlayer asking = player(Protocol::Esmtp);
    asking.options.prdr = true;
    asking.script = script;
    if (!QByteArray(QTest::currentDataTag()).startsWith("B10"))
        return playEveryWay(asking, facts);
    asking.play();
    QCOMPARE(asking.facts, facts);
}

void TestSessionEach::prdrNotOffered()
{
    SessionPlayer asking = player(Protocol::Esmtp);
    asking.options.prdr = true;
    asking.script = "S: 220 mx\nC: EHLO me.example\nS: 250-mx\nS: 250 PIPELINING\n" + Group
        + ThreeOk + Body + "S: 353 wait\n";
    // Nobody asked for verdicts: 353 is no reply to the content.
    asking.play();
    QCOMPARE(asking.facts.last(), "closed abort"_ba);
    QVERIFY(asking.facts.contains("decided a@x uncertain dot malformedReply"));
}

void TestSessionEach::prdrIsNotForLmtp()
{
    SessionPlayer lmtp = player(Protocol::Lmtp);
    lmtp.options.prdr = true;
    lmtp.script = "S: 220 mx\nC: LHLO me.example\nS: 250-mx\nS: 250-PIPELINING\nS: 250 PRDR\n"
        + Group + ThreeOk + Body + "S: 250 a\nS: 250 b\nS: 250 c\n" + Quit;
    lmtp.play();
    QCOMPARE(lmtp.facts.value(1), "decided a@x accepted dot 250"_ba);
    QCOMPARE(lmtp.facts.last(), "closed"_ba);
}

QTEST_GUILESS_MAIN(TestSessionEach)
#include "tst_sessioneach.moc"
