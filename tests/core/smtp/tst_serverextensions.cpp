// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/literals.h"
#include "smtp/serversession.h"

#include <QTest>

using namespace Mailgauge;
using namespace Mailgauge::Smtp;

namespace {

using Chunks = QList<QByteArray>;

/// Answers what is proposed, at dot with the codes of `verdicts` in their order.
struct Driver {
    explicit Driver(const ServerOptions &options)
        : session(options)
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
        if (asked.stage != Stage::Dot) {
            session.answer({asked.proposed, true});
            return;
        }
        if (const auto recipient = session.askedVerdict())
            askedFor += recipient->address() + ' ';
        else
            askedFor += "all ";
        session.answer(
            {verdicts.isEmpty() ? asked.proposed : Reply {verdicts.takeFirst(), {"so"_ba}}, true});
    }
    void on(const ServerEvent::Send &send) { sent += send.bytes; }
    void on(const ServerEvent::StartTls &) { }
    void on(const ServerEvent::MessageReceived &message) { messages += message.transaction; }
    void on(const ServerEvent::Closed &) { sent += "[closed]"; }

    [[nodiscard]] QByteArray codes() const
    {
        QByteArray result;
        for (const QByteArray &line : sent.split('\n')) {
            if (line.startsWith("[closed]"))
                result += "[closed] ";
            else if (line.size() > 3 && line[3] == ' ')
                result += line.first(4);
        }
        return result.trimmed();
    }
    [[nodiscard]] QByteArray accepted() const
    {
        QByteArray result;
        for (const ServerTransaction &message : messages) {
            for (const Mailbox &path : message.forwardPaths)
                result += path.address() + ' ';
            result += "| ";
        }
        return result.trimmed();
    }

    QList<int> verdicts;
    QByteArray sent;
    QByteArray askedFor;
    QList<ServerTransaction> messages;
    ServerSession session;
};

const QByteArray Lhlo = "LHLO client.example\r\n"_ba;
const QByteArray Ehlo = "EHLO client.example\r\n"_ba;
const QByteArray Recipients
    = "RCPT TO:<b@y.example>\r\nRCPT TO:<c@y.example>\r\nRCPT TO:<d@y.example>\r\n"_ba;
const QByteArray Group = "MAIL FROM:<a@x.example>\r\n" + Recipients + "DATA\r\n";
const QByteArray PrdrGroup = "MAIL FROM:<a@x.example> PRDR\r\n" + Recipients + "DATA\r\n";
const QByteArray Content = "Subject: x\r\n\r\nhi\r\n.\r\n"_ba;

} // namespace

/// What ServerSession offers beyond plain ESMTP.
class TestServerExtensions : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void verdicts_data();
    void verdicts();
    void lmtpDialogue_data();
    void lmtpDialogue();
    void mailParameters_data();
    void mailParameters();
    void chunks_data();
    void chunks();
    void chunksAreBounded();
};

void TestServerExtensions::verdicts_data()
{
    QTest::addColumn<bool>("lmtp");
    QTest::addColumn<QList<int>>("verdicts");
    QTest::addColumn<QByteArray>("codes");
    QTest::addColumn<QByteArray>("accepted");
    QTest::addColumn<QByteArray>("askedFor");
    const QByteArray each = "b@y.example c@y.example d@y.example "_ba;
    const QByteArray start = "220 250 250 250 250 250 354 "_ba;
    QTest::newRow("rfc2033 4.2 all accepted") << true << QList<int> {} << start + "250 250 250"
                                              << "b@y.example c@y.example d@y.example |"_ba << each;
    QTest::newRow("rfc2033 4.2 some")
        << true << QList {250, 550, 450} << start + "250 550 450" << "b@y.example |"_ba << each;
    QTest::newRow("rfc2033 4.2 the last alone")
        << true << QList {550, 450, 250} << start + "550 450 250" << "d@y.example |"_ba << each;
    QTest::newRow("rfc2033 4.2 nobody")
        << true << QList {550, 550, 550} << start + "550 550 550" << ""_ba << each;
    QTest::newRow("PRDR all accepted")
        << false << QList<int> {} << start + "353 250 250 250 250"
        << "b@y.example c@y.example d@y.example |"_ba << each + "all ";
    QTest::newRow("PRDR some") << false << QList {550, 250, 250, 250}
                               << start + "353 550 250 250 250" << "c@y.example d@y.example |"_ba
                               << each + "all ";
    QTest::newRow("PRDR refused as a whole")
        << false << QList {550, 250, 250, 554} << start + "353 550 250 250 554" << ""_ba
        << each + "all ";
    QTest::newRow("PRDR nobody") << false << QList {550, 550, 550} << start + "353 550 550 550 550"
                                 << ""_ba << each + "all ";
}

