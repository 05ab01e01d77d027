// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/literals.h"
#include "sessionplayer.h"

#include <QTest>

using namespace Mailgauge;
using namespace Mailgauge::Test;
using Smtp::Outcome;

namespace {

const QByteArray Content = "Subject: x\r\n\r\n.hi\r\n"_ba;
const QByteArray Hello
    = "S: 220 mx\nC: EHLO me.example\nS: 250-mx\nS: 250-CHUNKING\nS: 250 PIPELINING\n"_ba;
const QByteArray Chunk = "C: BDAT " + QByteArray::number(Content.size())
    + " LAST\nC: Subject: x\nC:\nC: .hi\n";
const QByteArray Reset = "C: RSET\n"_ba;
const QByteArray MailOk = "S: 250 2.1.0 ok\n"_ba;
const QByteArray RcptOk = "S: 250 2.1.5 ok\n"_ba;
const QByteArray Queued = "S: 250 2.0.0 queued\n"_ba;
const QByteArray ResetOk = "S: 250 2.0.0 ok\n"_ba;
const QByteArray Taken = MailOk + RcptOk;
const QByteArray Quit = "C: QUIT\nS: 221 bye\n"_ba;

QByteArray envelope(const char *recipient)
{
    return "C: MAIL FROM:<me@here>\nC: RCPT TO:<"_ba + recipient + ">\n";
}

/// The first goes by itself and shows how the server marks its replies; behind the second the
/// others leave as they are.
const QByteArray First = Hello + envelope("a@x") + Taken + Chunk + envelope("b@x") + Queued + Taken
    + Chunk;
const QByteArray InFlight = First + envelope("c@x") + Chunk + Reset + envelope("d@x") + Chunk;
const QByteArrayList FlightFacts {"commit"_ba, "decided a@x accepted dot 250"_ba,
    "done 250 next"_ba, "commit"_ba, "commit +1"_ba, "commit +2"_ba};

SessionPlayer playerFor(const QByteArray &script, const QByteArrayList &recipients)
{
    SessionPlayer player;
    player.options = plainOptions();
    player.options.chunking = Smtp::Chunking::WhereOffered;
    player.follow = true;
    player.depth = 2;
    player.content = Content;
    for (const QByteArray &recipient : recipients) {
        player.transactions.append(transactionFor({recipient}));
        player.transactions.last().size = Content.size();
    }
    player.script = script;
    return player;
}

QByteArray accepted(const char *recipient)
{
    return "decided "_ba + recipient + " accepted dot 250";
}

} // namespace

/// Whole messages in flight by BDAT (RFC 3030 4.2 with RFC 2920 3.1).
class TestSessionFlight : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void flight_data();
    void flight();
    void grid_data();
    void grid();
    void staysOnGround_data();
    void staysOnGround();
    void grounded();
    void leaving_data();
    void leaving();
    void ledgerFirst();
    void ledgerRefuses_data();
    void ledgerRefuses();
    void window_data();
    void window();
    void marksWhatIsAhead();
};

