// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/literals.h"
#include "sessionplayer.h"

#include <QTest>

using namespace Mailgauge;
using namespace Mailgauge::Test;
using Smtp::BreakRule;
using Smtp::Stage;

namespace {

const QByteArray Hello = "S: 220 mx\nC: EHLO me.example\nS: 250 mx\n"_ba;
const QByteArray HelloAuth
    = "S: 220 mx\nC: EHLO me.example\nS: 250-mx\nS: 250-PIPELINING\nS: 250 AUTH PLAIN LOGIN\n"_ba;
const QByteArray Mail = "C: MAIL FROM:<me@here>\n"_ba;
const QByteArray Rcpt = "C: RCPT TO:<a@x>\n"_ba;
const QByteArray Body = "C: Subject: x\nC:\nC: ..hi\n"_ba;
const QByteArray Quit = "C: QUIT\nS: 221 bye\n"_ba;
const QByteArray Message = Mail + "S: 250 ok\n" + Rcpt + "S: 250 ok\nC: DATA\nS: 354 go\n" + Body
    + "C: .\nS: 250 ok\n";
const QByteArrayList Accepted {
    "commit"_ba, "decided a@x accepted dot 250"_ba, "done 250"_ba, "closed"_ba};

} // namespace

/// Lines by hand between transactions, and breakpoints: the exact bytes, and never a false outcome.
class TestSessionControl : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void commandsBeforeTheMessage_data();
    void commandsBeforeTheMessage();
    void commandsOfAnOpenSession_data();
    void commandsOfAnOpenSession();
    void refusedLines_data();
    void refusedLines();
    void secretsTypedByHand();
    void breakpointsOfPlannedLines();
    void breakpoints_data();
    void breakpoints();
    void chunksAtBreakpoints();
    void repliesWhileAChunkWaits_data();
    void repliesWhileAChunkWaits();
    void lmtpAtBreakpoints();
    void noDeadlineWhilePaused();
    void secretsAtBreakpoints_data();
    void secretsAtBreakpoints();

private:
    static void row(const char *name, const QByteArray &script, const QByteArrayList &facts)
    {
        QTest::newRow(name) << script << facts;
    }
};

