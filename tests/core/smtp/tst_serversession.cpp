// SPDX-License-Identifier: GPL-3.0-or-later
#include "smtp/serversession.h"

#include "base/literals.h"

#include <QMessageAuthenticationCode>
#include <QTest>

using namespace Mailgauge;
using namespace Mailgauge::Smtp;

namespace {

using Chunks = QList<QByteArray>;

/// A driver that always says what the session proposes.
struct Driver {
    explicit Driver(ServerOptions options)
        : session(std::move(options))
    {
        session.start();
        drain();
    }

    void feed(QByteArrayView bytes)
    {
        session.receive(bytes);
        drain();
    }

    void drain()
    {
        while (auto event = session.next())
            std::visit([this](auto &e) { on(e); }, *event);
    }

    void on(const ServerEvent::Asked &asked)
    {
        stages += stageName(asked.stage).toByteArray() + ' ';
        const auto found = replies.constFind(asked.stage);
        session.answer(
            {found == replies.constEnd() ? asked.proposed : std::optional(*found), true});
    }
    void on(const ServerEvent::Send &send) { sent += send.bytes; }
    void on(const ServerEvent::StartTls &)
    {
        sent += "[tls]";
        session.tlsEstablished();
    }
    void on(const ServerEvent::MessageReceived &message) { messages += message.transaction; }
    void on(const ServerEvent::Closed &) { sent += "[closed]"; }

    /// The codes of what was said, multi-line replies once: "220 250 …".
    QByteArray codes() const
    {
        QByteArray result;
        for (QByteArray line : sent.split('\n')) {
            if (line.startsWith("[tls]")) {
                result += "[tls] ";
                line.remove(0, 5);
            }
            if (line.startsWith("[closed]"))
                result += "[closed] ";
            else if (line.size() > 3 && line[3] == ' ')
                result += line.first(4);
        }
        return result.trimmed();
    }

    QHash<Stage, Reply> replies;
    QByteArray sent;
    QByteArray stages;
    QList<ServerTransaction> messages;
    ServerSession session;
};

ServerOptions testOptions()
{
    ServerOptions options;
    options.hostName = "relay.example"_ba;
    options.offerStartTls = true;
    options.authMechanisms = Sasl::serverMechanisms();
    options.authInClear = true;
    options.account = {"tim"_ba, Base::Secret("tanstaaftanstaaf"_ba), Base::Secret("t0ken"_ba)};
    options.sessionId = "T"_ba;
    options.nonce = "n0"_ba;
    options.limits.recipients = 2;
    options.limits.message = 1000;
    options.limits.errors = 3;
    options.limits.authFailures = 2;
    return options;
}

const QByteArray hello = "EHLO client.example\r\n"_ba;
const QByteArray mail = "MAIL FROM:<a@x.example>\r\n"_ba;
const QByteArray rcpt = "RCPT TO:<b@y.example>\r\n"_ba;

} // namespace

class TestServerSession : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void dialogue_data();
    void dialogue();
    void content_data();
    void content();
    void ehloReply();
    void crammed();
    void answersDecideTheState();
    void memoryIsBounded();
    void budgetIsShared();
    void bytesBehindStartTls_data();
    void bytesBehindStartTls();
};