void TestSessionFlight::flight_data()
{
    QTest::addColumn<QByteArray>("script");
    QTest::addColumn<QByteArrayList>("facts");
    const auto row = [](const char *name, const QByteArray &script, const QByteArrayList &facts) {
        QTest::newRow(name) << InFlight + script << FlightFacts + facts;
    };
    const QByteArrayList allAccepted {accepted("b@x"), "done 250 next", accepted("c@x"),
        "done 250 next", accepted("d@x"), "done 250", "closed"};
    const auto lost = [](const char *who, const char *kind, const char *stage, bool next) {
        return QByteArrayList {"decided "_ba + who + " uncertain " + stage + ' ' + kind,
            "done "_ba + kind + (next ? " next" : "")};
    };
    const auto all = [&](const char *kind, const char *stage) {
        return lost("b@x", kind, stage, true) + lost("c@x", kind, stage, true)
            + lost("d@x", kind, stage, false)
            + QByteArrayList {"failed "_ba + kind + ' ' + stage, "closed abort"_ba};
    };
    const QByteArrayList b {accepted("b@x"), "done 250 next"_ba};
    row("rfc3030 4.2 whole messages in a group",
        Queued + Taken + Queued + ResetOk + Taken + Queued + Quit, allAccepted);
    row("B26 closed behind the chunks", "CLOSE\n", all("connectionClosed", "dot"));
    row("B26 reset", "RESET\n", all("connectionClosed", "dot"));
    row("B27 silence", "TIMEOUT\n", all("timeout", "dot"));
    row("B28 half a reply", "S\\ 250-o\nCLOSE\n", all("connectionClosed", "dot"));
    row("B12 garbage, then all is well", "S: garbage\n" + Queued + Taken,
        all("malformedReply", "dot"));
    row("cancelled", "CANCEL\n", all("cancelled", "dot"));
    row("B11 fewer replies, then silence", Queued + Taken + "TIMEOUT\n",
        b + lost("c@x", "timeout", "dot", true) + lost("d@x", "timeout", "dot", false)
            + QByteArrayList {"failed timeout dot"_ba, "closed abort"_ba});
    row("B10 two replies to a chunk: never taken for those of the next message",
        Queued + Queued + Taken + Queued,
        b + lost("c@x", "malformedReply", "mail", true)
            + lost("d@x", "malformedReply", "mail", false)
            + QByteArrayList {"failed malformedReply mail"_ba, "closed abort"_ba});
    row("B10 two replies to RCPT", Queued + Taken + RcptOk + Queued,
        b + lost("c@x", "malformedReply", "dot", true) + lost("d@x", "malformedReply", "dot", false)
            + QByteArrayList {"failed malformedReply dot"_ba, "closed abort"_ba});
    row("B10 a reply is missing", Queued + MailOk + Queued + ResetOk + Taken + Queued,
        b + lost("c@x", "malformedReply", "rcpt", true)
            + lost("d@x", "malformedReply", "rcpt", false)
            + QByteArrayList {"failed malformedReply rcpt"_ba, "closed abort"_ba});
    row("B21 554 to a chunk",
        "S: 554 5.7.1 spam\n" + Taken + "S: 451 4.3.0 later\n" + ResetOk + Taken + Queued + Quit,
        {"decided b@x rejected dot 554", "done 554 next", "decided c@x deferred dot 451",
            "done 451 next", accepted("d@x"), "done 250", "closed"});
    row("MAIL refused: the rest of it is refused too",
        Queued + "S: 550 5.7.1 no\nS: 503 5.5.1 no\nS: 503 5.5.1 no\n" + ResetOk + Taken + Queued
            + Quit,
        b
            + QByteArrayList {"decided c@x rejected mail 550"_ba, "done 503 next"_ba,
                accepted("d@x"), "done 250"_ba, "closed"_ba});
    row("B19 nobody is left",
        Queued + MailOk + "S: 550 5.1.1 no\nS: 554 5.5.1 nobody\n" + ResetOk + Taken + Queued
            + Quit,
        b
            + QByteArrayList {"decided c@x rejected rcpt 550"_ba, "done 554 next"_ba,
                accepted("d@x"), "done 250"_ba, "closed"_ba});
    row("B19 nobody is left, the content is taken all the same",
        Queued + MailOk + "S: 550 5.1.1 no\n" + Queued + ResetOk + Taken + Queued + Quit,
        b
            + QByteArrayList {"decided c@x rejected rcpt 550"_ba, "quirk contentForNobody"_ba,
                "done 250 next"_ba, accepted("d@x"), "done 250"_ba, "closed"_ba});
    row("B19 354 to a chunk", Queued + MailOk + "S: 550 5.1.1 no\nS: 354 go\n",
        b + QByteArrayList {"decided c@x rejected rcpt 550"_ba, "done malformedReply next"_ba}
            + lost("d@x", "malformedReply", "dot", false)
            + QByteArrayList {"failed malformedReply dot"_ba, "closed abort"_ba});
    row("B31 RSET refused", Queued + Taken + Queued + "S: 500 5.5.1 no\n",
        b
            + QByteArrayList {accepted("c@x"), "done 250 next"_ba,
                "decided d@x uncertain rset denied"_ba, "done denied"_ba,
                "failed denied rset 500"_ba, "closed"_ba});
    row("B20 421: those behind it are uncertain", Queued + "S: 421 4.3.2 enough\nCLOSE\n",
        b + QByteArrayList {"decided c@x deferred mail 421"_ba, "done connectionClosed next"_ba}
            + lost("d@x", "connectionClosed", "rcpt", false)
            + QByteArrayList {"failed connectionClosed rcpt"_ba, "closed abort"_ba});
    row("B20 421: what is still said counts",
        Queued + "S: 421 enough\nS: 503 no\nS: 503 no\n" + ResetOk
            + "S: 421 enough\nS: 503 no\nS: 503 no\n",
        b
            + QByteArrayList {"decided c@x deferred mail 421"_ba, "done 503 next"_ba,
                "decided d@x deferred mail 421"_ba, "done 503"_ba, "closed"_ba});
    row("B20 421 to a chunk, the next is taken",
        "S: 421 enough\n" + Taken + Queued + "S: 421 enough\nS: 503 no\nS: 503 no\nS: 503 no\n",
        {"decided b@x deferred dot 421", "done 421 next", accepted("c@x"), "done 250 next",
            "decided d@x deferred rset 421", "done 503", "closed"});
    row("B27 421, then silence", "S: 421 enough\nTIMEOUT\n",
        QByteArrayList {"decided b@x deferred dot 421"_ba, "done 421 next"_ba}
            + lost("c@x", "timeout", "mail", true) + lost("d@x", "timeout", "mail", false)
            + QByteArrayList {"failed timeout mail"_ba, "closed abort"_ba});
    row("B34 BDAT is not known any more", Queued + Taken + "S: 500 5.5.2 what\n",
        b
            + QByteArrayList {"quirk chunkingRefused"_ba, "decided c@x rejected dot 500"_ba,
                "done 500 next"_ba, "decided d@x uncertain rset malformedReply"_ba,
                "done malformedReply"_ba, "failed malformedReply rset"_ba, "closed abort"_ba});
    row("B29 reset instead of 221",
        Queued + Taken + Queued + ResetOk + Taken + Queued + "C: QUIT\nRESET\n",
        {accepted("b@x"), "done 250 next", accepted("c@x"), "done 250 next", accepted("d@x"),
            "done 250", "closed abort"});
}

