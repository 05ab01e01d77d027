// SPDX-License-Identifier: GPL-3.0-or-later
#include "explain/explain.h"

#include "base/literals.h"
#include "explain/replyreason.h"

#include <QTest>

using namespace Mailgauge;
using namespace Qt::StringLiterals;
using Smtp::Stage;

class TestExplainReply final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void reasons_data();
    void reasons();
    void longTextIsBounded();
};

void TestExplainReply::reasons_data()
{
    QTest::addColumn<int>("code");
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<Stage>("stage");
    QTest::addColumn<QByteArray>("reason");
    QTest::addColumn<bool>("hard");
    const auto row = [](const char *name, int code, const QByteArray &text, Stage stage,
                         const QByteArray &reason, bool hard = false) {
        QTest::newRow(name) << code << text << stage << reason << hard;
    };
    row("greylisting", 451, "4.7.1 Greylisting in action, please come back later", Stage::Rcpt,
        "greylisted");
    row("greylisting by Postfix's words", 450,
        "4.2.0 <a@b>: Recipient address rejected: Greylisted", Stage::Rcpt, "greylisted");
    row("DMARC", 550, "5.7.26 Unauthenticated email from x.example is not accepted due to DMARC",
        Stage::Dot, "authFailure");
    row("SPF", 550, "5.7.23 SPF validation failed", Stage::Mail, "authFailure");
    row("DKIM", 550, "5.7.20 DKIM signature did not verify", Stage::Dot, "authFailure");
    row("PTR", 550, "5.7.25 Client host rejected: no reverse DNS", Stage::Greeting, "reverseDns");
    row("blocklist", 554,
        "5.7.1 Service unavailable; Client host [192.0.2.1] blocked using zen.spamhaus.org",
        Stage::Rcpt, "blocklisted");
    row("spam", 554, "5.7.1 Message identified as spam", Stage::Dot, "spam");
    row("virus", 550, "5.7.1 Virus found: Eicar-Test-Signature", Stage::Dot, "virus");
    row("rate limit", 421, "4.7.28 Our system has detected an unusual rate of mail from your IP",
        Stage::Mail, "rateLimited");
    row("rate limit, other words", 451, "4.7.1 Sending rate limit exceeded", Stage::Rcpt,
        "rateLimited");
    row("connections", 421, "4.7.0 Too many connections from your host", Stage::Greeting,
        "tooManyConnections");
    row("mailbox full", 552, "5.2.2 Mailbox full", Stage::Rcpt, "mailboxFull");
    row("mailbox full for now", 452, "4.2.2 The recipient is over quota", Stage::Rcpt,
        "mailboxFull");
    row("disk full", 452, "4.3.1 Insufficient system storage", Stage::Mail, "systemFull");
    row("too large", 552, "5.3.4 Message size exceeds fixed limit", Stage::Mail, "exceedLimit");
    row("login needed", 530, "5.7.0 Authentication required", Stage::Mail, "authRequired");
    row("login needed, bare code", 530, "no", Stage::Mail, "authRequired");
    row("TLS needed", 530, "5.7.0 Must issue a STARTTLS command first", Stage::Auth, "tlsRequired");
    row("wrong password", 535, "5.7.8 Error: authentication failed", Stage::Auth, "wrongPassword");
    row("app password", 534, "5.7.9 Application-specific password required", Stage::Auth,
        "authWeak");
    row("relay denied", 554, "5.7.1 <a@b.example>: Relay access denied", Stage::Rcpt,
        "relayDenied");
    row("user unknown", 550,
        "5.1.1 <a@b.example>: Recipient address rejected: User unknown in local recipient table",
        Stage::Rcpt, "userUnknown", true);
    row("user unknown, no enhanced code", 550, "No such user here", Stage::Rcpt, "userUnknown",
        true);
    row("user unknown for now is soft", 450, "4.1.1 User unknown", Stage::Rcpt, "userUnknown");
    row("enhanced code alone", 550, "5.1.1 zzz", Stage::Rcpt, "userUnknown", true);
    row("moved", 551, "5.1.6 zzz", Stage::Rcpt, "hasMoved", true);
    row("domain unknown", 550, "5.1.2 Host unknown", Stage::Rcpt, "hostUnknown", true);
    row("null MX", 556, "5.1.10 Domain has null MX", Stage::Rcpt, "notAccepting", true);
    row("account off", 550, "5.2.1 The email account that you tried to reach is disabled",
        Stage::Rcpt, "suspended");
    row("sender", 553, "5.1.8 Domain of sender address a@b does not exist", Stage::Mail,
        "senderRejected");
    row("loop", 554, "5.4.6 Too many hops", Stage::Dot, "exceedLimit");
    row("syntax", 501, "5.5.4 Syntax: MAIL FROM:<address>", Stage::Mail, "syntaxError");
    row("nothing known", 554, "zzz", Stage::Quit, "undefined");
    row("nothing known, later", 458, "zzz", Stage::Quit, "undefined");
    row("closing", 421, "zzz", Stage::Data, "systemError");
    row("5.7.1 alone is not user unknown", 550, "5.7.1 zzz", Stage::Rcpt, "policy");
}

void TestExplainReply::reasons()
{
    QFETCH(int, code);
    QFETCH(QByteArray, text);
    QFETCH(Stage, stage);
    QFETCH(QByteArray, reason);
    QFETCH(bool, hard);
    const Smtp::Reply reply {code, {text}};
    const Explain::ReplyReason got = Explain::reasonOf(code, reply.enhanced(), reply.text(), stage);
    QCOMPARE(got.reason, reason);
    QVERIFY(got.hard.has_value());
    QCOMPARE(*got.hard, hard);
    const Explain::Explanation e = Explain::explain(reply, stage);
    QVERIFY2(e.text.contains(QString::fromLatin1(text)), qPrintable(e.text));
    QVERIFY(!e.who.isEmpty() && !e.nextStep.isEmpty() && !e.cause.isEmpty());
    QVERIFY(got.rule.endsWith(e.id));
}

void TestExplainReply::longTextIsBounded()
{
    // A server's text is hostile input: patterns must not run away on it.
    for (const QByteArray &piece : {"user "_ba, "a"_ba, "mailbox rejected by "_ba, "too many "_ba,
             "("_ba, "blocked 1.2.3.4 ( "_ba, "sender from mail "_ba}) {
        const QByteArray text = piece.repeated(1'000'000 / piece.size());
        const qint64 before = Test::cpuNanoseconds();
        const Explain::ReplyReason got = Explain::reasonOf(550, {}, text);
        QVERIFY(!got.reason.isEmpty());
        QVERIFY2(Test::cpuNanoseconds() - before < 2'000'000'000, piece.constData());
    }
}

QTEST_GUILESS_MAIN(TestExplainReply)
#include "tst_explain_reply.moc"