void TestSessionControl::commandsBeforeTheMessage_data()
{
    QTest::addColumn<QByteArrayList>("commands");
    QTest::addColumn<QByteArray>("script");
    QTest::addColumn<QByteArrayList>("facts");
    const auto add = [](const char *name, const QByteArrayList &commands, const QByteArray &script,
                         const QByteArrayList &facts) {
        QTest::newRow(name) << commands << script << facts;
    };
    add("one by one, then the message", {"VRFY a", "HELP"},
        HelloAuth + "C: VRFY a\nS: 252 2.1.5 try\nC: HELP\nS: 214-see\nS: 214 there\n" + Mail + Rcpt
            + "C: DATA\nS: 250 ok\nS: 250 ok\nS: 354 go\n" + Body + "C: .\nS: 250 ok\n" + Quit,
        QByteArrayList {"answered VRFY a 252", "answered HELP 214"} + Accepted);
    add("a refusal is a result", {"EXPN all"},
        Hello + "C: EXPN all\nS: 502 5.5.1 no\n" + Message + Quit,
        QByteArrayList {"answered EXPN all 502"} + Accepted);
    add("MAIL by hand is reset before ours", {"MAIL FROM:<x@y>"},
        Hello + "C: MAIL FROM:<x@y>\nS: 250 ok\nC: RSET\nS: 250 ok\n" + Message + Quit,
        QByteArrayList {"answered MAIL FROM:<x@y> 250"} + Accepted);
    add("RSET by hand is enough", {"MAIL FROM:<x@y>", "RSET"},
        Hello + "C: MAIL FROM:<x@y>\nS: 250 ok\nC: RSET\nS: 250 ok\n" + Message + Quit,
        QByteArrayList {"answered MAIL FROM:<x@y> 250", "answered RSET 250"} + Accepted);
    add("EHLO by hand counts from then on", {"EHLO other"},
        HelloAuth + "C: EHLO other\nS: 250 mx\n" + Message + Quit, // no PIPELINING any more
        QByteArrayList {"answered EHLO other 250"} + Accepted);
    add("QUIT by hand ends the session", {"QUIT"}, Hello + "C: QUIT\nS: 221 bye\n",
        {"answered QUIT 221", "stopped quit", "closed"});
    add("421 to a line by hand", {"NOOP"}, Hello + "C: NOOP\nS: 421 4.3.2 going down\n",
        {"answered NOOP 421", "failed denied rset 421", "closed"});
    add("lost behind a line by hand", {"NOOP"}, Hello + "C: NOOP\nCLOSE\n",
        {"failed connectionClosed rset", "closed abort"});
    add("silence behind a line by hand", {"NOOP"}, Hello + "C: NOOP\nTIMEOUT\n",
        {"failed timeout rset", "closed abort"});
    add("B10 a reply too many", {"NOOP"}, Hello + "C: NOOP\nS: 250 ok\nS: 250 again\n",
        {"answered NOOP 250", "failed malformedReply rset", "closed abort"});
    add("an exchange of AUTH", {"AUTH LOGIN", "dXNlcg==", "cGFzcw=="},
        Hello
            + "C: AUTH LOGIN\nS: 334 VXNlcm5hbWU6\nC: dXNlcg==\nS: 334 UGFzc3dvcmQ6\n"
              "C: cGFzcw==\nS: 235 ok\n"
            + Message + Quit,
        QByteArrayList {"answered AUTH LOGIN 334", "answered <redacted: AUTH LOGIN> 334",
            "answered <redacted: AUTH LOGIN> 235", "auth LOGIN"}
            + Accepted);
    add("answers that nobody asked for", {"AUTH LOGIN", "dXNlcg==", "cGFzcw=="},
        Hello + "C: AUTH LOGIN\nS: 503 5.5.1 not now\nC: QUIT\nS: 221 bye\n",
        {"answered AUTH LOGIN 503", "failed invalidInput auth", "closed"});
    add("commands behind a refused AUTH", {"AUTH LOGIN", "NOOP"},
        Hello + "C: AUTH LOGIN\nS: 503 5.5.1 not now\nC: NOOP\nS: 250 ok\n" + Message + Quit,
        QByteArrayList {"answered AUTH LOGIN 503", "answered NOOP 250"} + Accepted);
    add("a message by hand", {"MAIL FROM:<>", "RCPT TO:<x@y>", "DATA", "Subject: x", "", "hi", "."},
        Hello
            + "C: MAIL FROM:<>\nS: 250 ok\nC: RCPT TO:<x@y>\nS: 250 ok\nC: DATA\nS: 354 go\n"
              "C: Subject: x\nC:\nC: hi\nC: .\nS: 250 taken\n"
            + Message + Quit,
        QByteArrayList {"answered MAIL FROM:<> 250", "answered RCPT TO:<x@y> 250",
            "answered DATA 354", "answered . 250"}
            + Accepted);
    add("the server waits for more", {"DATA"}, Hello + "C: DATA\nS: 354 go\n",
        {"answered DATA 354", "failed invalidInput data", "closed abort"});
    add("354 to NOOP", {"NOOP"}, Hello + "C: NOOP\nS: 354 go\n",
        {"answered NOOP 354", "failed malformedReply rset", "closed abort"});
}

void TestSessionControl::commandsBeforeTheMessage()
{
    QFETCH(QByteArrayList, commands);
    QFETCH(QByteArray, script);
    QFETCH(QByteArrayList, facts);
    SessionPlayer player;
    player.options = plainOptions();
    player.options.commands = commands;
    // Who never got as far as MAIL is decided by the driver.
    player.transactions = {transactionFor({"a@x"})};
    player.script = script;
    // Only where nothing runs into the reply of the next command.
    if (QByteArray(QTest::currentDataTag()).startsWith("B10")) {
        player.play();
        QCOMPARE(player.facts, facts);
        return;
    }
    playEveryWay(player, facts);
}