void TestSessionFlight::flight()
{
    QFETCH(QByteArray, script);
    QFETCH(QByteArrayList, facts);
    playEveryWay(playerFor(script, {"a@x", "b@x", "c@x", "d@x"}), facts);
}

void TestSessionFlight::grid_data()
{
    QTest::addColumn<QByteArray>("script");
    QTest::addColumn<QList<Outcome>>("outcomes"); // of b, c and d
    struct Stop {
        const char *name;
        QByteArray before;
        int accepted; ///< So many of the three are by then.
    };
    const QByteArray atC = InFlight + Queued;
    const QByteArray atD = atC + Taken + Queued;
    const QList<Stop> stops {{"dot", InFlight, 0}, {"MAIL", atC, 1}, {"RCPT", atC + MailOk, 1},
        {"its dot", atC + Taken, 1}, {"RSET", atD, 2}, {"MAIL of the last", atD + ResetOk, 2},
        {"RCPT of the last", atD + ResetOk + MailOk, 2}, {"last dot", atD + ResetOk + Taken, 2}};
    for (const Stop &stop : stops) {
        for (const Fault &fault : faults()) {
            const QByteArrayView name(fault.name);
            QList<Outcome> outcomes(3, Outcome::Uncertain);
            for (int i = 0; i < stop.accepted; ++i)
                outcomes[i] = Outcome::Accepted;
            const bool atReset = QByteArrayView(stop.name) == "RSET";
            if (name == "421" || (name == "4yz" && !atReset))
                outcomes[stop.accepted] = Outcome::Deferred;
            else if (name == "5yz" && !atReset)
                outcomes[stop.accepted] = Outcome::Rejected;
            QTest::addRow("B18 %s with messages in flight, %s", stop.name, fault.name)
                << stop.before + fault.script + "CLOSE\n"
                << outcomes;
        }
    }
}

