// SPDX-License-Identifier: GPL-3.0-or-later
#include "bundle/sessionimport.h"
#include "clirunner.h"
#include "fakerelay.h"

#include "base/literals.h"
#include "store/sql.h"

#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QTest>

using namespace Mailgauge;
using namespace Mailgauge::Test;

namespace {

/// One session with a recipient that was refused.
QString sendOne(CliRunner &cli)
{
    FakeRelay relay({Script::hello()
            .answer("MAIL"_ba, "250 2.1.0 <ann@x.example> ok\r\n"_ba)
            .answer("RCPT"_ba, "550 5.1.1 <bob@y.example>: bob unknown\r\n"_ba)
            .answer("RCPT"_ba, "250 2.1.5 ok\r\n"_ba)
            .answer("DATA"_ba, "354 go\r\n"_ba)
            .expectContent()
            .send("250 2.0.0 Ok: queued as 4F2A\r\n"_ba)
            .quit()});
    const CliResult sent = cli.runJson({u"send"_s, u"--server"_s,
        u"127.0.0.1:%1"_s.arg(relay.port()), u"--tls"_s, u"none"_s, u"--pipelining"_s, u"off"_s,
        u"--from"_s, u"ann@x.example"_s, u"--to"_s, u"bob@y.example"_s, u"--to"_s,
        u"eve@y.example"_s, u"--subject"_s, u"Hi"_s, u"--text"_s, u"Dear bob@y.example"_s});
    return sent.exitCode == 79 ? sent.json()[u"session"_s].toString() : QString();
}

/// `mailgauge-cli sandbox` as a process of its own.
class SandboxProcess final {
public:
    SandboxProcess(const CliRunner &cli, const QString &scenario)
    {
        cli.prepare(m_process, {u"sandbox"_s, u"--scenario"_s, scenario});
        m_process.start();
        if (!Test::waitFor([this] { return m_process.canReadLine(); }, 20'000))
            return;
        const QJsonObject ready = QJsonDocument::fromJson(m_process.readLine()).object();
        m_server = u"127.0.0.1:%1"_s.arg(ready[u"port"_s].toInt());
    }
    ~SandboxProcess()
    {
        m_process.terminate();
        if (!m_process.waitForFinished(5000))
            m_process.kill();
    }
    [[nodiscard]] const QString &server() const { return m_server; }

private:
    QProcess m_process;
    QString m_server;
};

QString send(CliRunner &cli, const QString &server)
{
    const CliResult sent = cli.runJson({u"send"_s, u"--server"_s, server, u"--from"_s,
        u"a@x.example"_s, u"--to"_s, u"b@y.example"_s, u"--to"_s, u"unknown@y.example"_s,
        u"--tls"_s, u"none"_s, u"--helo"_s, u"client.example"_s, u"--text"_s, u"hello"_s});
    return sent.json()[u"session"_s].toString();
}

} // namespace

class CliSessionsTest final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void table()
    {
        CliRunner cli;
        const QString id = sendOne(cli);
        QVERIFY(!id.isEmpty());
        const CliResult sessions = cli.run({u"sessions"_s, u"list"_s, u"--csv"_s, u"sessions"_s});
        QCOMPARE(sessions.exitCode, 0);
        QVERIFY(sessions.output.startsWith("session,start,host,port,"));
        QCOMPARE(sessions.output.count("\r\n"), 2);
        QVERIFY(sessions.output.contains("\r\n" + id.toLatin1() + ','));
        const CliResult recipients = cli.run({u"sessions"_s, u"list"_s, u"--csv=recipients"_s});
        QCOMPARE(recipients.exitCode, 0);
        QCOMPARE(recipients.output.count("\r\n"), 3);
        QVERIFY(recipients.output.contains(
            ",bob@y.example,rejected,rcpt,550,5.1.1,5.1.1 <bob@y.example>: bob unknown,,"));
        QVERIFY(recipients.output.contains(",eve@y.example,accepted,dot,250,2.0.0,"));
        QVERIFY(recipients.output.contains(",4F2A,"));
        // The search counts; a table is never cut off by itself.
        QCOMPARE(cli.run({u"sessions"_s, u"list"_s, u"--csv"_s, u"recipients"_s, u"--outcome"_s,
                             u"failed"_s})
                     .output.count("\r\n"),
            1);
        QCOMPARE(cli.run({u"sessions"_s, u"list"_s, u"--csv"_s, u"lines"_s}).exitCode, 64);
        const CliResult both = cli.run(
            {u"sessions"_s, u"list"_s, u"--csv"_s, u"sessions"_s, u"--json"_s});
        QCOMPARE(both.exitCode, 64);
        QVERIFY(both.diagnostics.contains("--csv and --json"));
    }

