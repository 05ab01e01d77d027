// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/literals.h"
#include "sessionplayer.h"

#include <QTest>

using namespace Mailgauge;
using namespace Mailgauge::Test;
using Smtp::Chunking;
using How = Smtp::StopRule::How;

namespace {

const QByteArray Content = ".a\r\n..\r\nbcd"_ba; // 11 octets, a dot first, no line end at the end
const QByteArray HelloSlow = "S: 220 mx\nC: EHLO me.example\nS: 250-mx\nS: 250 CHUNKING\n"_ba;
const QByteArray Hello = "S: 220 mx\nC: EHLO me.example\nS: 250-mx\nS: 250-PIPELINING\n"
                         "S: 250 CHUNKING\n"_ba;
const QByteArray Mail = "C: MAIL FROM:<me@here>\n"_ba;
const QByteArray Group = Mail
    + "C: RCPT TO:<a@x>\nC: RCPT TO:<b@x>\nS: 250 m\nS: 250 a\nS: 250 b\n";
const QByteArray Steps = Mail
    + "S: 250 m\nC: RCPT TO:<a@x>\nS: 250 a\nC: RCPT TO:<b@x>\nS: 250 b\n";
// Chunks of 4: ".a\r\n", "..\r\n", "bcd".
const QByteArray First = "C\\ BDAT 4\\r\\n.a\\r\\n\n"_ba;
const QByteArray Second = "C\\ BDAT 4\\r\\n..\\r\\n\n"_ba;
const QByteArray Last = "C\\ BDAT 3 LAST\\r\\nbcd\n"_ba;
const QByteArray Whole = "C\\ BDAT 11 LAST\\r\\n.a\\r\\n..\\r\\nbcd\n"_ba;
const QByteArray Quit = "C: QUIT\nS: 221 bye\n"_ba;

QByteArrayList both(const QByteArray &what)
{
    return {"decided a@x " + what, "decided b@x " + what};
}

QByteArrayList lost(const QByteArray &what, const QByteArray &stage)
{
    return both(what + " connectionClosed")
        + QByteArrayList {
            "done connectionClosed", "failed connectionClosed " + stage, "closed abort"};
}

const QByteArrayList Commit {"commit"};
const QByteArrayList Accepted = Commit + both("accepted dot 250") + QByteArrayList {"done 250"};
const QByteArrayList Closed {"closed"};

} // namespace

/// BDAT (RFC 3030).
class TestSessionChunks : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void chunks_data();
    void chunks();
    void refusedWhileInFlight();
    void racing_data();
    void racing();
    void shortContent_data();
    void shortContent();
    void octetsBeyondTheChunk();
    void sizes_data();
    void sizes();
    void stops_data();
    void stops();
    void binary_data();
    void binary();
    void commitBeforeTheLastChunk();
    void twoTransactions();
    void verdicts_data();
    void verdicts();

private:
    static void row(
        const char *name, qint64 size, const QByteArray &script, const QByteArrayList &facts)
    {
        QTest::newRow(name) << size << script << facts;
    }
    static SessionPlayer player(qint64 chunkSize)
    {
        SessionPlayer player;
        player.options = plainOptions();
        player.options.chunking = Chunking::WhereOffered;
        player.options.chunkSize = chunkSize;
        player.content = Content;
        player.contentChunk = 3;
        Smtp::Transaction transaction = transactionFor({"a@x", "b@x"});
        transaction.size = Content.size();
        player.transactions = {transaction};
        return player;
    }
};

