// SPDX-License-Identifier: GPL-3.0-or-later
// Access tokens from the command line, and mechanisms tried in turn.
#include "clirunner.h"
#include "fakerelay.h"
#include "secretforms.h"

#include "base/literals.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QTest>

using namespace Mailgauge;
using Test::CliResult;
using Test::CliRunner;
using Test::FakeRelay;
using Test::Script;

namespace {

const QByteArray token = "ya29.c4n4ry-t0ken"_ba;

QStringList base(quint16 port)
{
    return {u"send"_s, u"--server"_s, u"127.0.0.1:%1"_s.arg(port), u"--from"_s, u"a@x.example"_s,
        u"--to"_s, u"b@y.example"_s, u"--tls"_s, u"none"_s, u"--auth-without-tls"_s, u"--helo"_s,
        u"client.example"_s, u"--user"_s, u"ann"_s, u"--timeout"_s, u"quit=0.2"_s, u"--text"_s,
        u"x"_s};
}

QByteArray xoauth2Line()
{
    return "AUTH XOAUTH2 "
        + ("user=ann\x01"
           "auth=Bearer "
            + token + "\x01\x01")
              .toBase64();
}

} // namespace

class CliTokensTest final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void sources_data()
    {
        QTest::addColumn<QStringList>("options");
        QTest::newRow("file") << QStringList {u"--token-file"_s, u"@token"_s};
        QTest::newRow("env") << QStringList {u"--token-env"_s, u"MG_TOKEN"_s};
        QTest::newRow("command") << QStringList {u"--token-command"_s, u"cat @token"_s};
        QTest::newRow("a named mechanism takes the password")
            << QStringList {u"--password-file"_s, u"@token"_s, u"--auth"_s, u"XOAUTH2"_s};
    }
    void sources()
    {
        QFETCH(QStringList, options);
        FakeRelay relay({Script::hello({"AUTH PLAIN XOAUTH2"_ba})
                .answer(xoauth2Line(), "235 ok\r\n"_ba)
                .transaction()
                .quit()});
        CliRunner cli;
        cli.setVariable(u"MG_TOKEN"_s, QString::fromLatin1(token));
        options.replaceInStrings(u"@token"_s, cli.file(u"token"_s, token + "\r\nsecond line\n"));
        const CliResult result = cli.runJson(
            base(relay.port()) + options + QStringList {u"--transcript"_s, u"-"_s});
        QVERIFY2(result.exitCode == 0, result.diagnostics.constData());
        QCOMPARE(result.json()[u"auth"_s][u"mechanism"_s].toString(), u"XOAUTH2"_s);
        QVERIFY(!result.output.contains(token));
        QVERIFY(!result.output.contains(token.toBase64().first(16)));
        QCOMPARE(relay.problems(), QStringList());
    }

    void eachSessionOfARunAsks()
    {
        const auto session = [](int number) {
            return Script::hello({"AUTH XOAUTH2"_ba})
                .answer("AUTH XOAUTH2 "
                        + ("user=ann\x01"
                           "auth=Bearer t0ken-"
                            + QByteArray::number(number) + "\x01\x01")
                            .toBase64(),
                    "235 ok\r\n"_ba)
                .transaction()
                .cut();
        };
        FakeRelay relay({session(1), session(2), session(3)});
        CliRunner cli;
        const QString count = cli.file(u"count"_s, "");
        const CliResult result = cli.runJson(base(relay.port())
            + QStringList {u"--repeat"_s, u"3"_s, u"--token-command"_s,
                u"echo >> '%1'; echo t0ken-$(wc -l < '%1')"_s.arg(count)});
        QVERIFY2(result.exitCode == 0, result.diagnostics.constData());
        QCOMPARE(relay.problems(), QStringList());
        QCOMPARE(result.json()[u"accepted"_s].toInt(), 3);
    }

    void wrongSources_data()
    {
        QTest::addColumn<QStringList>("options");
        QTest::addColumn<int>("exit");
        QTest::newRow("not set") << QStringList {u"--token-env"_s, u"MG_NOT_THERE"_s} << 64;
        QTest::newRow("no file") << QStringList {u"--token-file"_s, u"/nonexistent"_s} << 66;
        QTest::newRow("two") << QStringList {u"--token-env"_s, u"HOME"_s, u"--token-command"_s,
            u"echo x"_s} << 64;
        QTest::newRow("command fails") << QStringList {u"--token-command"_s, u"exit 3"_s} << 66;
        QTest::newRow("command prints nothing")
            << QStringList {u"--token-command"_s, u"true"_s} << 66;
        QTest::newRow("no such command")
            << QStringList {u"--token-command"_s, u"/nonexistent/token"_s} << 66;
    }
    void wrongSources()
    {
        QFETCH(QStringList, options);
        QFETCH(int, exit);
        CliRunner cli;
        const CliResult result = cli.runJson(base(9) + options);
        QCOMPARE(result.exitCode, exit);
        const QString detail = result.json()[u"error"_s][u"detail"_s].toString();
        QVERIFY2(detail.contains(u"token"_s) || detail.contains(u"/nonexistent"_s)
                || result.diagnostics.contains("/nonexistent"),
            (result.output + result.diagnostics).constData());
    }

    /// The profile keeps the command, and says so; the token stands nowhere.
    void ofAProfile()
    {
        FakeRelay relay({Script::hello({"AUTH PLAIN XOAUTH2"_ba})
                .answer(xoauth2Line(), "235 ok\r\n"_ba)
                .transaction()
                .quit()});
        CliRunner cli;
        const QString file = cli.file(u"token"_s, token + "\n");
        QStringList add {
            u"profiles"_s, u"add"_s, u"work"_s, u"--token-command"_s, u"cat '%1'"_s.arg(file)};
        add += QStringList {u"--server"_s, u"127.0.0.1:%1"_s.arg(relay.port()), u"--tls"_s,
            u"none"_s, u"--auth-without-tls"_s, u"--user"_s, u"ann"_s};
        QCOMPARE(cli.run(add).exitCode, 0);
        const CliResult shown = cli.run({u"profiles"_s, u"show"_s, u"work"_s});
        QVERIFY2(shown.output.contains("tokenCommand       cat '"), shown.output.constData());
        const CliResult exported = cli.run({u"profiles"_s, u"export"_s});
        QVERIFY(!exported.output.contains("tokenCommand"));
        const CliResult result = cli.runJson({u"send"_s, u"--profile"_s, u"work"_s, u"--to"_s,
            u"b@y.example"_s, u"--from"_s, u"a@x.example"_s});
        QVERIFY2(result.exitCode == 0, (result.output + result.diagnostics).constData());
        QCOMPARE(relay.problems(), QStringList());
        QVERIFY(!(shown.output + exported.output + result.output).contains(token));
    }

    /// RFC 7628 3.1: the server is told which one was meant.
    void bearerNamesTheServer()
    {
        FakeRelay relay({Script::hello({"AUTH OAUTHBEARER"_ba})
                .answer("AUTH OAUTHBEARER "_ba, "235 in\r\n"_ba)
                .transaction()
                .quit()});
        CliRunner cli;
        cli.setVariable(u"MG_TOKEN"_s, QString::fromLatin1(token));
        const CliResult result = cli.runJson(
            base(relay.port()) + QStringList {u"--token-env"_s, u"MG_TOKEN"_s});
        QCOMPARE(result.exitCode, 0);
        const QByteArray line = relay.commands().value(1);
        const QByteArray told = QByteArray::fromBase64(line.sliced(line.lastIndexOf(' ') + 1));
        QVERIFY2(told.contains("\x01"
                               "host=127.0.0.1\x01"
                               "port="
                     + QByteArray::number(relay.port()) + '\x01'),
            told.constData());
    }

    /// RFC 7628 3.2.2: why the server refused stands in the failure; the token stands nowhere.
    void refusalIsExplained()
    {
        const QByteArray json = QJsonDocument(
            QJsonObject {{u"status"_s, u"invalid_token"_s}, {u"scope"_s, u"mail"_s},
                {u"seen"_s, QString::fromLatin1(token)}})
                                    .toJson(QJsonDocument::Compact);
        FakeRelay relay({Script::hello({"AUTH OAUTHBEARER"_ba})
                .answer("AUTH OAUTHBEARER "_ba, "334 " + json.toBase64() + "\r\n")
                .answer("AQ=="_ba, "535 5.7.8 no\r\n"_ba)
                .quit()});
        CliRunner cli;
        cli.setVariable(u"MG_TOKEN"_s, QString::fromLatin1(token));
        QStringList arguments = base(relay.port()) + QStringList {u"--token-env"_s, u"MG_TOKEN"_s};
        for (const char *name : {"t.txt", "t.jsonl", "t.html"})
            arguments += {u"--transcript"_s, cli.path(QString::fromLatin1(name))};
        const CliResult result = cli.runJson(arguments);
        QCOMPARE(result.exitCode, 77);
        const QString detail = result.json()[u"error"_s][u"detail"_s].toString();
        QVERIFY2(detail.contains(u"status: invalid_token, scope: mail"_s), qPrintable(detail));
        QCOMPARE(relay.problems(), QStringList());
        QList<QByteArray> artefacts {result.output, result.diagnostics};
        artefacts += Test::filesBelow(cli.path({})).values();
        QVERIFY(artefacts.size() > 5);
        for (const QByteArray &artefact : std::as_const(artefacts)) {
            for (const QByteArray &form : {token, token.toHex(), token.toBase64().first(20)})
                QVERIFY2(!artefact.contains(form), artefact.constData());
        }
    }

    /// Naming several mechanisms asks for each of them; every refusal is told.
    void inTurn()
    {
        FakeRelay relay({Script::hello({"AUTH LOGIN PLAIN"_ba})
                .answer("AUTH PLAIN "_ba, "535 5.7.8 not so\r\n"_ba)
                .answer("AUTH LOGIN"_ba, "334 VXNlcm5hbWU6\r\n"_ba)
                .answer("YW5u"_ba, "334 UGFzc3dvcmQ6\r\n"_ba)
                .answer("czNjcmV0"_ba, "235 ok\r\n"_ba)
                .transaction()
                .quit()});
        CliRunner cli;
        cli.setVariable(u"MG_PASSWORD"_s, u"s3cret"_s);
        const CliResult result = cli.runJson(base(relay.port())
            + QStringList {u"--password-env"_s, u"MG_PASSWORD"_s, u"--auth"_s, u"plain,login"_s});
        QCOMPARE(result.exitCode, 0);
        QCOMPARE(result.json()[u"auth"_s][u"mechanism"_s].toString(), u"LOGIN"_s);
        const QJsonArray findings = result.json()[u"findings"_s].toArray();
        QCOMPARE(findings.size(), 1);
        QCOMPARE(findings[0][u"id"_s].toString(), u"quirk.authMechanismRefused"_s);
        QCOMPARE(findings[0][u"evidence"_s].toString(), u"PLAIN: 535 5.7.8 not so"_s);
        QCOMPARE(relay.problems(), QStringList());
    }

    /// C16: what the relay offered once is remembered, and missed when it is gone.
    void downgradeIsNoticed()
    {
        const auto script = [](const QByteArray &offered, const QByteArray &taken) {
            return Script::hello({"AUTH " + offered})
                .answer("AUTH " + taken, "235 ok\r\n"_ba)
                .transaction()
                .quit();
        };
        FakeRelay relay({script("XOAUTH2 PLAIN"_ba, "XOAUTH2"_ba),
            script("XOAUTH2 PLAIN"_ba, "XOAUTH2"_ba), script("PLAIN"_ba, "PLAIN"_ba)});
        CliRunner cli;
        cli.setVariable(u"MG_TOKEN"_s, QString::fromLatin1(token));
        QStringList profile = base(relay.port()).mid(1);
        for (const QString &name : {u"--from"_s, u"--to"_s, u"--text"_s})
            profile.remove(profile.indexOf(name), 2);
        const CliResult added = cli.run(QStringList {u"profiles"_s, u"add"_s, u"home"_s} + profile);
        QVERIFY2(added.exitCode == 0, added.diagnostics.constData());
        const auto idsWith = [&cli](const QStringList &secret) {
            const CliResult result = cli.runJson(
                QStringList {u"send"_s, u"--profile"_s, u"home"_s, u"--from"_s, u"a@x.example"_s,
                    u"--to"_s, u"b@y.example"_s, u"--text"_s, u"x"_s}
                + secret);
            QStringList ids {QString::number(result.exitCode)};
            for (const QJsonValue &finding : result.json()[u"findings"_s].toArray())
                ids.append(finding[u"id"_s].toString());
            return ids;
        };
        const QStringList byToken {u"--token-env"_s, u"MG_TOKEN"_s};
        QCOMPARE(idsWith(byToken), QStringList {u"0"_s});
        QCOMPARE(idsWith(byToken), QStringList {u"0"_s});
        QCOMPARE(idsWith({u"--password-env"_s, u"MG_TOKEN"_s}),
            (QStringList {u"0"_s, u"quirk.authDowngrade"_s}));
        QCOMPARE(relay.problems(), QStringList());
    }

    void nothingToProve()
    {
        FakeRelay relay({Script::hello({"AUTH ANONYMOUS"_ba})
                .answer("AUTH ANONYMOUS YW5u"_ba, "235 ok\r\n"_ba)
                .transaction()
                .quit()});
        CliRunner cli;
        const CliResult result = cli.runJson(
            base(relay.port()) + QStringList {u"--auth"_s, u"anonymous"_s});
        QVERIFY2(result.exitCode == 0, result.diagnostics.constData());
        QCOMPARE(result.json()[u"auth"_s][u"mechanism"_s].toString(), u"ANONYMOUS"_s);
        QCOMPARE(relay.problems(), QStringList());
    }

    /// [MS-SMTPNTLM] 3.1.5.1: what stands behind the first 334 is for people.
    void batchSteps()
    {
        FakeRelay relay({Script::hello({"AUTH NTLM XOAUTH2"_ba})
                .answer("AUTH NTLM"_ba, "334 ntlm supported\r\n"_ba)
                .answer("TlRMTVNTUAABAAAA"_ba, "535 5.7.3 no\r\n"_ba)
                .answer(xoauth2Line(), "235 ok\r\n"_ba)});
        CliRunner cli;
        cli.setVariable(u"MG_PASSWORD"_s, u"s3cret"_s);
        cli.setVariable(u"MG_TOKEN"_s, QString::fromLatin1(token));
        const auto line = [](QJsonObject object) {
            object.insert(u"session"_s, u"s"_s);
            return QJsonDocument(object).toJson(QJsonDocument::Compact) + '\n';
        };
        const CliResult result = cli.run({u"batch"_s},
            line({{u"op"_s, u"open"_s}, {u"server"_s, u"127.0.0.1:%1"_s.arg(relay.port())},
                {u"tls"_s, u"none"_s}})
                + line({{u"op"_s, u"ehlo"_s}, {u"name"_s, u"client.example"_s}})
                + line({{u"op"_s, u"auth"_s}, {u"auth"_s, u"NTLM"_s}, {u"user"_s, u"ann"_s},
                    {u"passwordEnv"_s, u"MG_PASSWORD"_s}, {u"initialResponse"_s, false}})
                + line({{u"op"_s, u"auth"_s}, {u"user"_s, u"ann"_s}, {u"tokenEnv"_s, u"MG_TOKEN"_s},
                    {u"authWithoutTls"_s, true}})
                + line({{u"op"_s, u"auth"_s}, {u"user"_s, u"ann"_s}, {u"tokenFile"_s, u"-"_s}}));
        const QList<QJsonObject> answers = result.jsonLines();
        QCOMPARE(answers.size(), 5);
        QCOMPARE(answers[2][u"reply"_s][u"code"_s].toInt(), 535);
        QCOMPARE(answers[3][u"reply"_s][u"code"_s].toInt(), 235);
        QCOMPARE(answers[4][u"error"_s][u"kind"_s].toString(), u"usage"_s);
        QVERIFY(!result.output.contains("c4n4ry"));
        QCOMPARE(relay.problems(), QStringList());
    }
};

QTEST_GUILESS_MAIN(CliTokensTest)
#include "tst_clitokens.moc"