    void bundle_data()
    {
        QTest::addColumn<QStringList>("options");
        QTest::addColumn<bool>("names");
        QTest::addColumn<bool>("bodies");
        QTest::newRow("default hides local parts (E8)") << QStringList {} << false << true;
        QTest::newRow("secrets") << QStringList {u"--redact"_s, u"secrets"_s} << true << true;
        QTest::newRow("addresses") << QStringList {u"--redact"_s, u"addresses"_s} << false << true;
        QTest::newRow("bodies") << QStringList {u"--redact"_s, u"bodies"_s} << false << false;
    }

    void bundle()
    {
        QFETCH(QStringList, options);
        QFETCH(bool, names);
        QFETCH(bool, bodies);
        CliRunner cli;
        const QString id = sendOne(cli);
        QVERIFY(!id.isEmpty());
        const QString path = cli.path(u"b.zip"_s);
        const CliResult made = cli.run(
            QStringList {u"sessions"_s, u"export"_s, id, u"--format"_s, u"bundle"_s, u"-o"_s, path}
            + options);
        QVERIFY2(made.exitCode == 0, made.diagnostics.constData());
        QFile file(path);
        QVERIFY(file.open(QIODevice::ReadOnly));
        const auto files = Bundle::unpackArchive(file);
        QVERIFY2(files, files ? "" : qPrintable(files.error().detail));
        QByteArray all;
        for (const Bundle::BundleFile &one : *files)
            all += one.bytes;
        QCOMPARE(all.contains("bob@y.example"), names);
        QCOMPARE(all.contains("ann@x.example"), names);
        QCOMPARE(all.contains("bob unknown"), names);
        QCOMPARE(all.contains("Dear"), bodies);
        QVERIFY(all.contains("@y.example"));
    }

    void transcripts()
    {
        CliRunner cli;
        const QString id = sendOne(cli);
        const auto exported = [&cli, &id](const QStringList &options) {
            return cli.run(QStringList {u"sessions"_s, u"export"_s, id} + options).output;
        };
        // Scripts get it lossless unless they ask.
        QVERIFY(exported({}).contains("bob@y.example"));
        const QByteArray hidden = exported(
            {u"--redact"_s, u"addresses"_s, u"--format"_s, u"txt"_s});
        QVERIFY(!hidden.contains("bob"));
        QVERIFY(hidden.contains("anon2@y.example"));
        QVERIFY(!exported({u"--format"_s, u"html"_s, u"--theme"_s, u"light"_s})
                .contains("prefers-color-scheme"));
        QVERIFY(exported({u"--format"_s, u"bundle"_s, u"-o"_s, u"-"_s}).startsWith("PK"));
    }

