// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/literals.h"
#include "sessionplayer.h"

#include <QTest>

using namespace Mailgauge;
using namespace Mailgauge::Test;
using Smtp::Outcome;

namespace {

const QByteArray Greeting = "S: 220 mx\nC: EHLO me.example\n"_ba;
const QByteArray Hello = Greeting + "S: 250-mx\nS: 250 PIPELINING\n";
const QByteArray GroupA = "C: MAIL FROM:<me@here>\nC: RCPT TO:<a@x>\nC: DATA\n"_ba;
const QByteArray GroupB = "C: MAIL FROM:<me@here>\nC: RCPT TO:<b@x>\nC: DATA\n"_ba;
const QByteArray Taken = "S: 250 ok\nS: 250 ok\nS: 354 go\n"_ba;
const QByteArray Body = "C: Subject: x\nC:\nC: ..hi\n"_ba;
const QByteArray Dot = Body + "C: .\n";
const QByteArray Quit = "C: QUIT\nS: 221 bye\n"_ba;
/// The dot of the first is out, and the envelope of the second behind it.
const QByteArray InFlight = Hello + GroupA + Taken + Dot + GroupB;
const QByteArray AcceptedA = "decided a@x accepted dot 250"_ba;
const QByteArray AcceptedB = "decided b@x accepted dot 250"_ba;

SessionPlayer playerFor(const QByteArray &script)
{
    SessionPlayer player;
    player.options = plainOptions();
    player.follow = true;
    player.transactions = {transactionFor({"a@x"}), transactionFor({"b@x"})};
    player.script = script;
    return player;
}

} // namespace

/// The next envelope in one flight with the final dot (RFC 2920 3.1).
class TestSessionFollow : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void flight_data();
    void flight();
    void keepsToItself_data();
    void keepsToItself();
    void chunks();
    void grid_data();
    void grid();
    void lateName();
    void namedBehindTheEnd();
    void doneBeforeItWasNamed();
    void marksWhatIsAhead();
};