void TestSessionChunks::chunks_data()
{
    QTest::addColumn<qint64>("size");
    QTest::addColumn<QByteArray>("script");
    QTest::addColumn<QByteArrayList>("facts");
    row("rfc3030 4.1 one chunk", 1000, Hello + Group + Whole + "S: 250 ok\n" + Quit,
        Accepted + Closed);
    row("rfc3030 4.1 without PIPELINING", 1000, HelloSlow + Steps + Whole + "S: 250 ok\n" + Quit,
        Accepted + Closed);
    row("rfc3030 4.2 chunk by chunk", 4,
        HelloSlow + Steps + First + "S: 250 1\n" + Second + "S: 250 2\n" + Last + "S: 250 ok\n"
            + Quit,
        Accepted + Closed);
    row("rfc3030 4.2 pipelined, the last waits", 4,
        Hello + Group + First + Second + "S: 250 1\nS: 250 2\n" + Last + "S: 250 ok\n" + Quit,
        Accepted + Closed);
    row("CHUNKING not offered", 4,
        "S: 220 mx\nC: EHLO me.example\nS: 250-mx\nS: 250 PIPELINING\n" + Mail
            + "C: RCPT TO:<a@x>\nC: RCPT TO:<b@x>\nC: DATA\nS: 250 m\nS: 250 a\nS: 250 b\n"
              "S: 354 go\nC: ..a\nC: ...\nC: bcd\nC: .\nS: 250 ok\n"
            + Quit,
        Accepted + Closed);
    row("B19 nobody accepted: no octet leaves", 4,
        Hello + Mail + "C: RCPT TO:<a@x>\nC: RCPT TO:<b@x>\nS: 250 m\nS: 550 a\nS: 450 b\n" + Quit,
        {"decided a@x rejected rcpt 550", "decided b@x deferred rcpt 450", "done", "closed"});
    row("MAIL refused: no octet leaves", 4,
        Hello + Mail + "C: RCPT TO:<a@x>\nC: RCPT TO:<b@x>\nS: 550 m\nS: 503 a\nS: 503 b\n" + Quit,
        both("rejected mail 550") + QByteArrayList {"done", "closed"});
    row("B21 refused at LAST", 4,
        Hello + Group + First + Second + "S: 250 1\nS: 250 2\n" + Last + "S: 554 no\n" + Quit,
        Commit + both("rejected dot 554") + QByteArrayList {"done 554", "closed"});
    row("B34 first chunk refused, the second in flight", 4,
        Hello + Group + First + Second + "S: 552 no\nS: 503 no\n" + Quit,
        both("rejected content 552") + QByteArrayList {"done 552", "closed"});
    row("B34 second chunk refused", 4,
        Hello + Group + First + Second + "S: 250 1\nS: 452 no\n" + Quit,
        both("deferred content 452") + QByteArrayList {"done 452", "closed"});
    row("B34 a 250 behind the refusal changes nothing", 4,
        Hello + Group + First + Second + "S: 552 no\nS: 250 2\n" + Quit,
        both("rejected content 552") + QByteArrayList {"done 552", "closed"});
    row("B34 lost behind the refusal", 4, Hello + Group + First + Second + "S: 552 no\nCLOSE\n",
        both("rejected content 552") + QByteArrayList {"done 552", "closed abort"});
    // Not a word more: who does not know BDAT takes the octets for commands.
    row("B34, D6 announced and not known", 1000, Hello + Group + Whole + "S: 502 what\n",
        Commit + QByteArrayList {"quirk chunkingRefused"} + both("rejected dot 502")
            + QByteArrayList {"done 502", "closed abort"});
    row("B34, D6 announced and not known, several chunks", 4,
        Hello + Group + First + Second + "S: 500 what\n",
        QByteArrayList {"quirk chunkingRefused"} + both("rejected content 500")
            + QByteArrayList {"done 500", "closed abort"});
    row("B18 421 to a chunk", 4, Hello + Group + First + Second + "S: 421 bye\n",
        both("deferred content 421") + QByteArrayList {"done 421", "closed"});
    row("B15 354 to a chunk", 4, Hello + Group + First + Second + "S: 354 go\n",
        both("failed content malformedReply")
            + QByteArrayList {
                "done malformedReply", "failed malformedReply content", "closed abort"});
    row("B23 lost among the chunks", 4, Hello + Group + First + Second + "S: 250 1\nRESET\n",
        lost("deferred content", "content"));
    row("B11 silence among the chunks", 4, Hello + Group + First + Second + "S: 250 1\nTIMEOUT\n",
        both("deferred content timeout")
            + QByteArrayList {"done timeout", "failed timeout content", "closed abort"});
    row("B26 lost behind LAST", 4,
        Hello + Group + First + Second + "S: 250 1\nS: 250 2\n" + Last + "CLOSE\n",
        Commit + lost("uncertain dot", "dot"));
    row("B28 half a reply to LAST", 1000, Hello + Group + Whole + "S\\ 25\nCLOSE\n",
        Commit + lost("uncertain dot", "dot"));
    row("B27 silence behind LAST", 1000, Hello + Group + Whole + "TIMEOUT\n",
        Commit + both("uncertain dot timeout")
            + QByteArrayList {"done timeout", "failed timeout dot", "closed abort"});
}