    // The user name is not in the session's record, but in a reply.
    void loginsAreHiddenInEveryFormat()
    {
        CliRunner cli;
        FakeRelay relay({Script::hello({"AUTH PLAIN"_ba})
                .answer("AUTH PLAIN"_ba, "535 5.7.8 failed for scott\r\n"_ba)
                .quit()});
        QCOMPARE(
            cli.run({u"profiles"_s, u"add"_s, u"office"_s, u"--server"_s,
                        u"127.0.0.1:%1"_s.arg(relay.port()), u"--tls"_s, u"none"_s, u"--auth"_s,
                        u"plain"_s, u"--auth-without-tls"_s, u"--user"_s, u"scott"_s})
                .exitCode,
            0);
        cli.setVariable(u"SECRET"_s, u"tiger"_s);
        const CliResult sent = cli.runJson(
            {u"send"_s, u"--profile"_s, u"office"_s, u"--password-env"_s, u"SECRET"_s, u"--from"_s,
                u"ann@x.example"_s, u"--to"_s, u"bob@y.example"_s, u"--text"_s, u"x"_s});
        QVERIFY2(sent.exitCode == 77, sent.diagnostics.constData());
        const QString id = sent.json()[u"session"_s].toString();
        for (const QString &format : {u"txt"_s, u"html"_s, u"jsonl"_s, u"ansi"_s}) {
            const QStringList command {
                u"sessions"_s, u"export"_s, id, u"--format"_s, format, u"--redact"_s};
            QVERIFY(cli.run(command + QStringList {u"secrets"_s}).output.contains("scott"));
            const CliResult hidden = cli.run(command + QStringList {u"addresses"_s});
            QVERIFY2(hidden.exitCode == 0 && hidden.output.contains("failed for anon")
                    && !hidden.output.contains("scott"),
                qPrintable(format));
        }
    }

    void wrongOptions_data()
    {
        QTest::addColumn<QStringList>("options");
        QTest::newRow("level") << QStringList {u"--redact"_s, u"all"_s};
        QTest::newRow("theme") << QStringList {u"--theme"_s, u"blue"_s};
        QTest::newRow("format") << QStringList {u"--format"_s, u"pdf"_s};
        QTest::newRow("bundle to nowhere") << QStringList {u"--format"_s, u"bundle"_s};
        QTest::newRow("name") << QStringList {u"-o"_s, u"x.pdf"_s};
    }

    void wrongOptions()
    {
        QFETCH(QStringList, options);
        CliRunner cli;
        const CliResult result = cli.run(
            QStringList {u"sessions"_s, u"export"_s, u"last"_s} + options);
        QCOMPARE(result.exitCode, 64);
        QCOMPARE(result.diagnostics.count('\n'), 1);
    }

    void comesBack_data()
    {
        QTest::addColumn<QString>("name");
        QTest::newRow("bundle") << u"b.zip"_s;
        QTest::newRow("json lines") << u"b.jsonl"_s;
    }

    void comesBack()
    {
        QFETCH(QString, name);
        CliRunner first;
        const QString id = sendOne(first);
        QCOMPARE(first
                     .run({u"sessions"_s, u"export"_s, id, u"--redact"_s, u"secrets"_s, u"-o"_s,
                         first.path(name)})
                     .exitCode,
            0);
        CliRunner second;
        const CliResult imported = second.runJson({u"sessions"_s, u"import"_s, first.path(name)});
        QVERIFY2(imported.exitCode == 0, imported.diagnostics.constData());
        const QJsonArray rows = QJsonDocument::fromJson(imported.output).array();
        QCOMPARE(rows.size(), 1);
        QCOMPARE(rows[0][u"status"_s].toString(), u"imported"_s);
        QCOMPARE(rows[0][u"session"_s].toString(), id);
        QCOMPARE(second.runJson({u"sessions"_s, u"show"_s, id}).output,
            first.runJson({u"sessions"_s, u"show"_s, id}).output);
        // Exported from there it is the same to the byte.
        QCOMPARE(second.run({u"sessions"_s, u"export"_s, id}).output,
            first.run({u"sessions"_s, u"export"_s, id}).output);
        // And once more: it is there.
        const CliResult again = second.run({u"sessions"_s, u"import"_s, first.path(name)});
        QCOMPARE(again.exitCode, 0);
        QVERIFY(again.output.contains("is there already"));
    }

