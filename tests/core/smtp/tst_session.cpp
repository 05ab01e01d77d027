// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/literals.h"
#include "sessionplayer.h"

#include <QTest>

using namespace Mailgauge;
using namespace Mailgauge::Test;
using Smtp::SessionOptions;
using Smtp::Stage;
using Smtp::Transaction;

namespace {

const QByteArray Hello = "S: 220 mx\nC: EHLO me.example\nS: 250 mx\n"_ba;
const QByteArray HelloPipelining
    = "S: 220 mx\nC: EHLO me.example\nS: 250-mx\nS: 250 PIPELINING\n"_ba;
const QByteArray Mail = "C: MAIL FROM:<me@here>\n"_ba;
const QByteArray Body = "C: Subject: x\nC:\nC: ..hi\n"_ba;
const QByteArray Quit = "C: QUIT\nS: 221 bye\n"_ba;
const QByteArray ToData = Mail + "S: 250 ok\nC: RCPT TO:<a@x>\nS: 250 ok\nC: DATA\n";
const QByteArray ToDot = ToData + "S: 354 go\n" + Body + "C: .\n";
const QByteArray Group = Mail + "C: RCPT TO:<a@x>\nC: RCPT TO:<b@x>\nC: DATA\n";

} // namespace

/// MAIL to the final reply, and what follows.
class TestSession : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void oneRecipient_data();
    void oneRecipient();
    void twoRecipients_data();
    void twoRecipients();
    void repliesNobodyWaitedFor_data();
    void repliesNobodyWaitedFor();
    void outOfStep_data();
    void outOfStep();
    void parameters_data();
    void parameters();
    void lesserForms();
    void refusedBeforeSending_data();
    void refusedBeforeSending();
    void severalTransactions_data();
    void severalTransactions();
    void pipeliningSwitchedOff();
    void contentAtEveryChunkSize();
    void slowReplyHasOneDeadlineB2();
    void contentDeadlineFollowsProgressB25();
    void longAway_data();
    void longAway();
    void lateReplyBehindGivingUp();
    void commitComesBeforeTheDot();
    void manyRecipients();
    void sendBehindTheEnd();
    void stageSequence();

private:
    static void row(const char *name, const QByteArray &script, const QByteArrayList &facts);
};

void TestSession::row(const char *name, const QByteArray &script, const QByteArrayList &facts)
{
    QTest::newRow(name) << script << facts;
}