void TestSessionControl::commandsOfAnOpenSession_data()
{
    QTest::addColumn<QByteArray>("script");
    QTest::addColumn<QByteArrayList>("facts");
    row("one after the other",
        Hello
            + "HAND NOOP\nC: NOOP\nS: 250 ok\nHAND HELP\nC: HELP\n"
              "S: 214 -\nQUIT\n"
            + Quit,
        {"answered NOOP 250", "answered HELP 214", "closed"});
    row("busy", Hello + "HAND NOOP\nC: NOOP\nHAND HELP\nS: 250 ok\nQUIT\n" + Quit,
        {"refused invalidInput", "answered NOOP 250", "closed"});
    row("421 while idle", Hello + "HAND NOOP\nC: NOOP\nS: 250 ok\nS: 421 idle\n",
        {"answered NOOP 250", "failed denied rset 421", "closed"});
    row("content may begin with any word",
        Hello + "HAND DATA\nC: DATA\nS: 354 go\nHAND BDAT 5\nC: BDAT 5\nHAND .\nC: .\nS: 250 ok\n"
            + "QUIT\n" + Quit,
        {"answered DATA 354", "answered . 250", "closed"});
    row("QUIT is no content", Hello + "HAND DATA\nC: DATA\nS: 354 go\nQUIT\n",
        {"answered DATA 354", "closed abort"});
}

void TestSessionControl::commandsOfAnOpenSession()
{
    QFETCH(QByteArray, script);
    QFETCH(QByteArrayList, facts);
    SessionPlayer player;
    player.options = plainOptions();
    player.holdOpen = true;
    player.script = script;
    playEveryWay(player, facts);
}

void TestSessionControl::refusedLines_data()
{
    QTest::addColumn<QByteArray>("line");
    QTest::addColumn<QByteArray>("fact");
    QTest::newRow("D1 CRLF") << "NOOP\\r\\nMAIL FROM:<>"_ba << "refused invalidInput"_ba;
    QTest::newRow("D1 LF") << "NOOP\\nHELP"_ba << "refused invalidInput"_ba;
    QTest::newRow("D1 NUL") << "NOOP\\0"_ba << "refused invalidInput"_ba;
    QTest::newRow("STARTTLS") << "starttls"_ba << "refused unsupported"_ba;
    QTest::newRow("BDAT") << "BDAT 5 LAST"_ba << "refused unsupported"_ba;
}

void TestSessionControl::refusedLines()
{
    QFETCH(QByteArray, line);
    QFETCH(QByteArray, fact);
    SessionPlayer player;
    player.options = plainOptions();
    player.holdOpen = true;
    player.script = Hello + "HAND " + line + "\nQUIT\n" + Quit;
    playEveryWay(player, {fact, "closed"});
    // And at a breakpoint, where it stays paused.
    player.holdOpen = false;
    player.options.breaks = BreakRule {{Stage::Quit}};
    player.script = Hello + "GO " + line + "\nGO\n" + Quit;
    playEveryWay(player, {"paused quit QUIT", fact, "closed"});
}

void TestSessionControl::secretsTypedByHand()
{
    SessionPlayer player;
    player.options = plainOptions();
    player.options.commands = {
        "  auth  plain  AHVzZXIAczNjcjN0", "AUTH LOGIN", "czNjcjN0IQ==", "*"};
    player.script = Hello
        + "C:   auth  plain  AHVzZXIAczNjcjN0\nS: 535 no\nC: AUTH LOGIN\n"
          "S: 334 -\nC: czNjcjN0IQ==\nS: 334 got czNjcjN0IQ==\nC: *\nS: 501 -\n"
        + Quit;
    playEveryWay(player,
        {"answered   auth  plain  <redacted: AUTH PLAIN> 535", "answered AUTH LOGIN 334",
            "answered <redacted: AUTH LOGIN> 334", "answered * 501", "closed"});
    player.play();
    QByteArrayList cut;
    for (const Base::SecretSpan &span : std::as_const(player.spans))
        cut.append(player.client.mid(span.offset, span.length));
    QCOMPARE(cut, (QByteArrayList {"AHVzZXIAczNjcjN0", "czNjcjN0IQ=="}));
    QVERIFY(player.lines.contains("334 got <redacted: AUTH LOGIN>"_ba));
}

