// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcript/comparison.h"

#include "base/literals.h"
#include "delivery/comparisonreport.h"
#include "explain/difference.h"
#include "explain/knowledge.h"
#include "storedsessions.h"
#include "transcript/noise.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QTest>

using namespace Mailgauge;
using namespace Mailgauge::Transcript;
using Base::Severity;
using Smtp::Stage;

namespace {

using Change = std::function<void(StoredSession &, QList<QByteArray> &)>;

struct Row {
    const char *name;
    Change change; ///< Of the second session.
    QList<QByteArray> differences; ///< "id subject", in their order.
    QList<QByteArray> noise = {};
};

void replace(QList<QByteArray> &lines, const QByteArray &from, const QByteArray &to)
{
    for (QByteArray &line : lines)
        line.replace(from, to);
}

QList<QByteArray> named(const QList<Difference> &differences)
{
    QList<QByteArray> names;
    for (const Difference &difference : differences)
        names.append(difference.subject.isEmpty() ? difference.id
                                                  : difference.id + ' ' + difference.subject);
    return names;
}

QList<Row> rows()
{
    using Lines = QList<QByteArray>;
    return {
        {"the same", [](StoredSession &, Lines &) {}, {}},
        {"queue id, Message-ID, ids in replies",
            [](StoredSession &s, Lines &lines) {
                replace(lines, "4XyZ01", "9AbC77Q");
                s.record.queueId = "9AbC77Q";
                s.record.messageId = "2@example.org";
            },
            {}, {"reply.text", "noise.queueId", "noise.messageId"}},
        {"more words than noise",
            [](StoredSession &, Lines &lines) {
                replace(lines, "221 2.0.0 Bye", "221 2.0.0 Bye [203.0.113.9] after 77 seconds");
                replace(lines, "queued as 4XyZ01", "queued as 77 at 2026-01-02T03:04:05Z");
            },
            {"reply.text", "reply.text"}},
        {"another host",
            [](StoredSession &s, Lines &lines) {
                replace(lines, "mx.example.net ", "relay7.other.example ");
                replace(lines, "mx.example.net greets", "relay7.other.example greets");
                s.record.host = u"relay7.other.example"_s;
                s.record.greeting = "relay7.other.example ESMTP ready";
            },
            {"server.host", "greeting.host"}, {"greeting.text"}},
        {"another port of a host", [](StoredSession &s, Lines &) { s.record.port = 465; },
            {"server.port"}},
        {"greeting reads differently",
            [](StoredSession &, Lines &lines) { replace(lines, "ESMTP ready", "ESMTP Postfix"); },
            {"greeting.text"}},
        {"greeting refused",
            [](StoredSession &, Lines &lines) {
                replace(lines, "S: 220 mx.example.net ESMTP ready", "S: 554 5.3.2 Go away");
            },
            {"greeting.host", "greeting.text", "reply.code"}},
        {"EHLO name",
            [](StoredSession &, Lines &lines) {
                replace(lines, "C: EHLO client.example.org", "C: EHLO other.example.org");
                replace(lines, "greets client.example.org", "greets other.example.org");
            },
            {"helo.name", "helo.name"}},
        {"capability lost, told once for clear and TLS",
            [](StoredSession &, Lines &lines) { lines.removeAll("S: 250-PIPELINING"); },
            {"capability.lost PIPELINING"}},
        {"capability gained in clear",
            [](StoredSession &, Lines &lines) {
                replace(lines, "S: 250 STARTTLS", "S: 250-CHUNKING\nS: 250 STARTTLS");
            },
            {"capability.gained CHUNKING"}},
        {"SIZE changed",
            [](StoredSession &, Lines &lines) { replace(lines, "SIZE 1000000", "SIZE 5"); },
            {"capability.changed SIZE"}},
        {"AUTH mechanisms in another order",
            [](StoredSession &, Lines &lines) {
                replace(lines, "AUTH PLAIN LOGIN", "AUTH LOGIN PLAIN");
            },
            {}},
        {"AUTH mechanism and result",
            [](StoredSession &, Lines &lines) {
                replace(lines, "C: AUTH PLAIN <redacted: AUTH PLAIN>", "C: AUTH LOGIN");
                replace(lines, "S: 235 2.7.0 Authenticated", "S: 535 5.7.8 Wrong");
            },
            {"auth.mechanism", "reply.code"}},
        {"TLS version, cipher, verdict, reasons, certificate",
            [](StoredSession &s, Lines &) {
                s.record.tls->version = "TLSv1.2";
                s.record.tls->cipher = "ECDHE-RSA-AES128-GCM-SHA256";
                s.record.tls->accepted = false;
                s.record.tls->reasons = {{Tls::VerifyReason::Kind::Expired, 0, {}}};
                s.record.tls->chain[0].sha256 = "bb";
                s.record.tls->chain[0].names = {u"other.example"_s};
            },
            {"tls.version", "tls.cipher", "tls.verdict", "tls.reasons", "tls.certificate"}},
        {"certificate renewed",
            [](StoredSession &s, Lines &) { s.record.tls->chain[0].sha256 = "bb"; },
            {"tls.renewed"}},
        {"issuer and chain",
            [](StoredSession &s, Lines &) {
                s.record.tls->chain[0].sha256 = "bb";
                s.record.tls->chain[0].issuer = u"CN=Other CA"_s;
                s.record.tls->chain.append(Tls::CertificateFacts());
            },
            {"tls.certificate", "tls.issuer", "tls.chainLength"}},
        {"no TLS at all",
            [](StoredSession &s, Lines &lines) {
                s.record.tls.reset();
                const qsizetype from = lines.indexOf(">starttls");
                lines.remove(from, lines.indexOf(">helo", from) - from);
                replace(lines, "S: 250 STARTTLS", "S: 250 HELP");
            },
            {"capability.lost STARTTLS", "capability.gained HELP", "step.onlyLeft", "step.onlyLeft",
                "tls.lost", "step.onlyLeft", "step.onlyRight"}},
        {"MAIL parameters and sender; SIZE= is noise",
            [](StoredSession &, Lines &lines) {
                replace(lines, "FROM:<news@example.org> SIZE=1200",
                    "FROM:<other@example.org> SIZE=77 BODY=8BITMIME");
            },
            {"mail.sender", "command.parameters"}},
        {"enhanced status code",
            [](StoredSession &, Lines &lines) { replace(lines, "550 5.1.1", "550 5.7.1"); },
            {"reply.enhanced nobody@example.net"}},
        {"reply code within its class",
            [](StoredSession &, Lines &lines) { replace(lines, "550 5.1.1", "551 5.1.1"); },
            {"reply.code nobody@example.net"}},
        {"reply code of another class, outcome",
            [](StoredSession &s, Lines &lines) {
                replace(lines, "550 5.1.1", "450 4.1.1");
                s.record.recipients[1].outcome = Smtp::Outcome::Deferred;
            },
            {"reply.code nobody@example.net", "outcome.recipient nobody@example.net"}},
        {"words of a reply",
            [](StoredSession &, Lines &lines) { replace(lines, "No such user here", "Unknown"); },
            {"reply.text nobody@example.net"}},
        {"recipients in another order",
            [](StoredSession &, Lines &lines) {
                lines.swapItemsAt(lines.indexOf("C: RCPT TO:<anna@example.net>"),
                    lines.indexOf("C: RCPT TO:<nobody@example.net>"));
                lines.swapItemsAt(lines.indexOf("S: 250 2.1.5 Ok"),
                    lines.indexOf("S: 550 5.1.1 No such user here"));
            },
            {}},
        {"another recipient",
            [](StoredSession &, Lines &lines) {
                replace(lines, "C: RCPT TO:<nobody@example.net>", "C: RCPT TO:<carl@example.net>");
            },
            {"recipient.onlyLeft nobody@example.net", "recipient.onlyRight carl@example.net"}},
        {"lost behind the dot",
            [](StoredSession &s, Lines &lines) {
                const qsizetype dot = lines.indexOf("C: .");
                lines.remove(dot + 1, lines.size() - dot - 1);
                lines.append("* connection lost: reset");
                s.record.failure = Smtp::Failure {
                    {Base::Error::Kind::ConnectionClosed, u"reset"_s, {}}, Stage::Dot};
                s.record.outcome = WholeOutcome::Uncertain;
                s.record.recipients[0].outcome = Smtp::Outcome::Uncertain;
                s.record.queueId.clear();
            },
            {"reply.missing", "step.onlyLeft", "outcome.recipient anna@example.net", "failure",
                "outcome.whole"}},
        {"timing beyond the threshold",
            [](StoredSession &s, Lines &) {
                s.record.timings[Stage::Dot] = 4'000'000;
                s.record.timings[Stage::Rcpt] = 900'000;
                s.record.totalUs = 5'000'000;
            },
            {"timing.stage dot", "timing.total quit"}},
        {"finding",
            [](StoredSession &s, Lines &) {
                s.record.findings = {{"quirk.bareLfInReply", Stage::Helo, "x"}};
            },
            {"finding.gained quirk.bareLfInReply"}},
        {"stray lines",
            [](StoredSession &, Lines &lines) {
                replace(lines, "S: 250 2.1.0 Ok", "S: 250 2.1.0 Ok\nS: hello?");
            },
            {"reply.stray anna@example.net"}},
    };
}

QList<QByteArray> splitAgain(const QList<QByteArray> &lines)
{
    return lines.join('\n').split('\n');
}

} // namespace