void TestSession::oneRecipient_data()
{
    QTest::addColumn<QByteArray>("script");
    QTest::addColumn<QByteArrayList>("facts");
    row("rfc5321 D.1 typical", Hello + ToDot + "S: 250 2.0.0 queued as X\n" + Quit,
        {"commit", "decided a@x accepted dot 250", "done 250", "closed"});
    row("rfc5321 D.2 RCPT refused",
        Hello + Mail + "S: 250 ok\nC: RCPT TO:<a@x>\nS: 550 5.1.1 no\n" + Quit,
        {"decided a@x rejected rcpt 550", "done", "closed"});
    row("MAIL refused", Hello + Mail + "S: 550 no\n" + Quit,
        {"decided a@x rejected mail 550", "done", "closed"});
    row("MAIL deferred", Hello + Mail + "S: 451 no\n" + Quit,
        {"decided a@x deferred mail 451", "done", "closed"});
    row("DATA refused", Hello + ToData + "S: 554 no\n" + Quit,
        {"decided a@x rejected data 554", "done", "closed"});
    row("B15 251 to RCPT",
        Hello + Mail + "S: 250 ok\nC: RCPT TO:<a@x>\nS: 251 will forward\nC: DATA\nS: 354 go\n"
            + Body + "C: .\nS: 250 ok\n" + Quit,
        {"commit", "decided a@x accepted dot 250", "done 250", "closed"});
    row("B15 252 to RCPT is a quirk",
        Hello + Mail + "S: 250 ok\nC: RCPT TO:<a@x>\nS: 252 perhaps\nC: DATA\nS: 354 go\n" + Body
            + "C: .\nS: 250 ok\n" + Quit,
        {"quirk unexpectedCode", "commit", "decided a@x accepted dot 250", "done 250", "closed"});
    row("B15 354 to MAIL", Hello + Mail + "S: 354 go\n",
        {"decided a@x failed mail malformedReply", "done malformedReply",
            "failed malformedReply mail", "closed abort"});
    row("B15 150 to MAIL", Hello + Mail + "S: 150 wait\n",
        {"decided a@x failed mail malformedReply", "done malformedReply",
            "failed malformedReply mail", "closed abort"});
    row("B15 250 to DATA", Hello + ToData + "S: 250 ok\n",
        {"decided a@x failed data malformedReply", "done malformedReply",
            "failed malformedReply data", "closed abort"});
    row("B15 354 to the dot", Hello + ToDot + "S: 354 go on\n",
        {"commit", "decided a@x uncertain dot malformedReply", "done malformedReply",
            "failed malformedReply dot", "closed abort"});
    row("B21 554 to the dot", Hello + ToDot + "S: 554 5.7.1 spam\n" + Quit,
        {"commit", "decided a@x rejected dot 554", "done 554", "closed"});
    row("B21 451 to the dot", Hello + ToDot + "S: 451 4.3.0 data_processing_timeout\n" + Quit,
        {"commit", "decided a@x deferred dot 451", "done 451", "closed"});
    row("B18 421 to the dot", Hello + ToDot + "S: 421 closing\n",
        {"commit", "decided a@x deferred dot 421", "done 421", "closed"});
    row("B26 closed behind the dot", Hello + ToDot + "CLOSE\n",
        {"commit", "decided a@x uncertain dot connectionClosed", "done connectionClosed",
            "failed connectionClosed dot", "closed abort"});
    row("B27 silence behind the dot", Hello + ToDot + "TIMEOUT\n",
        {"commit", "decided a@x uncertain dot timeout", "done timeout", "failed timeout dot",
            "closed abort"});
    row("B28 25, then closed", Hello + ToDot + "S\\ 25\nCLOSE\n",
        {"commit", "decided a@x uncertain dot connectionClosed", "done connectionClosed",
            "failed connectionClosed dot", "closed abort"});
    row("B28 250-ok, then closed", Hello + ToDot + "S: 250-ok\nCLOSE\n",
        {"commit", "decided a@x uncertain dot connectionClosed", "done connectionClosed",
            "failed connectionClosed dot", "closed abort"});
    row("B28 garbage behind the dot", Hello + ToDot + "S: hello\n",
        {"commit", "decided a@x uncertain dot malformedReply", "done malformedReply",
            "failed malformedReply dot", "closed abort"});
    row("B29 reset instead of 221", Hello + ToDot + "S: 250 ok\nC: QUIT\nRESET\n",
        {"commit", "decided a@x accepted dot 250", "done 250", "closed abort"});
    row("B29 closed instead of 221", Hello + ToDot + "S: 250 ok\nC: QUIT\nCLOSE\n",
        {"commit", "decided a@x accepted dot 250", "done 250", "closed"});
    row("B29 QUIT unanswered", Hello + ToDot + "S: 250 ok\nC: QUIT\nTIMEOUT\n",
        {"commit", "decided a@x accepted dot 250", "done 250", "closed abort"});
    row("B29 garbage instead of 221", Hello + ToDot + "S: 250 ok\nC: QUIT\nS: bye\n",
        {"commit", "decided a@x accepted dot 250", "done 250", "closed abort"});
    row("cancelled before the dot", Hello + ToData + "CANCEL\n",
        {"decided a@x stopped data cancelled", "done cancelled", "failed cancelled data",
            "closed abort"});
    row("cancelled behind the dot", Hello + ToDot + "CANCEL\n",
        {"commit", "decided a@x uncertain dot cancelled", "done cancelled", "failed cancelled dot",
            "closed abort"});
}

void TestSession::oneRecipient()
{
    QFETCH(QByteArray, script);
    QFETCH(QByteArrayList, facts);
    SessionPlayer player;
    player.options = plainOptions();
    player.transactions = {transactionFor({"a@x"})};
    player.script = script;
    playEveryWay(player, facts);
}