void TestSessionFollow::flight_data()
{
    QTest::addColumn<QByteArray>("script");
    QTest::addColumn<QByteArrayList>("facts");
    const auto row = [](const char *name, const QByteArray &script, const QByteArrayList &facts) {
        QTest::newRow(name) << script << QByteArrayList {"commit"_ba} + facts;
    };
    row("rfc2920 3.1 content and envelope in a group",
        InFlight + "S: 250 ok\n" + Taken + Dot + "S: 250 ok\n" + Quit,
        {AcceptedA, "done 250 next", "commit", AcceptedB, "done 250", "closed"});
    row("B21 554 to the dot", InFlight + "S: 554 spam\n" + Taken + Dot + "S: 250 ok\n" + Quit,
        {"decided a@x rejected dot 554", "done 554 next", "commit", AcceptedB, "done 250",
            "closed"});
    row("B26 closed behind the dot: the second was never sent", InFlight + "CLOSE\n",
        {"decided a@x uncertain dot connectionClosed", "done connectionClosed",
            "failed connectionClosed dot", "closed abort"});
    row("B27 silence behind the dot", InFlight + "TIMEOUT\n",
        {"decided a@x uncertain dot timeout", "done timeout", "failed timeout dot",
            "closed abort"});
    row("B28 half a reply", InFlight + "S\\ 250-o\nCLOSE\n",
        {"decided a@x uncertain dot connectionClosed", "done connectionClosed",
            "failed connectionClosed dot", "closed abort"});
    row("B18 421 to the dot", InFlight + "S: 421 closing\nCLOSE\n",
        {"decided a@x deferred dot 421", "done 421", "closed"});
    row("B12 garbage, then all is well", InFlight + "S: garbage\nS: 250 ok\n" + Taken,
        {"decided a@x uncertain dot malformedReply", "done malformedReply",
            "failed malformedReply dot", "closed abort"});
    row("B10 two replies to the dot", InFlight + "S: 250 ok\nS: 250 ok\n" + Taken,
        {AcceptedA, "done 250 next", "decided b@x failed data malformedReply",
            "done malformedReply", "failed malformedReply data", "closed abort"});
    row("B10 two replies to the dot, then a refusal",
        InFlight + "S: 250 ok\nS: 250 ok\nS: 250 ok\nS: 550 no\nC: QUIT\nS: 503 no\n",
        {AcceptedA, "done 250 next", "decided b@x rejected data 550", "done", "closed"});
    row("B11 nothing behind the reply to the dot", InFlight + "S: 250 ok\nTIMEOUT\n",
        {AcceptedA, "done 250 next", "decided b@x deferred mail timeout", "done timeout",
            "failed timeout mail", "closed abort"});
    row("B30 FIN behind the reply to the dot", InFlight + "S: 250 ok\nCLOSE\n",
        {AcceptedA, "done 250 next", "decided b@x deferred mail connectionClosed",
            "done connectionClosed", "failed connectionClosed mail", "closed abort"});
    row("B20 421 to the second MAIL", InFlight + "S: 250 ok\nS: 421 enough\n",
        {AcceptedA, "done 250 next", "decided b@x deferred mail 421", "done", "closed"});
    row("B19 nobody is left, 354 all the same",
        InFlight + "S: 250 ok\nS: 250 ok\nS: 550 no\nS: 354 go\nC: .\nS: 554 nobody\n" + Quit,
        {AcceptedA, "done 250 next", "decided b@x rejected rcpt 550", "done", "closed"});
    row("B19 nobody is left", InFlight + "S: 250 ok\nS: 250 ok\nS: 550 no\nS: 503 no\n" + Quit,
        {AcceptedA, "done 250 next", "decided b@x rejected rcpt 550", "done", "closed"});
    row("MAIL refused", InFlight + "S: 250 ok\nS: 550 no\nS: 503 no\nS: 503 no\n" + Quit,
        {AcceptedA, "done 250 next", "decided b@x rejected mail 550", "done", "closed"});
    row("DATA deferred", InFlight + "S: 250 ok\nS: 250 ok\nS: 250 ok\nS: 451 later\n" + Quit,
        {AcceptedA, "done 250 next", "decided b@x deferred data 451", "done", "closed"});
    row("B26 closed behind the second dot", InFlight + "S: 250 ok\n" + Taken + Dot + "CLOSE\n",
        {AcceptedA, "done 250 next", "commit", "decided b@x uncertain dot connectionClosed",
            "done connectionClosed", "failed connectionClosed dot", "closed abort"});
    row("B29 reset instead of 221",
        InFlight + "S: 250 ok\n" + Taken + Dot + "S: 250 ok\nC: QUIT\nRESET\n",
        {AcceptedA, "done 250 next", "commit", AcceptedB, "done 250", "closed abort"});
    row("cancelled", InFlight + "CANCEL\n",
        {"decided a@x uncertain dot cancelled", "done cancelled", "failed cancelled dot",
            "closed abort"});
}

void TestSessionFollow::flight()
{
    QFETCH(QByteArray, script);
    QFETCH(QByteArrayList, facts);
    playEveryWay(playerFor(script), facts);
}

