// SPDX-License-Identifier: GPL-3.0-or-later
#include "clirunner.h"
#include "command.h"
#include "fakerelay.h"
#include "testsupport.h"

#include "base/literals.h"

#include <QDir>
#include <QJsonArray>
#include <QJsonDocument>
#include <QTest>

#include <csignal>

using namespace Mailgauge;
using Test::CliResult;
using Test::CliRunner;
using Test::FakeRelay;
using Test::Script;

namespace {

const QByteArray report
    = "From: MAILER-DAEMON@relay.example\n"
      "To: a@x.example\n"
      "Subject: failed\n"
      "MIME-Version: 1.0\n"
      "Content-Type: multipart/report; report-type=delivery-status; boundary=b\n"
      "\n"
      "--b\n"
      "Content-Type: text/plain\n"
      "\n"
      "It failed.\n"
      "--b\n"
      "Content-Type: message/delivery-status\n"
      "\n"
      "Reporting-MTA: dns; relay.example\n"
      "\n"
      "Final-Recipient: rfc822; b@y.example\n"
      "Action: failed\n"
      "Status: 5.1.1\n"
      "Diagnostic-Code: smtp; 550 5.1.1 no such user\n"
      "\n"
      "--b\n"
      "Content-Type: message/rfc822\n"
      "\n"
      "Message-ID: <42@x.example>\n"
      "\n"
      "x\n"
      "--b--\n"_ba;

} // namespace