void TestSession::twoRecipients_data()
{
    QTest::addColumn<QByteArray>("script");
    QTest::addColumn<QByteArrayList>("facts");
    const QByteArray toDot = "S: 354 go\n" + Body + "C: .\n";
    row("rfc2920 group",
        HelloPipelining + Group + "S: 250 ok\nS: 250 ok\nS: 250 ok\n" + toDot + "S: 250 done\n"
            + Quit,
        {"commit", "decided a@x accepted dot 250", "decided b@x accepted dot 250", "done 250",
            "closed"});
    row("B19 one of two",
        HelloPipelining + Group + "S: 250 ok\nS: 550 no\nS: 250 ok\n" + toDot + "S: 250 done\n"
            + Quit,
        {"decided a@x rejected rcpt 550", "commit", "decided b@x accepted dot 250", "done 250",
            "closed"});
    row("B19 all refused, 354 all the same",
        HelloPipelining + Group
            + "S: 250 ok\nS: 550 no\nS: 451 later\nS: 354 go\nC: .\nS: 554 no valid recipients\n"
            + Quit,
        {"decided a@x rejected rcpt 550", "decided b@x deferred rcpt 451", "done", "closed"});
    row("B19 all refused, 354, the empty mail is taken",
        HelloPipelining + Group + "S: 250 ok\nS: 550 no\nS: 451 later\nS: 354 go\nC: .\nS: 250 ok\n"
            + Quit,
        {"decided a@x rejected rcpt 550", "decided b@x deferred rcpt 451", "done", "closed"});
    row("B19 all and DATA refused",
        HelloPipelining + Group + "S: 250 ok\nS: 550 no\nS: 550 no\nS: 503 no\n" + Quit,
        {"decided a@x rejected rcpt 550", "decided b@x rejected rcpt 550", "done", "closed"});
    row("B15 all refused, 250 to DATA",
        HelloPipelining + Group + "S: 250 ok\nS: 550 no\nS: 550 no\nS: 250 ok\n",
        {"decided a@x rejected rcpt 550", "decided b@x rejected rcpt 550", "done malformedReply",
            "failed malformedReply data", "closed abort"});
    row("MAIL refused in a group",
        HelloPipelining + Group + "S: 550 no\nS: 503 no\nS: 503 no\nS: 503 no\n" + Quit,
        {"decided a@x rejected mail 550", "decided b@x rejected mail 550", "done", "closed"});
    row("MAIL refused in a group, 354 all the same",
        HelloPipelining + Group + "S: 451 no\nS: 250 ok\nS: 503 no\nS: 354 go\nC: .\nS: 503 no\n"
            + Quit,
        {"decided a@x deferred mail 451", "decided b@x deferred mail 451", "done", "closed"});
    row("MAIL refused in a group, 354 to RCPT", HelloPipelining + Group + "S: 550 no\nS: 354 go\n",
        {"decided a@x rejected mail 550", "decided b@x rejected mail 550", "done malformedReply",
            "failed malformedReply rcpt", "closed abort"});
    row("DATA refused in a group",
        HelloPipelining + Group + "S: 250 ok\nS: 550 no\nS: 250 ok\nS: 451 later\n" + Quit,
        {"decided a@x rejected rcpt 550", "decided b@x deferred data 451", "done", "closed"});
    row("B18 421 to the first RCPT of a group", HelloPipelining + Group + "S: 250 ok\nS: 421 bye\n",
        {"decided a@x deferred rcpt 421", "decided b@x deferred rcpt 421", "done", "closed"});
    row("B18 421 to the second RCPT", // the first was accepted, and is deferred with the session
        HelloPipelining + Group + "S: 250 ok\nS: 250 ok\nS: 421 bye\n",
        {"decided a@x deferred rcpt 421", "decided b@x deferred rcpt 421", "done", "closed"});
    row("B20 452 after one recipient",
        HelloPipelining + Group + "S: 250 ok\nS: 250 ok\nS: 452 too many\n" + toDot
            + "S: 250 done\n" + Quit,
        {"decided b@x deferred rcpt 452", "commit", "decided a@x accepted dot 250", "done 250",
            "closed"});
    row("B11 fewer replies, then silence",
        HelloPipelining + Group + "S: 250 ok\nS: 250 ok\nTIMEOUT\n",
        {"decided a@x deferred rcpt timeout", "decided b@x deferred rcpt timeout", "done timeout",
            "failed timeout rcpt", "closed abort"});
    row("B12 garbage, then 2yz, in a group", HelloPipelining + Group + "S: 250 ok\nS: garbage\n",
        {"decided a@x failed rcpt malformedReply", "decided b@x failed rcpt malformedReply",
            "done malformedReply", "failed malformedReply rcpt", "closed abort"});
    row("one after the other",
        Hello + Mail + "S: 250 ok\nC: RCPT TO:<a@x>\nS: 550 no\nC: RCPT TO:<b@x>\nS: 250 ok\n"
            + "C: DATA\n" + toDot + "S: 550 no\n" + Quit,
        {"decided a@x rejected rcpt 550", "commit", "decided b@x rejected dot 550", "done 550",
            "closed"});
    row("one after the other, none left",
        Hello + Mail + "S: 250 ok\nC: RCPT TO:<a@x>\nS: 550 no\nC: RCPT TO:<b@x>\nS: 450 no\n"
            + Quit,
        {"decided a@x rejected rcpt 550", "decided b@x deferred rcpt 450", "done", "closed"});
    row("lost between the recipients",
        Hello + Mail + "S: 250 ok\nC: RCPT TO:<a@x>\nS: 550 no\nC: RCPT TO:<b@x>\nCLOSE\n",
        {"decided a@x rejected rcpt 550", "decided b@x deferred rcpt connectionClosed",
            "done connectionClosed", "failed connectionClosed rcpt", "closed abort"});
}