void TestSessionFollow::keepsToItself_data()
{
    QTest::addColumn<Smtp::SessionOptions>("options");
    QTest::addColumn<QByteArray>("script");
    QTest::addColumn<QByteArrayList>("facts");
    const QByteArrayList both {"commit"_ba, AcceptedA, "done 250 next"_ba, "commit"_ba, AcceptedB,
        "done 250"_ba, "closed"_ba};
    const auto oneByOne = [](const QByteArray &recipient) {
        return "C: MAIL FROM:<me@here>\nS: 250 ok\nC: RCPT TO:<" + recipient
            + ">\nS: 250 ok\nC: DATA\nS: 354 go\n" + Dot + "S: 250 ok\n";
    };
    QTest::newRow("B13 PIPELINING not announced")
        << plainOptions()
        << Greeting + "S: 250 mx\n" + oneByOne("a@x"_ba) + oneByOne("b@x"_ba) + Quit << both;
    Smtp::SessionOptions options = plainOptions();
    options.pipelining = false;
    QTest::newRow("B13 pipelining switched off")
        << options << Hello + oneByOne("a@x"_ba) + oneByOne("b@x"_ba) + Quit << both;
    options = plainOptions();
    options.protocol = Smtp::Protocol::Lmtp;
    QTest::newRow("rfc2033 4.2 a reply per recipient")
        << options
        << "S: 220 mx\nC: LHLO me.example\nS: 250-mx\nS: 250 PIPELINING\n" + GroupA + Taken + Dot
            + "S: 250 ok\n" + GroupB + Taken + Dot + "S: 250 ok\n" + Quit
        << both;
    options = plainOptions();
    options.prdr = true;
    const QByteArray mail = "C: MAIL FROM:<me@here> PRDR\n"_ba;
    QTest::newRow("PRDR: one reply or several")
        << options
        << Greeting + "S: 250-mx\nS: 250-PRDR\nS: 250 PIPELINING\n" + mail
            + "C: RCPT TO:<a@x>\nC: DATA\n" + Taken + Dot + "S: 353 each\nS: 250 a\nS: 250 ok\n"
            + mail + "C: RCPT TO:<b@x>\nC: DATA\n" + Taken + Dot + "S: 250 ok\n" + Quit
        << both;
    QTest::newRow("B31 RSET comes first where a transaction was left open")
        << plainOptions()
        << Hello + GroupA + "S: 250 ok\nS: 550 no\nS: 503 no\nC: RSET\nS: 250 ok\n" + GroupB + Taken
            + Dot + "S: 250 ok\n" + Quit
        << QByteArrayList {"decided a@x rejected rcpt 550"_ba, "done next"_ba, "commit"_ba,
               AcceptedB, "done 250"_ba, "closed"_ba};
    QTest::newRow("B31 RSET refused")
        << plainOptions()
        << Hello + GroupA + "S: 250 ok\nS: 550 no\nS: 503 no\nC: RSET\nS: 500 no\n"
        << QByteArrayList {"decided a@x rejected rcpt 550"_ba, "done next"_ba,
               "decided b@x deferred rset 500"_ba, "done denied"_ba, "failed denied rset 500"_ba,
               "closed"_ba};
    QTest::newRow("B35 the second is too large")
        << plainOptions()
        << Greeting + "S: 250-mx\nS: 250-SIZE 30\nS: 250 PIPELINING\n"
            + "C: MAIL FROM:<me@here> SIZE=20\nC: RCPT TO:<a@x>\nC: DATA\n" + Taken + Dot
            + "S: 250 ok\n" + Quit
        << QByteArrayList {"commit"_ba, AcceptedA, "done 250 next"_ba,
               "decided b@x failed mail unsupported"_ba, "done unsupported"_ba, "closed"_ba};
    QTest::newRow("B22 refused in the body: the second was never sent")
        << plainOptions() << Hello + GroupA + "S: 250 ok\nS: 250 ok\nS: 354 go\nS: 552 full\n"
        << QByteArrayList {"decided a@x rejected content 552"_ba, "done 552"_ba, "closed abort"_ba};
}

void TestSessionFollow::keepsToItself()
{
    QFETCH(Smtp::SessionOptions, options);
    QFETCH(QByteArray, script);
    QFETCH(QByteArrayList, facts);
    SessionPlayer player = playerFor(script);
    player.options = options;
    const QByteArrayView row(QTest::currentDataTag());
    if (row.startsWith("B35"))
        player.transactions[1].size = 40;
    player.holdContent = row.startsWith("B22");
    playEveryWay(player, facts);
}

// RFC 3030 4.2: MAIL and RCPT follow the last chunk; the next chunk waits for the recipients.
void TestSessionFollow::chunks()
{
    const QByteArray chunk = "C: BDAT 20 LAST\nC: Subject: x\nC:\nC: .hi\n"_ba;
    SessionPlayer player = playerFor(Greeting + "S: 250-mx\nS: 250-CHUNKING\nS: 250 PIPELINING\n"
        + "C: MAIL FROM:<me@here>\nC: RCPT TO:<a@x>\nS: 250 ok\nS: 250 ok\n" + chunk
        + "C: MAIL FROM:<me@here>\nC: RCPT TO:<b@x>\nS: 250 ok\nS: 250 ok\nS: 250 ok\n" + chunk
        + "S: 250 ok\n" + Quit);
    player.content = "Subject: x\r\n\r\n.hi\r\n";
    player.options.chunking = Smtp::Chunking::WhereOffered;
    for (Smtp::Transaction &transaction : player.transactions)
        transaction.size = player.content.size();
    player.script.replace("BDAT 20", "BDAT " + QByteArray::number(player.content.size()));
    playEveryWay(player,
        {"commit"_ba, AcceptedA, "done 250 next"_ba, "commit"_ba, AcceptedB, "done 250"_ba,
            "closed"_ba});
}