void TestServerSession::dialogue_data()
{
    QTest::addColumn<Chunks>("chunks");
    QTest::addColumn<QByteArray>("codes");

    const auto plain = [](const QByteArray &text) { return text.toBase64(); };
    const QByteArray wrong = "AUTH PLAIN " + plain("\0tim\0wrong"_ba) + "\r\n";
    QTest::newRow("rfc5321 D.1 typical") << Chunks {hello, mail, rcpt, "DATA\r\n"_ba,
        "Subject: x\r\n\r\nhi\r\n.\r\n"_ba, "QUIT\r\n"_ba}
                                         << "220 250 250 250 354 250 221 [closed]"_ba;
    QTest::newRow("rfc2920 3.2 pipelined") << Chunks {hello,
        mail + rcpt + "RCPT TO:<c@y.example>\r\nDATA\r\n", "x\r\n.\r\nQUIT\r\n"_ba}
                                           << "220 250 250 250 250 354 250 221 [closed]"_ba;
    QTest::newRow("rfc5321 2.4 any case") << Chunks {"eHlO x\r\n"_ba, "mail from:<>\r\n"_ba,
        "Rcpt To:<b@y.example>\r\n"_ba} << "220 250 250 250"_ba;
    QTest::newRow("rfc5321 4.1.1.1 HELO") << Chunks {"HELO x\r\n"_ba, mail} << "220 250 250"_ba;
    QTest::newRow("EHLO without name")
        << Chunks {"EHLO\r\n"_ba, "EHLO \r\n"_ba} << "220 501 501"_ba;
    QTest::newRow("MAIL before EHLO") << Chunks {mail} << "220 503"_ba;
    QTest::newRow("nested MAIL") << Chunks {hello, mail, mail} << "220 250 250 503"_ba;
    QTest::newRow("RCPT without MAIL") << Chunks {hello, rcpt} << "220 250 503"_ba;
    QTest::newRow("DATA without RCPT")
        << Chunks {hello, mail, "DATA\r\n"_ba} << "220 250 250 503"_ba;
    QTest::newRow("DATA, no valid recipient")
        << Chunks {hello, mail, "RCPT TO:<>\r\n"_ba, "DATA\r\n"_ba} << "220 250 250 501 554"_ba;
    QTest::newRow("rfc5321 4.1.1.5 RSET ends the transaction") << Chunks {
        hello, mail, rcpt, "RSET\r\n"_ba, "DATA\r\n"_ba, mail} << "220 250 250 250 250 503 250"_ba;
    QTest::newRow("EHLO ends the transaction")
        << Chunks {hello, mail, hello, mail} << "220 250 250 250 250"_ba;
    QTest::newRow("NOOP VRFY HELP EXPN BDAT")
        << Chunks {"NOOP x\r\nVRFY a\r\nHELP\r\nEXPN a\r\nBDAT 3 LAST\r\n"_ba}
        << "220 250 252 214 502 502"_ba;
    QTest::newRow("unknown command") << Chunks {"XYZZY\r\n"_ba, "\r\n"_ba} << "220 500 500"_ba;
    QTest::newRow("arguments where none belong")
        << Chunks {hello, "RSET x\r\n"_ba, "QUIT now\r\n"_ba} << "220 250 501 501"_ba;
    QTest::newRow("rfc1870 SIZE too large")
        << Chunks {hello, "MAIL FROM:<a@x.example> SIZE=1001\r\n"_ba} << "220 250 552"_ba;
    QTest::newRow("rfc1870 SIZE 10^40")
        << Chunks {hello, "MAIL FROM:<a@x.example> SIZE=" + QByteArray(41, '9') + "\r\n"}
        << "220 250 501"_ba;
    QTest::newRow("rfc6152 BODY") << Chunks {hello, "MAIL FROM:<a@x.example> BODY=8BITMIME\r\n"_ba,
        "RSET\r\n"_ba, "MAIL FROM:<a@x.example> BODY=9BIT\r\n"_ba}
                                  << "220 250 250 250 501"_ba;
    QTest::newRow("rfc6531 SMTPUTF8") << Chunks {hello, "MAIL FROM:<\xc3\xa9@x.example>\r\n"_ba,
        "MAIL FROM:<\xc3\xa9@x.example> SMTPUTF8\r\n"_ba, "RCPT TO:<\xc3\xa9@y.example>\r\n"_ba}
                                      << "220 250 553 250 250"_ba;
    QTest::newRow("unknown parameter") << Chunks {hello, "MAIL FROM:<a@x.example> XFOO=1\r\n"_ba,
        mail, "RCPT TO:<b@y.example> NOTIFY=NEVER\r\n"_ba}
                                       << "220 250 555 250 555"_ba;
    QTest::newRow("rfc5321 C source route")
        << Chunks {hello, mail, "RCPT TO:<@h1.example,@h2.example:b@y.example>\r\n"_ba}
        << "220 250 250 250"_ba;
    QTest::newRow("space behind the colon")
        << Chunks {hello, "MAIL FROM: <a@x.example>\r\n"_ba} << "220 250 501"_ba;
    QTest::newRow("B20 too many recipients")
        << Chunks {hello, mail + rcpt + rcpt + rcpt + "DATA\r\n"}
        << "220 250 250 250 250 452 354"_ba;
    QTest::newRow("NUL in a command") << Chunks {"EHLO a\0b\r\n"_ba, hello} << "220 500 250"_ba;
    QTest::newRow("bare LF in commands")
        << Chunks {"EHLO a\nMAIL FROM:<a@x.example>\r\n"_ba, hello} << "220 500 250"_ba;
    QTest::newRow("bare CR in a command")
        << Chunks {"NOOP\rQUIT\r\n"_ba, hello} << "220 500 250"_ba;
    QTest::newRow("overlong line")
        << Chunks {"NOOP " + QByteArray(5000, 'x') + "\r\n", hello} << "220 500 250"_ba;
    QTest::newRow("http") << Chunks {"GET / HTTP/1.1\r\nHost: x\r\n\r\n"_ba}
                          << "220 554 [closed]"_ba;
    QTest::newRow("too many errors")
        << Chunks {"A\r\nB\r\nC\r\nD\r\nE\r\n"_ba} << "220 500 500 500 421 [closed]"_ba;
    QTest::newRow("rfc4616 AUTH PLAIN") << Chunks {hello,
        "AUTH PLAIN " + plain("\0tim\0tanstaaftanstaaf"_ba) + "\r\n", "AUTH PLAIN\r\n"_ba}
                                        << "220 250 235 503"_ba;
    QTest::newRow("AUTH PLAIN, response asked for")
        << Chunks {hello, "AUTH PLAIN\r\n"_ba, plain("tim\0tim\0tanstaaftanstaaf"_ba) + "\r\n"}
        << "220 250 334 235"_ba;
    QTest::newRow("AUTH PLAIN as another")
        << Chunks {hello, "AUTH PLAIN " + plain("joe\0tim\0tanstaaftanstaaf"_ba) + "\r\n"}
        << "220 250 535"_ba;
    const auto bearer = [&plain](const QByteArray &token) {
        return "AUTH XOAUTH2 "
            + plain("user=tim\x01"
                    "auth=Bearer "_ba
                + token + "\x01\x01")
            + "\r\n";
    };
    QTest::newRow("AUTH XOAUTH2") << Chunks {hello, bearer("t0ken"_ba)} << "220 250 235"_ba;
    QTest::newRow("AUTH XOAUTH2 refused: reason, empty answer, 535")
        << Chunks {hello, bearer("expired"_ba), "\r\n"_ba, mail} << "220 250 334 535 250"_ba;
    QTest::newRow("AUTH LOGIN") << Chunks {hello, "AUTH LOGIN\r\n"_ba, plain("tim"_ba) + "\r\n",
        plain("tanstaaftanstaaf"_ba) + "\r\n"}
                                << "220 250 334 334 235"_ba;
    QTest::newRow("AUTH LOGIN with initial response")
        << Chunks {hello, "AUTH LOGIN " + plain("tim"_ba) + "\r\n", plain("no"_ba) + "\r\n"}
        << "220 250 334 535"_ba;
    QTest::newRow("rfc4954 4 cancelled")
        << Chunks {hello, "AUTH LOGIN\r\n"_ba, "*\r\n"_ba, mail} << "220 250 334 501 250"_ba;
    QTest::newRow("B32 not base64")
        << Chunks {hello, "AUTH LOGIN\r\n"_ba, "!!!\r\n"_ba} << "220 250 334 501"_ba;
    QTest::newRow("rfc4954 4 empty initial response") << Chunks {hello, "AUTH PLAIN =\r\n"_ba,
        "AUTH CRAM-MD5 =\r\n"_ba} << "220 250 501 421 [closed]"_ba;
    QTest::newRow("unknown mechanism")
        << Chunks {hello, "AUTH NTLM\r\n"_ba, "AUTH\r\n"_ba} << "220 250 504 501"_ba;
    QTest::newRow("huge AUTH line")
        << Chunks {hello, "AUTH PLAIN " + QByteArray(20'000, 'A') + "\r\n", mail}
        << "220 250 500 250"_ba;
    QTest::newRow("huge AUTH response")
        << Chunks {hello, "AUTH LOGIN\r\n"_ba, QByteArray(20'000, 'A') + "\r\n", mail}
        << "220 250 334 500 250"_ba;
    QTest::newRow("long but lawful AUTH line")
        << Chunks {hello, "AUTH PLAIN " + QByteArray(11'000, 'A') + "\r\n"} << "220 250 501"_ba;
    QTest::newRow("password guessing")
        << Chunks {hello, wrong, wrong} << "220 250 535 421 [closed]"_ba;
    QTest::newRow("AUTH within a transaction")
        << Chunks {hello, mail, "AUTH LOGIN\r\n"_ba} << "220 250 250 503"_ba;
    QTest::newRow("B13 bytes behind EHLO") << Chunks {hello + mail} << "220 554 [closed]"_ba;
    QTest::newRow("B13 bytes behind AUTH")
        << Chunks {hello, "AUTH LOGIN\r\ndGlt\r\n"_ba} << "220 250 554 [closed]"_ba;
    QTest::newRow("B13 content behind DATA")
        << Chunks {hello, mail + rcpt + "DATA\r\nx\r\n.\r\n"} << "220 250 250 250 554 [closed]"_ba;
    QTest::newRow("rfc3207 STARTTLS forgets") << Chunks {hello, "STARTTLS\r\n"_ba, mail, hello,
        "STARTTLS\r\n"_ba} << "220 250 220 [tls] 503 250 503"_ba;
    QTest::newRow("STARTTLS before EHLO") << Chunks {"STARTTLS\r\n"_ba} << "220 503"_ba;
    QTest::newRow("STARTTLS within a transaction")
        << Chunks {hello, mail, "STARTTLS\r\n"_ba} << "220 250 250 503"_ba;
    QTest::newRow("two transactions") << Chunks {hello, mail + rcpt + "DATA\r\n",
        "x\r\n.\r\n" + mail + rcpt + "DATA\r\n", "y\r\n.\r\n"_ba}
                                      << "220 250 250 250 354 250 250 250 354 250"_ba;
    QTest::newRow("D17 content too large")
        << Chunks {hello, mail + rcpt + "DATA\r\n", QByteArray(1200, 'x') + "\r\n.\r\n" + mail}
        << "220 250 250 250 354 552 250"_ba;
}

void TestServerSession::dialogue()
{
    QFETCH(const Chunks, chunks);
    QFETCH(const QByteArray, codes);
    // Each chunk is cut at each point; a client waits for the replies between two chunks only.
    for (qsizetype which = 0; which < chunks.size(); ++which) {
        const qsizetype step = chunks[which].size() > 2000 ? 997 : 1;
        for (qsizetype split = 0; split <= chunks[which].size(); split += step) {
            Driver driver(testOptions());
            for (qsizetype i = 0; i < chunks.size(); ++i) {
                // What stands behind a command that must be alone is only out of step if it is
                // there by then: keep those chunks whole.
                const bool whole = QByteArrayView(QTest::currentDataTag()).startsWith("B13");
                const qsizetype at = i == which && !whole ? split : 0;
                driver.feed(QByteArrayView(chunks[i]).first(at));
                driver.feed(QByteArrayView(chunks[i]).sliced(at));
            }
            if (driver.codes() != codes)
                qDebug() << "chunk" << which << "cut at" << split;
            QCOMPARE(driver.codes(), codes);
        }
    }
    // And byte by byte.
    if (QByteArrayView(QTest::currentDataTag()).startsWith("B13"))
        return;
    Driver driver(testOptions());
    for (const QByteArray &chunk : chunks) {
        for (const char c : chunk)
            driver.feed(QByteArrayView(&c, 1));
    }
    QCOMPARE(driver.codes(), codes);
}

void TestServerSession::content_data()
{
    QTest::addColumn<QByteArray>("wire");
    QTest::addColumn<QByteArray>("content"); // null: the end was not reached

    QTest::newRow("empty") << ".\r\n"_ba << ""_ba;
    QTest::newRow("rfc5321 4.5.2 dots")
        << "..\r\n...x\r\n.y\r\na.\r\n.\r\n"_ba << ".\r\n..x\r\ny\r\na.\r\n"_ba;
    QTest::newRow("NUL and 8 bit") << "a\0\xff\r\n.\r\n"_ba << "a\0\xff\r\n"_ba;
    // D6: none of these ends the content; the true end behind them does.
    const QList<QByteArray> smuggled {"\n.\n"_ba, "\n.\r\n"_ba, "\r\n.\n"_ba, "\r.\r"_ba,
        "\r\n.\r"_ba, "\r.\r\n"_ba, "\n.\r"_ba, "\r.\n"_ba, "\r\n\0.\r\n"_ba, "\r\n.\0\r\n"_ba,
        "\r\r\n.\r\r\n"_ba, "\r\n.\r\0\n"_ba};
    for (const QByteArray &sequence : smuggled) {
        QByteArray expected = sequence;
        if (expected.contains("\r\n."))
            expected.replace("\r\n.", "\r\n");
        const QByteArray tail = "MAIL FROM:<evil@x.example>\r\n"_ba;
        QTest::addRow("D6 %s in the middle", sequence.toPercentEncoding().constData()) << "a"
                + sequence + tail + ".\r\n" << "a" + expected + tail;
        QTest::addRow("D6 %s at the end", sequence.toPercentEncoding().constData()) << "a"
                + sequence + "\r\n.\r\n" << "a" + expected + "\r\n";
    }
    QTest::newRow("D6 LF . CRLF at the very start") << "\n.\r\n\r\n.\r\n"_ba << "\n.\r\n\r\n"_ba;
    QTest::newRow("no end") << "a\r\n."_ba << QByteArray();
    QTest::newRow("no end, LF") << "a\n.\nQUIT\n"_ba << QByteArray();
}

void TestServerSession::content()
{
    QFETCH(const QByteArray, wire);
    QFETCH(const QByteArray, content);
    for (qsizetype split = 0; split <= wire.size(); ++split) {
        Driver driver(testOptions());
        driver.feed(hello);
        driver.feed(mail + rcpt + "DATA\r\n");
        driver.feed(QByteArrayView(wire).first(split));
        driver.feed(QByteArrayView(wire).sliced(split));
        QCOMPARE(driver.messages.size(), content.isNull() ? 0 : 1);
        if (content.isNull()) {
            QCOMPARE(driver.session.state(), ServerState::Content);
            continue;
        }
        QCOMPARE(driver.messages[0].content, content);
        QCOMPARE(driver.messages[0].reversePath->address(), "a@x.example"_ba);
        QCOMPARE(driver.messages[0].forwardPaths.size(), 1);
        QCOMPARE(driver.messages[0].queueId, "T-1"_ba);
        QVERIFY(driver.sent.endsWith("queued as T-1\r\n"));
        QCOMPARE(driver.session.state(), ServerState::Ready);
    }
    if (QByteArrayView(QTest::currentDataTag()).startsWith("D6")) {
        ServerOptions strict = testOptions();
        strict.refuseBareLf = true;
        Driver driver(strict);
        driver.feed(hello);
        driver.feed(mail + rcpt + "DATA\r\n");
        driver.feed(wire);
        // NUL between the right bytes is no bare CR or LF.
        const bool bare = !wire.contains('\0') || wire.contains("\r\0"_ba);
        QCOMPARE(driver.messages.isEmpty(), bare);
    }
}

void TestServerSession::ehloReply()
{
    Driver driver(testOptions());
    driver.sent.clear();
    driver.feed(hello);
    QCOMPARE(driver.sent,
        "250-relay.example greets client.example\r\n250-PIPELINING\r\n250-8BITMIME\r\n"
        "250-SMTPUTF8\r\n250-ENHANCEDSTATUSCODES\r\n250-SIZE 1000\r\n250-STARTTLS\r\n"
        "250 AUTH PLAIN LOGIN CRAM-MD5 SCRAM-SHA-256 SCRAM-SHA-1 SCRAM-SHA-512 "
        "OAUTHBEARER XOAUTH2\r\n"_ba);
    ServerOptions careful = testOptions();
    careful.authInClear = false;
    Driver other(careful);
    other.feed(hello);
    QVERIFY(!other.sent.contains("AUTH"));
    other.feed("AUTH PLAIN =\r\n"_ba);
    QVERIFY(other.sent.endsWith("538 5.7.11 Encryption required: say STARTTLS first\r\n"));
    other.feed("STARTTLS\r\n"_ba);
    other.sent.clear();
    other.feed(hello);
    QVERIFY(other.sent.contains("AUTH PLAIN"));
    QVERIFY(!other.sent.contains("STARTTLS"));
}

void TestServerSession::crammed()
{
    Driver driver(testOptions());
    driver.feed(hello);
    driver.sent.clear();
    driver.feed("AUTH CRAM-MD5\r\n"_ba);
    const QByteArray challenge = QByteArray::fromBase64(driver.sent.sliced(4).trimmed());
    QVERIFY(challenge.startsWith("<n0.1@relay.example>"));
    const QByteArray digest = QMessageAuthenticationCode::hash(
        challenge, "tanstaaftanstaaf"_ba, QCryptographicHash::Md5)
                                  .toHex();
    driver.feed(("tim " + digest).toBase64() + "\r\n");
    QVERIFY(driver.sent.endsWith("235 2.7.0 Authenticated\r\n"));
    QCOMPARE(driver.session.user(), "tim"_ba);
    QVERIFY(driver.session.isAuthenticated());
}

void TestServerSession::answersDecideTheState()
{
    Driver driver(testOptions());
    driver.replies.insert(Stage::Mail, Reply {451, {"4.3.0 Later"_ba}});
    driver.feed(hello);
    driver.feed(mail);
    QCOMPARE(driver.session.state(), ServerState::Ready);
    driver.replies.clear();
    driver.replies.insert(Stage::Rcpt, Reply {550, {"5.1.1 No"_ba}});
    driver.replies.insert(Stage::Data, Reply {354, {"Come on"_ba}});
    driver.feed(mail + rcpt + "DATA\r\n");
    QCOMPARE(driver.session.state(), ServerState::Content); // B19: invited without recipients
    driver.feed("x\r\n.\r\n"_ba);
    QVERIFY(driver.messages.isEmpty());
    QVERIFY(driver.sent.endsWith("554 5.5.1 No valid recipients\r\n"));
    driver.replies = {{Stage::Dot, Reply {421, {"4.3.2 Closing"_ba}}}};
    driver.feed(mail + rcpt + "DATA\r\n");
    driver.feed("x\r\n.\r\n"_ba);
    QVERIFY(driver.messages.isEmpty());
    QVERIFY(driver.session.isOver());
    QVERIFY(driver.sent.endsWith("[closed]"));
    QCOMPARE(driver.stages,
        "connect greeting helo mail mail rcpt data content mail rcpt data content dot "_ba);
}

void TestServerSession::memoryIsBounded()
{
    // B3 the other way round: 100 MB without CRLF.
    Driver driver(testOptions());
    const QByteArray piece(64 * 1024, 'x');
    qsizetype fed = 0;
    while (!driver.session.isOver() && fed < 100'000'000) {
        driver.feed(piece);
        fed += piece.size();
    }
    QVERIFY(driver.session.isOver());
    QVERIFY(fed < 2'000'000);
    QVERIFY(driver.sent.endsWith("500 5.5.2 Line without end, closing\r\n[closed]"));
    driver.feed(piece);
    QVERIFY(!driver.session.wantsBytes());

    // Content beyond the limit is thrown away, then the session ends.
    Driver content(testOptions());
    content.feed(hello);
    content.feed(mail + rcpt + "DATA\r\n");
    fed = 0;
    while (!content.session.isOver() && fed < 200'000'000) {
        content.feed(piece);
        fed += piece.size();
        QVERIFY(content.session.transaction().content.size() <= piece.size());
    }
    QVERIFY(content.session.isOver());
    QVERIFY(content.sent.endsWith("552 5.3.4 Message far too large, closing\r\n[closed]"));

    ServerOptions options = testOptions();
    options.limits.commands = 50;
    Driver noop(options);
    for (int i = 0; i < 51; ++i)
        noop.feed("NOOP\r\n"_ba);
    QVERIFY(noop.sent.endsWith("421 4.7.0 Too many commands, closing\r\n[closed]"));
}

void TestServerSession::budgetIsShared()
{
    ByteBudget budget {1500};
    ServerOptions options = testOptions();
    options.budget = &budget;
    {
        Driver one(options);
        Driver two(options);
        for (Driver *driver : {&one, &two}) {
            driver->feed(hello);
            driver->feed(mail + rcpt + "DATA\r\n");
            driver->feed(QByteArray(900, 'x'));
        }
        two.feed("\r\n.\r\n"_ba);
        QVERIFY(two.sent.endsWith("452 4.3.1 No room for this message now\r\n"));
        one.feed("\r\n.\r\n"_ba);
        QVERIFY(one.sent.endsWith("queued as T-1\r\n"));
        two.feed(mail + rcpt + "DATA\r\n");
        two.feed(QByteArray(900, 'x'));
        QVERIFY(budget.left < 1500);
    }
    QCOMPARE(budget.left, 1500);
}

void TestServerSession::bytesBehindStartTls_data()
{
    QTest::addColumn<QByteArray>("behind");
    QTest::newRow("C3 whole command") << "EHLO evil.example\r\n"_ba;
    QTest::newRow("C4 fragment") << "EHLO ev"_ba;
    QTest::newRow("C5 one byte") << "\0"_ba;
}

void TestServerSession::bytesBehindStartTls()
{
    QFETCH(const QByteArray, behind);
    const QByteArray command = "STARTTLS\r\n"_ba;
    for (qsizetype split = 0; split < command.size(); ++split) {
        Driver driver(testOptions());
        driver.feed(hello);
        driver.feed(command.first(split));
        driver.feed(command.sliced(split) + behind);
        QCOMPARE(driver.codes(), "220 250 554 [closed]"_ba);
    }
    // Behind the 220: the driver hands such bytes to TLS; if it does not, the session ends.
    ServerSession session(testOptions());
    session.start();
    const auto drain = [&session] {
        QByteArray sent;
        while (auto event = session.next()) {
            if (const auto *asked = std::get_if<ServerEvent::Asked>(&*event))
                session.answer({asked->proposed, true});
            if (const auto *send = std::get_if<ServerEvent::Send>(&*event))
                sent += send->bytes;
        }
        return sent;
    };
    drain();
    session.receive(hello);
    drain();
    session.receive(command);
    QVERIFY(drain().startsWith("220"));
    QVERIFY(!session.wantsBytes());
    session.receive(behind);
    QVERIFY(session.isOver());
    QVERIFY(drain().isEmpty());
}

QTEST_GUILESS_MAIN(TestServerSession)
#include "tst_serversession.moc"