void TestSession::twoRecipients()
{
    QFETCH(QByteArray, script);
    QFETCH(QByteArrayList, facts);
    SessionPlayer player;
    player.options = plainOptions();
    player.transactions = {transactionFor({"a@x", "b@x"})};
    player.script = script;
    playEveryWay(player, facts);
}

void TestSession::repliesNobodyWaitedFor_data()
{
    QTest::addColumn<QByteArray>("script");
    QTest::addColumn<QByteArrayList>("unawaited");
    row("none", Hello + ToDot + "S: 250 ok\n" + Quit, {});
    row("refusals are waited for", "S: 554-no\nS: 554 no\n", {});
    row("B10 two replies to the dot", Hello + ToDot + "S: 250 ok\nS: 250-a\nS: 250 b\n",
        {"250-a", "250 b"});
    row("B22 while the message is on its way",
        Hello + Mail + "S: 250 ok\nC: RCPT TO:<a@x>\n"
            + "S: 250 ok\nC: DATA\nS: 354 go\nS: 552 too much\n",
        {"552 too much"});
}

void TestSession::repliesNobodyWaitedFor()
{
    QFETCH(QByteArray, script);
    QFETCH(QByteArrayList, unawaited);
    SessionPlayer player;
    player.options = plainOptions();
    player.transactions = {transactionFor({"a@x"})};
    player.holdContent = script.contains("552");
    player.script = script;
    player.play();
    QCOMPARE(player.unawaited, unawaited);
}

void TestSession::outOfStep_data()
{
    QTest::addColumn<QByteArray>("script");
    QTest::addColumn<QByteArrayList>("facts");
    // Played in one piece: what arrives later cannot be told from the reply to the next command.
    row("B10 two greetings", "S: 220 a\nS: 220 b\n",
        {"failed malformedReply helo", "closed abort"});
    row("B10 reply before MAIL", "S: 220 mx\nC: EHLO me.example\nS: 250 mx\nS: 250 ok\n"_ba,
        {"failed malformedReply helo", "closed abort"});
    row("B10 piece of a reply before MAIL", "S: 220 mx\nC: EHLO me.example\nS: 250 mx\nS\\ 25\n"_ba,
        {"decided a@x failed mail malformedReply", "done malformedReply",
            "failed malformedReply mail", "closed abort"});
    row("B10 two replies to MAIL", Hello + Mail + "S: 250 ok\nS: 250 ok\n",
        {"decided a@x failed rcpt malformedReply", "done malformedReply",
            "failed malformedReply rcpt", "closed abort"});
    row("B10 two replies to RCPT",
        Hello + Mail + "S: 250 ok\nC: RCPT TO:<a@x>\nS: 250 ok\nS: 250 ok\n",
        {"decided a@x failed data malformedReply", "done malformedReply",
            "failed malformedReply data", "closed abort"});
    row("B10 two replies to the dot", Hello + ToDot + "S: 250 ok\nS: 250 ok\n",
        {"commit", "decided a@x accepted dot 250", "done 250", "failed malformedReply dot",
            "closed abort"});
}

void TestSession::outOfStep()
{
    QFETCH(QByteArray, script);
    QFETCH(QByteArrayList, facts);
    SessionPlayer player;
    player.options = plainOptions();
    player.transactions = {transactionFor({"a@x"})};
    player.script = script;
    player.play();
    QCOMPARE(player.facts, facts);
}

