// SPDX-License-Identifier: GPL-3.0-or-later
#include "bounce/pastedreply.h"

#include "base/literals.h"

#include <QTest>

using namespace Mailgauge;
using namespace Qt::StringLiterals;
using Smtp::Stage;

class TestBouncePastedReply final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void read_data();
    void read();
    void none_data();
    void none();
};

void TestBouncePastedReply::read_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<int>("code");
    QTest::addColumn<QList<QByteArray>>("lines");
    QTest::addColumn<std::optional<Stage>>("stage");
    QTest::addColumn<QByteArray>("host");
    const auto row = [](const char *name, const QByteArray &text, int code,
                         const QList<QByteArray> &lines, std::optional<Stage> stage = {},
                         const QByteArray &host = {}) {
        QTest::newRow(name) << text << code << lines << stage << host;
    };
    row("one line", "550 5.1.1 No such user", 550, {"5.1.1 No such user"});
    row("code only", "421", 421, {""});
    row("several lines", "550-5.7.26 first\r\n550-5.7.26\r\n550 5.7.26 last - gsmtp\r\n", 550,
        {"5.7.26 first", "5.7.26", "5.7.26 last - gsmtp"});
    row("wrapped by a mail program", "550 5.1.1 The account does\nnot exist", 550,
        {"5.1.1 The account does not exist"});
    row("a transcript of ours", "S: 550-5.7.1 a\nS: 550 5.7.1 b\nC: QUIT\nS: 221 Bye\n", 550,
        {"5.7.1 a", "5.7.1 b"});
    row("swaks", "<** 554 5.7.1 Relay access denied\n -> QUIT\n<-  221 2.0.0 Bye\n", 554,
        {"5.7.1 Relay access denied"});
    row("with a clock", "10:11:12.345 < 451 4.7.1 Greylisted\n", 451, {"4.7.1 Greylisted"});
    row("a whole session: the refusal is meant",
        "220 mx.x.example ESMTP\nEHLO a\n250 mx.x.example\nMAIL FROM:<a@x.example>\n250 2.1.0 Ok\n"
        "RCPT TO:<b@x.example>\n550 5.1.1 unknown\nQUIT\n221 2.0.0 Bye\n",
        550, {"5.1.1 unknown"});
    row("nothing was refused", "250 2.0.0 Ok: queued as 512 bytes", 250,
        {"2.0.0 Ok: queued as 512 bytes"});
    row("a line of Postfix's log",
        "Nov 22 10:11:12 mail postfix/smtp[231]: 4ABC: to=<b@y.example>, "
        "relay=gmail-smtp-in.l.google.com[192.0.2.7]:25, delay=450, dsn=5.1.1, status=bounced "
        "(host gmail-smtp-in.l.google.com[192.0.2.7] said: 550-5.1.1 The email account that you "
        "tried to reach does not exist. 550 5.1.1 x1 - gsmtp (in reply to RCPT TO command))",
        550, {"5.1.1 The email account that you tried to reach does not exist. x1 - gsmtp"},
        Stage::Rcpt, "gmail-smtp-in.l.google.com");
    row("the end of the data",
        "host mx.x.example[192.0.2.1] said: 554 5.7.1 Spam (in reply to end of DATA\n    command)",
        554, {"5.7.1 Spam"}, Stage::Dot, "mx.x.example");
    row("fields of a report",
        "Remote-MTA: dns; mx1.x.example\nDiagnostic-Code: smtp; 552 5.2.2 Mailbox full\n", 552,
        {"5.2.2 Mailbox full"}, std::nullopt, "mx1.x.example");
    row("the command by itself, in a line that looks like another reply",
        "550 5.1.1 no\nIN REPLY TO 550 x", 550, {"5.1.1 no"});
    row("UTF-8", "550 5.1.1 Empfänger unbekannt"_ba, 550, {"5.1.1 Empfänger unbekannt"_ba});
}

void TestBouncePastedReply::read()
{
    QFETCH(QByteArray, text);
    const auto pasted = Bounce::readPastedReply(text);
    QVERIFY(pasted);
    QTEST(pasted->reply.code, "code");
    QTEST(pasted->reply.lines, "lines");
    QFETCH(std::optional<Stage>, stage);
    QVERIFY(pasted->stage == stage);
    QTEST(pasted->host, "host");
}

void TestBouncePastedReply::none_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::newRow("nothing") << ""_ba;
    QTest::newRow("words") << "the mail did not arrive"_ba;
    QTest::newRow("a longer number") << "5501 and 25.550.1"_ba;
    QTest::newRow("no code of SMTP") << "999 bottles"_ba;
}

void TestBouncePastedReply::none()
{
    QFETCH(QByteArray, text);
    QVERIFY(!Bounce::readPastedReply(text));
}

QTEST_GUILESS_MAIN(TestBouncePastedReply)
#include "tst_bounce_pastedreply.moc"