class TestComparison final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void differences_data()
    {
        QTest::addColumn<int>("row");
        int i = 0;
        for (const Row &row : rows())
            QTest::newRow(row.name) << i++;
    }

    void differences()
    {
        QFETCH(int, row);
        const Row wanted = rows().at(row);
        const StoredSession left = Test::submission();
        StoredSession right = Test::submission();
        QList<QByteArray> lines = Test::submissionLines();
        wanted.change(right, lines);
        right.entries = Test::scriptEntries(splitAgain(lines));
        const Comparison comparison = compare(left, right);
        QCOMPARE(named(comparison.differences), wanted.differences);
        if (!wanted.noise.isEmpty())
            QCOMPARE(named(comparison.noise), wanted.noise);
        QCOMPARE(comparison.isEqual(), wanted.differences.isEmpty());
        // The other way round there are as many of them.
        QCOMPARE(compare(right, left).differences.size(), wanted.differences.size());
        for (const Difference &difference : comparison.differences) {
            QVERIFY2(
                Explain::knowledge().differences.find(difference.id), difference.id.constData());
            QVERIFY(difference.leftEntry < left.entries.size());
            QVERIFY(difference.rightEntry < right.entries.size());
        }
    }

    void noise_data()
    {
        QTest::addColumn<QByteArray>("left");
        QTest::addColumn<QByteArray>("right");
        QTest::addColumn<bool>("same");
        const auto row = [](const char *name, const QByteArray &left, const QByteArray &right,
                             bool same) { QTest::newRow(name) << left << right << same; };
        row("queue id of Postfix", "250 2.0.0 Ok: queued as 4XyZ01", "250 2.0.0 Ok: queued as 77A",
            true);
        row("queue id of Exim", "250 OK id=1tNWxy-000000001-Ab2C",
            "250 OK id=1tNWzz-00000000Z-Cd3E", true);
        row("Exchange", "250 2.6.0 <a1@x.example> [InternalId=123, Hostname=A.B] Queued mail",
            "250 2.6.0 <b2@x.example> [InternalId=456, Hostname=C.D] Queued mail", true);
        row("Google", "250 2.0.0 OK  1700000000 a1-2002a05b12.7 - gsmtp",
            "250 2.0.0 OK  1711111111 b2-3002b05c13.9 - gsmtp", true);
        row("RFC 5322 date", "221 closing Fri, 02 Jan 2026 03:04:05 +0000",
            "221 closing Mon, 05 Jan 2026 13:14:15 +0100 (CET)", true);
        row("asctime and ISO dates", "220 Fri Jan  2 03:04:05 2026 2026-01-02T03:04:05Z",
            "220 Mon Jan 12 13:04:05 2026 2026-02-02 04:05:06.123+01:00", true);
        row("addresses", "550 [192.0.2.1] and 2001:db8::1 are listed",
            "550 [203.0.113.77] and 2001:db8:5::77 are listed", true);
        row("durations and sizes", "451 try again in 300 seconds, 1200 bytes",
            "451 try again in 12 seconds, 99 bytes", true);
        row("boundary", "content boundary=\"=_abc\"", "content boundary=\"=_def\"", true);
        row("another word", "550 user unknown", "550 mailbox full", false);
        row("another code", "550 5.1.1 no", "550 5.7.1 no", false);
        row("an address of the envelope", "550 <anna@example.net> no",
            "550 <nobody@example.net> no", false);
        row("another small number", "452 at most 10 recipients", "452 at most 50 recipients",
            false);
        row("another version", "220 Exim 4.96", "220 Exim 4.98", false);
    }

    void noise()
    {
        QFETCH(QByteArray, left);
        QFETCH(QByteArray, right);
        QFETCH(bool, same);
        const NoiseFilter filter(Test::submission().record, "client.example.org"_ba);
        QVERIFY2((filter.apply(left) == filter.apply(right)) == same,
            (filter.apply(left) + " | " + filter.apply(right)).constData());
    }

    void pipelinedRepliesFindTheirCommands()
    {
        const QList<Exchange> steps = exchangesOf(Test::submission().entries);
        QList<QByteArray> seen;
        for (const Exchange &step : steps)
            seen.append(Smtp::stageName(step.stage).toByteArray() + ' '
                + (step.reply ? QByteArray::number(step.reply->code) : "-"_ba));
        QCOMPARE(seen,
            (QList<QByteArray> {"greeting 220", "helo 250", "starttls 220", "tls -", "helo 250",
                "auth 235", "mail 250", "rcpt 250", "rcpt 550", "data 354", "content -", "dot 250",
                "quit 221"}));
        QCOMPARE(steps[8].command, "RCPT TO:<nobody@example.net>"_ba);
        QCOMPARE(steps[1].reply->lines.size(), 4);
        QVERIFY(steps[4].tls && !steps[1].tls);
    }

    void challengesBelongToTheirAttempt()
    {
        const auto steps = exchangesOf(Test::scriptEntries({">greeting", "S: 220 hi", ">auth",
            "C: AUTH LOGIN", "S: 334 VXNlcm5hbWU6", "C: <redacted: x>", "S: 334 UGFzc3dvcmQ6",
            "C: <redacted: x>", "S: 535 no", "C: AUTH PLAIN <redacted: x>", "S: 235 ok"}));
        QCOMPARE(steps.size(), 3);
        QCOMPARE(steps[1].challenges, 2);
        QCOMPARE(steps[1].reply->code, 535);
        QCOMPARE(steps[2].reply->code, 235);
        QCOMPARE(authMechanismOf(steps[2].command), "PLAIN"_ba);
    }

    void transactionsByPosition()
    {
        const QList<QByteArray> one {">greeting", "S: 220 hi", ">mail", "C: MAIL FROM:<a@x>",
            "S: 250 ok", ">rcpt", "C: RCPT TO:<b@y>", "S: 250 ok", ">mail", "C: MAIL FROM:<a@x>",
            "S: 250 ok", ">rcpt", "C: RCPT TO:<b@y>", "S: 450 later"};
        QList<QByteArray> other = one;
        other.last() = "S: 250 ok";
        StoredSession left;
        left.entries = Test::scriptEntries(one);
        StoredSession right;
        right.entries = Test::scriptEntries(other);
        const Comparison comparison = compare(left, right);
        QCOMPARE(named(comparison.differences), QList<QByteArray> {"reply.code b@y"});
        QCOMPARE(comparison.differences[0].leftEntry, 8);
        QCOMPARE(comparison.steps.size(), 5);
        QCOMPARE(comparison.steps[4].differences, QList<qsizetype> {0});
    }

    void paths()
    {
        QCOMPARE(pathOf("MAIL FROM:<\"a>b\"@x> SIZE=1"), QByteArray("\"a>b\"@x"));
        QCOMPARE(pathOf("MAIL FROM:<>"), QByteArray(""));
        QCOMPARE(pathOf("RCPT TO: b@y"), QByteArray("b@y"));
        QVERIFY(!pathOf("RCPT"));
        QVERIFY(!pathOf("RCPT TO:<b@y"));
        QCOMPARE(pathParametersOf("MAIL FROM:<a@x> SIZE=1 BODY=8BITMIME"),
            (QList<QByteArray> {"SIZE=1", "BODY=8BITMIME"}));
    }

    void reports()
    {
        StoredSession right = Test::submission();
        QList<QByteArray> lines = Test::submissionLines();
        replace(lines, "No such user here", "<b>\x1b[31mno\xe2\x80\xae</b>");
        replace(lines, "4XyZ01", "9AbC77Q");
        right.entries = Test::scriptEntries(lines);
        const Delivery::ComparedSessions compared {
            Test::submission(), right, compare(Test::submission(), right)};
        const QByteArray text = Delivery::comparisonReport(
            compared, Delivery::ReportFormat::Text, false);
        QVERIFY2(
            text.contains("0 errors, 0 warnings, 1 note; noise left out: 1"), text.constData());
        QVERIFY(!text.contains("9AbC77Q") && !text.contains('\x1b'));
        QVERIFY(Delivery::comparisonReport(compared, Delivery::ReportFormat::Text, true)
                .contains("9AbC77Q"));
        const QByteArray html = Delivery::comparisonReport(
            compared, Delivery::ReportFormat::Html, true);
        QVERIFY(html.contains("&lt;b&gt;") && !html.contains("<b>") && !html.contains('\x1b'));
        QVERIFY(!html.contains("<script") && html.contains("default-src 'none'"));
        const QJsonObject json = QJsonDocument::fromJson(
            Delivery::comparisonReport(compared, Delivery::ReportFormat::Json, true))
                                     .object();
        QCOMPARE(json[u"equal"_s].toBool(), false);
        QCOMPARE(json[u"differences"_s].toArray().size(), 1);
        QCOMPARE(json[u"differences"_s][0][u"id"_s].toString(), u"reply.text"_s);
        QCOMPARE(json[u"differences"_s][0][u"subject"_s].toString(), u"nobody@example.net"_s);
        QCOMPARE(json[u"noise"_s].toArray().size(), 1);
        QCOMPARE(Delivery::reportFormatFromFileName(u"a.HTML"_s), Delivery::ReportFormat::Html);
        QVERIFY(!Delivery::reportFormatFromFileName(u"a.pdf"_s));
    }
};

QTEST_GUILESS_MAIN(TestComparison)
#include "tst_comparison.moc"