void TestSession::parameters_data()
{
    QTest::addColumn<QByteArray>("capability");
    QTest::addColumn<Transaction>("transaction");
    QTest::addColumn<QByteArray>("mail");
    Transaction plain = transactionFor({"a@x"});
    const QByteArray bare = "MAIL FROM:<me@here>"_ba;
    QTest::newRow("rfc1870 SIZE") << "SIZE 1000"_ba << plain << bare + " SIZE=20";
    QTest::newRow("SIZE without limit") << "SIZE"_ba << plain << bare + " SIZE=20";
    QTest::newRow("SIZE exactly at the limit") << "SIZE 20"_ba << plain << bare + " SIZE=20";
    QTest::newRow("B17 SIZE -1") << "SIZE -1"_ba << plain << bare;
    QTest::newRow("no SIZE") << "HELP"_ba << plain << bare;
    Transaction own = plain;
    own.mailParameters = {"SIZE=7"_ba, "RET=HDRS"_ba};
    QTest::newRow("own SIZE counts") << "SIZE 1000"_ba << own << bare + " SIZE=7 RET=HDRS";
    Transaction eightBit = plain;
    eightBit.eightBit = true;
    QTest::newRow("rfc6152 8BITMIME") << "8BITMIME"_ba << eightBit << bare + " BODY=8BITMIME";
    QTest::newRow("7 bit content") << "8BITMIME"_ba << plain << bare;
    Transaction null = plain;
    null.envelope.reversePath.reset();
    QTest::newRow("null reverse-path") << "HELP"_ba << null << "MAIL FROM:<>"_ba;
    Transaction utf8 = transactionFor({"j\xc3\xb6@x"});
    QTest::newRow("rfc6531 SMTPUTF8") << "SMTPUTF8"_ba << utf8 << bare + " SMTPUTF8";
    Transaction idn = plain;
    idn.envelope.reversePath = mailbox("me@b\xc3\xbc"
                                       "cher.example");
    QTest::newRow("rfc6531 domain as typed") << "SMTPUTF8"_ba << idn
                                             << "MAIL FROM:<me@b\xc3\xbc"
                                                "cher.example> SMTPUTF8"_ba;
    QTest::newRow("rfc5890 domain as A-labels")
        << "HELP"_ba << idn << "MAIL FROM:<me@xn--bcher-kva.example>"_ba;
    Transaction fields = plain;
    fields.utf8Header = true;
    QTest::newRow("rfc6531 3.4 UTF-8 in the header")
        << "SMTPUTF8"_ba << fields << bare + " SMTPUTF8";
    QTest::newRow("UTF-8 in the header, not announced") << "HELP"_ba << fields << bare;
    QTest::newRow("ASCII addresses") << "SMTPUTF8"_ba << plain << bare;
}

void TestSession::parameters()
{
    QFETCH(QByteArray, capability);
    QFETCH(Transaction, transaction);
    QFETCH(QByteArray, mail);
    SessionPlayer player;
    player.options = plainOptions();
    player.transactions = {transaction};
    player.script = "S: 220 mx\nC: EHLO me.example\nS: 250-mx\nS: 250 " + capability
        + "\nC: " + mail + "\nS: 550 no\n" + Quit;
    player.play();
    QVERIFY2(!player.facts.join().contains("script:"), player.facts.join('\n').constData());
}

void TestSession::lesserForms()
{
    Transaction idn = transactionFor({"a@b\xc3\xbc"
                                      "cher.example"});
    idn.eightBit = true;
    SessionPlayer player;
    player.options = plainOptions();
    player.options.smtpUtf8 = false;
    player.options.eightBitAnyway = true;
    player.transactions = {idn};
    player.script = "S: 220 mx\nC: EHLO me.example\nS: 250-mx\nS: 250 SMTPUTF8\n"
                    "C: MAIL FROM:<me@here>\nS: 250 ok\nC: RCPT TO:<a@xn--bcher-kva.example>\n"
                    "S: 550 no\n"
        + Quit;
    player.play();
    QVERIFY2(!player.facts.join().contains("script:"), player.facts.join('\n').constData());
    QVERIFY(player.facts.contains("quirk domainToAscii"));
    QVERIFY(player.facts.contains("quirk eightBitAnyway"));
    QVERIFY(player.evidence.contains("xn--bcher-kva.example"));
}

void TestSession::refusedBeforeSending_data()
{
    QTest::addColumn<QByteArray>("capability");
    QTest::addColumn<Transaction>("transaction");
    QTest::addColumn<QByteArrayList>("facts");
    const auto failed = [](const QByteArray &address, const QByteArray &kind) {
        return QByteArrayList {
            "decided " + address + " failed mail " + kind, "done " + kind, "closed"};
    };
    Transaction plain = transactionFor({"a@x"});
    QTest::newRow("D17 SIZE exceeded")
        << "SIZE 19"_ba << plain << failed("a@x"_ba, "unsupported"_ba);
    Transaction eightBit = plain;
    eightBit.eightBit = true;
    QTest::newRow("B35 8BITMIME missing")
        << "SMTPUTF8"_ba << eightBit << failed("a@x"_ba, "unsupported"_ba);
    QTest::newRow("B35 SMTPUTF8 missing for a recipient")
        << "8BITMIME"_ba << transactionFor({"j\xc3\xb6@x"})
        << failed("j\xc3\xb6@x"_ba, "unsupported"_ba);
    Transaction sender = plain;
    sender.envelope.reversePath = mailbox("j\xc3\xb6@x");
    QTest::newRow("B35 SMTPUTF8 missing for the sender")
        << "8BITMIME"_ba << sender << failed("a@x"_ba, "unsupported"_ba);
    Transaction injected = plain;
    injected.mailParameters = {"ENVID=x\r\nRSET"_ba};
    QTest::newRow("D2 MAIL parameter")
        << "HELP"_ba << injected << failed("a@x"_ba, "invalidInput"_ba);
    injected = plain;
    injected.rcptParameters = {"ORCPT=x\nRSET"_ba};
    QTest::newRow("D2 RCPT parameter")
        << "HELP"_ba << injected << failed("a@x"_ba, "invalidInput"_ba);
    QTest::newRow("no recipient") << "HELP"_ba << transactionFor({})
                                  << QByteArrayList {"done invalidInput", "closed"};
}