void TestSessionChunks::chunks()
{
    QFETCH(qint64, size);
    QFETCH(QByteArray, script);
    QFETCH(QByteArrayList, facts);
    SessionPlayer chunking = player(size);
    chunking.script = script;
    playEveryWay(chunking, facts);
}

void TestSessionChunks::refusedWhileInFlight()
{
    // The announced octets have to go out, else the server reads them as commands.
    SessionPlayer chunking = player(4);
    chunking.holdContent = true;
    chunking.script = Hello + Group
        + "C: BDAT 4\nPIECE 2\nC\\ .a\nS: 552 no\nPIECE 2\nC\\ \\r\\n\nFINISHED\n" + Quit;
    playEveryWay(chunking, both("rejected content 552") + QByteArrayList {"done 552", "closed"});
    // The same with the last one: committed already, but the reply decides.
    chunking = player(1000);
    chunking.holdContent = true;
    chunking.script = Hello + Group
        + "C: BDAT 11 LAST\nPIECE 4\nC\\ .a\\r\\n\nS: 452 no\nPIECE 7\nC\\ ..\\r\\nbcd\n"
          "FINISHED\n"
        + Quit;
    playEveryWay(
        chunking, Commit + both("deferred dot 452") + QByteArrayList {"done 452", "closed"});
    // Refused and closed: what decided stays.
    chunking.script = Hello + Group + "C: BDAT 11 LAST\nPIECE 4\nC\\ .a\\r\\n\nS: 552 no\nRESET\n";
    playEveryWay(
        chunking, Commit + both("rejected dot 552") + QByteArrayList {"done 552", "closed abort"});
}

void TestSessionChunks::racing_data()
{
    QTest::addColumn<qint64>("size");
    QTest::addColumn<QByteArray>("script");
    QTest::addColumn<QByteArrayList>("facts");
    const QByteArray start = Hello + Group;
    // The driver says first that all is out; where it is not, nobody knows what was taken.
    row("taken before the last octet is known to have left", 1000,
        start + "C: BDAT 11 LAST\nPIECE 11\nC\\ .a\\r\\n..\\r\\nbcd\nS: 250 ok\n",
        Commit + both("uncertain dot malformedReply")
            + QByteArrayList {"done malformedReply", "failed malformedReply dot", "closed abort"});
    row("B10 a second reply to a refused chunk", 4,
        start + "C: BDAT 4\nPIECE 2\nC\\ .a\nS: 552 no\nS: 250 ok\n",
        both("rejected content 552") + QByteArrayList {"done 552", "closed abort"});
    row("B18 421 behind a refused chunk", 4,
        start + "C: BDAT 4\nPIECE 2\nC\\ .a\nS: 552 no\nS: 421 bye\n",
        both("rejected content 552") + QByteArrayList {"done 552", "closed abort"});
    row("lost before the driver knows", 1000,
        start + "C: BDAT 11 LAST\nPIECE 11\nC\\ .a\\r\\n..\\r\\nbcd\nCLOSE\n",
        Commit + lost("uncertain dot", "dot"));
    row("lost before the last octet left", 1000,
        start + "C: BDAT 11 LAST\nPIECE 10\nC\\ .a\\r\\n..\\r\\nbc\nCLOSE\n",
        Commit + lost("deferred dot", "dot"));
    row("taken before the last octet left", 1000,
        start + "C: BDAT 11 LAST\nPIECE 10\nC\\ .a\\r\\n..\\r\\nbc\nS: 250 ok\n",
        Commit + both("uncertain dot malformedReply")
            + QByteArrayList {"done malformedReply", "failed malformedReply dot", "closed abort"});
    row("a chunk taken before its last octet", 4,
        start + "C: BDAT 4\nPIECE 3\nC\\ .a\\r\nS: 250 ok\n",
        both("failed content malformedReply")
            + QByteArrayList {
                "done malformedReply", "failed malformedReply content", "closed abort"});
}