    void anotherSessionHasTheId()
    {
        CliRunner cli;
        const QString id = sendOne(cli);
        const QString path = cli.path(u"r.zip"_s);
        QCOMPARE(cli.run({u"sessions"_s, u"export"_s, id, u"-o"_s, path}).exitCode, 0);
        const CliResult refused = cli.run({u"sessions"_s, u"import"_s, path});
        QCOMPARE(refused.exitCode, 65);
        QCOMPARE(refused.diagnostics.count('\n'), 1);
        QVERIFY(refused.diagnostics.contains("--keep-both"));
        QVERIFY(cli.run({u"sessions"_s, u"export"_s, id}).output.contains("bob@y.example"));
        const CliResult both = cli.runJson({u"sessions"_s, u"import"_s, u"--keep-both"_s, path});
        QCOMPARE(both.exitCode, 0);
        const QString copy
            = QJsonDocument::fromJson(both.output).array()[0][u"session"_s].toString();
        QVERIFY(copy != id);
        const CliResult shown = cli.run({u"sessions"_s, u"export"_s, copy});
        QVERIFY(!shown.output.contains("bob@"));
        QCOMPARE(shown.jsonLines().first()[u"originalId"_s].toString(), id);
        // Its message is the one that came with it, not the one that is kept under the old id.
        const QString bundle = cli.path(u"copy.zip"_s);
        QCOMPARE(cli.run({u"sessions"_s, u"export"_s, copy, u"--redact"_s, u"secrets"_s, u"-o"_s,
                             bundle})
                     .exitCode,
            0);
        const auto back = Bundle::readSessions(bundle);
        QVERIFY2(back, back ? "" : qPrintable(back.error().detail));
        QVERIFY(back->first().message);
        QVERIFY(!back->first().message->contains("bob@"));
    }

    void copyHasAMessageOfItsOwn()
    {
        Transcript::ExportedSession session;
        session.record.id = QUuid::createUuid();
        session.record.message = QUuid::createUuid();
        session.entries.resize(2);
        session.entries[1].content = Transcript::ContentRange {session.record.message, 0, 5};
        const auto copy = Bundle::underNewId(session);
        QVERIFY(copy.record.id != session.record.id);
        QVERIFY(!copy.record.message.isNull());
        QVERIFY(copy.record.message != session.record.message);
        QVERIFY(!copy.entries[0].content);
        QCOMPARE(copy.entries[1].content->message, copy.record.message);
        session.record.message = {};
        QVERIFY(Bundle::underNewId(session).record.message.isNull());
    }

    void deletedSessionIsNotSimplyThere()
    {
        CliRunner cli;
        const QString id = sendOne(cli);
        const QString path = cli.path(u"d.jsonl"_s);
        QCOMPARE(cli.run({u"sessions"_s, u"export"_s, id, u"-o"_s, path}).exitCode, 0);
        // Named twice it goes once, and nothing of it runs.
        const CliResult deleted = cli.run({u"sessions"_s, u"delete"_s, id, id});
        QCOMPARE(deleted.exitCode, 0);
        QCOMPARE(deleted.diagnostics, QByteArray());
        const CliResult again = cli.run({u"sessions"_s, u"import"_s, path});
        QCOMPARE(again.exitCode, 0);
        QVERIFY(again.output.contains("in the bin"));
        QVERIFY(!again.output.contains("there already"));
        QCOMPARE(cli.run({u"sessions"_s, u"restore"_s, id}).exitCode, 0);
        QVERIFY(cli.run({u"sessions"_s, u"import"_s, path}).output.contains("there already"));
    }

    /// A store that cannot be read is not a message that was not kept.
    void replayTellsWhatTheStoreSays()
    {
        CliRunner cli;
        const QString id = sendOne(cli);
        {
            auto store = Store::Connection::open(
                cli.path(u"data/mailgauge.sqlite"_s), Store::Connection::Access::ReadWrite);
            QVERIFY(store);
            QCOMPARE((*store)->run(u"UPDATE content_chunks SET zstd = x'00'"_s).value_or(0), 1);
        }
        FakeRelay relay({Script::hello().hang()});
        const CliResult result = cli.run({u"sessions"_s, u"replay"_s, id, u"--server"_s,
            u"127.0.0.1:%1"_s.arg(relay.port()), u"--tls"_s, u"none"_s});
        QVERIFY(result.exitCode != 0);
        QVERIFY2(!result.diagnostics.contains("not kept"), result.diagnostics.constData());
        QCOMPARE(relay.connections(), 0);
    }