class CliProgramTest final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void helpOnEveryLevel_data()
    {
        QTest::addColumn<QStringList>("words");
        QTest::newRow("program") << QStringList {};
        for (const char *group : {"check", "profiles", "bounce", "sessions"})
            QTest::newRow(group) << QStringList {QString::fromLatin1(group)};
        for (const Cli::CommandSpec &spec : Cli::allCommands())
            QTest::newRow(spec.name) << QString::fromLatin1(spec.name).split(u' ');
    }
    void helpOnEveryLevel()
    {
        QFETCH(QStringList, words);
        CliRunner cli;
        const CliResult result = cli.run(words + QStringList {u"--help"_s});
        QCOMPARE(result.exitCode, 0);
        QVERIFY(result.output.startsWith("Usage: mailgauge-cli"));
        QVERIFY(result.output.contains("--data-dir DIR"));
        QCOMPARE(result.diagnostics, QByteArray());
    }

    void version()
    {
        CliRunner cli;
        for (const QStringList &words : {QStringList {}, QStringList {u"send"_s}}) {
            const CliResult result = cli.run(words + QStringList {u"--version"_s});
            QCOMPARE(result.exitCode, 0);
            QCOMPARE(result.output, "mailgauge-cli " MAILGAUGE_VERSION "\n"_ba);
        }
    }

    void usageErrors_data()
    {
        QTest::addColumn<QStringList>("arguments");
        QTest::addColumn<QByteArray>("told");
        QTest::newRow("nothing") << QStringList {} << "which subcommand"_ba;
        QTest::newRow("group alone") << QStringList {u"profiles"_s} << "which subcommand"_ba;
        QTest::newRow("unknown") << QStringList {u"fly"_s} << "unknown subcommand fly"_ba;
        QTest::newRow("unknown in a group")
            << QStringList {u"profiles"_s, u"fly"_s} << "unknown subcommand"_ba;
        QTest::newRow("not yet") << QStringList {u"spf"_s, u"check"_s} << "not supported"_ba;
        QTest::newRow("not yet in a group")
            << QStringList {u"check"_s, u"domain"_s, u"x.example"_s} << "not supported"_ba;
        QTest::newRow("compare what")
            << QStringList {u"sessions"_s, u"compare"_s} << "which sessions"_ba;
        QTest::newRow("colour") << QStringList {u"sessions"_s, u"list"_s, u"--color"_s, u"x"_s}
                                << "--color"_ba;
        QTest::newRow("option of another")
            << QStringList {u"sandbox"_s, u"--from"_s, u"x"_s} << "unknown option --from"_ba;
    }
    void usageErrors()
    {
        QFETCH(QStringList, arguments);
        QFETCH(QByteArray, told);
        CliRunner cli;
        const CliResult result = cli.run(arguments);
        QCOMPARE(result.exitCode, 64);
        QCOMPARE(result.output, QByteArray());
        QVERIFY2(result.diagnostics.contains(told), result.diagnostics.constData());
    }

    /// The way to the relay and the protocol there are the profile's: send is told no more.
    void profileHoldsTheConnection()
    {
        FakeRelay relay({Script()
                .expect("PROXY TCP4 127.0.0.1 127.0.0.1 "_ba)
                .then(Script::hello({"XCLIENT NAME ADDR"_ba, "CHUNKING"_ba})
                        .answer("XCLIENT NAME=a.example ADDR=192.0.2.1"_ba, "220 hi\r\n"_ba)
                        .answer("EHLO "_ba, "250-hi\r\n250 CHUNKING\r\n"_ba)
                        .answer("MAIL FROM:<a@x.example>"_ba, "250 ok\r\n"_ba)
                        .answer("RCPT TO:<b@y.example>"_ba, "250 ok\r\n"_ba)
                        .expect("BDAT 1"_ba)
                        .close())});
        CliRunner cli;
        const CliResult added = cli.run({u"profiles"_s, u"add"_s, u"way"_s, u"--server"_s,
            u"relay.example:%1"_s.arg(relay.port()), u"--tls"_s, u"none"_s, u"--resolve"_s,
            u"relay.example:%1:127.0.0.1"_s.arg(relay.port()), u"-4"_s, u"--local-address"_s,
            u"127.0.0.1"_s, u"--proxy-protocol"_s, u"v1"_s, u"--xclient"_s,
            u"NAME=a.example ADDR=192.0.2.1"_s, u"--chunking"_s, u"auto"_s, u"--chunk-size"_s,
            u"1"_s, u"--tls-min"_s, u"1.3"_s, u"--authzid"_s, u"boss"_s, u"--timeout"_s,
            u"dot=0.2"_s});
        QVERIFY2(added.exitCode == 0, added.diagnostics.constData());
        const QJsonObject shown = cli.runJson({u"profiles"_s, u"show"_s, u"way"_s}).json();
        QCOMPARE(shown[u"minTls"_s].toString(), u"1.3"_s);
        QCOMPARE(shown[u"authorizationId"_s].toString(), u"boss"_s);
        QCOMPARE(shown[u"family"_s].toString(), u"ipv4"_s);
        const CliResult result = cli.runJson({u"send"_s, u"--profile"_s, u"way"_s, u"--from"_s,
            u"a@x.example"_s, u"--to"_s, u"b@y.example"_s, u"--text"_s, u"x"_s});
        QVERIFY2(relay.problems().isEmpty(), qPrintable(relay.problems().join(u'\n')));
        QVERIFY2(result.json()[u"server"_s][u"address"_s].toString() == "127.0.0.1"_L1,
            (result.output + result.diagnostics).constData());
        // What was set can be taken away.
        QCOMPARE(cli.run({u"profiles"_s, u"add"_s, u"way"_s, u"--resolve"_s, u""_s,
                             u"--proxy-protocol"_s, u"none"_s, u"--xclient"_s, u""_s,
                             u"--local-address"_s, u""_s})
                     .exitCode,
            0);
        const QJsonObject less = cli.runJson({u"profiles"_s, u"show"_s, u"way"_s}).json();
        for (const char *key : {"pins", "proxyHeader", "xclient", "localAddress"}) {
            QVERIFY(shown.contains(QLatin1StringView(key)));
            QVERIFY(!less.contains(QLatin1StringView(key)));
        }
    }
    void profiles()
    {
        CliRunner cli;
        const QStringList add {u"profiles"_s, u"add"_s, u"My relay"_s, u"--server"_s,
            u"relay.example:2525"_s, u"--tls"_s, u"starttls"_s, u"--user"_s, u"ann"_s, u"--from"_s,
            u"ann@x.example"_s};
        QCOMPARE(cli.run(add).exitCode, 0);
        QJsonObject shown = cli.runJson({u"profiles"_s, u"show"_s, u"my relay"_s}).json();
        QCOMPARE(shown[u"host"_s].toString(), u"relay.example"_s);
        QCOMPARE(shown[u"port"_s].toInt(), 2525);
        // Adding again changes what is given and keeps the rest.
        QCOMPARE(
            cli.run({u"profiles"_s, u"add"_s, u"My relay"_s, u"--user"_s, u"bob"_s}).exitCode, 0);
        shown = cli.runJson({u"profiles"_s, u"show"_s, u"My relay"_s}).json();
        QCOMPARE(shown[u"user"_s].toString(), u"bob"_s);
        QCOMPARE(shown[u"port"_s].toInt(), 2525);
        const CliResult list = cli.runJson({u"profiles"_s, u"list"_s});
        QCOMPARE(QJsonDocument::fromJson(list.output).array().size(), 1);

        QCOMPARE(cli.run({u"profiles"_s, u"export"_s, u"-o"_s, cli.path(u"p.json"_s)}).exitCode, 0);
        QCOMPARE(cli.run({u"profiles"_s, u"import"_s, cli.path(u"p.json"_s)}).exitCode, 65);
        QCOMPARE(cli.run({u"profiles"_s, u"remove"_s, u"My relay"_s}).exitCode, 0);
        QCOMPARE(cli.run({u"profiles"_s, u"show"_s, u"My relay"_s}).exitCode, 64);
        QCOMPARE(cli.run({u"profiles"_s, u"import"_s, cli.path(u"p.json"_s)}).exitCode, 0);
        QCOMPARE(cli.run({u"profiles"_s, u"show"_s, u"My relay"_s}).exitCode, 0);
        QCOMPARE(cli.run({u"profiles"_s, u"import"_s, u"/nonexistent"_s}).exitCode, 66);
        QCOMPARE(cli.run({u"profiles"_s, u"import"_s, u"-"_s}, "{}").exitCode, 65);
    }

    void sendAndTestByProfile()
    {
        FakeRelay relay({Script::hello().quit(), Script::hello().transaction().quit()});
        CliRunner cli;
        QCOMPARE(cli.run({u"profiles"_s, u"add"_s, u"local"_s, u"--server"_s,
                             u"127.0.0.1:%1"_s.arg(relay.port()), u"--tls"_s, u"none"_s,
                             u"--from"_s, u"ann@x.example"_s})
                     .exitCode,
            0);
        const CliResult tested = cli.runJson({u"profiles"_s, u"test"_s, u"local"_s});
        QCOMPARE(tested.exitCode, 0);
        QCOMPARE(tested.json()[u"outcome"_s].toString(), u"accepted"_s);
        // Kept like any session.
        const QString test = tested.json()[u"session"_s].toString();
        const CliResult shown = cli.run({u"sessions"_s, u"show"_s, test});
        QCOMPARE(shown.exitCode, 0);
        QVERIFY(shown.output.contains("EHLO "));
        const CliResult sent = cli.runJson({u"send"_s, u"--profile"_s, u"local"_s, u"--to"_s,
            u"b@y.example"_s, u"--text"_s, u"x"_s});
        QCOMPARE(sent.exitCode, 0);
        QVERIFY(relay.received(1).contains("MAIL FROM:<ann@x.example>"));
        QCOMPARE(
            cli.run({u"send"_s, u"--profile"_s, u"none"_s, u"--to"_s, u"b@y.example"_s}).exitCode,
            64);
    }

    void sessions()
    {
        FakeRelay relay({Script::hello().transaction().quit()});
        CliRunner cli;
        for (int i = 0; i < 2; ++i) {
            QCOMPARE(cli.run({u"send"_s, u"--server"_s, u"127.0.0.1:%1"_s.arg(relay.port()),
                                 u"--tls"_s, u"none"_s, u"--from"_s, u"a@x.example"_s, u"--to"_s,
                                 u"b@y.example"_s, u"--subject"_s, u"number %1"_s.arg(i)})
                         .exitCode,
                0);
        }
        const QJsonArray list
            = QJsonDocument::fromJson(cli.runJson({u"sessions"_s, u"list"_s}).output).array();
        QCOMPARE(list.size(), 2);
        QCOMPARE(list[0][u"subject"_s].toString(), u"number 1"_s);
        QCOMPARE(
            QJsonDocument::fromJson(cli.runJson({u"sessions"_s, u"list"_s, u"-n"_s, u"1"_s}).output)
                .array()
                .size(),
            1);
        const QString id = list[1][u"session"_s].toString();
        const CliResult shown = cli.run({u"sessions"_s, u"show"_s, id});
        QVERIFY(shown.output.contains("MAIL FROM:<a@x.example>"));
        QVERIFY(shown.output.contains("1 of 1 accepted"));
        const CliResult exported = cli.run({u"sessions"_s, u"export"_s, id.first(13)});
        QCOMPARE(exported.exitCode, 0);
        const QJsonObject header = exported.jsonLines().first();
        QCOMPARE(header[u"format"_s].toString(), u"mailgauge-transcript"_s);
        QCOMPARE(header[u"id"_s].toString(), id);
        QCOMPARE(cli.run({u"sessions"_s, u"export"_s, u"last"_s, u"-o"_s, cli.path(u"x.html"_s)})
                     .exitCode,
            0);
        QVERIFY(QFileInfo(cli.path(u"x.html"_s)).size() > 0);
        QCOMPARE(cli.run({u"sessions"_s, u"show"_s, u"ffffffff"_s}).exitCode, 66);
        QCOMPARE(cli.run({u"sessions"_s, u"show"_s}).exitCode, 64);
        QCOMPARE(
            cli.run({u"sessions"_s, u"export"_s, id, u"-o"_s, u"/nonexistent/x.txt"_s}).exitCode,
            74);
    }

    void sessionsAreFound()
    {
        FakeRelay relay({Script::hello().transaction().quit(),
            Script::hello()
                .answer("MAIL"_ba, "250 ok\r\n"_ba)
                .answer("RCPT"_ba, "550 5.1.1 no such user\r\n"_ba)
                .hang()});
        CliRunner cli;
        for (const auto &[subject, to, code] : {std::tuple(u"first"_s, u"b@y.example"_s, 0),
                 std::tuple(u"second"_s, u"c@z.example"_s, 69)}) {
            QCOMPARE(cli.run({u"send"_s, u"--server"_s, u"127.0.0.1:%1"_s.arg(relay.port()),
                                 u"--tls"_s, u"none"_s, u"--from"_s, u"a@x.example"_s, u"--to"_s,
                                 to, u"--subject"_s, subject, u"--timeout"_s, u"quit=0.2"_s})
                         .exitCode,
                code);
        }
        const auto found = [&cli](const QStringList &options) {
            const CliResult result = cli.runJson(QStringList {u"sessions"_s, u"list"_s} + options);
            QString subjects;
            for (const QJsonValue &one : QJsonDocument::fromJson(result.output).array())
                subjects += one[u"subject"_s].toString() + u' ';
            return result.exitCode == 0 ? subjects.trimmed() : QString::number(result.exitCode);
        };
        QCOMPARE(found({u"--relay"_s, u"127.0.0"_s}), u"second first"_s);
        QCOMPARE(found({u"--relay"_s, u"elsewhere"_s}), QString());
        QCOMPARE(found({u"--outcome"_s, u"rejected"_s}), u"second"_s);
        QCOMPARE(found({u"--outcome"_s, u"rejected,accepted"_s}), u"second first"_s);
        QCOMPARE(found({u"--outcome"_s, u"bounced"_s}), u"64"_s);
        QCOMPARE(found({u"--recipient"_s, u"@z.example"_s}), u"second"_s);
        QCOMPARE(found({u"--reply"_s, u"550 5.1.1"_s}), u"second"_s);
        QCOMPARE(found({u"--since"_s, u"1h"_s}), u"second first"_s);
        QCOMPARE(found({u"--until"_s, u"1h"_s}), QString());
        QCOMPARE(found({u"--since"_s, u"soon"_s}), u"64"_s);
        QCOMPARE(found({u"--limit"_s, u"1"_s, u"--search"_s, u"x.example"_s}), QString());
        QCOMPARE(found({u"--limit"_s, u"1"_s, u"--search"_s, u"s"_s}), u"second"_s);

        QCOMPARE(
            cli.run({u"sessions"_s, u"tag"_s, u"last"_s, u"+b"_s, u"+a"_s}).output, "a b\n"_ba);
        QCOMPARE(
            cli.run({u"sessions"_s, u"tag"_s, u"last"_s, u"+c"_s, u"-B"_s}).output, "a c\n"_ba);
        QCOMPARE(cli.run({u"sessions"_s, u"tag"_s, u"last"_s}).output, "a c\n"_ba);
        QCOMPARE(cli.run({u"sessions"_s, u"tag"_s, u"last"_s, u"d"_s}).exitCode, 64);
        QCOMPARE(cli.run({u"sessions"_s, u"tag"_s, u"last"_s, u"+two words"_s}).exitCode, 64);
        QCOMPARE(found({u"--tag"_s, u"A"_s}), u"second"_s);
        QCOMPARE(found({u"--tag"_s, u"b"_s}), QString());
        QCOMPARE(
            cli.run({u"sessions"_s, u"note"_s, u"last"_s, u"ask the relay's owner"_s}).exitCode, 0);
        QCOMPARE(cli.runJson({u"sessions"_s, u"note"_s, u"last"_s}).json()[u"note"_s].toString(),
            u"ask the relay's owner"_s);
        QCOMPARE(found({u"--note"_s, u"OWNER"_s}), u"second"_s);
        QCOMPARE(cli.run({u"sessions"_s, u"note"_s, u"last"_s, QString()}).exitCode, 0);
        QCOMPARE(found({u"--note"_s, u"owner"_s}), QString());

        // A name that is none changes nothing.
        QCOMPARE(cli.run({u"sessions"_s, u"delete"_s, u"last"_s, u"ffffffff"_s}).exitCode, 66);
        QCOMPARE(found({}), u"second first"_s);
        const QString id = cli.runJson({u"sessions"_s, u"delete"_s, u"last"_s})
                               .json()[u"sessions"_s][0]
                               .toString();
        QCOMPARE(found({}), u"first"_s);
        QCOMPARE(found({u"--deleted"_s}), u"second"_s);
        QCOMPARE(cli.run({u"sessions"_s, u"show"_s, id}).exitCode, 66);
        QCOMPARE(cli.run({u"sessions"_s, u"restore"_s, id.first(8)}).output, id.toUtf8() + '\n');
        QCOMPARE(found({}), u"second first"_s);
        QCOMPARE(cli.run({u"sessions"_s, u"restore"_s, id}).exitCode, 66);
    }

    void bounceParse()
    {
        CliRunner cli;
        const QString file = cli.file(u"report.eml"_s, report);
        const CliResult result = cli.run(
            {u"bounce"_s, u"parse"_s, file, u"-"_s}, "Subject: hi\n\nhello\n");
        QCOMPARE(result.exitCode, 0);
        const QList<QJsonObject> lines = result.jsonLines();
        QCOMPARE(lines.size(), 2);
        QCOMPARE(lines[0].keys(),
            (QStringList {u"action"_s, u"campaign"_s, u"diagnostic"_s, u"evidence"_s, u"file"_s,
                u"hard"_s, u"kind"_s, u"mta"_s, u"originalMessageId"_s, u"originalRecipient"_s,
                u"reason"_s, u"recipient"_s, u"replyCode"_s, u"rule"_s, u"status"_s}));
        QCOMPARE(lines[0][u"file"_s].toString(), file);
        QCOMPARE(lines[0][u"kind"_s].toString(), u"bounce"_s);
        QCOMPARE(lines[0][u"recipient"_s].toString(), u"b@y.example"_s);
        QCOMPARE(lines[0][u"action"_s].toString(), u"failed"_s);
        QCOMPARE(lines[0][u"status"_s].toString(), u"5.1.1"_s);
        QCOMPARE(lines[0][u"replyCode"_s].toInt(), 550);
        QCOMPARE(lines[0][u"hard"_s], QJsonValue(true));
        QCOMPARE(lines[0][u"mta"_s].toString(), u"relay.example"_s);
        QCOMPARE(lines[0][u"originalMessageId"_s].toString(), u"42@x.example"_s);
        QCOMPARE(lines[1][u"kind"_s].toString(), u"none"_s);
        QCOMPARE(lines[1][u"file"_s].toString(), u"-"_s);
        QVERIFY(lines[1][u"recipient"_s].isNull());
        // One that cannot be read does not keep the others from being read.
        const CliResult missing = cli.run({u"bounce"_s, u"parse"_s, u"/nonexistent"_s, file});
        QCOMPARE(missing.exitCode, 66);
        QCOMPARE(missing.jsonLines().size(), 1);
    }

    void bounceExplain()
    {
        CliRunner cli;
        const CliResult text = cli.run(
            {u"bounce"_s, u"explain"_s, u"550"_s, u"5.1.1"_s, u"no such user"_s});
        QCOMPARE(text.exitCode, 0);
        QVERIFY(!text.output.trimmed().isEmpty());
        const CliResult json = cli.runJson({u"bounce"_s, u"explain"_s, u"550"_s, u"5.1.1"_s});
        QCOMPARE(json.json()[u"code"_s].toInt(), 550);
        QCOMPARE(json.json()[u"enhanced"_s].toString(), u"5.1.1"_s);
        QVERIFY(!json.json()[u"text"_s].toString().isEmpty());
        QCOMPARE(json.json()[u"stage"_s].toString(), u"rcpt"_s);
        QVERIFY(json.json()[u"provider"_s].isNull());
        QCOMPARE(cli.run({u"bounce"_s, u"explain"_s, u"55"_s}).exitCode, 64);
        for (const auto &[wrong, offered] :
            {std::pair {QStringList {u"--stage"_s, u"lunch"_s}, " rcpt "_ba},
                std::pair {QStringList {u"--provider"_s, u"gogle"_s}, " google "_ba}}) {
            const CliResult refused = cli.run(
                QStringList {u"bounce"_s, u"explain"_s, u"550"_s} + wrong);
            QCOMPARE(refused.exitCode, 64);
            QVERIFY2(refused.diagnostics.contains(offered), refused.diagnostics.constData());
        }
        QCOMPARE(cli.run({u"bounce"_s, u"explain"_s}).exitCode, 64);
    }

    /// What a server greets with says whose replies these are.
    void sendExplainsByTheGreeting()
    {
        CliRunner cli;
        const auto told = [&cli](const QByteArray &greeting) {
            FakeRelay relay({Script()
                    .send("220 " + greeting + "\r\n")
                    .expect("EHLO"_ba)
                    .send("250 mx\r\n"_ba)
                    .expect("MAIL"_ba)
                    .send("550 5.7.25 no\r\n"_ba)
                    .expect("QUIT"_ba)
                    .send("221 bye\r\n"_ba)});
            return cli
                .run({u"send"_s, u"--server"_s, u"127.0.0.1:%1"_s.arg(relay.port()), u"--tls"_s,
                    u"none"_s, u"--from"_s, u"a@x.example"_s, u"--to"_s, u"b@y.example"_s})
                .output;
        };
        QVERIFY(told("mx.google.com ESMTP x1 - gsmtp").contains("Google refuses the sending"));
        QVERIFY(!told("mx.x.example ESMTP").contains("Google"));
    }

    /// The provider makes the difference, by name, by host or by the words alone.
    void bounceExplainGolden()
    {
        CliRunner cli;
        QByteArray all;
        for (const QStringList &words : {QStringList {u"550"_s, u"5.1.1"_s, u"no such user"_s},
                 QStringList {u"550"_s, u"5.7.1"_s, u"no"_s, u"--stage"_s, u"dot"_s},
                 QStringList {u"550"_s, u"5.7.25"_s, u"no"_s, u"--provider"_s, u"Google"_s},
                 QStringList {u"550"_s, u"5.7.708"_s, u"no"_s, u"--provider"_s,
                     u"x-example.mail.protection.outlook.com"_s, u"--json"_s},
                 QStringList {u"535"_s, u"no"_s, u"--stage"_s, u"auth"_s, u"--provider"_s,
                     u"email-smtp.eu-west-1.amazonaws.com"_s},
                 QStringList {u"421"_s, u"4.7.0"_s, u"[TSS04] Messages temporarily deferred"_s},
                 QStringList {
                     u"250"_s, u"2.0.0"_s, u"queued"_s, u"--stage"_s, u"dot"_s, u"--json"_s}}) {
            const CliResult result = cli.run(QStringList {u"bounce"_s, u"explain"_s} + words);
            QCOMPARE(result.exitCode, 0);
            all += "$ bounce explain " + words.join(u' ').toUtf8() + '\n' + result.output + '\n';
        }
        QCOMPARE(Test::compareGolden(u"cli/bounce-explain.txt"_s, all), QString());
    }

    /// The whole way with our own relay: STARTTLS with its root, AUTH, a Maildir; ended by SIGTERM.
    void sandboxUntilTerminated()
    {
        CliRunner cli;
        QProcess sandbox;
        cli.prepare(sandbox,
            {u"sandbox"_s, u"--maildir"_s, cli.path(u"maildir"_s), u"--ca-file"_s,
                cli.path(u"ca.pem"_s)});
        sandbox.start();
        QTRY_VERIFY_WITH_TIMEOUT(sandbox.canReadLine(), 30'000);
        const QJsonObject ready = QJsonDocument::fromJson(sandbox.readLine()).object();
        QCOMPARE(ready[u"address"_s].toString(), u"127.0.0.1"_s);
        const QString secret = cli.file(u"password"_s, "open-sesame\n");
        const CliResult sent = cli.runJson({u"send"_s, u"--server"_s,
            u"127.0.0.1:%1"_s.arg(ready[u"port"_s].toInt()), u"--tls-ca"_s, cli.path(u"ca.pem"_s),
            u"--user"_s, u"sandbox"_s, u"--password-file"_s, secret, u"--from"_s, u"a@x.example"_s,
            u"--to"_s, u"b@y.example"_s, u"--subject"_s, u"grüße"_s, u"--text"_s, u"x"_s});
        QVERIFY2(sent.exitCode == 0, (sent.output + sent.diagnostics).constData());
        QCOMPARE(sent.json()[u"tls"_s][u"verified"_s], QJsonValue(true));
        QCOMPARE(sent.json()[u"auth"_s][u"mechanism"_s].toString(), u"SCRAM-SHA-256"_s);
        QTRY_COMPARE(QDir(cli.path(u"maildir/new"_s)).entryList(QDir::Files).size(), 1);
        QCOMPARE(::kill(static_cast<pid_t>(sandbox.processId()), SIGTERM), 0);
        QTRY_COMPARE_WITH_TIMEOUT(sandbox.state(), QProcess::NotRunning, 20'000);
        QCOMPARE(sandbox.exitCode(), 0);
    }

    /// Tokens, as Google and Microsoft take them: the reason of a refusal comes before it.
    void sandboxTakesTokens_data()
    {
        QTest::addColumn<QString>("mechanism");
        QTest::addColumn<QString>("reason");
        QTest::newRow("XOAUTH2") << u"XOAUTH2"_s << u"status: 400, schemes: Bearer"_s;
        QTest::newRow("OAUTHBEARER") << u"OAUTHBEARER"_s << u"status: invalid_token"_s;
    }
    void sandboxTakesTokens()
    {
        QFETCH(const QString, mechanism);
        QFETCH(const QString, reason);
        CliRunner cli;
        QProcess sandbox;
        cli.prepare(sandbox,
            {u"sandbox"_s, u"--auth"_s, u"login,"_s + mechanism, u"--token"_s, u"ya29.good"_s,
                u"--ca-file"_s, cli.path(u"ca.pem"_s)});
        sandbox.start();
        QTRY_VERIFY_WITH_TIMEOUT(sandbox.canReadLine(), 30'000);
        const QJsonObject ready = QJsonDocument::fromJson(sandbox.readLine()).object();
        QCOMPARE(ready[u"token"_s].toString(), u"ya29.good"_s);
        const auto send = [&](const QString &token) {
            cli.setVariable(u"MG_TOKEN"_s, token);
            return cli.runJson({u"send"_s, u"--server"_s,
                u"127.0.0.1:%1"_s.arg(ready[u"port"_s].toInt()), u"--tls-ca"_s,
                cli.path(u"ca.pem"_s), u"--user"_s, u"sandbox"_s, u"--token-env"_s, u"MG_TOKEN"_s,
                u"--from"_s, u"a@x.example"_s, u"--to"_s, u"b@y.example"_s, u"--text"_s, u"x"_s});
        };
        const CliResult sent = send(u"ya29.good"_s);
        QVERIFY2(sent.exitCode == 0, (sent.output + sent.diagnostics).constData());
        QCOMPARE(sent.json()[u"auth"_s][u"mechanism"_s].toString(), mechanism);
        QCOMPARE(sent.json()[u"server"_s][u"capabilities"_s][u"AUTH"_s].toArray(),
            (QJsonArray {u"LOGIN"_s, mechanism}));
        const CliResult refused = send(u"ya29.old"_s);
        QCOMPARE(refused.exitCode, 77);
        QVERIFY2(refused.json()[u"error"_s][u"detail"_s].toString().contains(reason),
            refused.output.constData());
        QVERIFY(!(sent.output + refused.output).contains("ya29."));
        QCOMPARE(::kill(static_cast<pid_t>(sandbox.processId()), SIGTERM), 0);
        QTRY_COMPARE_WITH_TIMEOUT(sandbox.state(), QProcess::NotRunning, 20'000);
    }

    void sandboxUsage()
    {
        CliRunner cli;
        const CliResult unknown = cli.run({u"sandbox"_s, u"--auth"_s, u"PLAIN,GSSAPI"_s});
        QCOMPARE(unknown.exitCode, 64);
        QVERIFY(unknown.diagnostics.contains("GSSAPI: the sandbox plays PLAIN, LOGIN, "));
        QCOMPARE(cli.run({u"sandbox"_s, u"--port"_s, u"x"_s}).exitCode, 64);
        QCOMPARE(cli.run({u"sandbox"_s, u"--scenario"_s, u"no-such-thing"_s}).exitCode, 64);
        QCOMPARE(cli.run({u"sandbox"_s, u"--scenario"_s, cli.file(u"s.json"_s, "{")}).exitCode, 65);
        QCOMPARE(cli.run({u"sandbox"_s, u"--ca-file"_s, u"/nonexistent/ca.pem"_s}).exitCode, 74);
    }

    /// Ctrl+C before the final dot: nobody got the mail, and the program ends by itself.
    void interruptedSend()
    {
        FakeRelay relay({Script::hello().expect("MAIL"_ba).hang()});
        CliRunner cli;
        QProcess process;
        cli.prepare(process,
            {u"send"_s, u"--server"_s, u"127.0.0.1:%1"_s.arg(relay.port()), u"--tls"_s, u"none"_s,
                u"--from"_s, u"a@x.example"_s, u"--to"_s, u"b@y.example"_s, u"--json"_s});
        process.start();
        QTRY_VERIFY_WITH_TIMEOUT(
            relay.connections() == 1 && relay.received().contains("MAIL FROM"), 20'000);
        QCOMPARE(::kill(static_cast<pid_t>(process.processId()), SIGINT), 0);
        QTRY_COMPARE_WITH_TIMEOUT(process.state(), QProcess::NotRunning, 20'000);
        QCOMPARE(process.exitStatus(), QProcess::NormalExit);
        QCOMPARE(process.exitCode(), 130);
        const QJsonObject answer
            = QJsonDocument::fromJson(process.readAllStandardOutput()).object();
        QCOMPARE(answer[u"exit"_s].toInt(), 130);
        QCOMPARE(answer[u"recipients"_s][0][u"outcome"_s].toString(), u"stopped"_s);
    }
};

QTEST_GUILESS_MAIN(CliProgramTest)
#include "tst_cliprogram.moc"
