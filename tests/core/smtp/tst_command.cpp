// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/literals.h"
#include "smtp/command.h"

#include <QTest>

using namespace Mailgauge;
using Base::Error;
using Base::Result;
using Smtp::Command;
using Smtp::Mailbox;

namespace {

Mailbox box(QByteArrayView text)
{
    auto parsed = Mailbox::parse(text);
    if (!parsed)
        qFatal("bad address in a test");
    return *parsed;
}

QByteArray bytesOf(const Result<Command> &command)
{
    return command ? command->bytes() : "error"_ba;
}

} // namespace

class TestCommand : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void lines();
    void injection_data();
    void injection();
    void secretsAreExact();
    void lengthLimit();
};

void TestCommand::lines()
{
    QCOMPARE(bytesOf(Command::ehlo("[127.0.0.1]"_ba)), "EHLO [127.0.0.1]\r\n"_ba);
    QCOMPARE(bytesOf(Command::helo("me"_ba)), "HELO me\r\n"_ba);
    QCOMPARE(Command::startTls().bytes(), "STARTTLS\r\n"_ba);
    QCOMPARE(Command::data().bytes(), "DATA\r\n"_ba);
    QCOMPARE(Command::rset().bytes(), "RSET\r\n"_ba);
    QCOMPARE(Command::quit().bytes(), "QUIT\r\n"_ba);
    QCOMPARE(Command::emptyContent().bytes(), ".\r\n"_ba);
    QCOMPARE(bytesOf(Command::mail({}, {})), "MAIL FROM:<>\r\n"_ba);
    QCOMPARE(bytesOf(Command::mail(box("a@x"), {"SIZE=10"_ba, "SMTPUTF8"_ba})),
        "MAIL FROM:<a@x> SIZE=10 SMTPUTF8\r\n"_ba);
    QCOMPARE(bytesOf(Command::rcpt(box("\"a b\"@x"), {"NOTIFY=NEVER"_ba})),
        "RCPT TO:<\"a b\"@x> NOTIFY=NEVER\r\n"_ba);
    QCOMPARE(bytesOf(Command::rcpt(box("j\xc3\xb6@x"), {})), "RCPT TO:<j\xc3\xb6@x>\r\n"_ba);
    QCOMPARE(bytesOf(Command::auth("PLAIN"_ba, "abc"_ba)), "AUTH PLAIN YWJj\r\n"_ba);
    QCOMPARE(bytesOf(Command::auth("X"_ba, ""_ba)), "AUTH X =\r\n"_ba); // RFC 4954 4
    QCOMPARE(bytesOf(Command::auth("LOGIN"_ba, {})), "AUTH LOGIN\r\n"_ba);
    QCOMPARE(bytesOf(Command::authResponse("LOGIN"_ba, ""_ba)), "\r\n"_ba);
}

void TestCommand::injection_data()
{
    QTest::addColumn<QByteArray>("payload");
    QTest::newRow("D2 CRLF") << "x\r\nRSET"_ba;
    QTest::newRow("D2 LF") << "x\nRSET"_ba;
    QTest::newRow("D2 CR") << "x\rRSET"_ba;
    QTest::newRow("D2 NUL") << QByteArray("x\0y", 3);
    QTest::newRow("D2 ESC") << "x\x1b[2J"_ba;
    QTest::newRow("D2 DEL") << "x\x7f"_ba;
    QTest::newRow("D2 second argument") << "x y"_ba;
    QTest::newRow("D2 tab") << "x\ty"_ba;
    QTest::newRow("D2 empty") << ""_ba;
    QTest::newRow("D2 not UTF-8") << "x\xff"_ba;
    QTest::newRow("D2 U+2028") << "x\xe2\x80\xa8y"_ba;
    QTest::newRow("D2 CRLF first") << "\r\nQUIT"_ba;
}

void TestCommand::injection()
{
    QFETCH(QByteArray, payload);
    const QByteArray value = payload.isEmpty() ? "=x"_ba : "ENVID=" + payload;
    for (const Result<Command> &command : {Command::ehlo(payload), Command::helo(payload),
             Command::mail(box("a@x"), {value}), Command::mail({}, {"SIZE=1"_ba, payload}),
             Command::rcpt(box("a@x"), {value}), Command::rcpt(box("a@x"), {payload}),
             Command::auth(payload, {}), Command::auth(payload, "secret"_ba)}) {
        QVERIFY(!command);
        QCOMPARE(command.error().kind, Error::Kind::InvalidInput);
        // What was refused is not repeated raw.
        QVERIFY(!command.error().detail.contains(u'\n'));
    }
    // A response is encoded: any octet may be in it.
    const auto response = Command::authResponse("PLAIN"_ba, payload);
    QVERIFY(response);
    QCOMPARE(response->bytes().count('\n'), 1);
}

void TestCommand::secretsAreExact()
{
    const auto initial = Command::auth("PLAIN"_ba, "abc"_ba);
    QVERIFY(initial);
    QCOMPARE(initial->secrets(), (QList {Base::SecretSpan {11, 4, "AUTH PLAIN"_ba}}));
    const auto later = Command::authResponse("CRAM-MD5"_ba, "abc"_ba);
    QVERIFY(later);
    QCOMPARE(later->secrets(), (QList {Base::SecretSpan {0, 4, "AUTH CRAM-MD5"_ba}}));
    QVERIFY(Command::auth("LOGIN"_ba, {})->secrets().isEmpty());
}

void TestCommand::lengthLimit()
{
    QCOMPARE(bytesOf(Command::authResponse("X"_ba, QByteArray(9000, 'x'))).size(), 12'002);
    const auto tooLong = Command::authResponse("X"_ba, QByteArray(9300, 'x'));
    QVERIFY(!tooLong);
    QCOMPARE(tooLong.error().kind, Error::Kind::InvalidInput);
}

QTEST_GUILESS_MAIN(TestCommand)
#include "tst_command.moc"
