// SPDX-License-Identifier: GPL-3.0-or-later
// Transcripts of other programs. swaks-*, exim-* and postfix-both.log below tests/data/imports were
// written by those programs themselves; the others by hand, in the same forms.
#include "delivery/importtext.h"

#include "base/literals.h"
#include "delivery/replay.h"
#include "explain/explain.h"
#include "storedsessions.h"
#include "testsupport.h"

#include <QTemporaryDir>
#include <QTest>
#include <QTimeZone>

using namespace Mailgauge;
using namespace Mailgauge::Delivery;
using Smtp::Outcome;
using Smtp::Stage;
using Transcript::Direction;
using Transcript::SourceFormat;
using Transcript::WholeOutcome;

namespace {

const QDateTime now(QDate(2026, 3, 4), QTime(5, 6, 7), QTimeZone::UTC);
const QByteArray canary = "c4n4ry-s3cr3t"_ba;
const QByteArray canaryBase64 = "YzRuNHJ5LXMzY3IzdA=="_ba;

QByteArray textOf(const ImportedSession &session)
{
    QByteArray text;
    for (const Transcript::Entry &entry : session.session.entries)
        text += Transcript::directionName(entry.direction).left(1).toByteArray() + ' '
            + Smtp::stageName(entry.stage).toByteArray() + (entry.tls ? "* " : " ") + entry.text
            + '\n';
    return text;
}

QByteArray stepsOf(const ImportedSession &session)
{
    QByteArrayList steps;
    for (const Transcript::Exchange &step : Transcript::exchangesOf(session.session.entries))
        steps.append(Smtp::stageName(step.stage).toByteArray()
            + (step.reply ? ' ' + QByteArray::number(step.reply->code) : QByteArray()));
    return steps.join(", ");
}

QByteArray outcomesOf(const ImportedSession &session)
{
    QByteArrayList outcomes;
    for (const Smtp::RecipientOutcome &one : session.session.record.recipients)
        outcomes.append(one.recipient.address() + ' ' + Smtp::outcomeName(one.outcome).toByteArray()
            + (one.reply ? ' ' + QByteArray::number(one.reply->code) : QByteArray()));
    return outcomes.join(", ");
}

} // namespace