    void refusedFiles_data()
    {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<int>("code");
        QTest::newRow("text") << "just some words\n"_ba << 65;
        QTest::newRow("nothing") << ""_ba << 65;
        QTest::newRow("no zip") << "PK\x03\x04garbage"_ba << 65;
        QTest::newRow("newer") << "{\"format\":\"mailgauge-transcript\",\"version\":9}\n"_ba << 65;
    }

    void refusedFiles()
    {
        QFETCH(QByteArray, bytes);
        QFETCH(int, code);
        CliRunner cli;
        const CliResult result = cli.run(
            {u"sessions"_s, u"import"_s, cli.file(u"x.jsonl"_s, bytes)});
        QCOMPARE(result.exitCode, code);
        QCOMPARE(result.diagnostics.count('\n'), 1);
        QVERIFY(result.output.isEmpty());
    }

    void whatOtherProgramsWrote()
    {
        CliRunner cli;
        const CliResult imported = cli.runJson({u"sessions"_s, u"import"_s,
            QStringLiteral(MAILGAUGE_TEST_DATA "/imports/swaks-tls.txt")});
        QVERIFY2(imported.exitCode == 0, imported.diagnostics.constData());
        const QJsonArray rows = QJsonDocument::fromJson(imported.output).array();
        QCOMPARE(rows.size(), 1);
        QCOMPARE(rows[0][u"status"_s].toString(), u"imported"_s);
        const QString id = rows[0][u"session"_s].toString();
        QVERIFY(cli.run({u"sessions"_s, u"export"_s, id}).output.contains("imported.swaks"));
    }

    void readAsAFormat()
    {
        CliRunner cli;
        const QByteArray dialogue = "220 h\nEHLO c\n250 h\nQUIT\n221 bye\n"_ba;
        const QString path = cli.file(u"paste.txt"_s, dialogue);
        const auto read = [&cli](const QStringList &arguments, const QByteArray &input = {}) {
            return cli.runJson(QStringList {u"sessions"_s, u"import"_s} + arguments, input);
        };
        const CliResult plain = read({u"--as"_s, u"plain"_s, path});
        QVERIFY2(plain.exitCode == 0, plain.diagnostics.constData());
        QCOMPARE(QJsonDocument::fromJson(plain.output).array().size(), 1);
        QCOMPARE(read({u"--as"_s, u"plain"_s, u"-"_s}, dialogue).exitCode, 0);
        const CliResult swaks = read({u"--as"_s, u"exim"_s, path});
        QCOMPARE(swaks.exitCode, 65);
        QVERIFY2(swaks.diagnostics.contains("No SMTP conversation was found in it, read as Exim"),
            swaks.diagnostics.constData());
        QCOMPARE(read({u"--as"_s, u"sendmail"_s, path}).exitCode, 64);
        QCOMPARE(read({u"--as"_s, u"plain"_s, cli.path(u"none"_s)}).exitCode, 66);
        // What another program wrote is not told to be a damaged bundle of ours.
        const CliResult guessed = read({cli.file(u"words.txt"_s, "just some words\n"_ba)});
        QCOMPARE(guessed.exitCode, 65);
        QVERIFY2(guessed.diagnostics.contains("No SMTP conversation was found in it"),
            guessed.diagnostics.constData());
    }

    void missingFileAndStandardInput()
    {
        CliRunner cli;
        QCOMPARE(cli.run({u"sessions"_s, u"import"_s, cli.path(u"none"_s)}).exitCode, 66);
        QCOMPARE(cli.run({u"sessions"_s, u"import"_s}).exitCode, 64);
        CliRunner other;
        const QString id = sendOne(other);
        const QByteArray lines = other.run({u"sessions"_s, u"export"_s, id}).output;
        const CliResult piped = cli.run({u"sessions"_s, u"import"_s, u"-"_s}, lines);
        QVERIFY2(piped.exitCode == 0, piped.diagnostics.constData());
        QVERIFY(piped.output.startsWith(id.toLatin1()));
    }