void TestSessionFollow::grid_data()
{
    QTest::addColumn<QByteArray>("script");
    QTest::addColumn<Outcome>("first");
    QTest::addColumn<std::optional<Outcome>>("second");

    constexpr auto D = Outcome::Deferred;
    constexpr auto R = Outcome::Rejected;
    constexpr auto F = Outcome::Failed;
    struct Row {
        const char *name;
        QByteArray script;
    };
    const QList<Row> rows {{"dot", InFlight}, {"MAIL", InFlight + "S: 250 ok\n"},
        {"RCPT", InFlight + "S: 250 ok\nS: 250 ok\n"},
        {"DATA", InFlight + "S: 250 ok\nS: 250 ok\nS: 250 ok\n"}};
    for (const Row &row : rows) {
        const bool atDot = QByteArrayView(row.name) == "dot";
        for (const Fault &fault : faults()) {
            const QByteArrayView name(fault.name);
            const bool reply = name == "4yz" || name == "5yz" || name == "421";
            const Outcome byReply = name == "5yz" ? R : D;
            const bool lost = name == "RST" || name == "FIN" || name.endsWith("FIN")
                || name.endsWith("silence");
            const Outcome undecided = lost ? D : F;
            std::optional<Outcome> second;
            if (!atDot)
                second = reply ? byReply : undecided;
            else if (reply && name != "421")
                second = D; // its own replies never come: the script ends in CLOSE
            QTest::addRow("B18 %s with an envelope in flight, %s", row.name, fault.name)
                << row.script + fault.script + "CLOSE\n"
                << (!atDot         ? Outcome::Accepted
                           : reply ? byReply
                                   : Outcome::Uncertain)
                << second;
        }
    }
}