void TestSessionChunks::racing()
{
    QFETCH(qint64, size);
    QFETCH(QByteArray, script);
    QFETCH(QByteArrayList, facts);
    SessionPlayer chunking = player(size);
    chunking.holdContent = true;
    chunking.script = script;
    playEveryWay(chunking, facts);
}

void TestSessionChunks::shortContent_data()
{
    QTest::addColumn<qint64>("size");
    QTest::addColumn<QByteArray>("script");
    QTest::addColumn<QByteArrayList>("facts");
    const QByteArrayList end {"done io", "failed io dot", "closed abort"};
    row("the last chunk", 1000,
        Hello + Group + "C: BDAT 11 LAST\nPIECE 4\nC\\ .a\\r\\n\nFINISHED\n",
        Commit + both("failed dot io") + end);
    row("a chunk", 4, Hello + Group + "C: BDAT 4\nPIECE 1\nC\\ .\nFINISHED\n",
        both("failed content io")
            + QByteArrayList {"done io", "failed io content", "closed abort"});
}

void TestSessionChunks::shortContent()
{
    // D13: the file shrank. No command of ours may follow into the announced octets.
    QFETCH(qint64, size);
    QFETCH(QByteArray, script);
    QFETCH(QByteArrayList, facts);
    SessionPlayer chunking = player(size);
    chunking.holdContent = true;
    chunking.script = script;
    chunking.play();
    QCOMPARE(chunking.facts, facts);
}

void TestSessionChunks::octetsBeyondTheChunk()
{
    // D2, D13: content that grew would be read as commands.
    SessionPlayer chunking = player(1000);
    chunking.content = Content + "RSET\r\nMAIL FROM:<evil@x>\r\n";
    chunking.holdContent = true;
    chunking.script = Hello + Group
        + "C: BDAT 11 LAST\nPIECE 30\nC\\ .a\\r\\n..\\r\\nbcd\nPIECE 9\nFINISHED\nS: 250 ok\n"
        + Quit;
    chunking.play();
    QCOMPARE(chunking.facts, Accepted + Closed);
}

void TestSessionChunks::sizes_data()
{
    QTest::addColumn<QByteArray>("content");
    QTest::newRow("empty") << ""_ba;
    QTest::newRow("one octet") << "."_ba;
    QTest::newRow("lines") << Content + "\r\n";
    QTest::newRow("binary") << "\0\r\n.\r\n\xff\n\r"_ba + QByteArray(30, '\0');
}

void TestSessionChunks::sizes()
{
    QFETCH(QByteArray, content);
    for (qint64 size = 1; size <= content.size() + 1; ++size) {
        for (qsizetype piece = 1; piece <= 5; ++piece) {
            SessionPlayer chunking = player(size);
            chunking.content = content;
            chunking.contentChunk = piece;
            chunking.transactions.first().size = content.size();
            QByteArray replies;
            QByteArray wire;
            qint64 at = 0;
            for (; content.size() - at > size; at += size) {
                replies += "S: 250 ok\n";
                wire += "BDAT " + QByteArray::number(size) + "\r\n" + content.mid(at, size);
            }
            wire += "BDAT " + QByteArray::number(content.size() - at) + " LAST\r\n"
                + content.mid(at);
            chunking.script = Hello + Group + replies + "S: 250 done\nS: 221 bye\n";
            chunking.play(SessionPlayer::Chunks::Bytes);
            const qsizetype begin = chunking.client.indexOf("BDAT");
            QCOMPARE(chunking.client.sliced(begin), wire + "QUIT\r\n");
            QVERIFY(chunking.facts.contains("decided b@x accepted dot 250"));
        }
    }
}

