// SPDX-License-Identifier: GPL-3.0-or-later
#include "bounce/parser.h"

#include "base/literals.h"
#include "testsupport.h"

#include <QDir>
#include <QElapsedTimer>
#include <QFile>
#include <QFileInfo>
#include <QTemporaryDir>
#include <QTest>

using namespace Mailgauge;
using namespace Qt::StringLiterals;
using Bounce::Kind;
using Bounce::Report;

class TestBounceParser final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void failedForTwo();
    void delayed();
    void delivered();
    void withoutEmptyLines();
    void bareStatus();
    void internationalAddresses();
    void feedback();
    void vacation();
    void noReport_data();
    void noReport();
    void forwardedReport();
    void wordsForPeopleCountOnlyAlone();
    void theRefusingHostCounts();
    void lineEndsDoNotMatter();
    void hostileInput_data();
    void hostileInput();
    void verp();
    void verpForgery();
    void verpInReport();
    void verpKey();

private:
    static QList<Report> read(const QString &name)
    {
        return Bounce::parse(Test::testData(u"bounces/"_s + name));
    }
    static QByteArray withStatus(const QByteArray &fields)
    {
        return "From: MAILER-DAEMON@a.example\nMIME-Version: 1.0\n"
               "Content-Type: multipart/report; boundary=B\n\n--B\n\nSorry, mailbox is full.\n--B\n"
               "Content-Type: message/delivery-status\n\nReporting-MTA: dns; a.example\n\n"
            + fields + "\n--B--\n";
    }
};

void TestBounceParser::failedForTwo()
{
    const QList<Report> reports = read(u"failed-two.eml"_s);
    QCOMPARE(reports.size(), 2);
    Report first;
    first.kind = Kind::Bounce;
    first.recipient = "nobody@dest.example";
    first.action = "failed";
    first.status = "5.1.1";
    first.replyCode = 550;
    first.reason = "userUnknown";
    first.hard = true;
    first.diagnostic = "550 5.1.1 <nobody@dest.example>: Recipient address rejected: User unknown "
                       "in local recipient table";
    first.mta = "mx.dest.example";
    first.originalMessageId = "original-1@sender.example";
    first.originalRecipient = "alias@forward.example";
    first.rule = "rfc3464:text:reply.userUnknown";
    first.evidence = "Diagnostic-Code: smtp; " + first.diagnostic;
    QCOMPARE(reports[0].recipient, first.recipient);
    QCOMPARE(reports[0].rule, first.rule);
    QCOMPARE(reports[0].diagnostic, first.diagnostic);
    QVERIFY(reports[0] == first);

    QCOMPARE(reports[1].recipient, "full@dest.example"_ba);
    QCOMPARE(reports[1].reason, "mailboxFull"_ba);
    QCOMPARE(reports[1].status, "5.2.2"_ba); // the refusing server's, not the vague one
    QCOMPARE(reports[1].replyCode, 552);
    QCOMPARE(reports[1].hard, std::optional(false));
    QVERIFY(reports[1].originalRecipient.isEmpty());
}

void TestBounceParser::delayed()
{
    const QList<Report> reports = read(u"delayed.eml"_s);
    QCOMPARE(reports.size(), 1);
    QCOMPARE(reports[0].kind, Kind::Delay);
    QCOMPARE(reports[0].action, "delayed"_ba);
    QCOMPARE(reports[0].status, "4.4.1"_ba);
    QCOMPARE(reports[0].replyCode, 0);
    QCOMPARE(reports[0].reason, "expired"_ba);
    QCOMPARE(reports[0].hard, std::optional(false));
    QCOMPARE(reports[0].mta, "mx.relay.example"_ba);
    QCOMPARE(reports[0].originalMessageId, "original-2@sender.example"_ba);
}

void TestBounceParser::delivered()
{
    const QList<Report> reports = read(u"delivered-relayed-expanded.eml"_s);
    QCOMPARE(reports.size(), 3);
    QCOMPARE(reports[0].kind, Kind::Delivered);
    QCOMPARE(reports[1].kind, Kind::Relayed);
    QCOMPARE(reports[1].mta, "mx.dest.example"_ba);
    QCOMPARE(reports[2].kind, Kind::Delivered);
    QCOMPARE(reports[2].action, "expanded"_ba);
    for (const Report &report : reports)
        QVERIFY(!report.hard);
}

