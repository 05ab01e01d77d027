// SPDX-License-Identifier: GPL-3.0-or-later
#include "sandbox/bouncemaker.h"

#include "base/literals.h"
#include "bounce/parser.h"
#include "mime/reader.h"

#include <QTest>
#include <QTimeZone>

using namespace Mailgauge;
using namespace Mailgauge::Sandbox;

namespace {

BounceFacts facts(QList<BouncedRecipient> recipients)
{
    const QDateTime arrived(QDate(2026, 1, 2), QTime(3, 4, 5), QTimeZone::utc());
    return {"localhost"_ba, "R-1"_ba, "verp+1=k@x.example"_ba, "Q-7"_ba,
        "Subject: Gr\xc3\xbc\xc3\x9f\r\nMessage-ID: <1@x.example>\r\n"_ba, arrived,
        arrived.addSecs(9), std::move(recipients)};
}

} // namespace

class TestBounceMaker : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void roundTrip();
    void delayed();
    void hostileText();
    void headers_data();
    void headers();
};

void TestBounceMaker::roundTrip()
{
    const QByteArray bytes = makeBounce(
        facts({{"b@y.example"_ba, "5.1.1"_ba, "550 5.1.1 No such user"_ba},
            {"\xc3\xa9@y.example"_ba, "5.2.2"_ba, "552 5.2.2 Full"_ba}}));
    QVERIFY(!QByteArray(bytes).replace("\r\n", "").contains('\n'));
    const Mime::ParsedMessage message = Mime::parse(bytes);
    QVERIFY2(message.malformed.isEmpty(), qPrintable(message.malformed));
    QCOMPARE(message.header("To"), u"verp+1=k@x.example"_s);
    QCOMPARE(message.header("Date"), u"Fri, 02 Jan 2026 03:04:14 +0000"_s);
    QCOMPARE(message.header("Auto-Submitted"), u"auto-replied"_s); // G17: never answered again
    QCOMPARE(message.parts.size(), 3);

    const QList<Bounce::Report> reports = Bounce::parse(bytes);
    QCOMPARE(reports.size(), 2);
    QCOMPARE(reports[0].kind, Bounce::Kind::Bounce);
    QCOMPARE(reports[0].recipient, "b@y.example"_ba);
    QCOMPARE(reports[0].action, "failed"_ba);
    QCOMPARE(reports[0].status, "5.1.1"_ba);
    QCOMPARE(reports[0].replyCode, 550);
    QCOMPARE(reports[0].originalMessageId, "1@x.example"_ba);
    QCOMPARE(reports[1].recipient, "\xc3\xa9@y.example"_ba); // RFC 6533 3
    QCOMPARE(reports[1].status, "5.2.2"_ba);
}

void TestBounceMaker::delayed()
{
    const QByteArray bytes = makeBounce(
        facts({{"b@y.example"_ba, "4.2.2"_ba, "452 4.2.2 Full"_ba}}));
    const QList<Bounce::Report> reports = Bounce::parse(bytes);
    QCOMPARE(reports.size(), 1);
    QCOMPARE(reports[0].kind, Bounce::Kind::Delay);
    QVERIFY(bytes.contains("Subject: Delayed Mail"));
}

void TestBounceMaker::hostileText()
{
    const QByteArray bytes = makeBounce(facts({{"b@y.example"_ba, "5.1.1"_ba,
        "550 a\r\nInjected: yes\r\n\r\n--report-R-1--\x1b[31m"_ba}}));
    QVERIFY(!bytes.contains("\nInjected"));
    QVERIFY(!bytes.contains('\x1b'));
    QCOMPARE(Mime::parse(bytes).parts.size(), 3);
}

void TestBounceMaker::headers_data()
{
    QTest::addColumn<QByteArray>("message");
    QTest::addColumn<qsizetype>("max");
    QTest::addColumn<QByteArray>("section");
    QTest::newRow("usual") << "A: 1\r\nB: 2\r\n\r\nbody"_ba << qsizetype(100)
                           << "A: 1\r\nB: 2\r\n"_ba;
    QTest::newRow("no body") << "A: 1\r\n"_ba << qsizetype(100) << "A: 1\r\n"_ba;
    QTest::newRow("no header") << "\r\nbody\r\n\r\nx"_ba << qsizetype(100) << ""_ba;
    QTest::newRow("empty") << ""_ba << qsizetype(100) << ""_ba;
    QTest::newRow("cut at a line")
        << "A: 1\r\nB: 2\r\nC: 3\r\n\r\n"_ba << qsizetype(14) << "A: 1\r\nB: 2\r\n"_ba;
    QTest::newRow("first line too long") << "A: 123456789\r\n\r\n"_ba << qsizetype(5) << ""_ba;
}

void TestBounceMaker::headers()
{
    QFETCH(const QByteArray, message);
    QFETCH(const qsizetype, max);
    QTEST(headerSection(message, max), "section");
}

QTEST_GUILESS_MAIN(TestBounceMaker)
#include "tst_bouncemaker.moc"