void TestSessionChunks::stops_data()
{
    QTest::addColumn<int>("how");
    QTest::addColumn<Smtp::Stage>("stage");
    QTest::addColumn<QByteArray>("tail");
    QTest::addColumn<QByteArrayList>("facts");
    using Smtp::Stage;
    const QByteArray all = "C\\ BDAT 11\\r\\n.a\\r\\n..\\r\\nbcd\n"_ba;
    const auto stopped = [](const QByteArray &stage, const QByteArray &outcome = "stopped"_ba) {
        return both(outcome + ' ' + stage) + QByteArrayList {"done", "stopped " + stage, "closed"};
    };
    const auto add = [](const char *name, How how, Stage stage, const QByteArray &tail,
                         const QByteArrayList &facts) {
        QTest::newRow(name) << int(how) << stage << tail << facts;
    };
    add("quit after data", How::QuitAfter, Stage::Data, Quit, stopped("data"));
    add("drop after data", How::DropAfter, Stage::Data, {}, stopped("data"));
    add("drop after sending data", How::DropAfterSend, Stage::Data, {}, stopped("data"));
    add("quit after content", How::QuitAfter, Stage::Content, all + "S: 250 ok\n" + Quit,
        stopped("content"));
    add("drop after content", How::DropAfter, Stage::Content, all + "S: 250 ok\n",
        stopped("content"));
    add("drop after sending content", How::DropAfterSend, Stage::Content, all, stopped("content"));
    const QByteArrayList accepted = Accepted + QByteArrayList {"stopped dot", "closed"};
    add("quit after dot", How::QuitAfter, Stage::Dot,
        all + "S: 250 ok\nC: BDAT 0 LAST\nS: 250 ok\n" + Quit, accepted);
    add("drop after dot", How::DropAfter, Stage::Dot,
        all + "S: 250 ok\nC: BDAT 0 LAST\nS: 250 ok\n", accepted);
    add("drop after sending dot", How::DropAfterSend, Stage::Dot,
        all + "S: 250 ok\nC: BDAT 0 LAST\nWRITTEN\n",
        Commit + both("uncertain dot") + QByteArrayList {"done", "stopped dot", "closed"});
}

void TestSessionChunks::stops()
{
    QFETCH(int, how);
    QFETCH(Smtp::Stage, stage);
    QFETCH(QByteArray, tail);
    QFETCH(QByteArrayList, facts);
    SessionPlayer chunking = player(1000);
    chunking.options.stop = Smtp::StopRule {static_cast<How>(how), stage};
    const bool steps = stage == Smtp::Stage::Data;
    chunking.script = Hello + (steps ? Steps : Group) + tail;
    chunking.play();
    QCOMPARE(chunking.facts, facts);
}

void TestSessionChunks::binary_data()
{
    QTest::addColumn<QByteArray>("capabilities");
    QTest::addColumn<bool>("byHand");
    QTest::addColumn<bool>("chunking");
    QTest::addColumn<bool>("sent");
    const QByteArray all = "S: 250-CHUNKING\nS: 250 BINARYMIME\n"_ba;
    QTest::newRow("rfc3030 3 offered") << all << false << true << true;
    QTest::newRow("rfc3030 3 by hand") << all << true << true << true;
    QTest::newRow("B35 BINARYMIME missing") << "S: 250 CHUNKING\n"_ba << false << true << false;
    QTest::newRow("B35 CHUNKING missing") << "S: 250 BINARYMIME\n"_ba << true << true << false;
    QTest::newRow("B35 switched off") << all << false << false << false;
}

void TestSessionChunks::binary()
{
    QFETCH(QByteArray, capabilities);
    QFETCH(bool, byHand);
    QFETCH(bool, chunking);
    QFETCH(bool, sent);
    SessionPlayer binary = player(1000);
    if (!chunking)
        binary.options.chunking = Chunking::Off;
    if (byHand)
        binary.transactions.first().mailParameters = {"BODY=BINARYMIME"_ba};
    else
        binary.transactions.first().binary = true;
    binary.transactions.first().eightBit = true; // the stronger word wins
    const QByteArray hello = "S: 220 mx\nC: EHLO me.example\nS: 250-mx\n" + capabilities;
    binary.script = hello
        + (sent ? "C: MAIL FROM:<me@here> BODY=BINARYMIME\nS: 550 no\n" + Quit : Quit);
    binary.play();
    QCOMPARE(binary.facts,
        (sent ? both("rejected mail 550") + QByteArrayList {"done"}
              : both("failed mail unsupported") + QByteArrayList {"done unsupported"})
            + Closed);
}