void TestBounceParser::withoutEmptyLines()
{
    const QList<Report> reports = read(u"no-empty-lines.eml"_s);
    QCOMPARE(reports.size(), 2);
    QCOMPARE(reports[0].recipient, "first@dest.example"_ba);
    QCOMPARE(reports[0].reason, "suspended"_ba);
    QCOMPARE(reports[0].mta, "old.example"_ba);
    QCOMPARE(reports[1].recipient, "\"second one\"@dest.example"_ba);
    QCOMPARE(reports[1].action, "failed"_ba);
    QCOMPARE(reports[1].kind, Kind::Bounce);
    QCOMPARE(reports[1].reason, "expired"_ba);
    QCOMPARE(reports[1].hard, std::optional(false));
    QCOMPARE(reports[1].evidence, "Status: 4.4.7"_ba);
}

void TestBounceParser::bareStatus()
{
    const QList<Report> reports = read(u"bare-status.eml"_s);
    QCOMPARE(reports.size(), 1);
    QCOMPARE(reports[0].reason, "hostUnknown"_ba);
    QCOMPARE(reports[0].hard, std::optional(true));
    QCOMPARE(reports[0].originalMessageId, "original-3@sender.example"_ba);
}

void TestBounceParser::internationalAddresses()
{
    const QList<Report> reports = read(u"global.eml"_s);
    QCOMPARE(reports.size(), 1);
    QCOMPARE(reports[0].recipient,
        "j\xC3\xB6rg@b\xC3\xBC"
        "cher.example"_ba);
    QCOMPARE(reports[0].originalRecipient, reports[0].recipient);
    QCOMPARE(reports[0].originalMessageId, "original-4@sender.example"_ba);
}

void TestBounceParser::feedback()
{
    const QList<Report> reports = read(u"feedback.eml"_s);
    QCOMPARE(reports.size(), 2);
    QCOMPARE(reports[0].kind, Kind::Feedback);
    QCOMPARE(reports[0].recipient, "one@mailbox.example"_ba);
    QCOMPARE(reports[1].recipient, "two@mailbox.example"_ba);
    QCOMPARE(reports[0].reason, "abuse"_ba);
    QCOMPARE(reports[0].mta, "mail.mailbox.example"_ba);
    QCOMPARE(reports[0].originalMessageId, "original-5@sender.example"_ba);
    QVERIFY(!reports[0].hard);
}

void TestBounceParser::vacation()
{
    const QList<Report> reports = read(u"vacation.eml"_s);
    QCOMPARE(reports.size(), 1);
    QCOMPARE(reports[0].kind, Kind::Vacation);
    QCOMPARE(reports[0].recipient, "ann@dest.example"_ba);
    QCOMPARE(reports[0].originalMessageId, "original-6@sender.example"_ba);
    QVERIFY(!reports[0].hard);
    QVERIFY(reports[0].replyCode == 0 && reports[0].status.isEmpty());
}

void TestBounceParser::noReport_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::newRow("ordinary mail")
        << "From: a@b.example\nSubject: 550 5.1.1 user unknown\n\nAction: failed\n"_ba;
    QTest::newRow("read receipt") << Test::testData(u"bounces/receipt.eml"_s);
    QTest::newRow("newsletter by a program")
        << "From: a@b.example\nAuto-Submitted: auto-generated\n\nx\n"_ba;
    QTest::newRow("out of office said by a person")
        << "From: a@b.example\nSubject: Out of office\n\nx\n"_ba;
    QTest::newRow("bounce in free form, not read yet")
        << "From: MAILER-DAEMON@x.example\nSubject: failure notice\nAuto-Submitted: "
           "auto-replied\n\n"
           "<a@b.example>:\n550 user unknown\n"_ba;
    QTest::newRow("empty") << ""_ba;
}

void TestBounceParser::noReport()
{
    QFETCH(QByteArray, bytes);
    QCOMPARE(Bounce::parse(bytes).size(), 0);
}

void TestBounceParser::forwardedReport()
{
    const QList<Report> reports = read(u"forwarded.eml"_s);
    QCOMPARE(reports.size(), 1);
    QCOMPARE(reports[0].recipient, "gone@dest.example"_ba);
    QCOMPARE(reports[0].originalMessageId, "original-7@sender.example"_ba);
}

