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

QTEST_GUILESS_MAIN(TestServerExtensions)
#include "tst_serverextensions.moc"