/// Lines of the options wait as our own commands do; one that was typed does not.
void TestSessionControl::breakpointsOfPlannedLines()
{
    SessionPlayer player;
    player.options = plainOptions();
    player.options.breaks = BreakRule {{Stage::Rset, Stage::Mail, Stage::Auth}};
    player.options.commands = {"NOOP", "MAIL FROM:<x@y>", "AUTH LOGIN", "czNjcjN0IQ=="};
    player.script = Hello
        + "GO\nC: NOOP\nS: 250 ok\nGO VRFY bob\nC: VRFY bob\nS: 252 maybe\n"
          "GO\nC: AUTH LOGIN\nS: 334 -\nGO *\nC: *\nS: 501 -\n"
        + Quit;
    playEveryWay(player,
        {"paused rset NOOP", "answered NOOP 250", "paused mail MAIL FROM:<x@y>",
            "answered VRFY bob 252", "paused auth AUTH LOGIN", "answered AUTH LOGIN 334",
            "paused auth <redacted: AUTH LOGIN>", "answered * 501", "closed"});
    // What comes while the line waits answers nothing.
    player.script = Hello + "S: 250 early\n";
    player.play(SessionPlayer::Chunks::Bytes);
    QCOMPARE(player.facts,
        (QByteArrayList {"paused rset NOOP", "failed malformedReply rset", "closed abort"}));
    player.options.commands.clear();
    player.holdOpen = true;
    player.script = Hello + "HAND NOOP\nC: NOOP\nS: 250 ok\nQUIT\n" + Quit;
    playEveryWay(player, {"answered NOOP 250", "closed"});
}