void TestBounceParser::wordsForPeopleCountOnlyAlone()
{
    const QByteArray one = "Final-Recipient: rfc822; a@b.example\nAction: failed\nStatus: 5.0.0\n";
    const QList<Report> alone = Bounce::parse(withStatus(one));
    QCOMPARE(alone.size(), 1);
    QCOMPARE(alone[0].reason, "mailboxFull"_ba);
    QCOMPARE(alone[0].rule, "notification:text:reply.mailboxFull"_ba);
    const QList<Report> two = Bounce::parse(withStatus(one + '\n' + one));
    QCOMPARE(two.size(), 2);
    QCOMPARE(two[0].reason, "undefined"_ba);
}

void TestBounceParser::theRefusingHostCounts()
{
    const QByteArray fields = "Final-Recipient: rfc822; a@b.example\nAction: failed\n"
                              "Status: 5.7.25\nDiagnostic-Code: smtp; 550 5.7.25 no\n";
    QCOMPARE(Bounce::parse(withStatus(fields)).value(0).rule,
        "rfc3464:text:reply.reverseDns"_ba); // a.example reported it
    const QList<Report> google = Bounce::parse(
        withStatus(fields + "Remote-MTA: dns; aspmx.l.google.com\n"));
    QCOMPARE(google.value(0).reason, "reverseDns"_ba);
    QCOMPARE(google.value(0).rule, "rfc3464:enhanced:reply.google.ptr"_ba);
}

void TestBounceParser::lineEndsDoNotMatter()
{
    for (const char *name :
        {"failed-two.eml", "feedback.eml", "global.eml", "no-empty-lines.eml"}) {
        const QByteArray lf = Test::testData(u"bounces/"_s + QString::fromLatin1(name));
        QByteArray crlf = lf;
        crlf.replace("\n", "\r\n");
        QVERIFY(!Bounce::parse(lf).isEmpty());
        QVERIFY(Bounce::parse(lf) == Bounce::parse(crlf));
    }
}

