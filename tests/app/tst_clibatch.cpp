// SPDX-License-Identifier: GPL-3.0-or-later
#include "batchoperation.h"
#include "clirunner.h"
#include "fakerelay.h"

#include "base/literals.h"
#include "store/sql.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QTest>

#include <csignal>

using namespace Mailgauge;
using Cli::BatchOperation;
using Test::CliResult;
using Test::CliRunner;
using Test::FakeRelay;
using Test::Script;

namespace {

QByteArray line(const QJsonObject &object)
{
    return QJsonDocument(object).toJson(QJsonDocument::Compact) + '\n';
}

QByteArray step(const char *op, QJsonObject more = {})
{
    more.insert(u"op"_s, QString::fromLatin1(op));
    more.insert(u"session"_s, u"s"_s);
    return line(more);
}

QJsonObject openKeys(quint16 port)
{
    return {{u"server"_s, u"127.0.0.1:%1"_s.arg(port)}, {u"tls"_s, u"none"_s},
        {u"helo"_s, u"client.example"_s}};
}

int codeOf(const QJsonObject &answer)
{
    return answer[u"reply"_s][u"code"_s].toInt();
}

QString errorOf(const QJsonObject &answer)
{
    return answer[u"error"_s][u"kind"_s].toString();
}

const QByteArray message = "Subject: x\n\n.dot\n"_ba;

QByteArray dataStep()
{
    return step("data", {{u"dataBase64"_s, QString::fromLatin1(message.toBase64())}});
}

qint64 claimedIn(const CliRunner &cli)
{
    auto store = Store::Connection::open(
        cli.path(u"data/mailgauge.sqlite"_s), Store::Connection::Access::ReadOnly);
    if (!store)
        return -1;
    const auto rows = (*store)->number(u"SELECT count(*) FROM outcomes WHERE state = 'claimed'"_s);
    return rows ? rows->value_or(-1) : -1;
}

QByteArray sendStep()
{
    return step("send",
        {{u"from"_s, u"a@x"_s}, {u"to"_s, QJsonArray {u"b@y"_s}},
            {u"dataBase64"_s, QString::fromLatin1(message.toBase64())}});
}

} // namespace