void TestServerExtensions::verdicts()
{
    QFETCH(bool, lmtp);
    QFETCH(QList<int>, verdicts);
    ServerOptions options;
    options.lmtp = lmtp;
    options.keywords.append("PRDR");
    const QByteArray group = lmtp ? Group : PrdrGroup;
    for (qsizetype split = 0; split <= Content.size(); ++split) {
        Driver driver(options);
        driver.verdicts = verdicts;
        driver.feed(lmtp ? Lhlo : Ehlo);
        driver.feed(group);
        driver.feed(QByteArrayView(Content).first(split));
        driver.feed(QByteArrayView(Content).sliced(split));
        QTEST(driver.codes(), "codes");
        QTEST(driver.accepted(), "accepted");
        QTEST(driver.askedFor, "askedFor");
        // The session goes on with a clean slate.
        driver.sent.clear();
        driver.feed(group);
        QCOMPARE(driver.codes(), "250 250 250 250 354"_ba);
    }
}

void TestServerExtensions::lmtpDialogue_data()
{
    QTest::addColumn<bool>("lmtp");
    QTest::addColumn<Chunks>("chunks");
    QTest::addColumn<QByteArray>("codes");
    QTest::newRow("rfc2033 4.1 no EHLO")
        << true << Chunks {Ehlo, "HELO x\r\n"_ba, Lhlo} << "220 500 500 250"_ba;
    QTest::newRow("rfc2033 4.1 no LHLO in SMTP")
        << false << Chunks {Lhlo, Ehlo} << "220 500 250"_ba;
    QTest::newRow("rfc2033 4.2 DATA without recipients")
        << true << Chunks {Lhlo, "MAIL FROM:<>\r\nDATA\r\n"_ba} << "220 250 250 503"_ba;
    QTest::newRow("a group behind the content")
        << true << Chunks {Lhlo, Group, Content + Group, Content}
        << "220 250 250 250 250 250 354 250 250 250 250 250 250 250 354 250 250 250"_ba;
    QTest::newRow("PRDR not offered")
        << false << Chunks {Ehlo, "MAIL FROM:<> PRDR\r\n"_ba} << "220 250 555"_ba;
}

void TestServerExtensions::lmtpDialogue()
{
    QFETCH(bool, lmtp);
    QFETCH(Chunks, chunks);
    ServerOptions options;
    options.lmtp = lmtp;
    for (qsizetype which = 0; which < chunks.size(); ++which) {
        for (qsizetype split = 0; split <= chunks[which].size(); ++split) {
            Driver driver(options);
            for (qsizetype i = 0; i < chunks.size(); ++i) {
                const qsizetype at = i == which ? split : 0;
                driver.feed(QByteArrayView(chunks[i]).first(at));
                driver.feed(QByteArrayView(chunks[i]).sliced(at));
            }
            QTEST(driver.codes(), "codes");
        }
    }
}