/// Each stage of the flight meets each fault: what was committed is told as it is, what was never
/// sent as nothing.
void TestSessionFollow::grid()
{
    QFETCH(QByteArray, script);
    QFETCH(Outcome, first);
    QFETCH(std::optional<Outcome>, second);
    SessionPlayer player = playerFor(script);
    const auto check = [&] {
        QCOMPARE(player.outcomes.size(), second ? 2 : 1);
        QCOMPARE(player.outcomes[0].outcome, first);
        QCOMPARE(player.outcomes[0].recipient.address(), "a@x");
        if (second) {
            QCOMPARE(player.outcomes[1].outcome, *second);
            QCOMPARE(player.outcomes[1].recipient.address(), "b@x");
        }
        QVERIFY(player.facts.contains("closed") || player.facts.contains("closed abort"));
        // One body only ever left.
        QCOMPARE(player.client.count("\r\n.\r\n"), 1);
    };
    player.play();
    check();
    if (script.size() > 60'000)
        return;
    player.play(SessionPlayer::Chunks::Bytes);
    check();
}

// The ledger may be slower than the network: what is named behind the dot still goes ahead.
void TestSessionFollow::lateName()
{
    Smtp::Session session(plainOptions());
    Base::TimePoint now {std::chrono::hours(1)};
    QByteArray sent;
    const auto drain = [&] {
        while (const auto event = session.next()) {
            if (const auto *send = std::get_if<Smtp::Event::Send>(&*event))
                sent += send->bytes;
            else if (std::holds_alternative<Smtp::Event::SendContent>(*event))
                session.contentFinished(now);
            else if (std::holds_alternative<Smtp::Event::Commit>(*event))
                session.committed(now);
            else if (std::holds_alternative<Smtp::Event::Ready>(*event))
                session.send(transactionFor({"a@x"}), now);
        }
    };
    session.start(now);
    session.receive("220 mx\r\n", now);
    drain();
    session.receive("250-mx\r\n250 PIPELINING\r\n", now);
    drain();
    session.receive("250 ok\r\n250 ok\r\n354 go\r\n", now);
    drain();
    QVERIFY(sent.endsWith(".\r\n"));
    sent.clear();
    session.follow(transactionFor({"b@x"}), now);
    drain();
    QCOMPARE(sent, "MAIL FROM:<me@here>\r\nRCPT TO:<b@x>\r\nDATA\r\n");
    // But not into a reply that has begun.
    session.receive("250 ok\r\n250 ok\r\n250 ok\r\n354 go\r\n", now);
    drain();
    session.receive("25", now);
    sent.clear();
    session.follow(transactionFor({"c@x"}), now);
    drain();
    QCOMPARE(sent, ""_ba);
    session.receive("0 ok\r\n", now);
    drain();
    QCOMPARE(sent, "MAIL FROM:<me@here>\r\nRCPT TO:<c@x>\r\nDATA\r\n");
}

void TestSessionFollow::namedBehindTheEnd()
{
    Smtp::Session session(plainOptions());
    const Base::TimePoint now {std::chrono::hours(1)};
    session.start(now);
    session.peerClosed(now);
    QVERIFY(session.isOver());
    session.follow(transactionFor({"a@x"}), now);
    while (const auto event = session.next())
        QVERIFY(!std::holds_alternative<Smtp::Event::RecipientDecided>(*event));
}

// All replies to a transaction were read before its driver came to name the next one.
void TestSessionFollow::doneBeforeItWasNamed()
{
    Smtp::Session session(plainOptions());
    const Base::TimePoint now {std::chrono::hours(1)};
    session.start(now);
    session.receive("220 mx\r\n", now);
    session.receive("250-mx\r\n250 PIPELINING\r\n", now);
    while (session.next()) { }
    session.send(transactionFor({"a@x"}), now);
    session.receive("250 ok\r\n550 no\r\n503 no\r\n", now);
    session.follow(transactionFor({"b@x"}), now);
    int done = 0;
    QByteArray sent;
    while (const auto event = session.next()) {
        if (const auto *one = std::get_if<Smtp::Event::TransactionDone>(&*event)) {
            ++done;
            QVERIFY(one->follows);
            sent.clear();
        } else if (const auto *send = std::get_if<Smtp::Event::Send>(&*event)) {
            sent += send->bytes;
        }
    }
    QCOMPARE(done, 1);
    QCOMPARE(sent, "RSET\r\n");
}

void TestSessionFollow::marksWhatIsAhead()
{
    Smtp::Session session(plainOptions());
    const Base::TimePoint now {std::chrono::hours(1)};
    QByteArrayList sent;
    const auto drain = [&] {
        while (const auto event = session.next()) {
            if (const auto *send = std::get_if<Smtp::Event::Send>(&*event)) {
                sent.append((send->ahead ? "ahead "_ba : "now "_ba) + send->bytes.trimmed());
            } else if (std::holds_alternative<Smtp::Event::Ready>(*event)) {
                session.send(transactionFor({"a@x"}), now);
                session.follow(transactionFor({"b@x"}), now);
            } else if (std::holds_alternative<Smtp::Event::SendContent>(*event)) {
                session.contentFinished(now);
            } else if (std::holds_alternative<Smtp::Event::Commit>(*event)) {
                session.committed(now);
            }
        }
    };
    session.start(now);
    session.receive("220 mx\r\n250-mx\r\n"_ba.first(8), now);
    drain();
    session.receive("250-mx\r\n250 PIPELINING\r\n", now);
    drain();
    sent.clear();
    session.receive("250 ok\r\n250 ok\r\n354 go\r\n", now);
    drain();
    QCOMPARE(sent,
        (QByteArrayList {"now ."_ba, "ahead MAIL FROM:<me@here>"_ba, "ahead RCPT TO:<b@x>"_ba,
            "ahead DATA"_ba}));
    sent.clear();
    session.receive("250 ok\r\n250 ok\r\n250 ok\r\n354 go\r\n", now);
    drain();
    QCOMPARE(sent, QByteArrayList {"now ."_ba});
}

QTEST_GUILESS_MAIN(TestSessionFollow)
#include "tst_sessionfollow.moc"