void TestSessionControl::breakpoints_data()
{
    QTest::addColumn<QByteArray>("stages");
    QTest::addColumn<QByteArray>("script");
    QTest::addColumn<QByteArrayList>("facts");
    const auto add = [](const char *name, const QByteArray &stages, const QByteArray &script,
                         const QByteArrayList &facts) {
        QTest::newRow(name) << stages << script << facts;
    };
    const QByteArray toRcpt = HelloAuth + Mail + "S: 250 ok\n";
    const QByteArray dataToEnd = "C: DATA\nS: 354 go\n" + Body + "C: .\nS: 250 ok\n";
    const QByteArrayList taken {
        "commit"_ba, "decided b@x accepted dot 250"_ba, "done 250"_ba, "closed"_ba};
    add("nothing is sent before, nothing is pipelined", "helo,mail,rcpt,data,dot,quit",
        "S: 220 mx\nGO\nC: EHLO me.example\nS: 250-mx\nS: 250 PIPELINING\nGO\n" + Mail
            + "S: 250 ok\nGO\n" + Rcpt + "S: 250 ok\nGO\nC: RCPT TO:<b@x>\nS: 250 ok\nGO\n"
            + "C: DATA\nS: 354 go\n" + Body + "GO\nC: .\nS: 250 ok\nGO\n" + Quit,
        {"paused helo EHLO me.example", "paused mail MAIL FROM:<me@here>",
            "paused rcpt RCPT TO:<a@x>", "paused rcpt RCPT TO:<b@x>", "paused data DATA", "commit",
            "paused dot .", "decided a@x accepted dot 250", "decided b@x accepted dot 250",
            "done 250", "paused quit QUIT", "closed"});
    add("cancelled at the dot: never sent", "dot",
        toRcpt + Rcpt + "S: 250 ok\nC: RCPT TO:<b@x>\nS: 250 ok\nC: DATA\nS: 354 go\n" + Body
            + "CANCEL\n",
        {"commit", "paused dot .", "decided a@x stopped dot cancelled",
            "decided b@x stopped dot cancelled", "done cancelled", "failed cancelled dot",
            "closed abort"});
    add("the dot cannot be edited", "dot",
        toRcpt + Rcpt + "S: 250 ok\nC: RCPT TO:<b@x>\nS: 250 ok\nC: DATA\nS: 354 go\n" + Body
            + "GO x\nGO\nC: .\nS: 250 ok\n" + Quit,
        {"commit", "paused dot .", "refused invalidInput", "decided a@x accepted dot 250",
            "decided b@x accepted dot 250", "done 250", "closed"});
    add("another parameter is the same recipient", "mail",
        HelloAuth + "GO MAIL FROM:<other@y> SIZE=1\nC: MAIL FROM:<other@y> SIZE=1\nS: 250 ok\n"
            + Rcpt + "S: 250 ok\nC: RCPT TO:<b@x>\nS: 550 no\n" + dataToEnd + Quit,
        {"paused mail MAIL FROM:<me@here>", "decided b@x rejected rcpt 550", "commit",
            "decided a@x accepted dot 250", "done 250", "closed"});
    add("another address never accepts the recipient", "rcpt",
        toRcpt + "GO RCPT TO:<c@x>\nC: RCPT TO:<c@x>\nS: 250 ok\nGO\nC: RCPT TO:<b@x>\nS: 550 no\n"
            + dataToEnd + Quit,
        {"paused rcpt RCPT TO:<a@x>", "decided a@x stopped rcpt cancelled",
            "paused rcpt RCPT TO:<b@x>", "decided b@x rejected rcpt 550", "commit", "done 250",
            "closed"});
    add("another address refused, nobody left", "rcpt",
        toRcpt + "GO RCPT TO:<c@x>\nC: RCPT TO:<c@x>\nS: 550 no\nGO\nC: RCPT TO:<b@x>\nS: 550 no\n"
            + Quit,
        {"paused rcpt RCPT TO:<a@x>", "decided a@x stopped rcpt cancelled",
            "paused rcpt RCPT TO:<b@x>", "decided b@x rejected rcpt 550", "done", "closed"});
    add("RCPT turned into NOOP", "rcpt",
        toRcpt + "GO NOOP\nC: NOOP\nS: 250 ok\nGO\nC: RCPT TO:<b@x>\nS: 250 ok\n" + dataToEnd
            + Quit,
        QByteArrayList {"paused rcpt RCPT TO:<a@x>", "decided a@x stopped rcpt cancelled",
            "paused rcpt RCPT TO:<b@x>"}
            + taken);
    add("MAIL turned into NOOP", "mail", HelloAuth + "GO NOOP\nC: NOOP\nS: 250 ok\n" + Quit,
        {"paused mail MAIL FROM:<me@here>", "decided a@x stopped mail cancelled",
            "decided b@x stopped mail cancelled", "done", "closed"});
    add("DATA turned into NOOP", "data",
        toRcpt + Rcpt + "S: 250 ok\nC: RCPT TO:<b@x>\nS: 250 ok\nGO NOOP\nC: NOOP\nS: 250 ok\n"
            + Quit,
        {"paused data DATA", "decided a@x stopped data cancelled",
            "decided b@x stopped data cancelled", "done", "closed"});
    add("RCPT turned into DATA", "rcpt", toRcpt + "GO DATA\nC: DATA\nS: 354 go\n",
        {"paused rcpt RCPT TO:<a@x>", "decided a@x stopped rcpt cancelled",
            "decided b@x stopped rcpt cancelled", "done cancelled", "failed cancelled rcpt",
            "closed abort"});
    add("RCPT turned into QUIT", "rcpt", toRcpt + "GO QUIT\n" + Quit,
        {"paused rcpt RCPT TO:<a@x>", "decided a@x stopped rcpt cancelled",
            "decided b@x stopped rcpt cancelled", "done cancelled", "failed cancelled rcpt",
            "closed"});
    add("EHLO turned into NOOP", "helo", "S: 220 mx\nGO NOOP\nC: NOOP\nS: 250 ok\n" + Quit,
        {"paused helo EHLO me.example", "failed cancelled helo", "closed"});
    add("QUIT turned into NOOP", "quit",
        HelloAuth + Mail + "S: 550 no\nGO NOOP\nC: NOOP\nS: 250 ok\n",
        {"decided a@x rejected mail 550", "decided b@x rejected mail 550", "done",
            "paused quit QUIT", "closed"});
    add("421 while paused", "rcpt", toRcpt + "WRITTEN\nS: 421 4.4.2 timeout\n",
        {"paused rcpt RCPT TO:<a@x>", "decided a@x deferred rcpt 421",
            "decided b@x deferred rcpt 421", "done", "closed"});
    add("closed while paused", "rcpt", toRcpt + "CLOSE\n",
        {"paused rcpt RCPT TO:<a@x>", "decided a@x deferred rcpt connectionClosed",
            "decided b@x deferred rcpt connectionClosed", "done connectionClosed",
            "failed connectionClosed rcpt", "closed abort"});
    add("B10 a reply while paused", "rcpt", toRcpt + "WRITTEN\nS: 250 ok\n",
        {"paused rcpt RCPT TO:<a@x>", "decided a@x failed rcpt malformedReply",
            "decided b@x failed rcpt malformedReply", "done malformedReply",
            "failed malformedReply rcpt", "closed abort"});
    add("552 while the dot is held up", "dot",
        toRcpt + Rcpt + "S: 250 ok\nC: RCPT TO:<b@x>\nS: 250 ok\nC: DATA\nS: 354 go\n" + Body
            + "S: 552 too much\n",
        {"commit", "paused dot .", "decided a@x rejected dot 552", "decided b@x rejected dot 552",
            "done 552", "closed abort"});
}

