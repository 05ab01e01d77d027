// SPDX-License-Identifier: GPL-3.0-or-later
#include "clirunner.h"
#include "fakerelay.h"

#include "base/literals.h"

#include <QJsonArray>
#include <QRegularExpression>
#include <QTest>

using namespace Mailgauge;
using Test::CliResult;
using Test::CliRunner;
using Test::FakeRelay;
using Test::Script;

namespace {

QStringList send(const FakeRelay &relay, const QStringList &more)
{
    return QStringList {u"send"_s, u"--server"_s, u"127.0.0.1:%1"_s.arg(relay.port()), u"--tls"_s,
               u"none"_s, u"--helo"_s, u"me.example"_s, u"--no-store"_s}
    + more;
}

const QStringList Message {u"--from"_s, u"a@x"_s, u"--to"_s, u"b@y"_s, u"--text"_s, u"hello"_s};

} // namespace

/// A person's word in the session: lines by hand, breakpoints, templates.
class CliControlTest final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void commandsAlone()
    {
        FakeRelay relay({Script::hello()
                .answer("VRFY a"_ba, "252 2.1.5 perhaps\r\n"_ba)
                .answer("HELP"_ba, "214-one\r\n214 two\r\n"_ba)
                .quit()});
        CliRunner cli;
        const CliResult result = cli.runJson(
            send(relay, {u"--command"_s, u"VRFY a"_s, u"--command"_s, u"HELP"_s}));
        QCOMPARE(result.exitCode, 0);
        QCOMPARE(relay.problems(), QStringList());
        const QJsonObject answer = result.json();
        QCOMPARE(answer[u"outcome"_s].toString(), u"accepted"_s);
        const QJsonArray commands = answer[u"commands"_s].toArray();
        QCOMPARE(commands.size(), 2);
        QCOMPARE(commands[0][u"command"_s].toString(), u"VRFY a"_s);
        QCOMPARE(commands[0][u"reply"_s][u"code"_s].toInt(), 252);
        QCOMPARE(commands[0][u"reply"_s][u"enhanced"_s].toString(), u"2.1.5"_s);
        QCOMPARE(commands[1][u"reply"_s][u"lines"_s].toArray().size(), 2);
    }

    void refusedCommands_data()
    {
        QTest::addColumn<QByteArray>("reply");
        QTest::addColumn<int>("exitCode");
        QTest::newRow("5yz") << "550 5.1.1 no\r\n"_ba << 69;
        QTest::newRow("4yz") << "450 4.2.0 later\r\n"_ba << 75;
    }
    void refusedCommands()
    {
        QFETCH(QByteArray, reply);
        QFETCH(int, exitCode);
        FakeRelay relay({Script::hello().answer("VRFY"_ba, reply).quit()});
        CliRunner cli;
        const CliResult result = cli.run(send(relay, {u"--command"_s, u"VRFY a"_s}));
        QCOMPARE(result.exitCode, exitCode);
        QVERIFY(result.output.contains(reply.trimmed()));
    }

    void beforeTheMessage()
    {
        FakeRelay relay(
            {Script::hello().answer("NOOP"_ba, "500 what?\r\n"_ba).transaction().quit()});
        CliRunner cli;
        const CliResult result = cli.runJson(
            send(relay, Message + QStringList {u"--command"_s, u"NOOP"_s}));
        QCOMPARE(result.exitCode, 0); // the message is what it is about
        QCOMPARE(relay.problems(), QStringList());
    }

    void noSecretsInTheAnswer()
    {
        FakeRelay relay({Script::hello().answer("AUTH PLAIN"_ba, "235 ok\r\n"_ba).quit()});
        CliRunner cli;
        const CliResult result = cli.runJson(send(relay,
            {u"--command"_s, u"AUTH PLAIN AGMAczNjcjN0"_s, u"--transcript"_s,
                cli.path(u"t.txt"_s)}));
        QCOMPARE(result.exitCode, 0);
        QFile transcript(cli.path(u"t.txt"_s));
        QVERIFY(transcript.open(QIODevice::ReadOnly));
        const QByteArray all = result.output + result.diagnostics + transcript.readAll();
        QVERIFY(!all.contains("AGMAczNjcjN0"));
        QVERIFY(all.contains("AUTH PLAIN <redacted: AUTH PLAIN>"));
    }

    void unusableLines_data()
    {
        QTest::addColumn<QStringList>("options");
        QTest::addColumn<int>("exitCode");
        QTest::newRow("D1") << QStringList {u"--command"_s, u"NOOP\r\nRSET"_s} << 65;
        QTest::newRow("STARTTLS") << QStringList {u"--command"_s, u"STARTTLS"_s} << 65;
        QTest::newRow("no such stage") << QStringList {u"--break"_s, u"greeting"_s} << 64;
        QTest::newRow("no stage") << QStringList {u"--break"_s, u","_s} << 64;
        QTest::newRow("two readers")
            << QStringList {u"--break"_s, u"all"_s, u"--data"_s, u"-"_s} << 64;
        QTest::newRow("repeat") << QStringList {u"--break"_s, u"all"_s, u"--repeat"_s, u"2"_s}
                                << 64;
    }
    void unusableLines()
    {
        QFETCH(QStringList, options);
        QFETCH(int, exitCode);
        FakeRelay relay({Script()});
        CliRunner cli;
        QCOMPARE(cli.run(send(relay, Message + options)).exitCode, exitCode);
        QCOMPARE(relay.connections(), 0);
    }

    /// "all" means the lines of --command, too.
    void breakpointBeforeACommand()
    {
        FakeRelay relay({Script::hello().answer("HELP"_ba, "214 -\r\n"_ba).quit()});
        CliRunner cli;
        const CliResult result = cli.run(
            send(relay, {u"--command"_s, u"NOOP"_s, u"--break"_s, u"all"_s}), "\nHELP\n\n"_ba);
        QCOMPARE(relay.problems(), QStringList());
        QCOMPARE(result.exitCode, 0);
        QVERIFY2(result.diagnostics.contains("paused before rset: NOOP"),
            result.diagnostics.constData());
    }

    void breakpoints()
    {
        FakeRelay relay({Script::hello()
                .answer("MAIL FROM:<other@x>"_ba, "250 ok\r\n"_ba)
                .answer("RCPT TO:<b@y>"_ba, "250 ok\r\n"_ba)
                .answer("DATA"_ba, "354 go\r\n"_ba)
                .expectContent()
                .send("250 ok\r\n"_ba)
                .quit()});
        CliRunner cli;
        // A line with a line end of its own kind is one line; an empty one goes on.
        const CliResult result = cli.run(
            send(relay, Message + QStringList {u"--break"_s, u"mail,dot"_s}),
            "MAIL FROM:<other@x>\r\nx\n\n"_ba);
        QCOMPARE(relay.problems(), QStringList());
        QCOMPARE(result.exitCode, 0);
        QVERIFY(result.diagnostics.contains("paused before mail: MAIL FROM:<a@x>"));
        QCOMPARE(result.diagnostics.count("paused before dot"), 2); // "x" cannot end the content
    }

    void theEndOfTheInputStops()
    {
        FakeRelay relay({Script::hello().answer("MAIL"_ba, "250 ok\r\n"_ba).expectEnd()});
        CliRunner cli;
        const CliResult result = cli.runJson(
            send(relay, Message + QStringList {u"--break"_s, u"rcpt"_s}));
        QCOMPARE(result.exitCode, 0);
        QCOMPARE(result.json()[u"outcome"_s].toString(), u"stopped"_s);
        QVERIFY(!relay.received().contains("RCPT"));
    }

    void replacedByHand()
    {
        FakeRelay relay({Script::hello()
                .answer("MAIL"_ba, "250 ok\r\n"_ba)
                .answer("NOOP"_ba, "250 ok\r\n"_ba)
                .quit()});
        CliRunner cli;
        const CliResult result = cli.runJson(
            send(relay, Message + QStringList {u"--break"_s, u"rcpt"_s}), "NOOP\n"_ba);
        QCOMPARE(relay.problems(), QStringList());
        QCOMPARE(result.json()[u"outcome"_s].toString(), u"stopped"_s);
        QCOMPARE(result.exitCode, 0);
    }

    void xclientBeforeStartTls()
    {
        FakeRelay relay({Script::hello({"XCLIENT ADDR"_ba, "STARTTLS"_ba})
                                .answer("XCLIENT ADDR=192.0.2.7"_ba, "220 fake\r\n"_ba)
                                .answer("EHLO"_ba, "250-fake\r\n250 STARTTLS\r\n"_ba)
                                .upgrade()
                                .transaction()
                                .quit()},
            Test::testIdentity().identity);
        CliRunner cli;
        const CliResult result = cli.run(send(relay,
            Message
                + QStringList {u"--tls"_s, u"starttls"_s, u"--tls-verify"_s, u"none"_s,
                    u"--xclient"_s, u"ADDR=192.0.2.7"_s, u"--xclient-before-starttls"_s}));
        QCOMPARE(relay.problems(), QStringList());
        QCOMPARE(result.exitCode, 0);
    }

    void templates()
    {
        FakeRelay relay({Script::hello()
                .answer("MAIL FROM:<a+7@x>"_ba, "250 ok\r\n"_ba)
                .answer("RCPT TO:<ann@y>"_ba, "250 ok\r\n"_ba)
                .answer("DATA"_ba, "354 go\r\n"_ba)
                .expectContent()
                .send("250 ok\r\n"_ba)
                .quit()});
        CliRunner cli;
        const QString data = cli.file(u"data.json"_s,
            R"({"name": "Ann <b>", "id": 7, "to1": "ann@y", "evil": "x\r\nBcc: y@z"})");
        const QString html = cli.file(u"a.html"_s, "<p>{{name}}</p>");
        const CliResult result = cli.runJson(send(relay,
            {u"--template-data"_s, data, u"--from"_s, u"a+{{id}}@x"_s, u"--to"_s, u"{{to1}}"_s,
                u"--subject"_s, u"For {{name}}"_s, u"--text"_s, u"Hi {{name}}, {{to}}"_s,
                u"--html"_s, html, u"--header"_s, u"X-Id: {{evil}} {{messageId}}"_s}));
        QCOMPARE(relay.problems(), QStringList());
        QCOMPARE(result.exitCode, 0);
        QCOMPARE(result.json()[u"recipients"_s][0][u"address"_s].toString(), u"ann@y"_s);
        const QByteArray content = relay.content();
        QVERIFY(content.contains("Subject: For Ann <b>\r\n"));
        QVERIFY(content.contains("Hi Ann <b>, ann@y"));
        QVERIFY(content.contains("<p>Ann &lt;b&gt;</p>"));
        QVERIFY(!content.contains("\r\nBcc:"));
        const qsizetype at = content.indexOf("Message-ID: <") + 13;
        const QByteArray id = content.mid(at, content.indexOf('>', at) - at);
        QVERIFY(!id.isEmpty());
        QVERIFY(content.simplified().contains("X-Id: x Bcc: y@z " + id));
    }

    void templateOfAGivenMessageId()
    {
        FakeRelay relay({Script::hello().transaction().quit()});
        CliRunner cli;
        const CliResult result = cli.run(send(relay,
            {u"--from"_s, u"a@x"_s, u"--to"_s, u"b@y"_s, u"--template"_s, u"--header"_s,
                u"X-Id: {{messageId}}"_s, u"--header"_s, u"Message-ID: <{{version}}@x>"_s,
                u"--text"_s, u"{{messageId}}"_s}));
        QCOMPARE(result.exitCode, 0);
        const QByteArray content = relay.content();
        QVERIFY2(content.contains("X-Id: " MAILGAUGE_VERSION "@x\r\n"), content.constData());
        QVERIFY(content.contains("Message-ID: <" MAILGAUGE_VERSION "@x>\r\n"));
        QVERIFY(content.endsWith("\r\n\r\n" MAILGAUGE_VERSION "@x\r\n"));
    }

    /// --template: the program's own values are enough.
    void templatesWithoutData()
    {
        FakeRelay relay(
            {Script::hello().transaction().quit(), Script::hello().transaction().quit()});
        CliRunner cli;
        const QStringList message {u"--from"_s, u"a@x"_s, u"--to"_s, u"b@y"_s, u"--helo"_s,
            u"pc.x"_s, u"--text"_s, u"{{to}} by {{from}} of {{heloName}}"_s};
        QCOMPARE(cli.run(send(relay, message + QStringList {u"--template"_s})).exitCode, 0);
        QVERIFY2(relay.content().contains("b@y by a@x of pc.x"), relay.content().constData());
        // Without a word braces are braces.
        QCOMPARE(cli.run(send(relay, message)).exitCode, 0);
        QVERIFY(relay.content(1).contains("{{to}} by {{from}} of {{heloName}}"));
        const CliResult refused = cli.run(send(relay,
            {u"--template"_s, u"--from"_s, u"a@x"_s, u"--to"_s, u"b@y"_s, u"--text"_s,
                u"{{x}}"_s}));
        QCOMPARE(refused.exitCode, 65);
        QVERIFY(refused.diagnostics.contains("no value for x"));
    }

    /// A mailbox takes the second message of one Message-ID for the first.
    void repeatedTemplates_data()
    {
        QTest::addColumn<QStringList>("message");
        QTest::addColumn<QByteArray>("input");
        QTest::newRow("built") << QStringList {u"--text"_s, u"u={{uuid}} m={{messageId}}."_s}
                               << QByteArray();
        QTest::newRow("built from standard input")
            << QStringList {u"--text"_s, u"-"_s} << "u={{uuid}} m={{messageId}}."_ba;
        QTest::newRow("as it is") << QStringList {u"--data"_s,
            u"-"_s} << "Message-ID: <{{messageId}}>\n\nu={{uuid}} m={{messageId}}.\n"_ba;
    }
    void repeatedTemplates()
    {
        QFETCH(const QStringList, message);
        QFETCH(const QByteArray, input);
        FakeRelay relay(
            {Script::hello({"SIZE 10000"_ba}).transaction().transaction().transaction().quit()});
        CliRunner cli;
        const CliResult result = cli.run(send(relay,
                                             QStringList {u"--template"_s, u"--repeat"_s, u"3"_s,
                                                 u"--from"_s, u"a@x"_s, u"--to"_s, u"b@y"_s}
                                                 + message),
            input);
        QCOMPARE(result.exitCode, 0);
        QCOMPARE(relay.problems(), QStringList());
        const QByteArray sent = relay.received();
        QSet<QByteArray> ids;
        QSet<QByteArray> uuids;
        static const QRegularExpression body(u"u=(\\S+) m=(\\S+)\\."_s);
        for (const auto &match : body.globalMatch(QString::fromLatin1(sent))) {
            uuids.insert(match.captured(1).toLatin1());
            ids.insert(match.captured(2).toLatin1());
            QVERIFY(sent.contains("Message-ID: <" + match.captured(2).toLatin1() + ">\r\n"));
        }
        QCOMPARE(uuids.size(), 3);
        QCOMPARE(ids.size(), 3);
    }

    void rawTemplates()
    {
        FakeRelay relay({Script::hello().transaction().quit()});
        CliRunner cli;
        const QString data = cli.file(u"data.json"_s, R"({"lines": "one\ntwo"})");
        const QString mail = cli.file(u"m.eml"_s, "Subject: {{lines}}\n\n{{lines}}\n\\{{x}}\n");
        const CliResult result = cli.run(send(relay,
            {u"--template-data"_s, data, u"--from"_s, u"a@x"_s, u"--to"_s, u"b@y"_s, u"--data"_s,
                mail}));
        QCOMPARE(result.exitCode, 0);
        QCOMPARE(relay.content(), "Subject: one two\r\n\r\none\r\ntwo\r\n{{x}}\r\n"_ba);
    }

    void unusableTemplates_data()
    {
        QTest::addColumn<QByteArray>("json");
        QTest::addColumn<QString>("to");
        QTest::addColumn<QString>("text");
        QTest::addColumn<QByteArray>("told");
        QTest::newRow("G8 missing in the text")
            << "{}"_ba << u"b@y"_s << u"{{name}}"_s << "no value for name"_ba;
        QTest::newRow("G8 missing in the envelope")
            << "{}"_ba << u"{{rcpt}}@y"_s << u"x"_s << "no value for rcpt"_ba;
        QTest::newRow("D1 two recipients in one") << R"({"rcpt": "a@x,c"})"_ba << u"{{rcpt}}@y"_s
                                                  << u"x"_s << "rcpt is not one address"_ba;
        QTest::newRow("no JSON") << "name: x"_ba << u"b@y"_s << u"x"_s << "not JSON"_ba;
    }
    void unusableTemplates()
    {
        QFETCH(QByteArray, json);
        QFETCH(QString, to);
        QFETCH(QString, text);
        QFETCH(QByteArray, told);
        FakeRelay relay({Script()});
        CliRunner cli;
        const CliResult result = cli.run(send(relay,
            {u"--template-data"_s, cli.file(u"data.json"_s, json), u"--from"_s, u"a@x"_s, u"--to"_s,
                to, u"--text"_s, text}));
        QCOMPARE(result.exitCode, 65);
        QVERIFY2(result.diagnostics.contains(told), result.diagnostics.constData());
        QCOMPARE(relay.connections(), 0);
    }
};

QTEST_GUILESS_MAIN(CliControlTest)
#include "tst_clicontrol.moc"
