// SPDX-License-Identifier: GPL-3.0-or-later
// Passwords from a command and from a netrc file.
#include "clirunner.h"
#include "fakerelay.h"

#include "base/literals.h"

#include <QDir>
#include <QDirIterator>
#include <QFile>
#include <QJsonArray>
#include <QTest>

using namespace Mailgauge;
using Test::CliResult;
using Test::CliRunner;
using Test::FakeRelay;
using Test::Script;

namespace {

const QByteArray secret = "c4n4ry w0rd"_ba;

QByteArray plainLine(const QByteArray &user = "ann"_ba)
{
    return "AUTH PLAIN "_ba + ('\0' + user + '\0' + secret).toBase64();
}

Script letsIn(const QByteArray &user = "ann"_ba)
{
    return Script::hello({"AUTH PLAIN"_ba}).answer(plainLine(user), "235 ok\r\n"_ba);
}

QStringList send(quint16 port, const QStringList &more)
{
    return QStringList {u"send"_s, u"--server"_s, u"127.0.0.1:%1"_s.arg(port), u"--tls"_s,
               u"none"_s, u"--auth-without-tls"_s, u"--from"_s, u"a@x.example"_s, u"--to"_s,
               u"b@y.example"_s, u"--text"_s, u"x"_s}
    + more;
}

QStringList findingsOf(const CliResult &result)
{
    QStringList ids;
    for (const QJsonValue &one : result.json()[u"findings"_s].toArray())
        ids.append(one[u"id"_s].toString());
    return ids;
}

/// A netrc file that nobody else can read.
QString netrc(const CliRunner &cli, const QByteArray &text)
{
    const QString path = cli.file(u"netrc"_s, text);
    QFile::setPermissions(path, QFile::ReadOwner | QFile::WriteOwner);
    return path;
}

/// Whether any file below the data directory has it.
bool isKeptAnywhere(const CliRunner &cli, const QByteArray &text)
{
    QDirIterator files(cli.path(u"data"_s), QDir::Files, QDirIterator::Subdirectories);
    while (files.hasNext()) {
        QFile file(files.next());
        if (file.open(QIODevice::ReadOnly) && file.readAll().contains(text))
            return true;
    }
    return false;
}

} // namespace