class TestImportText final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void files_data()
    {
        QTest::addColumn<QByteArray>("file");
        QTest::addColumn<SourceFormat>("format");
        QTest::addColumn<int>("sessions");
        QTest::addColumn<QByteArray>("steps"); ///< Of the first session.
        QTest::addColumn<QByteArray>("recipients");
        QTest::addColumn<QByteArray>("outcome");
        const auto row = [](const char *file, SourceFormat format, int sessions,
                             const QByteArray &steps, const QByteArray &recipients,
                             const QByteArray &outcome) {
            QTest::newRow(file) << QByteArray(file) << format << sessions << steps << recipients
                                << outcome;
        };
        row("swaks-tls.txt", SourceFormat::Swaks, 1,
            "greeting 220, helo 250, starttls 220, tls, helo 250, auth 235, mail 250, rcpt 250, "
            "rcpt 550, data 354, content, dot 250, quit 221",
            "b@y.example accepted 250, unknown@y.example rejected 550", "partial");
        row("swaks-authfail.txt", SourceFormat::Swaks, 1,
            "greeting 220, helo 250, starttls 220, tls, helo 250, auth 535, quit 221", "",
            "failed");
        row("postfix-both.log", SourceFormat::Postfix, 2,
            "greeting 220, helo 250, mail 250, rcpt 250, rcpt 250, data 354, dot 250, quit 221",
            "b@example.net accepted 250, c@elsewhere.example accepted 250", "accepted");
        row("postfix-auth.log", SourceFormat::Postfix, 1,
            "greeting 220, helo 250, starttls 220, tls, helo 250, auth 535, quit 221", "",
            "failed");
        row("exim-client.txt", SourceFormat::Exim, 1,
            "greeting 220, helo 250, mail 250, rcpt 250, data 354, dot 250, quit 221",
            "b@example.net accepted 250", "accepted");
        row("exim-debug.txt", SourceFormat::Exim, 2,
            "greeting 220, helo 250, mail 250, rcpt 500, quit 221", "b@example.net rejected 500",
            "rejected");
        row("exim-server.txt", SourceFormat::Exim, 1,
            "greeting 220, helo 250, mail 250, rcpt 250, rcpt 550, data 354, dot 250, quit 221",
            "b@example.net accepted 250, c@y.example rejected 550", "partial");
        row("openssl.txt", SourceFormat::OpensslClient, 1,
            "tls, greeting 250, tls, helo 250, auth 235, mail 250, rcpt 250, data 354, content, "
            "dot "
            "250, "
            "quit",
            "bob@example.net accepted 250", "accepted");
        row("plain-marked.txt", SourceFormat::Plain, 1,
            "greeting 220, helo 250, auth 235, mail 250, rcpt 250, rcpt 550, data 354, content, "
            "dot 250, quit 221",
            "bob@example.net accepted 250, nobody@example.net rejected 550", "partial");
        row("plain-telnet.txt", SourceFormat::Plain, 1,
            "greeting 220, helo 250, auth 535, mail 250, rcpt 450, quit 221",
            "bob@example.net deferred 450", "deferred");
    }

    void files()
    {
        QFETCH(QByteArray, file);
        QFETCH(SourceFormat, format);
        QFETCH(int, sessions);
        QFETCH(QByteArray, steps);
        QFETCH(QByteArray, recipients);
        QFETCH(QByteArray, outcome);
        const QByteArray text = Test::testData(u"imports/"_s + QString::fromLatin1(file));
        const auto read = importText(text, {}, now);
        QVERIFY2(read, read ? "" : qPrintable(read.error().detail));
        QCOMPARE(read->guess.format, format);
        QVERIFY(read->guess.confidence >= 40);
        QCOMPARE(read->sessions.size(), sessions);
        const ImportedSession &first = read->sessions.first();
        QCOMPARE(stepsOf(first), steps);
        QCOMPARE(outcomesOf(first), recipients);
        QCOMPARE(Transcript::wholeOutcomeName(first.session.record.outcome).toByteArray(), outcome);
        QCOMPARE(first.session.record.findings.last().id,
            "imported." + Transcript::sourceFormatName(format).toByteArray());
        for (const ImportedSession &one : read->sessions) {
            for (qsizetype i = 0; i < one.session.entries.size(); ++i)
                QCOMPARE(one.session.entries[i].n, i);
            const QByteArray all = textOf(one) + one.content;
            for (const QByteArray &secret :
                {canary, canaryBase64, "open-sesame"_ba, "b3Blbi1zZXNhbWU="_ba, "wrong-pass"_ba,
                    "AHNhbmRib3gAd3JvbmctcGFzcw=="_ba, "AGFubgBjNG40cnktczNjcjN0"_ba,
                    "C4A4A47F5EC4E7"_ba, "6A2C4E91D0FFEE"_ba, "ca fe-de ad"_ba})
                QVERIFY2(!all.contains(secret), (secret + '\n' + all).constData());
        }
        // Line ends of another system change nothing.
        const auto crlf = importText(QByteArray(text).replace("\n", "\r\n"), {}, now);
        QVERIFY(crlf);
        QCOMPARE(textOf(crlf->sessions.first()), textOf(first));
    }

    void everyCutGivesSomethingOrARefusal()
    {
        for (const char *file : {"swaks-tls.txt", "postfix-auth.log", "exim-server.txt",
                 "openssl.txt", "plain-marked.txt", "plain-telnet.txt"}) {
            const QByteArray text = Test::testData(u"imports/"_s + QString::fromLatin1(file));
            for (qsizetype size = 0; size < text.size(); size += 37) {
                for (const auto &half : {text.first(size), text.sliced(size)}) {
                    const auto read = importText(half, {}, now);
                    if (!read)
                        QVERIFY(!read.error().detail.isEmpty());
                }
                // What is cut in front may hide that AUTH was under way; from the start nothing
                // leaks.
                if (const auto read = importText(text.first(size), {}, now)) {
                    for (const ImportedSession &one : read->sessions)
                        QVERIFY2(
                            !textOf(one).contains(canaryBase64) && !textOf(one).contains(canary),
                            textOf(one).constData());
                }
            }
        }
    }

    void swaksTellsTlsHostAndContent()
    {
        const auto read = importText(Test::testData(u"imports/swaks-tls.txt"_s), {}, now);
        const Transcript::SessionRecord &record = read->sessions[0].session.record;
        QCOMPARE(record.host, u"127.0.0.1"_s);
        QCOMPARE(record.port, 2525);
        QCOMPARE(record.tls->version, "TLSv1.3"_ba);
        QCOMPARE(record.tls->cipher, "TLS_AES_256_GCM_SHA384"_ba);
        QCOMPARE(record.tlsPolicy, "starttls"_ba);
        QCOMPARE(record.authMechanism, "LOGIN"_ba);
        QCOMPARE(record.queueId, "3J1TEUGGI45M7-1"_ba);
        QCOMPARE(record.messageId, "20261122053725.002231@vm"_ba);
        QVERIFY(record.subject.startsWith(u"test Sun"_s));
        QCOMPARE(record.reversePath, "a@x.example"_ba);
        QVERIFY(read->sessions[0].content.startsWith("Date: Sun, 22 Nov 2026"));
        QVERIFY(read->sessions[0].content.endsWith("This is a test mailing\r\n\r\n\r\n"));
        QVERIFY(record.timings.value(Stage::Helo) >= 42'000);
        QVERIFY(textOf(read->sessions[0]).contains("e tls* TLS client certificate not requested"));
        const auto refused = importText(Test::testData(u"imports/swaks-refused.txt"_s), {}, now);
        QVERIFY(!refused); // nobody said anything
        QCOMPARE(refused.error().kind, Base::Error::Kind::InvalidInput);
    }

    // What the other program marked is kept, and what a line says of itself is enough.
    void unexpectedRepliesAreTold()
    {
        const auto marks = [](const QByteArray &text, SourceFormat format) {
            QByteArray out;
            const auto read = importText(text, format, now);
            if (!read)
                return read.error().detail.toUtf8();
            for (const Transcript::Entry &entry : read->sessions[0].session.entries) {
                if (entry.direction == Transcript::Direction::Server)
                    out += entry.unexpected ? '!' : '.';
            }
            return out;
        };
        QCOMPARE(marks("=== Trying h:25...\n<-  220 h\n -> EHLO c\n<-  250 h\n -> MAIL FROM:<>\n"
                       "<** 250 odd\n -> RCPT TO:<a@x>\n<** 550 no\n -> QUIT\n<-  221 bye\n",
                     SourceFormat::Swaks),
            "..!!."_ba);
        QCOMPARE(marks("00:00:00.001 S: 220 h\n00:00:00.002 C: EHLO c\n00:00:00.003 S: 250 h\n"
                       "00:00:00.004 C: MAIL FROM:<>\n00:00:00.005 S! 250 odd\n"
                       "00:00:00.006 C: RCPT TO:<a@x>\n00:00:00.007 S: 550 no\n",
                     SourceFormat::Plain),
            "..!!"_ba);
    }

    void postfixTellsBothSides()
    {
        const auto read = importText(Test::testData(u"imports/postfix-both.log"_s), {}, now);
        const Transcript::SessionRecord &server = read->sessions[0].session.record;
        QCOMPARE(server.host, u"mx.example.org"_s);
        QCOMPARE(server.queueId, "2D2D1A7228C"_ba);
        QCOMPARE(server.startedAt.toLocalTime().date(), QDate(2025, 11, 22)); // before `now`
        const auto auth = importText(Test::testData(u"imports/postfix-auth.log"_s), {}, now);
        const Transcript::SessionRecord &timed = auth->sessions[0].session.record;
        QCOMPARE(
            timed.startedAt, QDateTime(QDate(2026, 1, 2), QTime(3, 4, 5, 100), QTimeZone::UTC));
        QCOMPARE(timed.timings.value(Stage::Auth), 500'000);
        QCOMPARE(timed.tls->version, "TLSv1.3"_ba);
        QVERIFY(timed.authMechanism.isEmpty());
    }

    void opensslTellsTheCertificate()
    {
        const auto read = importText(Test::testData(u"imports/openssl.txt"_s), {}, now);
        const Transcript::SessionRecord &record = read->sessions[0].session.record;
        QCOMPARE(record.tls->chain.first().subject, u"CN=mx.example.net"_s);
        QCOMPARE(record.tls->reasons.first().kind, Tls::VerifyReason::Kind::Expired);
        QVERIFY(record.tls->accepted && !record.tls->chainTrusted);
        QCOMPARE(read->sessions[0].content, "Subject: typed by hand\r\n\r\ndotted\r\n.two\r\n"_ba);
    }

    void guesses_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<int>("format"); ///< -1: none.
        const auto row = [](const char *name, const QByteArray &text, int format) {
            QTest::newRow(name) << text << format;
        };
        row("nothing", ""_ba, -1);
        row("prose", "Dear all,\n\nplease see the attached file.\n"_ba, -1);
        row("a message", "From: a@x\nTo: b@y\nSubject: z\n\nhello\n"_ba, -1);
        row(
            "all bytes",
            [] {
                QByteArray all;
                for (int i = 0; i < 256; ++i)
                    all += static_cast<char>(i);
                return all.repeated(20);
            }(),
            -1);
        row("one reply", "550 5.1.1 no such user"_ba, int(SourceFormat::Plain));
        row("swaks, times in front",
            "2026-01-02 03:04:05 === Trying h:25...\n2026-01-02 03:04:05 <-  220 h\n"
            "2026-01-02 03:04:06  -> EHLO c\n2026-01-02 03:04:06 <** 500 no\n"_ba,
            int(SourceFormat::Swaks));
        row("arrows", "<- 220 h\n-> EHLO c\n<- 250 h\n"_ba, int(SourceFormat::Plain));
        row("times in front", "[03:04:05] S: 220 h\n[03:04:06] C: EHLO c\n"_ba,
            int(SourceFormat::Plain));
    }

    void guesses()
    {
        QFETCH(QByteArray, text);
        QFETCH(int, format);
        const auto read = importText(text, {}, now);
        QCOMPARE(read.has_value(), format >= 0);
        if (read)
            QCOMPARE(int(read->guess.format), format);
    }

    void authIsCutWhereverItStands_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::newRow("lower case") << "220 h\nauth plain AGFubgBjNG40cnktczNjcjN0\n235 ok\n"_ba;
        QTest::newRow("initial response of LOGIN, then the password alone")
            << "220 h\nAUTH LOGIN YW5u\n334 UGFzc3dvcmQ6\nYzRuNHJ5LXMzY3IzdA==\n235 ok\n"_ba;
        QTest::newRow("answers without challenges")
            << "C: AUTH LOGIN\nC: YW5u\nC: YzRuNHJ5LXMzY3IzdA==\nS: 535 no\n"_ba;
        QTest::newRow("password typed as it is")
            << "220 h\nAUTH LOGIN\n334 x\nann\n334 y\nc4n4ry-s3cr3t\n535 no\n"_ba;
        QTest::newRow("twice, and once more below")
            << "S: 220 h\nC: AUTH PLAIN AGFubgBjNG40cnktczNjcjN0\nS: 535 no c4n4ry-s3cr3t\n"
               "I then tried AUTH PLAIN AGFubgBjNG40cnktczNjcjN0 again with c4n4ry-s3cr3t\n"_ba;
        QTest::newRow("bearer token") << "C: AUTH XOAUTH2 "
                + "user=ann\1auth=Bearer c4n4ry-s3cr3t\1\1"_ba.toBase64()
                + "\nS: 334 eyJ9\nC:\nS: 535 no\nlog: c4n4ry-s3cr3t\n";
        QTest::newRow("named in a line of its own")
            << "password: c4n4ry-s3cr3t\nS: 220 h\nC: EHLO c\npass = 'c4n4ry-s3cr3t'\n"_ba;
        const QByteArray login = "S: 220 h\nC: AUTH LOGIN\nS: 334 VXNlcm5hbWU6\nC: YW5u\n"
                                 "S: 334 UGFzc3dvcmQ6\nC: YzRuNHJ5LXMzY3IzdA==\nS: 235 ok\n"_ba;
        const auto gap = [&login](const QByteArray &blanks) {
            return QByteArray(login).replace("S: ", "S:" + blanks).replace("C: ", "C:" + blanks);
        };
        QTest::newRow("tab behind the mark") << gap("\t");
        QTest::newRow("two blanks behind the mark") << gap("  ");
        QTest::newRow("blank that does not break behind the mark") << gap("\xc2\xa0");
        QTest::newRow("tabs in the command")
            << "C: AUTH\tPLAIN\tAGFubgBjNG40cnktczNjcjN0\nS: 235 ok\n"_ba;
        QTest::newRow("begins at the challenge")
            << "S: 334 UGFzc3dvcmQ6\nC: YzRuNHJ5LXMzY3IzdA==\nS: 535 no c4n4ry-s3cr3t\n"_ba;
        QTest::newRow("begins at the challenge, without marks")
            << "334 UGFzc3dvcmQ6\nYzRuNHJ5LXMzY3IzdA==\n235 ok\nMAIL FROM:<a@x>\n250 ok\n"_ba;
        QTest::newRow("begins at the challenge of PLAIN")
            << "S: 334\nC: AGFubgBjNG40cnktczNjcjN0\nS: 535 no c4n4ry-s3cr3t\n"_ba;
        QTest::newRow("only what was typed")
            << "EHLO c\nAUTH LOGIN\nYW5u\nYzRuNHJ5LXMzY3IzdA==\nMAIL FROM:<a@x>\nQUIT\n"_ba;
        const QByteArray swaks = "=== Trying h:25...\n=== Connected to h.\n<-  220 h\n"
                                 " -> EHLO c\n<** 550 no c4n4ry-s3cr3t and more\n"_ba;
        for (const char *option : {"--auth-password c4n4ry-s3cr3t", "-ap c4n4ry-s3cr3t",
                 "-auth-pass=c4n4ry-s3cr3t", "--auth-password 'c4n4ry-s3cr3t and more'",
                 "--auth-password \"c4n4ry-s3cr3t\"", "--password c4n4ry-s3cr3t -q RCPT"})
            QTest::addRow("swaks %s", option)
                << "$ swaks --to b@y.example " + QByteArray(option) + '\n' + swaks;
        QTest::newRow("swaks on lines of its own")
            << "swaks --to b@y.example \\\n  -ap c4n4ry-s3cr3t \\\n  --tls\n"_ba + swaks;
    }

    void authIsCutWhereverItStands()
    {
        QFETCH(QByteArray, text);
        const auto read = importText(text, {}, now);
        QVERIFY2(read, read ? "" : qPrintable(read.error().detail));
        QByteArray all;
        for (const ImportedSession &one : read->sessions)
            all += textOf(one) + one.content;
        QVERIFY2(!all.contains(canary) && !all.contains(canaryBase64)
                && !all.contains("AGFubgBjNG40cnktczNjcjN0"),
            all.constData());
        QVERIFY2(all.contains("<redacted: "), all.constData());
    }

    void userNamesAreNoSecrets()
    {
        const auto read = importText(
            "S: 334 VXNlcm5hbWU6\nC: YW5uLmxlZQ==\nS: 334 UGFzc3dvcmQ6\nC: "
            "YzRuNHJ5LXMzY3IzdA==\nS: 535 ann.lee may not\n",
            {}, now);
        QVERIFY(read);
        QVERIFY(textOf(read->sessions[0]).contains("535 ann.lee may not"));
        const auto options = importText(
            "$ swaks --auth-password-file needed -a\nS: 220 h\nC: EHLO c\nS: 250 needed\n", {},
            now);
        QVERIFY(options);
        QVERIFY(textOf(options->sessions[0]).contains("250 needed"));
    }

    void gapsBehindMarks_data()
    {
        QTest::addColumn<QByteArray>("gap");
        QTest::newRow("none") << ""_ba;
        QTest::newRow("blank") << " "_ba;
        QTest::newRow("two blanks") << "  "_ba;
        QTest::newRow("tab") << "\t"_ba;
    }

    void gapsBehindMarks()
    {
        QFETCH(QByteArray, gap);
        const QByteArray text = "S:_220 h\nC:_EHLO c\nS:_250 h\nC:_MAIL FROM:<a@x.example>\n"
                                "S:_250 ok\nC:_RCPT TO:<b@y.example>\nS:_250 ok\nC:_DATA\n"
                                "S:_354 go\nC:_Subject: x\nC:_\nC:_   indented\nC:_.\n"
                                "S:_250 ok\n"_ba;
        const auto read = importText(QByteArray(text).replace("_", gap), {}, now);
        QVERIFY(read);
        QCOMPARE(stepsOf(read->sessions[0]),
            "greeting 220, helo 250, mail 250, rcpt 250, data 354, content, dot 250"_ba);
        QCOMPARE(read->sessions[0].content, "Subject: x\r\n\r\n   indented\r\n"_ba);
    }

    // 28
    void severalMessagesAreTold()
    {
        const QByteArray one = "C: MAIL FROM:<a@x.example>\nS: 250 ok\nC: RCPT TO:<b@y.example>\n"
                               "S: 250 ok\nC: DATA\nS: 354 go\nC: Subject: x\nC: .\n"
                               "S: 250 ok\n"_ba;
        const auto told = [&one](int messages) {
            const auto read = importText(
                "S: 220 h\nC: EHLO c\nS: 250 h\n" + one.repeated(messages), {}, now);
            QByteArrayList evidence;
            for (const Transcript::SessionFinding &finding :
                read->sessions[0].session.record.findings) {
                if (finding.id == "imported.firstMessage")
                    evidence.append(finding.evidence);
            }
            return evidence.join(", ");
        };
        QCOMPARE(told(1), ""_ba);
        QCOMPARE(told(3), "1 of 3"_ba);
        Transcript::SessionFinding finding {
            "imported.firstMessage"_ba, Stage::Content, "1 of 3"_ba};
        QVERIFY(Explain::explainFinding(finding.id, finding.evidence).text.contains("1 of 3"_L1));
    }

    // 25
    void refusalsHaveOneForm()
    {
        for (const auto &format :
            {std::optional<SourceFormat>(), std::optional(SourceFormat::Exim)}) {
            const auto read = importText("Dear all,\n\nhello\n", format, now);
            QVERIFY(!read);
            QCOMPARE(Explain::explain(read.error()).id, "error.import.noDialogue"_ba);
        }
    }

    void importedCanBeComparedAndReplayed()
    {
        const auto first = importText(Test::testData(u"imports/plain-telnet.txt"_s), {}, now);
        const auto second = importText(
            Test::testData(u"imports/plain-telnet.txt"_s).replace("450 4.7.1 Greylisted", "250 ok"),
            {}, now);
        const auto comparison = Transcript::compare(
            first->sessions[0].session, second->sessions[0].session);
        QList<QByteArray> ids;
        for (const Transcript::Difference &one : comparison.differences)
            ids.append(one.id);
        QVERIFY2(ids.contains("reply.code") && ids.size() <= 3, ids.join(' ').constData());
        const auto again = Delivery::replay(first->sessions[0].session, std::nullopt, {});
        QVERIFY(again);
        QCOMPARE(again->request.envelope.forwardPaths.first().address(), "bob@example.net"_ba);
        QVERIFY(!again->request.session.pipelining);
    }

    void limits()
    {
        const auto large = importText(
            QByteArray(Transcript::DialogueLimits::MaxText + 1, 'x'), {}, now);
        QVERIFY(!large);
        QCOMPARE(large.error().kind, Base::Error::Kind::Full);
        const auto line = importText(
            "S: 220 " + QByteArray(1'000'000, 'x') + "\nC: QUIT\n", SourceFormat::Plain, now);
        QVERIFY(line);
        QVERIFY(line->sessions[0].session.entries[0].text.size()
            <= Transcript::DialogueLimits::MaxLine);
    }
};

QTEST_GUILESS_MAIN(TestImportText)
#include "tst_importtext.moc"