void TestBounceParser::hostileInput_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<int>("most");
    QByteArray many;
    for (int i = 0; i < 30'000; ++i)
        many += "Final-Recipient: rfc822; r" + QByteArray::number(i)
            + "@x.example\nAction: failed\nStatus: 5.1.1\n\n";
    QTest::newRow("G15 30,000 recipients") << withStatus(many) << 10'000;
    QTest::newRow("G10 one field of 4 MB") << withStatus(
        "Final-Recipient: rfc822; a@b.example\nAction: failed\nDiagnostic-Code: smtp; 550 "
        + QByteArray(4'000'000, 'x') + "\n")
                                           << 1;
    QTest::newRow("G10 a field folded 200,000 times")
        << withStatus("Final-Recipient: rfc822; a@b.example\nDiagnostic-Code: smtp; 550\n"
               + QByteArray(" user").repeated(200'000).replace(" user", " user\n"))
        << 1;
    QTest::newRow("NUL and escapes") << withStatus(
        "Final-Recipient: rfc822; a\0b\x1b[31m@c.example\nAction: fai\0led\nStatus: 5.1\0.1\n"_ba)
                                     << 1;
    QTest::newRow("RFC 6533 escapes without end")
        << withStatus("Final-Recipient: utf-8; \\x{110000}\\x{D800}\\x{0}\\x{\nAction: failed\n")
        << 1;
    QTest::newRow("numbers that do not fit")
        << withStatus("Final-Recipient: rfc822; a@b.example\nAction: failed\nStatus: 5.99999.1\n"
                      "Diagnostic-Code: smtp; 999 99.99.99 x\n")
        << 1;
}

void TestBounceParser::hostileInput()
{
    QFETCH(QByteArray, bytes);
    QFETCH(int, most);
    QElapsedTimer timer;
    timer.start();
    const QList<Report> reports = Bounce::parse(bytes);
    QVERIFY2(timer.elapsed() < 30'000, qPrintable(QString::number(timer.elapsed())));
    qInfo() << timer.elapsed() << "ms";
    QVERIFY(!reports.isEmpty() && reports.size() <= most);
    for (const Report &report : reports) {
        QVERIFY(report.diagnostic.size() <= 2'000 && report.evidence.size() <= 10'000);
        QVERIFY(report.replyCode == 0 || (report.replyCode >= 200 && report.replyCode < 600));
    }
}

void TestBounceParser::verp()
{
    const Bounce::Verp verp(Base::Secret("key of this installation"));
    const Bounce::VerpToken token {
        QUuid::fromString("{6fb1ed4f-8d7d-4a33-9a5c-0e4d0b9c1a2b}"_L1), 17};
    const QByteArray address = verp.encode("bounces@sender.example", token);
    QVERIFY(address.startsWith("bounces+"));
    QVERIFY(address.endsWith("@sender.example"));
    QVERIFY(address.indexOf('@') <= 64);
    QCOMPARE(verp.decode(address), token);
    QCOMPARE(verp.decode(address.toUpper()), token); // relays may change the case
    QVERIFY(!verp.decode("bounces@sender.example"));
    QVERIFY(!verp.decode("bounces+@sender.example"));
    QVERIFY(!verp.decode("ann@dest.example"));
    QVERIFY(!verp.decode(""));
    QVERIFY(verp.encode("no address", token).isEmpty());
    QVERIFY(verp.encode("@sender.example", token).isEmpty());
    QVERIFY(verp.encode("bounces@", token).isEmpty());
    QVERIFY(verp.encode(QByteArray(40, 'x') + "@sender.example", token).isEmpty());
    QVERIFY(Bounce::Verp(Base::Secret()).encode("bounces@sender.example", token).isEmpty());
    QVERIFY(!Bounce::Verp(Base::Secret()).decode(address));
    // A base that has a plus sign already.
    QCOMPARE(verp.decode(verp.encode("mail+in@sender.example", token)), token);
}

void TestBounceParser::verpForgery()
{
    const Bounce::Verp verp(Base::Secret("right"));
    const QByteArray address = verp.encode("bounces@sender.example", {QUuid::createUuid(), 0});
    QVERIFY(!Bounce::Verp(Base::Secret("wrong")).decode(address));
    const qsizetype from = address.indexOf('+') + 1;
    const qsizetype to = address.indexOf('@');
    for (qsizetype i = from; i < to - 1; ++i) {
        QByteArray changed = address;
        changed[i] = changed[i] == 'a' ? 'b' : 'a';
        QVERIFY2(!verp.decode(changed), changed.constData());
    }
    QVERIFY(!verp.decode(address.first(to - 1) + address.sliced(to)));
}

void TestBounceParser::verpInReport()
{
    const Bounce::Verp verp(Base::Secret("key"));
    const QUuid session = QUuid::createUuid();
    QByteArray bytes = Test::testData(u"bounces/failed-two.eml"_s);
    bytes.replace("To: bounces@sender.example",
        "To: <" + verp.encode("bounces@sender.example", {session, 1}) + '>');
    for (const Report &report : Bounce::parse(bytes, &verp))
        QCOMPARE(report.campaign, session.toByteArray(QUuid::WithoutBraces));
    // G15: without the key, or with another one, the token says nothing.
    QVERIFY(Bounce::parse(bytes).first().campaign.isEmpty());
    const Bounce::Verp other(Base::Secret("other"));
    QVERIFY(Bounce::parse(bytes, &other).first().campaign.isEmpty());
}

void TestBounceParser::verpKey()
{
    QTemporaryDir dir;
    const QString path = dir.filePath(u"bounces.key"_s);
    const auto made = Bounce::loadVerpKey(path);
    QVERIFY(made);
    QCOMPARE(made->reveal().size(), 32);
    QCOMPARE(
        QFile::permissions(path) & (QFile::ReadGroup | QFile::ReadOther), QFile::Permissions());
    QCOMPARE(Bounce::loadVerpKey(path)->reveal(), made->reveal());
    QCOMPARE(
        QDir(dir.path()).entryList(QDir::Files | QDir::Hidden), QStringList {u"bounces.key"_s});
    QVERIFY(Bounce::loadVerpKey(dir.filePath(u"other.key"_s))->reveal() != made->reveal());
    // A damaged one is told, not replaced: it signed what is on its way.
    QVERIFY(QFile::resize(path, 5));
    QCOMPARE(Bounce::loadVerpKey(path).error().kind, Base::Error::Kind::Corrupt);
    QCOMPARE(QFileInfo(path).size(), 5);
    QVERIFY(!Bounce::loadVerpKey(dir.filePath(u"no/such/folder.key"_s)));
}

QTEST_GUILESS_MAIN(TestBounceParser)
#include "tst_bounce_parser.moc"