void TestSession::refusedBeforeSending()
{
    QFETCH(QByteArray, capability);
    QFETCH(Transaction, transaction);
    QFETCH(QByteArrayList, facts);
    SessionPlayer player;
    player.options = plainOptions();
    player.transactions = {transaction};
    player.script = "S: 220 mx\nC: EHLO me.example\nS: 250-mx\nS: 250 " + capability + '\n' + Quit;
    playEveryWay(player, facts);
}

void TestSession::severalTransactions_data()
{
    QTest::addColumn<QByteArray>("script");
    QTest::addColumn<QByteArrayList>("facts");
    const QByteArray accepted = ToDot + "S: 250 ok\n";
    const QByteArrayList acceptedFacts {"commit", "decided a@x accepted dot 250", "done 250"};
    const QByteArray refusedRcpt = Mail + "S: 250 ok\nC: RCPT TO:<a@x>\nS: 550 no\n";
    const QByteArrayList refusedFacts {"decided a@x rejected rcpt 550", "done"};
    const QByteArrayList end {"closed"};
    row("two accepted, no RSET", Hello + accepted + accepted + Quit,
        acceptedFacts + acceptedFacts + end);
    row("no RSET behind a 554 to the dot", Hello + ToDot + "S: 554 no\n" + accepted + Quit,
        QByteArrayList {"commit", "decided a@x rejected dot 554", "done 554"} + acceptedFacts
            + end);
    row("no RSET behind a refused MAIL", Hello + Mail + "S: 550 no\n" + accepted + Quit,
        QByteArrayList {"decided a@x rejected mail 550", "done"} + acceptedFacts + end);
    row("RSET behind refused recipients",
        Hello + refusedRcpt + "C: RSET\nS: 250 ok\n" + accepted + Quit,
        refusedFacts + acceptedFacts + end);
    row("no RSET before QUIT", Hello + accepted + refusedRcpt + Quit,
        acceptedFacts + refusedFacts + end);
    row("B31 RSET refused", Hello + refusedRcpt + "C: RSET\nS: 550 no\n",
        refusedFacts
            + QByteArrayList {"decided a@x deferred rset 550", "done denied",
                "failed denied rset 550", "closed"});
    row("B31 closed at RSET", Hello + refusedRcpt + "C: RSET\nCLOSE\n",
        refusedFacts
            + QByteArrayList {"decided a@x deferred rset connectionClosed", "done connectionClosed",
                "failed connectionClosed rset", "closed abort"});
    row("B30 421 instead of MAIL's reply", Hello + accepted + Mail + "S: 421 enough\n",
        acceptedFacts + QByteArrayList {"decided a@x deferred mail 421", "done"} + end);
}

void TestSession::severalTransactions()
{
    QFETCH(QByteArray, script);
    QFETCH(QByteArrayList, facts);
    SessionPlayer player;
    player.options = plainOptions();
    player.transactions = {transactionFor({"a@x"}), transactionFor({"a@x"})};
    player.script = script;
    playEveryWay(player, facts);
}

void TestSession::pipeliningSwitchedOff()
{
    SessionPlayer player;
    player.options = plainOptions();
    player.options.pipelining = false;
    player.transactions = {transactionFor({"a@x"})};
    player.script = HelloPipelining + ToDot + "S: 250 ok\n" + Quit;
    playEveryWay(player, {"commit", "decided a@x accepted dot 250", "done 250", "closed"});
}

void TestSession::contentAtEveryChunkSize()
{
    SessionPlayer player;
    player.options = plainOptions();
    player.transactions = {transactionFor({"a@x"})};
    player.content = "A: b\r\n\r\n.\r\n..\r\nend."_ba;
    player.script = Hello + ToData
        + "S: 354 go\nC: A: b\nC:\nC: ..\nC: ...\nC: end.\nC: .\nS: 250 ok\n" + Quit;
    for (qsizetype size = 1; size <= player.content.size(); ++size) {
        player.contentChunk = size;
        player.play();
        QCOMPARE(player.facts,
            (QByteArrayList {"commit", "decided a@x accepted dot 250", "done 250", "closed"}));
    }
}