void TestSessionChunks::commitBeforeTheLastChunk()
{
    SessionPlayer chunking = player(1000);
    chunking.holdCommit = true;
    // Nothing of it leaves before the ledger knows.
    chunking.script = Hello + Group + "CLOSE\nSTORED\n";
    playEveryWay(chunking, Commit + lost("deferred rcpt", "rcpt"));
    chunking.script = Hello + Group + "S\\ 25\nSTORED\n";
    playEveryWay(chunking,
        Commit + both("failed rcpt malformedReply")
            + QByteArrayList {"done malformedReply", "failed malformedReply rcpt", "closed abort"});
    chunking.script = Hello + Group + "REFUSED 0\n" + Quit;
    playEveryWay(
        chunking, Commit + both("failed rcpt full") + QByteArrayList {"done full"} + Closed);
    chunking.script = Hello + Group + "STORED\n" + Whole + "S: 250 ok\n" + Quit;
    playEveryWay(chunking, Accepted + Closed);
    chunking.options.chunkSize = 4;
    chunking.script = Hello + Group + First + Second + "S: 250 1\nS: 250 2\nSTORED\n" + Last
        + "S: 250 ok\n" + Quit;
    playEveryWay(chunking, Accepted + Closed);
}

void TestSessionChunks::twoTransactions()
{
    SessionPlayer chunking = player(4);
    chunking.transactions.append(chunking.transactions.first());
    const QByteArray good = Group + First + Second + "S: 250 1\nS: 250 2\n" + Last + "S: 250 ok\n";
    chunking.script = Hello + good + good + Quit;
    playEveryWay(chunking, Accepted + Accepted + Closed);
    // RFC 3030 2: behind a refused chunk only RSET brings a known state.
    chunking.script = Hello + Group + First + Second + "S: 552 no\nS: 503 no\nC: RSET\nS: 250 ok\n"
        + good + Quit;
    playEveryWay(
        chunking, both("rejected content 552") + QByteArrayList {"done 552"} + Accepted + Closed);
}

void TestSessionChunks::verdicts_data()
{
    QTest::addColumn<bool>("lmtp");
    QTest::addColumn<QByteArray>("replies");
    QTest::addColumn<QByteArrayList>("facts");
    const QByteArrayList each {"commit", "decided a@x accepted dot 250",
        "decided b@x deferred dot 450", "done 250", "closed"};
    QTest::newRow("rfc2033 4.3 LMTP") << true << "S: 250 a\nS: 450 b\n"_ba << each;
    QTest::newRow("PRDR") << false << "S: 353 wait\nS: 250 a\nS: 450 b\nS: 250 ok\n"_ba << each;
}

void TestSessionChunks::verdicts()
{
    // Replies per recipient come behind LAST alone.
    QFETCH(bool, lmtp);
    QFETCH(QByteArray, replies);
    QFETCH(QByteArrayList, facts);
    SessionPlayer chunking = player(4);
    if (lmtp)
        chunking.options.protocol = Smtp::Protocol::Lmtp;
    else
        chunking.transactions.first().mailParameters = {"PRDR"_ba};
    QByteArray hello = Hello;
    QByteArray group = Group;
    if (lmtp)
        hello.replace("EHLO", "LHLO");
    else
        group.replace("<me@here>", "<me@here> PRDR");
    chunking.script = hello + group + First + Second + "S: 250 1\nS: 250 2\n" + Last + replies
        + Quit;
    playEveryWay(chunking, facts);
}

QTEST_GUILESS_MAIN(TestSessionChunks)
#include "tst_sessionchunks.moc"