void TestSessionControl::breakpoints()
{
    QFETCH(QByteArray, stages);
    QFETCH(QByteArray, script);
    QFETCH(QByteArrayList, facts);
    SessionPlayer player;
    player.options = plainOptions();
    player.options.breaks.emplace();
    for (const QByteArray &name : stages.split(','))
        player.options.breaks->stages.append(*Smtp::stageFromName(name));
    player.transactions = {transactionFor({"a@x", "b@x"})};
    player.script = script;
    playEveryWay(player, facts);
}

void TestSessionControl::chunksAtBreakpoints()
{
    SessionPlayer player;
    player.options = plainOptions();
    player.options.breaks = BreakRule::everywhere();
    player.options.chunking = Smtp::Chunking::WhereOffered;
    player.options.chunkSize = 12;
    player.transactions = {transactionFor({"a@x"})};
    player.transactions.first().size = player.content.size();
    player.script = "S: 220 mx\nGO\nC: EHLO me.example\nS: 250-mx\nS: 250-PIPELINING\n"
                    "S: 250 CHUNKING\nGO\n"
        + Mail + "S: 250 ok\nGO\n" + Rcpt
        + "S: 250 ok\nGO BDAT 3\nGO\nC: BDAT 12\nC: Subject: x\nS: 250 ok\nGO\nC: BDAT 7 LAST\n"
          "C:\nC: .hi\nS: 250 ok\nGO\n"
        + Quit;
    playEveryWay(player,
        {"paused helo EHLO me.example", "paused mail MAIL FROM:<me@here>",
            "paused rcpt RCPT TO:<a@x>", "paused content BDAT 12", "refused invalidInput", "commit",
            "paused dot BDAT 7 LAST", "decided a@x accepted dot 250", "done 250",
            "paused quit QUIT", "closed"});
}

/// A reply too many must not be taken for that to the chunk that waits.
void TestSessionControl::repliesWhileAChunkWaits_data()
{
    QTest::addColumn<QByteArray>("reply");
    QTest::addColumn<QByteArrayList>("facts");
    QTest::newRow("B10 250") << "S: 250 ok\n"_ba
                             << QByteArrayList {"decided a@x failed content malformedReply",
                                    "done malformedReply", "failed malformedReply content",
                                    "closed abort"};
    QTest::newRow("421") << "S: 421 bye\n"_ba
                         << QByteArrayList {
                                "decided a@x deferred content 421", "done 421", "closed"};
}

void TestSessionControl::repliesWhileAChunkWaits()
{
    QFETCH(QByteArray, reply);
    QFETCH(QByteArrayList, facts);
    SessionPlayer player;
    player.options = plainOptions();
    player.options.breaks = BreakRule {{Stage::Content}};
    player.options.chunking = Smtp::Chunking::WhereOffered;
    player.options.chunkSize = 12;
    player.transactions = {transactionFor({"a@x"})};
    player.script = "S: 220 mx\nC: EHLO me.example\nS: 250-mx\nS: 250 CHUNKING\n" + Mail
        + "S: 250 ok\n" + Rcpt + "S: 250 ok\nWRITTEN\n" + reply;
    playEveryWay(player, QByteArrayList {"paused content BDAT 12"} + facts);
}