void TestSession::slowReplyHasOneDeadlineB2()
{
    // B2: one byte per second for ever.
    SessionOptions options = plainOptions();
    options.deadlines.set(Stage::Greeting, std::chrono::seconds(10));
    Smtp::Session session(options);
    Base::TimePoint now(std::chrono::hours(1));
    session.start(now);
    const auto limit = session.deadline();
    QCOMPARE(limit, now + std::chrono::seconds(10));
    for (int i = 0; i < 9; ++i) {
        now += std::chrono::seconds(1);
        session.receive(i == 0 ? "2" : i < 3 ? "20 "_ba.mid(i - 1, 1) : "x"_ba, now);
        session.timeoutExpired(now);
        QCOMPARE(session.deadline(), limit);
        QVERIFY(!session.isOver());
    }
    session.timeoutExpired(*limit);
    QVERIFY(session.isOver());
}

void TestSession::contentDeadlineFollowsProgressB25()
{
    // B25: the server stops reading. Only written bytes move the limit.
    SessionOptions options = plainOptions();
    Smtp::Session session(options);
    Base::TimePoint now(std::chrono::hours(1));
    const auto drain = [&session] {
        QByteArrayList kinds;
        while (const auto event = session.next()) {
            if (const auto *decided = std::get_if<Smtp::Event::RecipientDecided>(&*event))
                kinds.append(Smtp::outcomeName(decided->outcome.outcome).toByteArray());
        }
        return kinds;
    };
    session.start(now);
    session.receive("220 mx\r\n", now);
    session.receive("250 mx\r\n", now);
    session.send(transactionFor({"a@x"}), now);
    for (const QByteArray &reply : {"250 a\r\n"_ba, "250 b\r\n"_ba, "354 c\r\n"_ba})
        session.receive(reply, now);
    drain();
    QCOMPARE(session.stage(), Stage::Content);
    QCOMPARE(session.deadline(), now + std::chrono::seconds(180));
    now += std::chrono::seconds(170);
    QCOMPARE(session.contentChunk("x\r\n"_ba, now), "x\r\n"_ba);
    QCOMPARE(session.deadline(), now + std::chrono::seconds(180));
    now += std::chrono::seconds(170);
    session.contentProgress(now);
    QCOMPARE(session.deadline(), now + std::chrono::seconds(180));
    session.timeoutExpired(now + std::chrono::seconds(180));
    QCOMPARE(drain(), QByteArrayList {"deferred"});
    QVERIFY(session.isOver());
    // Whatever the driver still does is without effect.
    QVERIFY(session.contentChunk("y"_ba, now).isEmpty());
    session.contentFinished(now);
    session.committed(now);
    QVERIFY(!session.next());
}

void TestSession::longAway_data()
{
    QTest::addColumn<int>("replies");
    QTest::addColumn<QByteArray>("outcome");
    QTest::newRow("A8 behind RCPT") << 2 << "deferred"_ba;
    QTest::newRow("A8 in the content") << 3 << "deferred"_ba;
    QTest::newRow("A8 behind the dot") << 4 << "uncertain"_ba;
}

/// The network goes without a word, or the machine sleeps: the first look at the clock ends it.
void TestSession::longAway()
{
    QFETCH(int, replies);
    QFETCH(QByteArray, outcome);
    Smtp::Session session(plainOptions());
    Base::TimePoint now(std::chrono::hours(1));
    QByteArrayList decided;
    const auto drain = [&] {
        while (const auto event = session.next()) {
            if (const auto *told = std::get_if<Smtp::Event::RecipientDecided>(&*event))
                decided.append(Smtp::outcomeName(told->outcome.outcome).toByteArray());
        }
    };
    session.start(now);
    session.receive("220 mx\r\n", now);
    session.receive("250 mx\r\n", now);
    session.send(transactionFor({"a@x"}), now);
    for (int i = 1; i < replies; ++i)
        session.receive(i < 3 ? "250 ok\r\n" : "354 go\r\n", now);
    if (replies == 4) {
        std::ignore = session.contentChunk("x\r\n"_ba, now);
        session.contentFinished(now);
        session.committed(now);
    }
    drain();
    QVERIFY(decided.isEmpty());
    now += std::chrono::hours(8);
    session.timeoutExpired(now);
    drain();
    QCOMPARE(decided, QByteArrayList {outcome});
    QVERIFY(session.isOver());
    QVERIFY(!session.deadline());
}