    void compare()
    {
        CliRunner cli;
        QString first;
        QString second;
        {
            const SandboxProcess sandbox(cli, u"reject-recipients"_s);
            first = send(cli, sandbox.server());
            second = send(cli, sandbox.server());
        }
        QString other;
        {
            const SandboxProcess sandbox(cli, u"accept-all"_s);
            other = send(cli, sandbox.server());
        }
        QVERIFY(!first.isEmpty() && !second.isEmpty() && !other.isEmpty());
        const CliResult same = cli.runJson({u"sessions"_s, u"compare"_s, first, second});
        QCOMPARE(same.exitCode, 0);
        QCOMPARE(same.json()[u"equal"_s].toBool(), true);
        QVERIFY(!same.json().contains(u"noise"_s));
        const CliResult noisy = cli.runJson(
            {u"sessions"_s, u"compare"_s, u"--noise"_s, first, second});
        QVERIFY(!noisy.json()[u"noise"_s].toArray().isEmpty());

        const CliResult different = cli.runJson({u"sessions"_s, u"compare"_s, first, u"last"_s});
        QCOMPARE(different.exitCode, 1);
        QStringList ids;
        for (const QJsonValue &one : different.json()[u"differences"_s].toArray())
            ids.append(one[u"id"_s].toString());
        QVERIFY2(ids.contains(u"reply.code"_s) && ids.contains(u"outcome.recipient"_s)
                && ids.contains(u"outcome.whole"_s),
            qPrintable(ids.join(u' ')));
        const CliResult text = cli.run({u"sessions"_s, u"compare"_s, first, other});
        QCOMPARE(text.exitCode, 1);
        QVERIFY2(text.output.contains("unknown@y.example"), text.output.constData());

        const QString file = cli.path(u"report.html"_s);
        QCOMPARE(cli.run({u"sessions"_s, u"compare"_s, u"-o"_s, file, first, other}).exitCode, 1);
        QFile html(file);
        QVERIFY(html.open(QIODevice::ReadOnly));
        QVERIFY(html.readAll().startsWith("<!DOCTYPE html>"));
        QCOMPARE(cli.run({u"sessions"_s, u"compare"_s, first}).exitCode, 64);
        QCOMPARE(cli.run({u"sessions"_s, u"compare"_s, first, u"zzzz"_s}).exitCode, 66);
        QCOMPARE(
            cli.run({u"sessions"_s, u"compare"_s, u"--timing"_s, u"x"_s, first, second}).exitCode,
            64);
    }

    void replayAgainstARelayAndAsAScenario()
    {
        CliRunner cli;
        QString first;
        {
            const SandboxProcess sandbox(cli, u"reject-recipients"_s);
            first = send(cli, sandbox.server());
        }
        const QString file = cli.path(u"field.json"_s);
        const CliResult made = cli.runJson(
            {u"sessions"_s, u"replay"_s, first, u"--as-scenario"_s, file});
        QCOMPARE(made.exitCode, 0);
        QCOMPARE(made.json()[u"file"_s].toString(), file);
        const SandboxProcess sandbox(cli, file);
        const CliResult again = cli.runJson({u"sessions"_s, u"replay"_s, first, u"--server"_s,
            sandbox.server(), u"--tls"_s, u"none"_s});
        QCOMPARE(again.exitCode, 79);
        const QJsonObject answer = again.json();
        QCOMPARE(answer[u"original"_s].toString(), first);
        QCOMPARE(answer[u"notes"_s].toArray().size(), 0);
        const QString second = answer[u"replay"_s][u"session"_s].toString();
        const CliResult same = cli.runJson({u"sessions"_s, u"compare"_s, first, second});
        QVERIFY2(same.exitCode == 0, same.output.constData());
        QCOMPARE(cli.run({u"sessions"_s, u"replay"_s, first}).exitCode, 64);
        QCOMPARE(cli.run({u"sessions"_s, u"replay"_s, first, u"--server"_s, sandbox.server(),
                             u"--as-scenario"_s, file})
                     .exitCode,
            64);
        QCOMPARE(cli.run({u"sessions"_s, u"replay"_s, u"zzzz"_s, u"--server"_s, sandbox.server()})
                     .exitCode,
            66);
    }
};

QTEST_GUILESS_MAIN(CliSessionsTest)
#include "tst_clisessions.moc"