void TestServerExtensions::mailParameters_data()
{
    QTest::addColumn<QByteArray>("parameter");
    QTest::addColumn<int>("code");
    const auto row = [](const char *parameter, int code) {
        QTest::newRow(parameter) << QByteArray(parameter) << code;
    };
    row("BY=120;R", 250);
    row("BY=-5;NT", 250);
    row("BY=0;N", 250);
    row("BY=0;R", 501);
    row("BY=1234567890;N", 501);
    row("BY=5", 501);
    row("HOLDFOR=1", 250);
    row("HOLDFOR=0", 501);
    row("HOLDUNTIL=2030-01-02T03:04:05Z", 250);
    row("HOLDUNTIL=2030-01-02", 501);
    row("MT-PRIORITY=-9", 250);
    row("MT-PRIORITY=0", 250);
    row("MT-PRIORITY=10", 501);
    row("MT-PRIORITY", 501);
    row("REQUIRETLS", 530);
    row("BURL=1", 555);
}

void TestServerExtensions::mailParameters()
{
    QFETCH(QByteArray, parameter);
    QFETCH(int, code);
    ServerOptions options;
    options.keywords += {
        "DELIVERBY"_ba, "FUTURERELEASE 1000"_ba, "MT-PRIORITY"_ba, "REQUIRETLS"_ba};
    Driver driver(options);
    driver.feed(Ehlo);
    driver.feed("MAIL FROM:<> " + parameter + "\r\n");
    QCOMPARE(driver.codes(), "220 250 " + QByteArray::number(code));
    // Nobody takes what was not announced.
    Driver plain {ServerOptions()};
    plain.feed(Ehlo);
    plain.feed("MAIL FROM:<> " + parameter + "\r\n");
    QCOMPARE(plain.codes(), "220 250 555"_ba);
}

void TestServerExtensions::chunks_data()
{
    QTest::addColumn<Chunks>("chunks");
    QTest::addColumn<QByteArray>("codes");
    QTest::addColumn<QByteArrayList>("contents");
    const QByteArray mail = "MAIL FROM:<a@x.example>\r\nRCPT TO:<b@y.example>\r\n"_ba;
    const QByteArray binary
        = "MAIL FROM:<a@x.example> BODY=BINARYMIME\r\nRCPT TO:<b@y.example>\r\n"_ba;
    const QByteArrayList none;
    QTest::newRow("rfc3030 4.1 one chunk")
        << Chunks {Ehlo, mail + "BDAT 5 LAST\r\nhi\r\n."} << "220 250 250 250 250"_ba
        << QByteArrayList {"hi\r\n."};
    QTest::newRow("rfc3030 4.2 pipelined chunks")
        << Chunks {Ehlo, mail + "BDAT 3\r\n.\r\nBDAT 2\r\nxyBDAT 0 LAST\r\n" + mail}
        << "220 250 250 250 250 250 250 250 250"_ba << QByteArrayList {".\r\nxy"};
    QTest::newRow("rfc3030 4.3 binary")
        << Chunks {Ehlo, binary + QByteArray("BDAT 6 LAST\r\n\0\r\n\n\rQ", 19)}
        << "220 250 250 250 250"_ba << QByteArrayList {QByteArray("\0\r\n\n\rQ", 6)};
    QTest::newRow("commands within the octets are none")
        << Chunks {Ehlo, mail + "BDAT 12 LAST\r\nQUIT\r\nQUIT\r\nNOOP\r\n"}
        << "220 250 250 250 250 250"_ba << QByteArrayList {"QUIT\r\nQUIT\r\n"};
    QTest::newRow("rfc3030 2 octets of a refused chunk are dropped")
        << Chunks {Ehlo, "BDAT 12\r\nQUIT\r\nQUIT\r\nNOOP\r\n"_ba} << "220 250 503 250"_ba << none;
    QTest::newRow("before EHLO") << Chunks {"BDAT 6 LAST\r\nQUIT\r\n"_ba + Ehlo} << "220 503 250"_ba
                                 << none;
    QTest::newRow("without recipients")
        << Chunks {Ehlo, "MAIL FROM:<>\r\nBDAT 6 LAST\r\nQUIT\r\nRSET\r\n"_ba}
        << "220 250 250 503 250"_ba << none;
    QTest::newRow("rfc3030 2 DATA behind BDAT")
        << Chunks {Ehlo, mail + "BDAT 2\r\nhiDATA\r\nRSET\r\n" + mail + "DATA\r\n", "x\r\n.\r\n"_ba}
        << "220 250 250 250 250 503 250 250 250 354 250"_ba << QByteArrayList {"x\r\n"};
    QTest::newRow("rfc3030 3 DATA with BINARYMIME")
        << Chunks {Ehlo, binary + "DATA\r\n"} << "220 250 250 250 503"_ba << none;
    QTest::newRow("no count") << Chunks {Ehlo, mail + "BDAT LAST\r\n"}
                              << "220 250 250 250 501 [closed]"_ba << none;
    QTest::newRow("a negative count")
        << Chunks {Ehlo, mail + "BDAT -1\r\n"} << "220 250 250 250 501 [closed]"_ba << none;
    QTest::newRow("a count of 40 digits")
        << Chunks {Ehlo, mail + "BDAT " + QByteArray(40, '9') + "\r\n"}
        << "220 250 250 250 501 [closed]"_ba << none;
    QTest::newRow("a count beyond all reason")
        << Chunks {Ehlo, mail + "BDAT " + QByteArray(18, '9') + "\r\n"}
        << "220 250 250 250 552 [closed]"_ba << none;
    QTest::newRow("words behind LAST")
        << Chunks {Ehlo, mail + "BDAT 1 LAST x\r\n"} << "220 250 250 250 501 [closed]"_ba << none;
    QTest::newRow("too large at a chunk, then RSET")
        << Chunks {Ehlo,
               mail + "BDAT 30\r\n" + QByteArray(30, 'x') + "BDAT 1 LAST\r\nyRSET\r\n" + mail}
        << "220 250 250 250 552 503 250 250 250"_ba << none;
    QTest::newRow("too large at LAST")
        << Chunks {Ehlo, mail + "BDAT 30 LAST\r\n" + QByteArray(30, 'x') + mail}
        << "220 250 250 250 552 250 250"_ba << none;
}

