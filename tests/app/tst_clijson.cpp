// SPDX-License-Identifier: GPL-3.0-or-later
#include "json.h"
#include "sessionjson.h"
#include "testsupport.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTest>

using namespace Mailgauge;
using namespace Mailgauge::Cli;
using Kind = Base::Error::Kind;
using Smtp::Stage;

namespace {

Smtp::Mailbox mailbox(const char *address)
{
    return *Smtp::Mailbox::parse(address);
}

Transcript::SessionRecord partialRecord()
{
    Transcript::SessionRecord record;
    record.id = QUuid(u"{6f6c2f5e-93a4-4a0e-8a0e-0d3c8f8f2b11}"_s);
    record.host = u"relay.example.org"_s;
    record.address = u"192.0.2.7"_s;
    record.port = 587;
    record.greeting = "relay.example.org ESMTP";
    record.capabilities = Smtp::Capabilities::fromEhlo({.code = 250,
        .lines = {"relay.example.org", "PIPELINING", "SIZE 1000", "AUTH PLAIN LOGIN"}});
    record.tls = Tls::TlsFacts {.version = "TLSv1.3",
        .cipher = "TLS_AES_256_GCM_SHA384",
        .serverName = u"relay.example.org"_s,
        .chainTrusted = true,
        .nameMatches = false,
        .accepted = true,
        .reasons = {{Tls::VerifyReason::Kind::NameMismatch, 0, u"other.example"_s}},
        .chain = {}};
    record.authMechanism = "SCRAM-SHA-256";
    const Smtp::Reply queued {.code = 250, .lines = {"2.0.0 Ok: queued as 4F\xff"}};
    record.recipients = {
        {mailbox("b@y.example"), Smtp::Outcome::Accepted, Stage::Dot, queued, {}},
        {mailbox("c@y.example"), Smtp::Outcome::Rejected, Stage::Rcpt,
            Smtp::Reply {.code = 550, .lines = {"5.1.1 No", "5.1.1 such user"}}, {}},
    };
    record.finalReply = queued;
    record.queueId = "4F";
    record.outcome = Transcript::WholeOutcome::Partial;
    record.stage = Stage::Quit;
    record.exitCode = 79;
    record.timings = {{Stage::Greeting, 1500}, {Stage::Connect, 250}, {Stage::Dot, 12'000}};
    record.totalUs = 20'001;
    record.findings = {{"quirk.bareLfInReply", Stage::Helo, "250 x\n"}};
    return record;
}

} // namespace

class tst_CliJson final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void textIsValidJson_data()
    {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<QByteArray>("json");
        QTest::newRow("plain") << "a b"_ba << "\"a b\""_ba;
        QTest::newRow("quotes") << "a\"\\"_ba << "\"a\\\"\\\\\""_ba;
        QTest::newRow("B5 NUL and controls")
            << QByteArray("\0\x1b\r\n\t\x7f", 6) << "\"\\u0000\\u001b\\r\\n\\t\\u007f\""_ba;
        QTest::newRow("utf-8") << "M\xc3\xbcller"_ba << "\"M\xc3\xbcller\""_ba;
        QTest::newRow("B6 not utf-8") << "M\xfc"_ba << "\"M\\\\xfc\""_ba;
        QTest::newRow("B6 overlong") << "\xc0\xaf"_ba << "\"\\\\xc0\\\\xaf\""_ba;
        QTest::newRow("cut sequence") << "\xe2\x82"_ba << "\"\\\\xe2\\\\x82\""_ba;
    }
    void textIsValidJson()
    {
        QFETCH(QByteArray, bytes);
        QFETCH(QByteArray, json);
        QCOMPARE(Json::text(bytes).toLine(), json);
        QVERIFY(!QJsonDocument::fromJson('[' + json + ']').isNull());
    }

    void numbers()
    {
        QCOMPARE(Json::milliseconds(1500).toLine(), "1.5"_ba);
        QCOMPARE(Json::milliseconds(12'000).toLine(), "12"_ba);
        QCOMPARE(Json::milliseconds(1).toLine(), "0.001"_ba);
        QCOMPARE(Json::milliseconds(0).toLine(), "0"_ba);
        QCOMPARE(Json::number(qInf(), 1).toLine(), "null"_ba);
    }

    void echoesAnyValue()
    {
        for (const char *text : {"1", "\"x\"", "null", "{\"a\":[1,2]}", "true"}) {
            const QByteArray array = '[' + QByteArray(text) + ']';
            QCOMPARE(Json::from(QJsonDocument::fromJson(array)[0]).toLine(), text);
        }
    }

    void sessionKeysInOrder()
    {
        const QByteArray line = sessionJson(partialRecord(), true).toLine();
        QCOMPARE(Test::compareGolden(u"cli/partial.json"_s, line + '\n'), QString());
        QVERIFY(QJsonDocument::fromJson(line).isObject());
    }

    void sessionThatWasNotStored()
    {
        const auto object
            = QJsonDocument::fromJson(sessionJson(partialRecord(), false).toLine()).object();
        QVERIFY(object[u"session"_s].isNull());
        QVERIFY(object[u"error"_s].isNull());
    }

    void problemHasTheSameKeys()
    {
        const Problem problem {"input"_ba, 65, u"malformed address x"_s, Stage::Rcpt};
        const auto answer
            = QJsonDocument::fromJson(problemJson(problem, {"x", "b@y"}).toLine()).object();
        const auto session
            = QJsonDocument::fromJson(sessionJson(partialRecord(), true).toLine()).object();
        QCOMPARE(answer.keys(), session.keys());
        QCOMPARE(answer[u"recipients"_s].toArray().size(), 2);
        QCOMPARE(answer[u"exit"_s].toInt(), 65);
        QCOMPARE(answer[u"error"_s][u"stage"_s].toString(), u"rcpt"_s);
    }

    void outputProblemDoesNotHideTheMail()
    {
        const Problem problem {"output"_ba, 74, u"disk full"_s};
        Transcript::SessionRecord record = partialRecord();
        QCOMPARE(exitCodeOf(record, problem), 79);
        record.exitCode = 0;
        QCOMPARE(exitCodeOf(record, problem), 74);
        QCOMPARE(exitCodeOf(record, {}), 0);
    }

    /// A reply is a result: a refused greeting is no error, a refused AUTH is one.
    void errorOnlyWithoutReply_data()
    {
        QTest::addColumn<Stage>("stage");
        QTest::addColumn<bool>("replied");
        QTest::addColumn<QString>("kind");
        QTest::newRow("554 greeting") << Stage::Greeting << true << QString();
        QTest::newRow("554 greeting in a relay test") << Stage::Greeting << false << u"connect"_s;
        QTest::newRow("535") << Stage::Auth << true << u"auth"_s;
        QTest::newRow("454 STARTTLS") << Stage::StartTls << true << u"tls"_s;
    }
    void errorOnlyWithoutReply()
    {
        QFETCH(Stage, stage);
        QFETCH(bool, replied);
        QFETCH(QString, kind);
        Transcript::SessionRecord record = partialRecord();
        record.failure = Smtp::Failure {{Kind::Denied, u"refused"_s, {}}, stage};
        if (!replied)
            record.recipients.clear();
        const auto answer = QJsonDocument::fromJson(sessionJson(record, false).toLine()).object();
        QCOMPARE(answer[u"error"_s][u"kind"_s].toString(), kind);
    }
};

QTEST_GUILESS_MAIN(tst_CliJson)
#include "tst_clijson.moc"