void TestSessionControl::lmtpAtBreakpoints()
{
    SessionPlayer player;
    player.options = plainOptions();
    player.options.protocol = Smtp::Protocol::Lmtp;
    player.options.breaks = BreakRule {{Stage::Rcpt}};
    player.transactions = {transactionFor({"a@x", "b@x"})};
    // The other address has a reply of its own, which is nobody's outcome.
    player.script = "S: 220 mx\nC: LHLO me.example\nS: 250 mx\n" + Mail
        + "S: 250 ok\nGO RCPT TO:<c@x>\nC: RCPT TO:<c@x>\nS: 250 ok\nGO\nC: RCPT TO:<b@x>\n"
          "S: 250 ok\nC: DATA\nS: 354 go\n"
        + Body + "C: .\nS: 250 c\nS: 550 b\n" + Quit;
    playEveryWay(player,
        {"paused rcpt RCPT TO:<a@x>", "decided a@x stopped rcpt cancelled",
            "paused rcpt RCPT TO:<b@x>", "commit", "decided b@x rejected dot 550", "done 250",
            "closed"});
}

void TestSessionControl::noDeadlineWhilePaused()
{
    Smtp::SessionOptions options = plainOptions();
    options.breaks = BreakRule {{Stage::Helo}};
    Smtp::Session session(options);
    Base::TimePoint now(std::chrono::hours(1));
    session.start(now);
    QVERIFY(session.deadline());
    session.receive("220 mx\r\n", now);
    while (session.next()) { }
    QVERIFY(!session.deadline());
    now += std::chrono::hours(1);
    QVERIFY(session.resume({}, now));
    QCOMPARE(*session.deadline(), now + options.deadlines.helo);
    QVERIFY(!session.resume({}, now)); // nothing is paused
}

void TestSessionControl::secretsAtBreakpoints_data()
{
    QTest::addColumn<QByteArray>("edit");
    QTest::addColumn<QByteArray>("sent");
    QTest::addColumn<QByteArray>("secret");
    QTest::addColumn<QByteArrayList>("facts");
    const QByteArray own = QByteArray("\0user\0s3cr3t", 12).toBase64();
    const QByteArrayList on {"auth PLAIN", "closed"};
    const QByteArrayList replaced {"failed cancelled auth", "closed"};
    QTest::newRow("as it was") << "GO"_ba << "AUTH PLAIN " + own << own << on;
    QTest::newRow("the mark stands for it") << "GO auth PLAIN <redacted: AUTH PLAIN>"_ba
                                            << "auth PLAIN " + own << own << on;
    QTest::newRow("another one") << "GO AUTH PLAIN b3RoZXI="_ba << "AUTH PLAIN b3RoZXI="_ba
                                 << "b3RoZXI="_ba << on;
    QTest::newRow("in another verb")
        << "GO XAUTH <redacted: AUTH PLAIN>"_ba << "XAUTH " + own << "XAUTH " + own << replaced;
    QTest::newRow("by another mechanism") << "GO AUTH LOGIN b3RoZXI="_ba << "AUTH LOGIN b3RoZXI="_ba
                                          << "b3RoZXI="_ba << replaced;
}

void TestSessionControl::secretsAtBreakpoints()
{
    QFETCH(QByteArray, edit);
    QFETCH(QByteArray, sent);
    QFETCH(QByteArray, secret);
    QFETCH(QByteArrayList, facts);
    SessionPlayer player;
    player.options = plainOptions();
    player.options.auth = {.need = Smtp::AuthOptions::Need::Required,
        .mechanisms = {"PLAIN"},
        .user = "user",
        .authorizationId = {},
        .password = Base::Secret("s3cr3t"),
        .allowWithoutTls = true};
    player.options.breaks = BreakRule {{Stage::Auth}};
    player.script = HelloAuth + edit + "\nC: " + sent + "\nS: 235 ok\n" + Quit;
    playEveryWay(player, QByteArrayList {"paused auth AUTH PLAIN <redacted: AUTH PLAIN>"} + facts);
    player.play();
    QCOMPARE(player.spans.size(), 1);
    QCOMPARE(player.client.mid(player.spans[0].offset, player.spans[0].length), secret);
}

QTEST_GUILESS_MAIN(TestSessionControl)
#include "tst_sessioncontrol.moc"