/// What was accepted stays so, what was refused too; what was not answered is uncertain.
void TestSessionFlight::grid()
{
    QFETCH(QByteArray, script);
    QFETCH(QList<Outcome>, outcomes);
    SessionPlayer player = playerFor(script, {"a@x", "b@x", "c@x", "d@x"});
    const auto check = [&] {
        QList<Outcome> told;
        for (const Smtp::RecipientOutcome &outcome : std::as_const(player.outcomes))
            told.append(outcome.outcome);
        QCOMPARE(told, QList {Outcome::Accepted} + outcomes);
        QVERIFY(player.facts.contains("closed") || player.facts.contains("closed abort"));
        QCOMPARE(player.client.count(Content), 4);
    };
    player.play();
    check();
    if (script.size() > 60'000)
        return;
    player.play(SessionPlayer::Chunks::Bytes);
    check();
}

void TestSessionFlight::staysOnGround_data()
{
    QTest::addColumn<QByteArray>("script");
    QTest::addColumn<Smtp::SessionOptions>("options");
    QTest::addColumn<qint64>("size");
    Smtp::SessionOptions plain = plainOptions();
    plain.chunking = Smtp::Chunking::WhereOffered;
    const qint64 size = Content.size();
    const auto script = [](const QByteArray &hello, const QByteArray &mail, const QByteArray &rcpt,
                            const QByteArray &queued) {
        const QByteArray taken = mail + rcpt;
        return hello + envelope("a@x") + taken + Chunk + envelope("b@x") + queued + taken + Chunk
            + envelope("c@x") + queued + taken + Chunk + queued + Quit;
    };
    QTest::newRow("B10 replies that cannot be told apart: no enhanced codes")
        << script(Hello, "S: 250 ok\n", "S: 250 ok\n", "S: 250 ok\n") << plain << size;
    QTest::newRow("B10 replies that cannot be told apart: RCPT")
        << script(Hello, MailOk, "S: 250 2.0.0 ok\n", Queued) << plain << size;
    QTest::newRow("B10 replies that cannot be told apart: the content")
        << script(Hello, MailOk, RcptOk, "S: 250 2.1.0 ok\n") << plain << size;
    Smtp::SessionOptions options = plain;
    options.chunkSize = size - 1;
    QByteArray two = script(Hello, MailOk, RcptOk, Queued);
    two.replace(Chunk,
        "C: BDAT " + QByteArray::number(size - 1) + "\nC: Subject: x\nC:\nC\\ .hi\\r\n"
            + "S: 250 2.0.0 taken\nC: BDAT 1 LAST\nC\\ \\n\n");
    QTest::newRow("of several chunks") << two << options << size;
    QByteArray data = script(Hello, MailOk, RcptOk, Queued);
    for (const char *recipient : {"a@x", "b@x", "c@x"})
        data.replace(envelope(recipient), envelope(recipient) + "C: DATA\n");
    data.replace(Taken + Chunk, Taken + "S: 354 go\nC: Subject: x\nC:\nC: ..hi\nC: .\n");
    options = plain;
    options.chunking = Smtp::Chunking::Off;
    QTest::newRow("B13 rfc2920 3.1 DATA ends its group") << data << options << size;
}

void TestSessionFlight::staysOnGround()
{
    QFETCH(QByteArray, script);
    QFETCH(Smtp::SessionOptions, options);
    QFETCH(qint64, size);
    SessionPlayer player = playerFor(script, {"a@x", "b@x", "c@x"});
    player.options = options;
    for (Smtp::Transaction &transaction : player.transactions)
        transaction.size = size;
    playEveryWay(player,
        {"commit"_ba, accepted("a@x"), "done 250 next"_ba, "commit"_ba, accepted("b@x"),
            "done 250 next"_ba, "commit"_ba, accepted("c@x"), "done 250"_ba, "closed"_ba});
}

// No content for nobody for longer than a flight: behind a refusal the next waits for its
// recipients, and is cleared already.
void TestSessionFlight::grounded()
{
    SessionPlayer player = playerFor(First + envelope("c@x") + Chunk + Queued + Reset
            + envelope("d@x") + Chunk + MailOk + "S: 550 5.1.1 no\nS: 554 5.5.1 nobody\n" + ResetOk
            + Taken + Queued + envelope("e@x") + Taken + Chunk + envelope("f@x") + Chunk + Queued
            + Taken + Queued + Quit,
        {"a@x", "b@x", "c@x", "d@x", "e@x", "f@x"});
    player.depth = 1;
    playEveryWay(player,
        {"commit"_ba, accepted("a@x"), "done 250 next"_ba, "commit"_ba, "commit +1"_ba,
            accepted("b@x"), "done 250 next"_ba, "commit +1"_ba, "decided c@x rejected rcpt 550"_ba,
            "done 554 next"_ba, accepted("d@x"), "done 250 next"_ba, "commit"_ba, "commit +1"_ba,
            accepted("e@x"), "done 250 next"_ba, accepted("f@x"), "done 250"_ba, "closed"_ba});
}

void TestSessionFlight::leaving_data()
{
    QTest::addColumn<QByteArray>("script");
    QTest::addColumn<QByteArrayList>("facts");
    const QByteArray begun = First + envelope("c@x") + "C: BDAT "
        + QByteArray::number(Content.size()) + " LAST\nPIECE 12\nC: Subject: x\n";
    const QByteArray rest = "PIECE 100\nC:\nC: .hi\nFINISHED\n"_ba;
    const QByteArrayList b {accepted("b@x"), "done 250 next"_ba};
    const auto row = [](const char *name, const QByteArray &script, const QByteArrayList &facts) {
        QTest::newRow(name) << script << FlightFacts + facts;
    };
    row("rfc3030 2 one behind the other",
        begun + rest + Reset + envelope("d@x") + "C: BDAT " + QByteArray::number(Content.size())
            + " LAST\nPIECE 12\nC: Subject: x\n" + rest + Queued + Taken + Queued + ResetOk + Taken
            + Queued + Quit,
        b
            + QByteArrayList {
                accepted("c@x"), "done 250 next"_ba, accepted("d@x"), "done 250"_ba, "closed"_ba});
    row("B23 lost before the last octet: never sent", begun + "CLOSE\n",
        {"decided b@x uncertain dot connectionClosed", "done connectionClosed",
            "failed connectionClosed dot", "closed abort"});
    row("B26 lost behind the last octet", begun + "PIECE 100\nC:\nC: .hi\nCLOSE\n",
        {"decided b@x uncertain dot connectionClosed", "done connectionClosed next",
            "decided c@x uncertain dot connectionClosed", "done connectionClosed",
            "failed connectionClosed dot", "closed abort"});
    row("B23 lost before the last octet, its turn has come", begun + Queued + Taken + "CLOSE\n",
        b
            + QByteArrayList {"decided c@x deferred dot connectionClosed"_ba,
                "done connectionClosed"_ba, "failed connectionClosed dot"_ba, "closed abort"_ba});
    row("B10 taken before all of it is sent", begun + Queued + Taken + Queued,
        b
            + QByteArrayList {"decided c@x uncertain dot malformedReply"_ba,
                "done malformedReply"_ba, "failed malformedReply dot"_ba, "closed abort"_ba});
    row("B22 refused before all of it is sent",
        begun + Queued + Taken + "S: 552 5.3.4 full\n" + rest + Reset + ResetOk + envelope("d@x")
            + Taken + Chunk + Queued + Quit,
        b
            + QByteArrayList {"decided c@x rejected dot 552"_ba, "done 552 next"_ba,
                accepted("d@x"), "done 250"_ba, "closed"_ba});
    row("B22 refused twice before all of it is sent",
        begun + Queued + Taken + "S: 552 5.3.4 full\nS: 552 5.3.4 full\n",
        b
            + QByteArrayList {"decided c@x rejected dot 552"_ba, "done malformedReply"_ba,
                "failed malformedReply dot"_ba, "closed abort"_ba});
    row("the content is shorter than announced", begun + "FINISHED\n",
        {"decided b@x uncertain dot io", "done io", "failed io dot", "closed abort"});
}

void TestSessionFlight::leaving()
{
    QFETCH(QByteArray, script);
    QFETCH(QByteArrayList, facts);
    SessionPlayer player = playerFor(script, {"a@x", "b@x", "c@x", "d@x"});
    player.holdAhead = true;
    playEveryWay(player, facts);
}

// R4: nothing of a message leaves before the ledger says so; answers come in their order.
void TestSessionFlight::ledgerFirst()
{
    const QByteArray toFlight = Hello + envelope("a@x") + Taken + "STORED\n" + Chunk
        + envelope("b@x") + Queued + Taken + "STORED\n" + Chunk;
    SessionPlayer player = playerFor(toFlight + "STORED\n" + envelope("c@x") + Chunk + "STORED\n"
            + Reset + envelope("d@x") + Chunk + Queued + Taken + Queued + ResetOk + Taken + Queued
            + Quit,
        {"a@x", "b@x", "c@x", "d@x"});
    player.holdCommit = true;
    const QByteArrayList rest {accepted("b@x"), "done 250 next"_ba, accepted("c@x"),
        "done 250 next"_ba, accepted("d@x"), "done 250"_ba, "closed"_ba};
    playEveryWay(player, FlightFacts + rest);
    // The ledger is slower than the server: what it was asked for is not asked for again.
    player.script = toFlight + Queued + envelope("c@x") + Taken + "STORED\n" + Chunk + "STORED\n"
        + envelope("d@x") + Chunk + Queued + Taken + Queued + Quit;
    playEveryWay(player, FlightFacts + rest);
    player.script = toFlight + Queued + envelope("c@x") + "STORED\n" + Taken + Chunk + "CLOSE\n";
    playEveryWay(player,
        FlightFacts
            + QByteArrayList {accepted("b@x"), "done 250 next"_ba,
                "decided c@x uncertain dot connectionClosed"_ba, "done connectionClosed"_ba,
                "failed connectionClosed dot"_ba, "closed abort"_ba});
}

// R4, H4: what the ledger refuses never leaves, and takes nobody's reply with it.
void TestSessionFlight::ledgerRefuses_data()
{
    QTest::addColumn<QByteArray>("script");
    QTest::addColumn<QByteArrayList>("facts");
    const QByteArrayList b {accepted("b@x"), "done 250 next"_ba};
    const QByteArrayList bAlone {accepted("b@x"), "done 250"_ba, "closed"_ba};
    const QByteArrayList bAndC = b + QByteArrayList {accepted("c@x"), "done 250"_ba, "closed"_ba};
    const QByteArrayList cFailed = b
        + QByteArrayList {"decided c@x failed rcpt full"_ba, "done full"_ba, "closed"_ba};
    const QByteArray c = envelope("c@x");
    QTest::newRow("behind one that left")
        << "STORED\n" + c + Chunk + "REFUSED 2\n" + Queued + Taken + Queued + Quit << bAndC;
    QTest::newRow("before the one in front of it is cleared")
        << "REFUSED 2\nSTORED\n" + c + Chunk + Queued + Taken + Queued + Quit << bAndC;
    QTest::newRow("and all behind it") << "REFUSED 1\n" + Queued + Quit << bAlone;
    QTest::newRow("an answer too many") << "REFUSED 1\nSTORED\n" + Queued + Quit << bAlone;
    QTest::newRow("its envelope was taken") << Queued + c + Taken + "REFUSED 0\n" + Quit << cFailed;
    QTest::newRow("its envelope is out") << Queued + c + "REFUSED 0\n" + Taken + Quit << cFailed;
    QTest::newRow("the server refuses it too")
        << Queued + c + "REFUSED 0\n" + MailOk + "S: 550 5.1.1 no\n" + Quit
        << b + QByteArrayList {"decided c@x rejected rcpt 550"_ba, "done"_ba, "closed"_ba};
}

void TestSessionFlight::ledgerRefuses()
{
    QFETCH(QByteArray, script);
    QFETCH(QByteArrayList, facts);
    SessionPlayer player = playerFor(Hello + envelope("a@x") + Taken + "STORED\n" + Chunk
            + envelope("b@x") + Queued + Taken + "STORED\n" + Chunk + script,
        {"a@x", "b@x", "c@x", "d@x"});
    player.holdCommit = true;
    playEveryWay(player, FlightFacts + facts);
}

void TestSessionFlight::window_data()
{
    QTest::addColumn<qint64>("size");
    QTest::addColumn<int>("inFlight"); // with the one that runs
    QTest::newRow("by count") << qint64(100) << Smtp::Session::MaxFlight;
    QTest::newRow("by octets") << qint64(100 * 1024) << 2;
    QTest::newRow("too large for company") << qint64(200 * 1024) << 1;
    QTest::newRow("empty") << qint64(0) << Smtp::Session::MaxFlight;
}

void TestSessionFlight::window()
{
    QFETCH(qint64, size);
    QFETCH(int, inFlight);
    Smtp::SessionOptions options = plainOptions();
    options.chunking = Smtp::Chunking::WhereOffered;
    Smtp::Session session(options);
    const Base::TimePoint now {std::chrono::hours(1)};
    int chunks = 0;
    Smtp::Transaction transaction = transactionFor({"a@x"});
    transaction.size = size;
    const auto drain = [&] {
        while (const auto event = session.next()) {
            if (const auto *send = std::get_if<Smtp::Event::Send>(&*event)) {
                chunks += send->bytes.startsWith("BDAT") ? 1 : 0;
            } else if (const auto *content = std::get_if<Smtp::Event::SendContent>(&*event)) {
                QCOMPARE(content->octets, size);
                QCOMPARE(session.contentChunk(QByteArray(size + 1, 'x'), now).size(), size);
                session.contentFinished(now);
            } else if (std::holds_alternative<Smtp::Event::Commit>(*event)) {
                session.committed(now);
            } else if (std::holds_alternative<Smtp::Event::Ready>(*event)) {
                session.send(transaction, now);
                for (int i = 0; i < 2 * Smtp::Session::MaxFlight; ++i)
                    session.follow(transaction, now);
            }
        }
    };
    const auto say = [&](const QByteArray &replies) {
        session.receive(replies, now);
        drain();
    };
    session.start(now);
    say("220 mx\r\n");
    say("250-mx\r\n250-CHUNKING\r\n250 PIPELINING\r\n");
    const QByteArray taken = "250 2.1.0 ok\r\n250 2.1.5 ok\r\n"_ba;
    const QByteArray queued = "250 2.0.0 queued\r\n"_ba;
    say(taken);
    QCOMPARE(chunks, 1);
    say(queued + taken);
    QCOMPARE(chunks, 1 + inFlight);
    // Each one that is done makes room for one more.
    say(queued + (inFlight > 1 ? ""_ba : taken));
    QCOMPARE(chunks, 2 + inFlight);
}

void TestSessionFlight::marksWhatIsAhead()
{
    Smtp::SessionOptions options = plainOptions();
    options.chunking = Smtp::Chunking::WhereOffered;
    Smtp::Session session(options);
    const Base::TimePoint now {std::chrono::hours(1)};
    QByteArrayList told;
    const auto number = [](int ahead) { return QByteArray::number(ahead) + ' '; };
    const auto drain = [&] {
        while (const auto event = session.next()) {
            if (const auto *send = std::get_if<Smtp::Event::Send>(&*event)) {
                told.append(number(send->ahead) + send->bytes.trimmed());
            } else if (const auto *content = std::get_if<Smtp::Event::SendContent>(&*event)) {
                told.append(number(content->ahead) + "content");
                (void)session.contentChunk(QByteArray(20, 'x'), now);
                session.contentFinished(now);
            } else if (const auto *commit = std::get_if<Smtp::Event::Commit>(&*event)) {
                told.append(number(commit->ahead) + "commit");
                session.committed(now);
            } else if (std::holds_alternative<Smtp::Event::Ready>(*event)) {
                session.send(transactionFor({"a@x"}), now);
                for (const char *recipient : {"b@x", "c@x", "d@x"})
                    session.follow(transactionFor({recipient}), now);
            } else if (std::holds_alternative<Smtp::Event::TransactionDone>(*event)) {
                told.append("done"_ba);
            }
        }
    };
    session.start(now);
    for (const auto &replies : {"220 mx\r\n"_ba, "250-mx\r\n250-CHUNKING\r\n250 PIPELINING\r\n"_ba,
             "250 2.1.0 ok\r\n250 2.1.5 ok\r\n"_ba}) {
        session.receive(replies, now);
        drain();
    }
    told.clear();
    session.receive("250 2.0.0 queued\r\n250 2.1.0 ok\r\n250 2.1.5 ok\r\n", now);
    drain();
    QCOMPARE(told,
        (QByteArrayList {"done"_ba, "0 commit"_ba, "0 BDAT 20 LAST"_ba, "0 content"_ba,
            "1 commit"_ba, "2 commit"_ba, "1 MAIL FROM:<me@here>"_ba, "1 RCPT TO:<c@x>"_ba,
            "1 BDAT 20 LAST"_ba, "1 content"_ba, "2 RSET"_ba, "2 MAIL FROM:<me@here>"_ba,
            "2 RCPT TO:<d@x>"_ba, "2 BDAT 20 LAST"_ba, "2 content"_ba}));
}

QTEST_GUILESS_MAIN(TestSessionFlight)
#include "tst_sessionflight.moc"