void TestServerExtensions::chunks()
{
    QFETCH(Chunks, chunks);
    QFETCH(QByteArray, codes);
    QFETCH(QByteArrayList, contents);
    ServerOptions options;
    options.keywords += {"CHUNKING"_ba, "BINARYMIME"_ba};
    options.limits.message = 20;
    const auto check = [&](const Driver &driver) {
        QCOMPARE(driver.codes(), codes);
        QByteArrayList got;
        for (const ServerTransaction &message : driver.messages)
            got.append(message.content);
        QCOMPARE(got, contents);
    };
    for (qsizetype which = 0; which < chunks.size(); ++which) {
        for (qsizetype split = 0; split <= chunks[which].size(); ++split) {
            Driver driver(options);
            for (qsizetype i = 0; i < chunks.size(); ++i) {
                const qsizetype at = i == which ? split : 0;
                driver.feed(QByteArrayView(chunks[i]).first(at));
                driver.feed(QByteArrayView(chunks[i]).sliced(at));
            }
            check(driver);
        }
    }
}

void TestServerExtensions::chunksAreBounded()
{
    // Octets of a refused chunk are not kept, and what is kept counts against the budget.
    ServerOptions options;
    options.keywords.append("CHUNKING"_ba);
    options.limits.message = 1'000'000;
    ByteBudget budget {1000};
    options.budget = &budget;
    {
        Driver driver(options);
        driver.feed(Ehlo);
        driver.feed("MAIL FROM:<a@x.example>\r\nRCPT TO:<b@y.example>\r\nBDAT 5000 LAST\r\n");
        for (int i = 0; i < 50; ++i) {
            driver.feed(QByteArray(100, 'x'));
            QVERIFY(driver.session.transaction().content.size() <= 1000);
        }
        QCOMPARE(driver.codes(), "220 250 250 250 452"_ba);
    }
    QCOMPARE(budget.left, 1000);
}

QTEST_GUILESS_MAIN(TestServerExtensions)
#include "tst_serverextensions.moc"