void TestSession::lateReplyBehindGivingUp()
{
    // B27: the 250 that comes after the limit belongs to nobody.
    SessionPlayer player;
    player.options = plainOptions();
    player.transactions = {transactionFor({"a@x"}), transactionFor({"b@x"})};
    player.script = Hello + ToDot + "TIMEOUT\nS: 250 ok\n";
    player.play();
    QCOMPARE(player.facts,
        (QByteArrayList {"commit", "decided a@x uncertain dot timeout", "done timeout",
            "failed timeout dot", "closed abort"}));
}

void TestSession::commitComesBeforeTheDot()
{
    SessionPlayer player;
    player.options = plainOptions();
    player.transactions = {transactionFor({"a@x"})};
    player.holdCommit = true;
    player.script = Hello + ToData + "S: 354 go\n" + Body + "CLOSE\nSTORED\n";
    // Lost while the ledger is written: the dot never left.
    playEveryWay(player,
        {"commit", "decided a@x deferred content connectionClosed", "done connectionClosed",
            "failed connectionClosed content", "closed abort"});
    player.script = Hello + ToData + "S: 354 go\n" + Body + "S: 552 too big\nSTORED\n";
    playEveryWay(
        player, {"commit", "decided a@x rejected content 552", "done 552", "closed abort"});
    player.script = Hello + ToData + "S: 354 go\n" + Body + "S\\ 25\nSTORED\n";
    playEveryWay(player,
        {"commit", "decided a@x failed content malformedReply", "done malformedReply",
            "failed malformedReply content", "closed abort"});
    // H4: nothing else ends the content.
    player.script = Hello + ToData + "S: 354 go\n" + Body + "REFUSED 0\n";
    playEveryWay(player,
        {"commit", "decided a@x failed content full", "done full", "failed full content",
            "closed abort"});
    player.script = Hello + ToData + "S: 354 go\n" + Body + "STORED\nC: .\nS: 250 ok\n" + Quit;
    playEveryWay(player, {"commit", "decided a@x accepted dot 250", "done 250", "closed"});
}

void TestSession::manyRecipients()
{
    QByteArrayList addresses;
    QByteArray group = Mail;
    QByteArray replies = "S: 250 ok\n";
    for (int i = 0; i < 1000; ++i) {
        addresses.append("u" + QByteArray::number(i) + "@x");
        group += "C: RCPT TO:<" + addresses.last() + ">\n";
        replies += i % 3 == 0 ? "S: 550 no\n" : "S: 250 ok\n";
    }
    SessionPlayer player;
    player.options = plainOptions();
    player.transactions = {transactionFor(addresses)};
    player.script = HelloPipelining + group + "C: DATA\n" + replies + "S: 354 go\n" + Body
        + "C: .\nS: 250 ok\n" + Quit;
    player.play();
    QCOMPARE(player.outcomes.size(), 1000);
    QSet<QByteArray> seen;
    int accepted = 0;
    for (const Smtp::RecipientOutcome &outcome : std::as_const(player.outcomes)) {
        seen.insert(outcome.recipient.address());
        accepted += outcome.outcome == Smtp::Outcome::Accepted ? 1 : 0;
    }
    QCOMPARE(seen.size(), 1000);
    QCOMPARE(accepted, 666);
    QCOMPARE(player.facts.last(), "closed"_ba);
}

void TestSession::sendBehindTheEnd()
{
    Smtp::Session session(plainOptions());
    const Base::TimePoint now(std::chrono::hours(1));
    session.start(now);
    session.receive("554 go away\r\n", now);
    session.peerClosed(now);
    session.send(transactionFor({"a@x"}), now);
    QByteArrayList order;
    while (const auto event = session.next()) {
        if (const auto *decided = std::get_if<Smtp::Event::RecipientDecided>(&*event))
            order.append(Smtp::outcomeName(decided->outcome.outcome).toByteArray());
        if (std::holds_alternative<Smtp::Event::TransactionDone>(*event))
            order.append("done");
        if (std::holds_alternative<Smtp::Event::Closed>(*event))
            order.append("closed");
    }
    QCOMPARE(order, (QByteArrayList {"rejected", "done", "closed"}));
}

void TestSession::stageSequence()
{
    SessionPlayer player;
    player.options = plainOptions();
    player.transactions = {transactionFor({"a@x", "b@x"})};
    player.script = HelloPipelining + Group + "S: 250 ok\nS: 250 ok\nS: 250 ok\nS: 354 go\n" + Body
        + "C: .\nS: 250 done\n" + Quit;
    player.play();
    QCOMPARE(player.stages,
        (QByteArrayList {"greeting", "helo", "mail", "rcpt", "data", "content", "dot", "quit"}));
}

QTEST_GUILESS_MAIN(TestSession)
#include "tst_session.moc"