class CliCredentialsTest final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void passwordCommand()
    {
        FakeRelay relay({letsIn().transaction().quit()});
        CliRunner cli;
        const QString file = cli.file(u"p w"_s, secret + "\nsecond line\n");
        const QString transcript = cli.path(u"t.txt"_s);
        const CliResult result = cli.runJson(send(relay.port(),
            {u"--user"_s, u"ann"_s, u"--password-command"_s, u"cat '%1'"_s.arg(file),
                u"--transcript"_s, transcript}));
        QVERIFY2(result.exitCode == 0, (result.output + result.diagnostics).constData());
        QCOMPARE(relay.problems(), QStringList());
        QFile written(transcript);
        QVERIFY(written.open(QIODevice::ReadOnly));
        for (const QByteArray &form : {secret, secret.toBase64(), plainLine().sliced(11)}) {
            QVERIFY(!(result.output + result.diagnostics).contains(form));
            QVERIFY(!isKeptAnywhere(cli, form));
            written.seek(0);
            QVERIFY(!written.readAll().contains(form));
        }
    }

    void failingCommands_data()
    {
        QTest::addColumn<QString>("command");
        QTest::addColumn<QByteArray>("says");
        QTest::newRow("status") << u"echo 'why it failed' >&2; exit 3"_s << "status 3"_ba;
        QTest::newRow("prints nothing") << u"true"_s << "printed nothing"_ba;
        QTest::newRow("is not there") << u"/nonexistent/c0mmand"_s << "status 127"_ba;
    }
    void failingCommands()
    {
        QFETCH(QString, command);
        QFETCH(QByteArray, says);
        FakeRelay relay({Script()});
        CliRunner cli;
        const CliResult result = cli.runJson(
            send(relay.port(), {u"--user"_s, u"ann"_s, u"--password-command"_s, command}));
        QCOMPARE(result.exitCode, 66);
        QVERIFY2(result.output.contains("password command: ") && result.output.contains(says),
            result.output.constData());
        QCOMPARE(result.diagnostics.contains("why it failed"), command.contains(u"why"_s));
        QCOMPARE(relay.connections(), 0);
    }

    void netrcFile_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QStringList>("options");
        QTest::newRow("its login")
            << "machine 127.0.0.1 login ann password \"c4n4ry w0rd\"\n"_ba << QStringList();
        QTest::newRow("by user") << "machine 127.0.0.1 login bob password no\n"
                                    "machine 127.0.0.1 login ann password \"c4n4ry w0rd\"\n"_ba
                                 << QStringList {u"--user"_s, u"ann"_s};
        QTest::newRow("default")
            << "machine other.example login bob password no\ndefault password \"c4n4ry w0rd\""_ba
            << QStringList {u"--user"_s, u"ann"_s};
    }
    void netrcFile()
    {
        QFETCH(QByteArray, text);
        QFETCH(QStringList, options);
        FakeRelay relay({letsIn().transaction().quit()});
        CliRunner cli;
        const CliResult result = cli.runJson(
            send(relay.port(), options + QStringList {u"--netrc="_s + netrc(cli, text)}));
        QVERIFY2(result.exitCode == 0, (result.output + result.diagnostics).constData());
        QCOMPARE(relay.problems(), QStringList());
        QVERIFY(!findingsOf(result).contains(u"credentials.exposed"_s));
        QVERIFY(!(result.output + result.diagnostics).contains(secret));
        QVERIFY(!isKeptAnywhere(cli, secret));
    }

    void netrcOfTheHome()
    {
        FakeRelay relay({letsIn().transaction().quit(), letsIn().transaction().quit()});
        CliRunner cli;
        cli.setVariable(u"HOME"_s, QFileInfo(cli.path(u"x"_s)).absolutePath());
        QFile::setPermissions(
            cli.file(u".netrc"_s, "machine 127.0.0.1 login ann password \"" + secret + "\"\n"),
            QFile::ReadOwner | QFile::ReadOther);
        const CliResult result = cli.runJson(send(relay.port(), {u"--netrc"_s}));
        QVERIFY2(result.exitCode == 0, (result.output + result.diagnostics).constData());
        QVERIFY(findingsOf(result).contains(u"credentials.exposed"_s));
        // What stands behind it is no file.
        QStringList arguments = send(relay.port(), {});
        arguments.insert(1, u"--netrc"_s);
        QCOMPARE(cli.runJson(arguments).exitCode, 0);
    }

    void unusableNetrc_data()
    {
        QTest::addColumn<QByteArray>("text"); // empty: there is no file
        QTest::addColumn<int>("exitCode");
        QTest::addColumn<QByteArray>("says");
        QTest::newRow("missing") << QByteArray() << 66 << "netrc: "_ba;
        QTest::newRow("malformed")
            << "machine 127.0.0.1\nlogin ann c4n4ry\n"_ba << 65 << "line 2: expected machine"_ba;
        QTest::newRow("nothing of it") << "machine other.example login a password b\n"_ba << 65
                                       << "no password for the machine 127.0.0.1"_ba;
    }
    void unusableNetrc()
    {
        QFETCH(QByteArray, text);
        QFETCH(int, exitCode);
        QFETCH(QByteArray, says);
        FakeRelay relay({Script()});
        CliRunner cli;
        const QString file = text.isEmpty() ? cli.path(u"none"_s) : netrc(cli, text);
        const CliResult result = cli.runJson(send(relay.port(), {u"--netrc="_s + file}));
        QCOMPARE(result.exitCode, exitCode);
        QVERIFY2(result.output.contains(says), result.output.constData());
        QVERIFY(!(result.output + result.diagnostics).contains("c4n4ry"));
        QCOMPARE(relay.connections(), 0);
    }

    void oneSourceOnly()
    {
        CliRunner cli;
        const QStringList user {u"--user"_s, u"ann"_s, u"--password-command"_s, u"echo x"_s};
        QCOMPARE(cli.runJson(send(1, user + QStringList {u"--netrc"_s})).exitCode, 64);
        QCOMPARE(
            cli.runJson(send(1, user + QStringList {u"--password-env"_s, u"HOME"_s})).exitCode, 64);
    }

    /// The profile keeps where it comes from; an export does not, since it would be run elsewhere.
    void ofAProfile()
    {
        FakeRelay relay(
            {letsIn().transaction().quit(), letsIn().transaction().quit(), letsIn("bob").quit()});
        CliRunner cli;
        const QString file = cli.file(u"p"_s, secret);
        QStringList add {u"profiles"_s, u"add"_s, u"work"_s, u"--server"_s,
            u"127.0.0.1:%1"_s.arg(relay.port()), u"--tls"_s, u"none"_s, u"--auth-without-tls"_s,
            u"--user"_s, u"ann"_s, u"--password-command"_s, u"cat '%1'"_s.arg(file)};
        CliResult added = cli.run(add);
        QVERIFY2(added.exitCode == 0, added.diagnostics.constData());
        const QStringList mail {u"send"_s, u"--profile"_s, u"work"_s, u"--to"_s, u"b@y.example"_s,
            u"--from"_s, u"a@x.example"_s};
        CliResult sent = cli.runJson(mail);
        QVERIFY2(sent.exitCode == 0, (sent.output + sent.diagnostics).constData());
        QCOMPARE(cli.runJson({u"profiles"_s, u"show"_s, u"work"_s}).json()[u"passwordSource"_s],
            QJsonValue(u"command"_s));
        QVERIFY(!cli.run({u"profiles"_s, u"export"_s}).output.contains("cat"));
        // From a netrc file now.
        const QString other = netrc(
            cli, "machine 127.0.0.1 login ann password \"" + secret + "\"\n");
        added = cli.run({u"profiles"_s, u"add"_s, u"work"_s, u"--netrc="_s + other});
        QVERIFY2(added.exitCode == 0, added.diagnostics.constData());
        const QJsonObject shown = cli.runJson({u"profiles"_s, u"show"_s, u"work"_s}).json();
        QCOMPARE(shown[u"netrcFile"_s].toString(), other);
        QVERIFY(!shown.contains(u"passwordCommand"_s));
        sent = cli.runJson(mail);
        QVERIFY2(sent.exitCode == 0, (sent.output + sent.diagnostics).constData());
        QVERIFY(!cli.run({u"profiles"_s, u"export"_s}).output.contains("netrc"));
        // What is said for one run wins.
        sent = cli.runJson(
            {u"profiles"_s, u"test"_s, u"work"_s, u"--password-command"_s, u"exit 9"_s});
        QCOMPARE(sent.exitCode, 66);
        sent = cli.runJson(mail
            + QStringList {
                u"--user"_s, u"bob"_s, u"--password-file"_s, file, u"--quit-after"_s, u"auth"_s});
        QVERIFY2(sent.exitCode == 0, (sent.output + sent.diagnostics).constData());
        QCOMPARE(relay.problems(), QStringList());
        // Another relay is not told what this one is.
        FakeRelay stranger({Script::hello({"AUTH PLAIN"_ba}).transaction().quit()});
        sent = cli.runJson(mail
            + QStringList {
                u"--server"_s, u"127.0.0.1:%1"_s.arg(stranger.port()), u"--tls"_s, u"none"_s});
        QVERIFY2(sent.exitCode == 0, (sent.output + sent.diagnostics).constData());
        QVERIFY(!stranger.received().contains("AUTH"));
    }

    void batch_data()
    {
        QTest::addColumn<QByteArray>("source");
        QTest::newRow("passwordCommand")
            << "\"user\":\"ann\",\"passwordCommand\":\"cat 'PASSWORD'\""_ba;
        QTest::newRow("netrc") << "\"netrc\":\"NETRC\""_ba;
        QTest::newRow("netrc of the home") << "\"netrc\":true"_ba;
    }
    void batch()
    {
        QFETCH(QByteArray, source);
        FakeRelay relay({letsIn().transaction().quit(), letsIn().quit(), letsIn().quit()});
        CliRunner cli;
        cli.setVariable(u"HOME"_s, QFileInfo(cli.path(u"x"_s)).absolutePath());
        const QByteArray line = "machine 127.0.0.1 login ann password \"" + secret + "\"\n";
        QFile::setPermissions(cli.file(u".netrc"_s, line), QFile::ReadOwner);
        source.replace("PASSWORD", cli.file(u"p"_s, secret).toUtf8())
            .replace("NETRC", netrc(cli, line).toUtf8());
        const QByteArray where = "\"server\":\"127.0.0.1:" + QByteArray::number(relay.port())
            + "\",\"tls\":\"none\"";
        const QByteArray mail = "{\"op\":\"send\"," + where
            + ",\"authWithoutTls\":true,\"from\":\"a@x\",\"to\":\"b@y\",\"text\":\"x\"," + source
            + "}\n";
        const auto steps = [](const QByteArray &open, const QByteArray &auth) {
            return "{\"op\":\"open\",\"session\":\"s\"," + open
                + "}\n{\"op\":\"ehlo\",\"session\":\"s\"}\n{\"op\":\"auth\",\"session\":\"s\","
                  "\"auth\":\"PLAIN\",\"authWithoutTls\":true"
                + auth + "}\n{\"op\":\"quit\",\"session\":\"s\"}\n";
        };
        const CliResult result = cli.run({u"batch"_s},
            mail + steps(where, ',' + source)
                + steps(where + ",\"authWithoutTls\":true," + source, {}));
        const QList<QJsonObject> answers = result.jsonLines();
        QCOMPARE(answers.size(), 9);
        QVERIFY2(answers[0][u"outcome"_s].toString() == u"accepted"_s, result.output.constData());
        for (const qsizetype auth : {3, 7})
            QVERIFY2(answers[auth][u"reply"_s][u"code"_s].toInt() == 235,
                (result.output + result.diagnostics).constData());
        QCOMPARE(relay.problems(), QStringList());
        QVERIFY(!(result.output + result.diagnostics).contains(secret));
    }

    /// A step asks for its own password, whatever the session was opened with.
    void stepForgetsTheSessionsPassword()
    {
        FakeRelay relay({letsIn().quit()});
        CliRunner cli;
        cli.setVariable(u"OPENED"_s, u"another"_s);
        const CliResult result = cli.run({u"batch"_s},
            "{\"op\":\"open\",\"session\":\"s\",\"server\":\"127.0.0.1:"
                + QByteArray::number(relay.port())
                + "\",\"tls\":\"none\",\"authWithoutTls\":true,\"user\":\"ann\","
                  "\"passwordEnv\":\"OPENED\"}\n{\"op\":\"ehlo\",\"session\":\"s\"}\n"
                  "{\"op\":\"auth\",\"session\":\"s\",\"auth\":\"PLAIN\",\"passwordCommand\":"
                  "\"cat '"
                + cli.file(u"p"_s, secret).toUtf8()
                + "'\"}\n{\"op\":\"quit\",\"session\":\"s\"}\n");
        const QList<QJsonObject> answers = result.jsonLines();
        QCOMPARE(answers.size(), 4);
        QVERIFY2(answers[2][u"reply"_s][u"code"_s].toInt() == 235,
            (result.output + result.diagnostics).constData());
        QCOMPARE(relay.problems(), QStringList());
    }

    void checkRelay()
    {
        // The grid's session, then that of the check.
        FakeRelay relay({letsIn().quit()});
        CliRunner cli;
        QStringList check {u"check"_s, u"relay"_s, u"127.0.0.1:%1"_s.arg(relay.port()),
            u"--authenticate"_s, u"--checks"_s, u"none"_s, u"--no-store"_s};
        CliResult result = cli.run(
            check + QStringList {u"--user"_s, u"ann"_s, u"--password-command"_s, u"exit 4"_s});
        QCOMPARE(result.exitCode, 66);
        QVERIFY(result.diagnostics.contains("password command: it failed with status 4"));
        result = cli.run(check + QStringList {u"--user"_s, u"ann"_s});
        QCOMPARE(result.exitCode, 64);
        const QString file = cli.file(u"open"_s, "default login ann password x"_ba);
        QFile::setPermissions(file, QFile::ReadOwner | QFile::ReadGroup);
        result = cli.run(check + QStringList {u"--netrc="_s + file});
        QVERIFY2(result.diagnostics.contains("others on this machine can read the password"),
            result.diagnostics.constData());
    }
};

QTEST_GUILESS_MAIN(CliCredentialsTest)
#include "tst_clicredentials.moc"