class CliBatchTest final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void frames_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<bool>("good");
        QTest::newRow("send") << "{\"op\":\"send\"}"_ba << true;
        QTest::newRow("step") << "{\"op\":\"noop\",\"session\":\"a\"}"_ba << true;
        QTest::newRow("step without session") << "{\"op\":\"noop\"}"_ba << false;
        QTest::newRow("empty session") << "{\"op\":\"noop\",\"session\":\"\"}"_ba << false;
        QTest::newRow("session is a number") << "{\"op\":\"noop\",\"session\":1}"_ba << false;
        QTest::newRow("unknown op") << "{\"op\":\"fly\",\"session\":\"a\"}"_ba << false;
        QTest::newRow("op is a number") << "{\"op\":1}"_ba << false;
        QTest::newRow("no op") << "{}"_ba << false;
        QTest::newRow("array") << "[]"_ba << false;
        QTest::newRow("text") << "hello"_ba << false;
        QTest::newRow("empty") << ""_ba << false;
        QTest::newRow("G18 deep") << QByteArray("{\"op\":").repeated(100'000) << false;
    }
    void frames()
    {
        QFETCH(QByteArray, text);
        QFETCH(bool, good);
        BatchOperation read;
        const auto operation = Cli::parseOperation(text, &read);
        QCOMPARE(operation.has_value(), good);
        if (!good)
            QCOMPARE(operation.error().kind, "usage"_ba);
    }

    void idIsEchoed()
    {
        BatchOperation read;
        QVERIFY(!Cli::parseOperation("{\"id\":{\"a\":[1]},\"op\":\"fly\"}", &read));
        QCOMPARE(Cli::withId(read, {{"x", Cli::Json::number(qint64(1))}}),
            "{\"id\":{\"a\":[1]},\"x\":1}"_ba);
        QCOMPARE(Cli::withId(BatchOperation(), {{"x", Cli::Json()}}), "{\"x\":null}"_ba);
    }

    void sendsInOrder()
    {
        FakeRelay relay({Script::hello().transaction().quit(),
            Script::hello().answer("MAIL"_ba, "550 no\r\n"_ba).hang()});
        CliRunner cli;
        QJsonObject first = openKeys(relay.port());
        first.insert(u"op"_s, u"send"_s);
        first.insert(u"id"_s, 1);
        first.insert(u"from"_s, u"a@x.example"_s);
        first.insert(u"to"_s, QJsonArray {u"b@y.example"_s});
        first.insert(u"dataBase64"_s, QString::fromLatin1(message.toBase64()));
        first.insert(u"timeout"_s, u"quit=0.2"_s);
        QJsonObject second = first;
        second.insert(u"id"_s, u"two"_s);
        second.insert(u"to"_s, u"c@y.example"_s);
        QJsonObject wrong = first;
        wrong.insert(u"id"_s, 3);
        wrong.insert(u"tlsVerify"_s, u"perhaps"_s);
        const CliResult result = cli.run({u"batch"_s},
            line(first) + "no json\n" + line(second) + line(wrong)
                + "{\"op\":\"send\",\"id\":4,\"dkimKey\":\"x.pem\"}");
        QCOMPARE(result.exitCode, 0);
        const QList<QJsonObject> answers = result.jsonLines();
        QCOMPARE(answers.size(), 5);
        QCOMPARE(answers[0][u"id"_s].toInt(), 1);
        QCOMPARE(answers[0][u"outcome"_s].toString(), u"accepted"_s);
        QCOMPARE(relay.content(), "Subject: x\r\n\r\n..dot\r\n"_ba);
        QCOMPARE(errorOf(answers[1]), u"usage"_s);
        QVERIFY(!answers[1].contains(u"outcome"_s));
        QCOMPARE(answers[2][u"id"_s].toString(), u"two"_s);
        QCOMPARE(answers[2][u"outcome"_s].toString(), u"rejected"_s);
        QCOMPARE(answers[2][u"exit"_s].toInt(), 69);
        QCOMPARE(errorOf(answers[3]), u"usage"_s);
        QCOMPARE(answers[3][u"exit"_s].toInt(), 64);
        QVERIFY(answers[4][u"error"_s][u"detail"_s].toString().contains(u"not supported"_s));
    }

    void operationsAreNoMessage_data()
    {
        QTest::addColumn<QString>("key");
        QTest::addColumn<QString>("name");
        QTest::newRow("data") << u"data"_s << u"data"_s;
        QTest::newRow("text") << u"text"_s << u"text"_s;
        QTest::newRow("html") << u"html"_s << u"html"_s;
        QTest::newRow("values of a template") << u"templateData"_s << u"template-data"_s;
        QTest::newRow("password") << u"passwordFile"_s << u"password-file"_s;
    }
    void operationsAreNoMessage()
    {
        QFETCH(QString, key);
        QFETCH(QString, name);
        CliRunner cli;
        QJsonObject send = openKeys(1);
        send.insert(u"op"_s, u"send"_s);
        send.insert(u"to"_s, QJsonArray {u"b@y.example"_s});
        send.insert(key, u"-"_s);
        QJsonObject more = openKeys(1);
        more.insert(u"passwordFile"_s, u"-"_s);
        const QByteArray behind = step("open", more) + line({{u"op"_s, u"fly"_s}});
        const CliResult result = cli.run({u"batch"_s}, line(send) + behind);
        const QList<QJsonObject> answers = result.jsonLines();
        // Those behind it are operations still.
        QCOMPARE(answers.size(), 3);
        QCOMPARE(errorOf(answers[0]), u"usage"_s);
        QVERIFY(answers[0][u"error"_s][u"detail"_s].toString().contains(name));
        QCOMPARE(errorOf(answers[1]), u"usage"_s);
        QVERIFY(answers[2][u"error"_s][u"detail"_s].toString().contains(u"fly"_s));
    }

    /// One line is answered before the next is written.
    void answersAtOnce()
    {
        FakeRelay relay({Script::hello()});
        CliRunner cli;
        QProcess process;
        cli.prepare(process, {u"batch"_s});
        process.start();
        process.write(step("open", openKeys(relay.port())));
        QTRY_VERIFY_WITH_TIMEOUT(process.canReadLine(), 20'000);
        QCOMPARE(codeOf(QJsonDocument::fromJson(process.readLine()).object()), 220);
        process.write(step("ehlo"));
        QTRY_VERIFY_WITH_TIMEOUT(process.canReadLine(), 20'000);
        QCOMPARE(codeOf(QJsonDocument::fromJson(process.readLine()).object()), 250);
        process.closeWriteChannel();
        QTRY_COMPARE_WITH_TIMEOUT(process.state(), QProcess::NotRunning, 20'000);
        QCOMPARE(process.exitCode(), 0);
        QVERIFY(relay.received().contains("EHLO client.example\r\n"));
    }

    void steps()
    {
        FakeRelay relay({Script::hello({"SIZE 1000"_ba})
                .answer("MAIL FROM:<a@x> SIZE=5 SMTPUTF8"_ba, "250 ok\r\n"_ba)
                .answer("RCPT TO:<b@y>"_ba, "550 5.1.1 no\r\n"_ba)
                .answer("RCPT TO:<c@y> NOTIFY=NEVER"_ba, "250 ok\r\n"_ba)
                .answer("DATA"_ba, "354 go\r\n"_ba)
                .expectContent()
                .send("250 2.0.0 Ok: queued as 4F2A\r\n"_ba)
                .answer("RSET"_ba, "250 ok\r\n"_ba)
                .answer("NOOP"_ba, "250 ok\r\n"_ba)
                .answer("VRFY someone"_ba, "252 perhaps\r\n"_ba)
                .answer("HELP"_ba, "214 no\r\n"_ba)
                .answer("XFOO bar"_ba, "500 what\r\n"_ba)
                .quit()});
        CliRunner cli;
        const QByteArray input = step("open", openKeys(relay.port()))
            + step("ehlo", {{u"name"_s, u"me.example"_s}})
            + step("mail",
                {{u"from"_s, u"a@x"_s}, {u"params"_s, QJsonArray {u"SIZE=5"_s}},
                    {u"smtputf8"_s, true}})
            + step("rcpt", {{u"to"_s, u"b@y"_s}})
            + step("rcpt", {{u"to"_s, u"c@y"_s}, {u"params"_s, QJsonArray {u"NOTIFY=NEVER"_s}}})
            + step("data", {{u"dataBase64"_s, QString::fromLatin1(message.toBase64())}})
            + step("rset") + step("noop") + step("vrfy", {{u"text"_s, u"someone"_s}}) + step("help")
            + step("command", {{u"line"_s, u"XFOO bar"_s}}) + step("state") + step("quit")
            + step("noop") + step("state");
        const QList<QJsonObject> answers = cli.run({u"batch"_s}, input).jsonLines();
        const QList<int> codes {
            220, 250, 250, 550, 250, 250, 250, 250, 252, 214, 500, 0, 221, 0, 0};
        QCOMPARE(answers.size(), codes.size());
        for (qsizetype i = 0; i < codes.size(); ++i) {
            QCOMPARE(codeOf(answers[i]), codes[i]);
            QCOMPARE(answers[i][u"connected"_s].toBool(), i < 12);
            QCOMPARE(errorOf(answers[i]), i < 13 ? QString() : u"state"_s);
            QCOMPARE(answers[i].keys(),
                (QStringList {u"capabilities"_s, u"connected"_s, u"error"_s, u"op"_s, u"reply"_s,
                    u"session"_s}));
        }
        QVERIFY(answers[0][u"capabilities"_s].toObject().isEmpty());
        QVERIFY(answers[1][u"capabilities"_s].toObject().contains(u"SIZE"_s));
        QCOMPARE(relay.problems(), QStringList());
        QCOMPARE(relay.content(), "Subject: x\r\n\r\n..dot\r\n"_ba);
    }

    /// As a `send` without a session understands them.
    void stepTransactionBeyondAscii()
    {
        FakeRelay relay({Script::hello({"SMTPUTF8"_ba})
                .answer("MAIL FROM:<a@xn--bcher-kva.example>"_ba, "250 ok\r\n"_ba)
                .answer("RCPT TO:<b@y>"_ba, "250 ok\r\n"_ba)
                .answer("DATA"_ba, "354 go\r\n"_ba)
                .expectContent()
                .send("250 ok\r\n"_ba)
                .hang()});
        CliRunner cli;
        QJsonObject keys = openKeys(relay.port());
        keys.insert(u"eightBit"_s, u"send"_s);
        const QJsonObject mail {{u"from"_s, u"a@b\u00fccher.example"_s}, {u"to"_s, u"b@y"_s},
            {u"smtputf8"_s, u"off"_s},
            {u"dataBase64"_s, QString::fromLatin1("Subject: x\r\n\r\n\xc3\xa4\r\n"_ba.toBase64())}};
        QJsonObject refusing = mail;
        refusing.insert(u"eightBit"_s, u"refuse"_s);
        QJsonObject wrong = mail;
        wrong.insert(u"to"_s, u"gr\u00fc\u00dfe@y"_s);
        const QList<QJsonObject> answers = cli.run({u"batch"_s},
                                                  step("open", keys) + step("ehlo")
                                                      + step("send", refusing) + step("send", wrong)
                                                      + step("send", mail))
                                               .jsonLines();
        QCOMPARE(answers.size(), 5);
        QCOMPARE(errorOf(answers[2]), u"unsupported"_s);
        QCOMPARE(errorOf(answers[3]), u"input"_s);
        QCOMPARE(answers[4][u"outcome"_s].toString(), u"accepted"_s);
        QCOMPARE(relay.problems(), QStringList());
    }

    void stepTransaction_data()
    {
        QTest::addColumn<Script>("script");
        QTest::addColumn<QString>("outcome");
        QTest::addColumn<QStringList>("recipients");
        QTest::addColumn<bool>("connected");
        const auto mail = [] { return Script::hello().answer("MAIL"_ba, "250 ok\r\n"_ba); };
        QTest::newRow("partial") << mail()
                                        .answer("RCPT"_ba, "250 ok\r\n"_ba)
                                        .answer("RCPT"_ba, "550 no\r\n"_ba)
                                        .answer("DATA"_ba, "354 go\r\n"_ba)
                                        .expectContent()
                                        .send("250 Ok: queued as 4F2A\r\n"_ba)
                                        .hang()
                                 << u"partial"_s << QStringList {u"accepted"_s, u"rejected"_s}
                                 << true;
        QTest::newRow("B19 nobody")
            << mail()
                   .answer("RCPT"_ba, "450 later\r\n"_ba)
                   .answer("RCPT"_ba, "550 no\r\n"_ba)
                   .answer("RSET"_ba, "250 ok\r\n"_ba)
                   .hang()
            << u"deferred"_s << QStringList {u"deferred"_s, u"rejected"_s} << true;
        QTest::newRow("MAIL refused")
            << Script::hello().answer("MAIL"_ba, "550 no\r\n"_ba).hang() << u"rejected"_s
            << QStringList {u"rejected"_s, u"rejected"_s} << true;
        QTest::newRow("B26 lost behind the dot")
            << mail()
                   .answer("RCPT"_ba, "250 ok\r\n"_ba)
                   .answer("RCPT"_ba, "550 no\r\n"_ba)
                   .answer("DATA"_ba, "354 go\r\n"_ba)
                   .expectContent()
                   .close()
            << u"uncertain"_s << QStringList {u"uncertain"_s, u"rejected"_s} << false;
        QTest::newRow("DATA refused, the next MAIL is in sequence")
            << mail()
                   .answer("RCPT"_ba, "250 ok\r\n"_ba)
                   .answer("RCPT"_ba, "250 ok\r\n"_ba)
                   .answer("DATA"_ba, "554 no\r\n"_ba)
                   .answer("RSET"_ba, "250 ok\r\n"_ba)
                   .hang()
            << u"rejected"_s << QStringList {u"rejected"_s, u"rejected"_s} << true;
        QTest::newRow("D17 SIZE exceeded, nothing said")
            << Script::hello({"SIZE 5"_ba}).expectEnd() << u"rejected"_s
            << QStringList {u"failed"_s, u"failed"_s} << true;
        QTest::newRow("421 to RCPT")
            << mail().answer("RCPT"_ba, "421 bye\r\n"_ba).hang() << u"deferred"_s
            << QStringList {u"deferred"_s, u"deferred"_s} << false;
    }
    void stepTransaction()
    {
        QFETCH(Script, script);
        QFETCH(QString, outcome);
        QFETCH(QStringList, recipients);
        QFETCH(bool, connected);
        FakeRelay relay({script});
        CliRunner cli;
        const QByteArray input = step("open", openKeys(relay.port())) + step("ehlo")
            + step("send",
                {{u"from"_s, u"a@x"_s}, {u"to"_s, QJsonArray {u"b@y"_s, u"c@y"_s}},
                    {u"dataBase64"_s, QString::fromLatin1(message.toBase64())}});
        const QList<QJsonObject> answers = cli.run({u"batch"_s}, input).jsonLines();
        QCOMPARE(answers.size(), 3);
        QCOMPARE(answers[2][u"outcome"_s].toString(), outcome);
        QStringList words;
        for (const QJsonValue &one : answers[2][u"recipients"_s].toArray())
            words.append(one[u"outcome"_s].toString());
        QCOMPARE(words, recipients);
        QCOMPARE(answers[2][u"connected"_s].toBool(), connected);
    }

    void stepsThatAreRefused_data()
    {
        QTest::addColumn<QByteArray>("operation");
        QTest::addColumn<QString>("kind");
        QTest::newRow("unknown key") << step("noop", {{u"x"_s, 1}}) << u"usage"_s;
        QTest::newRow("malformed address") << step("rcpt", {{u"to"_s, u"a@@b"_s}}) << u"input"_s;
        QTest::newRow("D2 injection")
            << step("command", {{u"line"_s, u"NOOP\r\nRSET"_s}}) << u"input"_s;
        QTest::newRow("bare CR in data")
            << step("data", {{u"dataBase64"_s, QString::fromLatin1(QByteArray("a\rb").toBase64())}})
            << u"input"_s;
        QTest::newRow("not base64") << step("data", {{u"dataBase64"_s, u"%%"_s}}) << u"usage"_s;
        QTest::newRow("no user") << step("auth", {{u"auth"_s, u"PLAIN"_s}}) << u"usage"_s;
        QTest::newRow("AUTH not offered") << step(
            "auth", {{u"auth"_s, u"PLAIN"_s}, {u"user"_s, u"u"_s}, {u"passwordEnv"_s, u"HOME"_s}})
                                          << u"authUnsupported"_s;
        QTest::newRow("rfc3030 3 binary by DATA") << step("send",
            {{u"from"_s, u"a@x.example"_s}, {u"to"_s, u"b@y.example"_s}, {u"binary"_s, true},
                {u"dataBase64"_s, QString::fromLatin1(QByteArray("a\rb").toBase64())}})
                                                  << u"usage"_s;
        QTest::newRow("open twice")
            << step("open", {{u"server"_s, u"127.0.0.1:1"_s}}) << u"state"_s;
    }
    void stepsThatAreRefused()
    {
        QFETCH(QByteArray, operation);
        QFETCH(QString, kind);
        FakeRelay relay({Script::hello().answer("NOOP"_ba, "250 still here\r\n"_ba)});
        CliRunner cli;
        const QList<QJsonObject> answers = cli.run({u"batch"_s},
                                                  step("open", openKeys(relay.port()))
                                                      + step("ehlo") + operation + step("noop"))
                                               .jsonLines();
        QCOMPARE(answers.size(), 4);
        QCOMPARE(errorOf(answers[2]), kind);
        QVERIFY(answers[2][u"connected"_s].toBool());
        QCOMPARE(codeOf(answers[3]), 250);
        QCOMPARE(relay.problems(), QStringList());
    }

    void authStep()
    {
        FakeRelay relay({Script::hello({"AUTH PLAIN"_ba})
                .answer("AUTH PLAIN"_ba, "334 \r\n"_ba)
                .answer("AGFubgBjNG40cnktczNjcmV0"_ba, "535 5.7.8 c4n4ry-s3cret is wrong\r\n"_ba)
                .answer("AUTH PLAIN AGFubgBjNG40cnktczNjcmV0"_ba, "235 ok\r\n"_ba)});
        CliRunner cli;
        cli.setVariable(u"MG_PASSWORD"_s, u"c4n4ry-s3cret"_s);
        QJsonObject auth {{u"auth"_s, u"PLAIN"_s}, {u"user"_s, u"ann"_s},
            {u"passwordEnv"_s, u"MG_PASSWORD"_s}, {u"authWithoutTls"_s, true}};
        QJsonObject late = auth;
        late.insert(u"initialResponse"_s, false);
        const CliResult result = cli.run({u"batch"_s},
            step("open", openKeys(relay.port())) + step("ehlo") + step("auth", late)
                + step("auth", auth));
        const QList<QJsonObject> answers = result.jsonLines();
        QCOMPARE(answers.size(), 4);
        QCOMPARE(codeOf(answers[2]), 535);
        QCOMPARE(codeOf(answers[3]), 235);
        QVERIFY(!result.output.contains("c4n4ry"));
        QCOMPARE(relay.problems(), QStringList());
    }

    /// Several mechanisms are tried in turn, as by `send`, and each is told.
    void authInTurn()
    {
        FakeRelay relay({Script::hello({"AUTH LOGIN PLAIN"_ba})
                .answer("AUTH LOGIN"_ba, "535 5.7.8 no\r\n"_ba)
                .answer("AUTH PLAIN AGFubgBzM2NyZXQ="_ba, "235 ok\r\n"_ba)});
        CliRunner cli;
        cli.setVariable(u"MG_PASSWORD"_s, u"s3cret"_s);
        const CliResult result = cli.run({u"batch"_s},
            step("open", openKeys(relay.port())) + step("ehlo")
                + step("auth",
                    {{u"auth"_s, u"LOGIN,PLAIN"_s}, {u"user"_s, u"ann"_s},
                        {u"passwordEnv"_s, u"MG_PASSWORD"_s}, {u"authWithoutTls"_s, true}}));
        const QList<QJsonObject> answers = result.jsonLines();
        QCOMPARE(answers.size(), 3);
        QCOMPARE(codeOf(answers[2]), 235);
        const QJsonArray tried = answers[2][u"tried"_s].toArray();
        QCOMPARE(tried.size(), 2);
        QCOMPARE(tried[0][u"mechanism"_s].toString(), u"LOGIN"_s);
        QCOMPARE(tried[0][u"reply"_s][u"code"_s].toInt(), 535);
        QCOMPARE(tried[1][u"mechanism"_s].toString(), u"PLAIN"_s);
        QVERIFY(!answers[1].contains(u"tried"_s));
        QCOMPARE(relay.problems(), QStringList());
    }

    /// What a step would not do is refused by its name, and nothing is connected to.
    void openRefuses_data()
    {
        QTest::addColumn<QString>("key");
        QTest::addColumn<QJsonValue>("value");
        QTest::newRow("PRDR") << u"prdr"_s << QJsonValue(true);
        QTest::newRow("BDAT") << u"chunking"_s << QJsonValue(u"auto"_s);
        QTest::newRow("size of BDAT") << u"chunkSize"_s << QJsonValue(1000);
        QTest::newRow("whether AUTH is needed") << u"authRequired"_s << QJsonValue(u"yes"_s);
    }
    void openRefuses()
    {
        QFETCH(QString, key);
        QFETCH(QJsonValue, value);
        FakeRelay relay({Script()});
        CliRunner cli;
        QJsonObject keys = openKeys(relay.port());
        keys.insert(key, value);
        const QList<QJsonObject> answers = cli.run({u"batch"_s}, step("open", keys)).jsonLines();
        QCOMPARE(answers.size(), 1);
        QCOMPARE(errorOf(answers[0]), u"usage"_s);
        const QString detail = answers[0][u"error"_s][u"detail"_s].toString();
        QVERIFY2(detail.contains(key), qPrintable(detail));
        QCOMPARE(relay.connections(), 0);
    }

    /// The step `ehlo` says what the protocol says.
    void helloOfProtocol_data()
    {
        QTest::addColumn<QString>("protocol");
        QTest::addColumn<QByteArray>("hello");
        QTest::newRow("smtp") << u"smtp"_s << "HELO client.example"_ba;
        QTest::newRow("esmtp") << u"esmtp"_s << "EHLO client.example"_ba;
        QTest::newRow("lmtp") << u"lmtp"_s << "LHLO client.example"_ba;
    }
    void helloOfProtocol()
    {
        QFETCH(QString, protocol);
        QFETCH(QByteArray, hello);
        FakeRelay relay({Script()
                .send("220 here\r\n"_ba)
                .answer(hello, "250-here\r\n250 SIZE 1000\r\n"_ba)
                .quit()});
        CliRunner cli;
        QJsonObject keys = openKeys(relay.port());
        keys.insert(u"protocol"_s, protocol);
        const QList<QJsonObject> answers
            = cli.run({u"batch"_s}, step("open", keys) + step("ehlo") + step("quit")).jsonLines();
        QCOMPARE(answers.size(), 3);
        QCOMPARE(codeOf(answers[1]), 250);
        QCOMPARE(answers[1][u"capabilities"_s].toObject().isEmpty(), protocol == u"smtp"_s);
        QCOMPARE(relay.problems(), QStringList());
    }

    /// RFC 2033 4.2: behind the dot one reply per recipient accepted.
    void lmtp_data()
    {
        QTest::addColumn<QByteArray>("replies");
        QTest::addColumn<QList<int>>("codes");
        QTest::addColumn<QString>("error");
        QTest::addColumn<QStringList>("outcomes");
        QTest::newRow("one taken")
            << "250 ok\r\n452 full\r\n"_ba << QList<int> {250, 452} << QString()
            << QStringList {u"accepted"_s, u"rejected"_s, u"deferred"_s};
        QTest::newRow("the second taken")
            << "550 no\r\n250 ok\r\n"_ba << QList<int> {550, 250} << QString()
            << QStringList {u"rejected"_s, u"rejected"_s, u"accepted"_s};
        QTest::newRow("421 to one")
            << "421 bye\r\n250 ok\r\n"_ba << QList<int> {421, 250} << QString()
            << QStringList {u"deferred"_s, u"rejected"_s, u"accepted"_s};
        QTest::newRow("lost behind the first")
            << "250 ok\r\n"_ba << QList<int> {250} << u"lost"_s
            << QStringList {u"accepted"_s, u"rejected"_s, u"uncertain"_s};
    }
    void lmtp()
    {
        QFETCH(QByteArray, replies);
        QFETCH(QList<int>, codes);
        QFETCH(QString, error);
        QFETCH(QStringList, outcomes);
        Script script = Script()
                            .send("220 here\r\n"_ba)
                            .answer("LHLO"_ba, "250 here\r\n"_ba)
                            .answer("MAIL"_ba, "250 ok\r\n"_ba)
                            .answer("RCPT TO:<b@y>"_ba, "250 ok\r\n"_ba)
                            .answer("RCPT TO:<c@y>"_ba, "550 no\r\n"_ba)
                            .answer("RCPT TO:<d@y>"_ba, "250 ok\r\n"_ba)
                            .answer("DATA"_ba, "354 go\r\n"_ba)
                            .expectContent()
                            .send(replies);
        if (!error.isEmpty())
            script.close();
        FakeRelay relay({script, script});
        CliRunner cli;
        QJsonObject keys = openKeys(relay.port());
        keys.insert(u"protocol"_s, u"lmtp"_s);
        const QJsonObject data {{u"dataBase64"_s, QString::fromLatin1(message.toBase64())}};
        QList<QJsonObject> answers
            = cli.run({u"batch"_s},
                     step("open", keys) + step("ehlo") + step("mail", {{u"from"_s, u"a@x"_s}})
                         + step("rcpt", {{u"to"_s, u"b@y"_s}}) + step("rcpt", {{u"to"_s, u"c@y"_s}})
                         + step("rcpt", {{u"to"_s, u"d@y"_s}}) + step("data", data))
                  .jsonLines();
        QCOMPARE(answers.size(), 7);
        QList<int> told;
        for (const QJsonValue &one : answers[6][u"replies"_s].toArray())
            told.append(one[u"code"_s].toInt());
        QCOMPARE(told, codes);
        QCOMPARE(errorOf(answers[6]), error);
        QCOMPARE(codeOf(answers[6]), error.isEmpty() ? 250 : 0);
        const bool ends = !error.isEmpty() || codes.contains(421);
        QCOMPARE(answers[6][u"connected"_s].toBool(), !ends);
        const auto outcomesIn = [](const QJsonValue &record) {
            QStringList words;
            for (const QJsonValue &one : record[u"recipients"_s].toArray())
                words.append(one[u"outcome"_s].toString());
            return words;
        };
        const QJsonObject record = cli.runJson({u"sessions"_s, u"show"_s, u"last"_s}).json();
        QCOMPARE(outcomesIn(record), outcomes);
        // The same as one operation.
        QJsonObject whole = data;
        whole.insert(u"from"_s, u"a@x"_s);
        whole.insert(u"to"_s, QJsonArray {u"b@y"_s, u"c@y"_s, u"d@y"_s});
        answers = cli.run({u"batch"_s}, step("open", keys) + step("ehlo") + step("send", whole))
                      .jsonLines();
        QCOMPARE(answers.size(), 3);
        QCOMPARE(outcomesIn(answers[2]), outcomes);
        QCOMPARE(relay.problems(), QStringList());
    }

    /// Recipients and resets by hand count in the replies, too.
    void lmtpByHand()
    {
        FakeRelay relay({Script()
                .send("220 here\r\n"_ba)
                .answer("LHLO"_ba, "250 here\r\n"_ba)
                .answer("MAIL"_ba, "250 ok\r\n"_ba)
                .answer("RCPT TO:<a@y>"_ba, "250 ok\r\n"_ba)
                .answer("RSET"_ba, "250 ok\r\n"_ba)
                .answer("MAIL"_ba, "250 ok\r\n"_ba)
                .answer("RCPT TO:<b@y>"_ba, "250 ok\r\n"_ba)
                .answer("RCPT TO:<c@y>"_ba, "250 ok\r\n"_ba)
                .answer("RCPT TO:<d@y>"_ba, "250 ok\r\n"_ba)
                .answer("DATA"_ba, "354 go\r\n"_ba)
                .expectContent()
                .send("250 b\r\n250 c\r\n550 d\r\n"_ba)});
        CliRunner cli;
        QJsonObject keys = openKeys(relay.port());
        keys.insert(u"protocol"_s, u"lmtp"_s);
        const QList<QJsonObject> answers
            = cli.run({u"batch"_s},
                     step("open", keys) + step("ehlo") + step("mail", {{u"from"_s, u"a@x"_s}})
                         + step("rcpt", {{u"to"_s, u"a@y"_s}})
                         + step("command", {{u"line"_s, u"RSET"_s}})
                         + step("mail", {{u"from"_s, u"a@x"_s}})
                         + step("rcpt", {{u"to"_s, u"b@y"_s}})
                         + step("command", {{u"line"_s, u"RCPT TO:<c@y>"_s}})
                         + step("rcpt", {{u"to"_s, u"d@y"_s}})
                         + step(
                             "data", {{u"dataBase64"_s, QString::fromLatin1(message.toBase64())}}))
                  .jsonLines();
        QCOMPARE(answers.size(), 10);
        QCOMPARE(answers[9][u"replies"_s].toArray().size(), 3);
        QStringList outcomes;
        const QJsonObject record = cli.runJson({u"sessions"_s, u"show"_s, u"last"_s}).json();
        for (const QJsonValue &one : record[u"recipients"_s].toArray())
            outcomes.append(
                one[u"address"_s].toString().left(1) + u' ' + one[u"outcome"_s].toString());
        QCOMPARE(outcomes, QStringList({u"a stopped"_s, u"b accepted"_s, u"d rejected"_s}));
        QCOMPARE(relay.problems(), QStringList());
    }

    /// A session that was led step by step is kept like any other, without its secrets.
    void stepsAreKept()
    {
        FakeRelay relay({Script::hello({"AUTH PLAIN"_ba})
                .answer("AUTH PLAIN AGFubgBjNG40cnktczNjcmV0"_ba, "235 ok\r\n"_ba)
                .answer("MAIL"_ba, "250 ok\r\n"_ba)
                .answer("RCPT"_ba, "550 5.1.1 no such user\r\n"_ba)
                .answer("RCPT"_ba, "250 ok\r\n"_ba)
                .answer("DATA"_ba, "354 go\r\n"_ba)
                .expectContent()
                .send("250 2.0.0 Ok: queued as 4F2A\r\n"_ba)
                .quit()});
        CliRunner cli;
        cli.setVariable(u"MG_PASSWORD"_s, u"c4n4ry-s3cret"_s);
        const QByteArray input = step("open", openKeys(relay.port())) + step("ehlo")
            + step("auth",
                {{u"auth"_s, u"PLAIN"_s}, {u"user"_s, u"ann"_s},
                    {u"passwordEnv"_s, u"MG_PASSWORD"_s}, {u"authWithoutTls"_s, true}})
            + step("mail", {{u"from"_s, u"a@x"_s}}) + step("rcpt", {{u"to"_s, u"b@y"_s}})
            + step("rcpt", {{u"to"_s, u"c@y"_s}})
            + step("data", {{u"dataBase64"_s, QString::fromLatin1(message.toBase64())}})
            + step("quit");
        QCOMPARE(cli.run({u"batch"_s}, input).jsonLines().size(), 8);
        const QJsonObject record = cli.runJson({u"sessions"_s, u"show"_s, u"last"_s}).json();
        QCOMPARE(record[u"outcome"_s].toString(), u"partial"_s);
        QCOMPARE(record[u"queueId"_s].toString(), u"4F2A"_s);
        QCOMPARE(record[u"auth"_s][u"mechanism"_s].toString(), u"PLAIN"_s);
        QCOMPARE(record[u"recipients"_s].toArray().size(), 2);
        QCOMPARE(record[u"recipients"_s][0][u"outcome"_s].toString(), u"rejected"_s);
        QCOMPARE(record[u"recipients"_s][1][u"outcome"_s].toString(), u"accepted"_s);
        const QByteArray shown = cli.run({u"sessions"_s, u"show"_s, u"last"_s}).output;
        for (const auto line : {"EHLO client.example", "<redacted: AUTH PLAIN>", "235 ok",
                 "RCPT TO:<b@y>", "550 5.1.1 no such user", "message data, ", "221"})
            QVERIFY2(shown.contains(line), shown.constData());
        for (const auto secret : {"c4n4ry", "AGFubgBjNG40cnktczNjcmV0"})
            QVERIFY(!shown.contains(secret));
        // Found by what is in it.
        QCOMPARE(QJsonDocument::fromJson(
                     cli.runJson({u"sessions"_s, u"list"_s, u"--reply"_s, u"5.1.1"_s}).output)
                     .array()
                     .size(),
            1);
    }

    void stepsAreKept_endings_data()
    {
        QTest::addColumn<Script>("script");
        QTest::addColumn<QByteArray>("last");
        QTest::addColumn<QString>("outcome");
        QTest::newRow("closed by the user")
            << Script::hello().hang() << step("close") << u"accepted"_s;
        QTest::newRow("the pipe ends") << Script::hello().hang() << ""_ba << u"accepted"_s;
        QTest::newRow("lost") << Script::hello().close() << step("noop") << u"deferred"_s;
        QTest::newRow("nobody was sent anything")
            << Script::hello()
                   .answer("MAIL"_ba, "250 ok\r\n"_ba)
                   .answer("RCPT"_ba, "250 ok\r\n"_ba)
                   .hang()
            << step("mail", {{u"from"_s, u"a@x"_s}}) + step("rcpt", {{u"to"_s, u"b@y"_s}})
            << u"stopped"_s;
    }
    /// A step that could not be taken says nothing about those before it.
    void refusedStepDecidesNothing()
    {
        FakeRelay relay({Script::hello()
                .answer("MAIL"_ba, "250 ok\r\n"_ba)
                .answer("RCPT"_ba, "250 ok\r\n"_ba)
                .answer("DATA"_ba, "354 go\r\n"_ba)
                .expectContent()
                .send("250 2.0.0 Ok: queued as 4F2A\r\n"_ba)
                .quit()});
        CliRunner cli;
        const QList<QJsonObject> answers
            = cli.run({u"batch"_s},
                     step("open", openKeys(relay.port())) + step("ehlo")
                         + step("mail", {{u"from"_s, u"a@x"_s}})
                         + step("rcpt", {{u"to"_s, u"b@y"_s}})
                         + step("command", {{u"line"_s, u"NOOP\r\nRSET"_s}}) + dataStep()
                         + step("quit"))
                  .jsonLines();
        QCOMPARE(answers.size(), 7);
        QCOMPARE(errorOf(answers[4]), u"input"_s);
        QCOMPARE(codeOf(answers[5]), 250);
        const QJsonObject record = cli.runJson({u"sessions"_s, u"show"_s, u"last"_s}).json();
        QCOMPARE(record[u"outcome"_s].toString(), u"accepted"_s);
        QCOMPARE(record[u"exit"_s].toInt(), 0);
    }

    void refusalHasItsStage_data()
    {
        QTest::addColumn<Script>("script");
        QTest::addColumn<QByteArray>("steps");
        QTest::addColumn<QString>("stage");
        const auto mail = [] { return Script::hello().answer("MAIL"_ba, "250 ok\r\n"_ba); };
        const auto refused = [mail] {
            return mail().answer("RCPT"_ba, "250 ok\r\n"_ba).answer("DATA"_ba, "554 no\r\n"_ba);
        };
        QTest::newRow("MAIL, transaction")
            << Script::hello().answer("MAIL"_ba, "550 no\r\n"_ba).hang() << sendStep() << u"mail"_s;
        QTest::newRow("RCPT, transaction")
            << mail().answer("RCPT"_ba, "550 no\r\n"_ba).answer("RSET"_ba, "250 ok\r\n"_ba).hang()
            << sendStep() << u"rcpt"_s;
        QTest::newRow("DATA, transaction")
            << refused().answer("RSET"_ba, "250 ok\r\n"_ba).hang() << sendStep() << u"data"_s;
        QTest::newRow("DATA, step") << refused().hang()
                                    << step("mail", {{u"from"_s, u"a@x"_s}})
                + step("rcpt", {{u"to"_s, u"b@y"_s}}) + dataStep()
                                    << u"data"_s;
    }
    void refusalHasItsStage()
    {
        QFETCH(Script, script);
        QFETCH(QByteArray, steps);
        QFETCH(QString, stage);
        FakeRelay relay({script});
        CliRunner cli;
        (void)cli.run({u"batch"_s}, step("open", openKeys(relay.port())) + step("ehlo") + steps);
        const QJsonObject record = cli.runJson({u"sessions"_s, u"show"_s, u"last"_s}).json();
        QCOMPARE(record[u"outcome"_s].toString(), u"rejected"_s);
        QCOMPARE(record[u"stage"_s].toString(), stage);
    }

    /// The program ends while it waits (faults.md 1.1): a false "not sent" is worse than not to
    /// know.
    void endedWhileItWaited_data()
    {
        QTest::addColumn<bool>("killed");
        QTest::addColumn<QByteArray>("steps");
        QTest::addColumn<bool>("behindDot");
        QTest::addColumn<QString>("outcome");
        const QByteArray rcpt = step("mail", {{u"from"_s, u"a@x"_s}})
            + step("rcpt", {{u"to"_s, u"b@y"_s}});
        for (const bool killed : {false, true}) {
            const auto row = [killed](const char *name) -> QTestData & {
                return QTest::addRow("%s, %s", name, killed ? "SIGKILL" : "SIGINT");
            };
            row("B26 step behind the dot") << killed << rcpt + dataStep() << true << u"uncertain"_s;
            row("B26 transaction behind the dot") << killed << sendStep() << true << u"uncertain"_s;
            row("nothing sent") << killed << rcpt << false
                                << (killed ? u"deferred"_s : u"stopped"_s);
        }
    }
    void endedWhileItWaited()
    {
        QFETCH(bool, killed);
        QFETCH(QByteArray, steps);
        QFETCH(bool, behindDot);
        QFETCH(QString, outcome);
        Script script
            = Script::hello().answer("MAIL"_ba, "250 ok\r\n"_ba).answer("RCPT"_ba, "250 ok\r\n"_ba);
        if (behindDot)
            script.answer("DATA"_ba, "354 go\r\n"_ba).expectContent();
        FakeRelay relay({script.hang()});
        CliRunner cli;
        QProcess process;
        cli.prepare(process, {u"batch"_s});
        process.start();
        process.write(step("open", openKeys(relay.port())) + step("ehlo") + steps);
        if (behindDot)
            QTRY_VERIFY_WITH_TIMEOUT(relay.connections() > 0 && !relay.content().isEmpty(), 20'000);
        else
            QTRY_COMPARE_WITH_TIMEOUT(claimedIn(cli), 1, 20'000);
        ::kill(static_cast<pid_t>(process.processId()), killed ? SIGKILL : SIGINT);
        QTRY_COMPARE_WITH_TIMEOUT(process.state(), QProcess::NotRunning, 20'000);
        const QJsonObject record = cli.runJson({u"sessions"_s, u"show"_s, u"last"_s}).json();
        QCOMPARE(record[u"outcome"_s].toString(), outcome);
        QCOMPARE(record[u"recipients"_s].toArray().size(), 1);
        QCOMPARE(record[u"recipients"_s][0][u"address"_s].toString(), u"b@y"_s);
        QCOMPARE(record[u"recipients"_s][0][u"outcome"_s].toString(), outcome);
    }

    /// H4: without the ledger the dot must not be sent, and the user is told why.
    void storeThatFailsIsTold()
    {
        FakeRelay relay({Script::hello()
                .answer("MAIL"_ba, "250 ok\r\n"_ba)
                .answer("RCPT"_ba, "250 ok\r\n"_ba)
                .answer("RSET"_ba, "250 ok\r\n"_ba)
                .hang()});
        CliRunner cli;
        // A store is there, and takes no more rows.
        QCOMPARE(cli.run({u"sessions"_s, u"list"_s}).exitCode, 0);
        {
            auto store = Store::Connection::open(
                cli.path(u"data/mailgauge.sqlite"_s), Store::Connection::Access::ReadWrite);
            QVERIFY(store);
            QVERIFY((*store)->run(u"CREATE TRIGGER full BEFORE INSERT ON sessions BEGIN "
                                  "SELECT RAISE(ABORT, 'no room'); END"_s));
        }
        const CliResult result = cli.run({u"batch"_s},
            step("open", openKeys(relay.port())) + step("ehlo")
                + step("mail", {{u"from"_s, u"a@x"_s}}) + step("rcpt", {{u"to"_s, u"b@y"_s}})
                + dataStep() + step("rset"));
        const QList<QJsonObject> answers = result.jsonLines();
        QCOMPARE(answers.size(), 6);
        QVERIFY(!errorOf(answers[4]).isEmpty());
        QCOMPARE(codeOf(answers[4]), 0);
        QCOMPARE(codeOf(answers[5]), 250);
        QVERIFY(!relay.received().contains("DATA"));
        QCOMPARE(result.diagnostics.count("not saved"), 1);
    }

    void stepsAreKept_endings()
    {
        QFETCH(Script, script);
        QFETCH(QByteArray, last);
        QFETCH(QString, outcome);
        FakeRelay relay({script});
        CliRunner cli;
        (void)cli.run({u"batch"_s}, step("open", openKeys(relay.port())) + step("ehlo") + last);
        const QJsonObject record = cli.runJson({u"sessions"_s, u"show"_s, u"last"_s}).json();
        QCOMPARE(record[u"outcome"_s].toString(), outcome);
    }

    void stepsAreNotKeptWhereNotWanted()
    {
        FakeRelay relay({Script::hello().quit()});
        CliRunner cli;
        QJsonObject open = openKeys(relay.port());
        open.insert(u"noStore"_s, true);
        QCOMPARE(cli.run({u"batch"_s}, step("open", open) + step("ehlo") + step("quit"))
                     .jsonLines()
                     .size(),
            3);
        QCOMPARE(cli.run({u"sessions"_s, u"show"_s, u"last"_s}).exitCode, 66);
    }

    void startTlsStep()
    {
        FakeRelay relay({Script::hello({"STARTTLS"_ba})
                                .answer("STARTTLS"_ba, "220 go\r\n"_ba)
                                .startTls()
                                .answer("EHLO"_ba, "250-localhost\r\n250 SIZE 5\r\n"_ba)},
            Test::testIdentity().identity);
        CliRunner cli;
        QJsonObject open = openKeys(relay.port());
        open.insert(u"tls"_s, u"starttls"_s);
        open.insert(u"tlsCa"_s, cli.file(u"ca.pem"_s, Test::testIdentity().caPem));
        const QList<QJsonObject> answers = cli.run({u"batch"_s},
                                                  step("open", open) + step("ehlo")
                                                      + step("starttls") + step("ehlo"))
                                               .jsonLines();
        QCOMPARE(answers.size(), 4);
        QCOMPARE(codeOf(answers[2]), 220);
        QVERIFY(answers[2][u"capabilities"_s].toObject().isEmpty());
        QVERIFY(answers[3][u"capabilities"_s].toObject().contains(u"SIZE"_s));
    }
};

QTEST_GUILESS_MAIN(CliBatchTest)
#include "tst_clibatch.moc"
