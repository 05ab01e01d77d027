// SPDX-License-Identifier: GPL-3.0-or-later
#include "clirunner.h"
#include "closedport.h"
#include "fakerelay.h"
#include "secretforms.h"

#include "base/literals.h"

#include <QCryptographicHash>
#include <QJsonArray>
#include <QJsonDocument>
#include <QTest>

using namespace Mailgauge;
using Test::CliResult;
using Test::CliRunner;
using Test::FakeRelay;
using Test::Script;

namespace {

const QStringList sendKeys {u"auth"_s, u"error"_s, u"exit"_s, u"finalReply"_s, u"findings"_s,
    u"outcome"_s, u"queueId"_s, u"recipients"_s, u"server"_s, u"session"_s, u"stage"_s,
    u"timings"_s, u"tls"_s};

QStringList base(quint16 port, const QStringList &recipients = {u"b@y.example"_s})
{
    QStringList arguments {u"send"_s, u"--server"_s, u"127.0.0.1:%1"_s.arg(port), u"--from"_s,
        u"a@x.example"_s, u"--tls"_s, u"none"_s, u"--helo"_s, u"client.example"_s};
    for (const QString &recipient : recipients)
        arguments += {u"--to"_s, recipient};
    return arguments;
}

Script rcpt(Script script, const char *reply)
{
    return script.answer("RCPT"_ba, QByteArray(reply) + "\r\n");
}

Script mail()
{
    return Script::hello().answer("MAIL FROM:<a@x.example>"_ba, "250 ok\r\n"_ba);
}

} // namespace

class CliSendTest final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void accepted()
    {
        FakeRelay relay({Script::hello({"PIPELINING"_ba, "SIZE 100000"_ba}).transaction().quit()});
        CliRunner cli;
        const CliResult result = cli.runJson(
            base(relay.port()) + QStringList {u"--text"_s, u"hello"_s});
        QCOMPARE(result.exitCode, 0);
        const QJsonObject answer = result.json();
        QCOMPARE(answer.keys(), sendKeys);
        QCOMPARE(answer[u"outcome"_s].toString(), u"accepted"_s);
        QVERIFY(answer[u"error"_s].isNull());
        QCOMPARE(answer[u"exit"_s].toInt(), 0);
        QCOMPARE(answer[u"queueId"_s].toString(), u"4F2A"_s);
        QCOMPARE(answer[u"finalReply"_s][u"code"_s].toInt(), 250);
        QCOMPARE(answer[u"server"_s][u"port"_s].toInt(), relay.port());
        QVERIFY(answer[u"server"_s][u"capabilities"_s].toObject().contains(u"SIZE"_s));
        QVERIFY(answer[u"tls"_s].isNull());
        QVERIFY(answer[u"timings"_s].toObject().contains(u"dot"_s));
        QVERIFY(answer[u"timings"_s].toObject().contains(u"total"_s));
        const QString id = answer[u"session"_s].toString();
        QVERIFY(!QUuid::fromString(id).isNull());
        QVERIFY(relay.content().contains("hello"));
        QCOMPARE(relay.problems(), QStringList());

        const CliResult shown = cli.runJson({u"sessions"_s, u"show"_s, id});
        QCOMPARE(shown.json()[u"recipients"_s], answer[u"recipients"_s]);
        QCOMPARE(shown.json()[u"session"_s].toString(), id);
    }

    void outcomes_data()
    {
        QTest::addColumn<QList<Script>>("scripts");
        QTest::addColumn<QString>("outcome");
        QTest::addColumn<int>("exitCode");
        QTest::addColumn<QString>("errorKind");
        QTest::addColumn<QStringList>("recipients");
        const QStringList both {u"accepted"_s, u"accepted"_s};
        QTest::newRow("accepted") << QList {Script::hello().transaction(2).quit()} << u"accepted"_s
                                  << 0 << QString() << both;
        QTest::newRow("B19 partial")
            << QList {rcpt(rcpt(mail(), "250 ok"), "550 5.1.1 no")
                       .answer("DATA"_ba, "354 go\r\n"_ba)
                       .expectContent()
                       .send("250 ok\r\n"_ba)
                       .quit()}
            << u"partial"_s << 79 << QString() << QStringList {u"accepted"_s, u"rejected"_s};
        QTest::newRow("rejected") << QList {rcpt(rcpt(mail(), "550 no"), "550 no").hang()}
                                  << u"rejected"_s << 69 << QString()
                                  << QStringList {u"rejected"_s, u"rejected"_s};
        QTest::newRow("deferred") << QList {rcpt(rcpt(mail(), "450 later"), "550 no").hang()}
                                  << u"deferred"_s << 75 << QString()
                                  << QStringList {u"deferred"_s, u"rejected"_s};
        QTest::newRow("B26 lost behind the dot") << QList {rcpt(rcpt(mail(), "250 ok"), "250 ok")
                .answer("DATA"_ba, "354 go\r\n"_ba)
                .expectContent()
                .close()} << u"uncertain"_s << 80 << u"lost"_s
                                                 << QStringList {u"uncertain"_s, u"uncertain"_s};
        QTest::newRow("B21 554 to the dot")
            << QList {rcpt(rcpt(mail(), "250 ok"), "250 ok")
                       .answer("DATA"_ba, "354 go\r\n"_ba)
                       .expectContent()
                       .send("554 5.7.1 spam\r\n"_ba)
                       .quit()}
            << u"rejected"_s << 69 << QString() << QStringList {u"rejected"_s, u"rejected"_s};
        QTest::newRow("554 greeting")
            << QList {Script().send("554 no\r\n"_ba).hang()} << u"rejected"_s << 69 << QString()
            << QStringList {u"rejected"_s, u"rejected"_s};
        QTest::newRow("B7 no greeting")
            << QList {Script().send("hello there\r\n"_ba).hang()} << u"failed"_s << 76
            << u"protocol"_s << QStringList {u"failed"_s, u"failed"_s};
        QTest::newRow("lost before the dot")
            << QList {mail().expect("RCPT"_ba).close()} << u"deferred"_s << 75 << u"lost"_s
            << QStringList {u"deferred"_s, u"deferred"_s};
        QTest::newRow("limit") << QList {mail().expect("RCPT"_ba).hang()} << u"deferred"_s << 75
                               << u"timeout"_s << QStringList {u"deferred"_s, u"deferred"_s};
    }
    void outcomes()
    {
        QFETCH(QList<Script>, scripts);
        QFETCH(QString, outcome);
        QFETCH(int, exitCode);
        QFETCH(QString, errorKind);
        QFETCH(QStringList, recipients);
        FakeRelay relay(scripts);
        CliRunner cli;
        const CliResult result = cli.runJson(
            base(relay.port(), {u"b@y.example"_s, u"c@y.example"_s})
            + QStringList {u"--timeout"_s, u"rcpt=0.3,quit=0.2"_s, u"--text"_s, u"x"_s});
        const QJsonObject answer = result.json();
        QCOMPARE(answer[u"outcome"_s].toString(), outcome);
        QCOMPARE(result.exitCode, exitCode);
        QCOMPARE(answer[u"exit"_s].toInt(), exitCode);
        QCOMPARE(answer[u"error"_s][u"kind"_s].toString(), errorKind);
        QStringList words;
        for (const QJsonValue &one : answer[u"recipients"_s].toArray())
            words.append(one[u"outcome"_s].toString());
        QCOMPARE(words, recipients);
    }

    void beforeConnecting_data()
    {
        QTest::addColumn<QStringList>("arguments");
        QTest::addColumn<int>("exitCode");
        QTest::addColumn<QString>("kind");
        const auto row = [](const char *name, const QStringList &arguments, int exitCode,
                             const QString &kind) {
            QTest::newRow(name) << arguments << exitCode << kind;
        };
        row("unknown option", {u"--nope"_s}, 64, u"usage"_s);
        row("not yet", {u"--token-env"_s, u"X"_s}, 64, u"usage"_s);
        row("MX and a server", {u"--mx"_s, u"x.example"_s}, 64, u"usage"_s);
        row("malformed recipient", {u"--to"_s, u"nobody@"_s}, 65, u"input"_s);
        row("D1 recipient with CRLF", {u"--to"_s, u"a@x\r\nRSET"_s}, 65, u"input"_s);
        row("malformed sender", {u"--from"_s, u"a b@x"_s}, 65, u"input"_s);
        row("missing data", {u"--data"_s, u"/nonexistent/m.eml"_s}, 66, u"noinput"_s);
        row("data is a directory", {u"--data"_s, u"/"_s}, 66, u"noinput"_s);
        row("missing html", {u"--html"_s, u"/nonexistent"_s}, 66, u"noinput"_s);
        row("missing attachment", {u"--attach"_s, u"/nonexistent"_s}, 66, u"noinput"_s);
        row("missing CA", {u"--tls-ca"_s, u"/nonexistent"_s}, 66, u"noinput"_s);
        row("missing password file", {u"--user"_s, u"u"_s, u"--password-file"_s, u"/nonexistent"_s},
            66, u"noinput"_s);
        row("no password", {u"--user"_s, u"u"_s}, 64, u"usage"_s);
        row("transcript not writable", {u"--transcript"_s, u"/nonexistent/t.txt"_s}, 74,
            u"output"_s);
        row("transcript without ending", {u"--transcript"_s, u"t"_s}, 64, u"usage"_s);
        row("chain not writable", {u"--tls-save-chain"_s, u"/nonexistent/c.pem"_s}, 74,
            u"output"_s);
        row("D3 header with CRLF", {u"--header"_s, u"X-A: b\r\nBcc: c@z"_s}, 65, u"input"_s);
        row("header without colon", {u"--header"_s, u"nothing"_s}, 64, u"usage"_s);
        row("data and subject", {u"--data"_s, u"-"_s, u"--subject"_s, u"x"_s}, 64, u"usage"_s);
        row("parameter with space", {u"--mail-param"_s, u"A B"_s}, 65, u"input"_s);
        row("argument", {u"stray"_s}, 64, u"usage"_s);
    }
    void beforeConnecting()
    {
        QFETCH(QStringList, arguments);
        QFETCH(int, exitCode);
        QFETCH(QString, kind);
        FakeRelay relay({Script().hang()});
        CliRunner cli;
        const CliResult result = cli.runJson(base(relay.port()) + arguments);
        QCOMPARE(result.exitCode, exitCode);
        QCOMPARE(result.json()[u"error"_s][u"kind"_s].toString(), kind);
        QCOMPARE(result.json()[u"exit"_s].toInt(), exitCode);
        QCOMPARE(result.json().keys(), sendKeys);
        QVERIFY(!result.diagnostics.isEmpty());
        QCOMPARE(relay.connections(), 0);
    }

    void rawData_data()
    {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<QByteArray>("wire");
        QTest::addColumn<int>("exitCode");
        QTest::newRow("LF") << "A: b\n\n.x\ny\n"_ba << "A: b\r\n\r\n..x\r\ny\r\n"_ba << 0;
        QTest::newRow("CRLF, no end") << "A: b\r\n\r\nx"_ba << "A: b\r\n\r\nx\r\n"_ba << 0;
        QTest::newRow("D6 bare CR") << "A: b\n\nx\ry\n"_ba << ""_ba << 65;
        QTest::newRow("NUL") << QByteArray("A: b\n\nx\0y\n", 10) << ""_ba << 65;
        QTest::newRow("8-bit") << "A: b\n\n\xff\n"_ba << "A: b\r\n\r\n\xff\r\n"_ba << 0;
        QTest::newRow("D6 LF dot LF") << "A: b\n\nx\n.\ny\n"_ba
                                      << "A: b\r\n\r\nx\r\n..\r\ny\r\n"_ba << 0;
    }
    void rawData()
    {
        QFETCH(QByteArray, bytes);
        QFETCH(QByteArray, wire);
        QFETCH(int, exitCode);
        for (const bool standardInput : {false, true}) {
            FakeRelay relay({Script::hello({"8BITMIME"_ba}).transaction().quit()});
            CliRunner cli;
            const QString file = standardInput ? u"-"_s : cli.file(u"m.eml"_s, bytes);
            const CliResult result = cli.runJson(
                base(relay.port()) + QStringList {u"--data"_s, file}, bytes);
            QCOMPARE(result.exitCode, exitCode);
            if (exitCode == 0)
                QCOMPARE(relay.content(), wire);
            else
                QCOMPARE(relay.connections(), 0);
        }
    }

    void refusedConnection()
    {
        const Test::ClosedPort closed;
        const quint16 port = closed.port();
        CliRunner cli;
        const CliResult result = cli.runJson(base(port));
        QCOMPARE(result.exitCode, 75);
        QCOMPARE(result.json()[u"error"_s][u"kind"_s].toString(), u"connect"_s);
        QCOMPARE(result.json()[u"recipients"_s].toArray().size(), 1);
    }

    void stopped()
    {
        FakeRelay relay({mail().answer("RCPT"_ba, "250 ok\r\n"_ba).quit()});
        CliRunner cli;
        const CliResult result = cli.runJson(
            base(relay.port()) + QStringList {u"--quit-after"_s, u"rcpt"_s});
        QCOMPARE(result.exitCode, 0);
        QCOMPARE(result.json()[u"outcome"_s].toString(), u"stopped"_s);
        QCOMPARE(result.json()[u"stage"_s].toString(), u"rcpt"_s);
        QVERIFY(!relay.commands().contains("DATA"));
    }

    void stopBeforeTheEnvelopeNeedsNone()
    {
        FakeRelay relay({Script::hello().quit()});
        CliRunner cli;
        const CliResult result = cli.runJson(
            {u"send"_s, u"--server"_s, u"127.0.0.1:%1"_s.arg(relay.port()), u"--tls"_s, u"none"_s,
                u"--quit-after"_s, u"helo"_s});
        QCOMPARE(result.json()[u"outcome"_s].toString(), u"stopped"_s);
        QCOMPARE(result.exitCode, 0);
    }

    void tls_data()
    {
        QTest::addColumn<QStringList>("arguments");
        QTest::addColumn<int>("exitCode");
        QTest::addColumn<bool>("verified");
        QTest::newRow("C8 unknown root") << QStringList {} << 78 << false;
        QTest::newRow("its CA") << QStringList {u"--tls-ca"_s, u"CA"_s} << 0 << true;
        QTest::newRow("C8 wrong name") << QStringList {u"--tls-ca"_s, u"CA"_s, u"--tls-sni"_s,
            u"other.example"_s} << 78 << false;
        QTest::newRow("not verified") << QStringList {u"--tls-verify"_s, u"none"_s} << 0 << false;
        QTest::newRow("wrong pin") << QStringList {u"--tls-ca"_s, u"CA"_s, u"--tls-pin"_s,
            u"sha256:"_s + QString(64, u'0')}
                                   << 78 << true;
    }
    void tls()
    {
        QFETCH(QStringList, arguments);
        QFETCH(int, exitCode);
        QFETCH(bool, verified);
        FakeRelay relay({Script::hello({"STARTTLS"_ba}).upgrade().transaction().quit()},
            Test::testIdentity().identity);
        CliRunner cli;
        arguments.replaceInStrings(u"CA"_s, cli.file(u"ca.pem"_s, Test::testIdentity().caPem));
        QStringList all = base(relay.port());
        all.replace(all.indexOf(u"none"_s), u"starttls"_s);
        const CliResult result = cli.runJson(
            all + arguments + QStringList {u"--tls-save-chain"_s, cli.path(u"chain.pem"_s)});
        QCOMPARE(result.exitCode, exitCode);
        const QJsonObject answer = result.json();
        QCOMPARE(answer[u"tls"_s][u"verified"_s].toBool(), verified);
        QCOMPARE(answer[u"error"_s][u"kind"_s].toString(), exitCode == 78 ? u"tls"_s : QString());
        QCOMPARE(answer[u"tls"_s][u"reasons"_s].toArray().isEmpty(), verified && exitCode == 0);
        QStringList reasons;
        for (const QJsonValue &reason : answer[u"tls"_s][u"reasons"_s].toArray())
            reasons.append(reason[u"kind"_s].toString());
        QCOMPARE(reasons.contains(u"pinMismatch"_s), arguments.contains(u"--tls-pin"_s));
        QFile chain(cli.path(u"chain.pem"_s));
        QVERIFY(chain.open(QIODevice::ReadOnly));
        QVERIFY(chain.readAll().startsWith("-----BEGIN CERTIFICATE-----"));
    }

    // What was offered and chosen, and never a key.
    void tlsTrace_data()
    {
        QTest::addColumn<bool>("asked");
        QTest::newRow("--tls-trace") << true;
        QTest::newRow("as ever") << false;
    }
    void tlsTrace()
    {
        QFETCH(const bool, asked);
        FakeRelay relay({Script::hello({"STARTTLS"_ba}).upgrade().transaction().quit()},
            Test::testIdentity().identity);
        CliRunner cli;
        QStringList arguments = base(relay.port());
        arguments.replace(arguments.indexOf(u"none"_s), u"starttls"_s);
        arguments += {u"--tls-ca"_s, cli.file(u"ca.pem"_s, Test::testIdentity().caPem),
            u"--tls-sni"_s, u"localhost"_s, u"--transcript"_s, u"-"_s, u"--color"_s, u"never"_s};
        if (asked)
            arguments.append(u"--tls-trace"_s);
        const CliResult result = cli.run(arguments);
        QCOMPARE(result.exitCode, 0);
        QVERIFY(result.output.contains("TLS established: TLSv1.3"));
        for (const char *part : {"TLS sent ClientHello, ", "offers TLSv1.3, TLSv1.2; SNI localhost",
                 "TLS received ServerHello, ", ": 1 certificate\n", "TLS sent Finished, "})
            QCOMPARE(result.output.contains(part), asked);
    }

    void transcripts()
    {
        FakeRelay relay({Script::hello().transaction().quit()});
        CliRunner cli;
        QStringList arguments = base(relay.port());
        for (const char *name : {"t.txt", "t.jsonl", "t.html"})
            arguments += {u"--transcript"_s, cli.path(QString::fromLatin1(name))};
        const CliResult result = cli.run(
            arguments + QStringList {u"--transcript"_s, u"-"_s, u"--color"_s, u"never"_s});
        QCOMPARE(result.exitCode, 0);
        QVERIFY(result.output.contains("MAIL FROM:<a@x.example>"));
        QVERIFY(!result.output.contains('\x1b'));
        for (const char *name : {"t.txt", "t.jsonl", "t.html"}) {
            QFile file(cli.path(QString::fromLatin1(name)));
            QVERIFY(file.open(QIODevice::ReadOnly));
            QVERIFY2(file.readAll().contains("RCPT TO:"), name);
        }
    }

    void testContent_data()
    {
        QTest::addColumn<QByteArray>("md5");
        QTest::newRow("eicar") << "44d88612fea8a8f36de82e1278abb02f"_ba; // as EICAR publishes it
        QTest::newRow("gtube") << "6a684e1cdca03e6a436d182dd4069183"_ba;
    }
    void testContent()
    {
        QFETCH(QByteArray, md5);
        FakeRelay relay({Script::hello().transaction().quit()});
        CliRunner cli;
        const QStringList arguments = base(relay.port());
        const CliResult result = cli.run(arguments
            + QStringList {u"--test-content"_s, QString::fromLatin1(QTest::currentDataTag())});
        QVERIFY2(result.exitCode == 0, (result.output + result.diagnostics).constData());
        const QByteArray body = relay.received().mid(relay.received().indexOf("\r\n\r\n") + 4);
        QCOMPARE(QCryptographicHash::hash(body.first(68), QCryptographicHash::Md5).toHex(), md5);
        QCOMPARE(body.sliced(68, 2), "\r\n"_ba);
        QCOMPARE(cli.run(arguments + QStringList {u"--test-content"_s, u"other"_s}).exitCode, 64);
    }

    void partsOfTranscripts()
    {
        FakeRelay relay({Script::hello().transaction().quit()});
        CliRunner cli;
        const CliResult result = cli.run(base(relay.port())
            + QStringList {u"--transcript"_s, u"-"_s, u"--transcript"_s, cli.path(u"t.jsonl"_s),
                u"--transcript-hide"_s, u"server,event"_s, u"--transcript-hex"_s, u"--color"_s,
                u"never"_s});
        QCOMPARE(result.exitCode, 0);
        QVERIFY(result.output.contains(" C: MAIL FROM:<a@x.example>\n"
                                       "#   0000  4d 41 49 4c 20 46 52 4f 4d 3a 3c 61 40 78 2e 65  "
                                       "MAIL FROM:<a@x.e\n"
                                       "#   0010  78 61 6d 70 6c 65 3e"));
        QVERIFY(!result.output.contains(" S: 250"));
        QVERIFY(!result.output.contains("connect"));
        QFile whole(cli.path(u"t.jsonl"_s));
        QVERIFY(whole.open(QIODevice::ReadOnly));
        QVERIFY(whole.readAll().contains("\"dir\":\"server\""));
        for (const QStringList &wrong :
            {QStringList {u"--transcript-hide"_s, u"all"_s, u"--transcript"_s, u"-"_s},
                QStringList {u"--transcript-hex"_s}})
            QCOMPARE(cli.run(base(1) + wrong).exitCode, 64);
    }

    void coloursAndSummary()
    {
        CliRunner cli;
        for (const bool always : {true, false}) {
            FakeRelay relay({rcpt(mail(), "550 5.1.1 no such user").hang()});
            const CliResult result = cli.run(base(relay.port())
                + QStringList {
                    u"--color"_s, always ? u"always"_s : u"auto"_s, u"--timeout"_s, u"quit=0.2"_s});
            QCOMPARE(result.exitCode, 69);
            QCOMPARE(result.output.contains('\x1b'), always);
            QVERIFY2(result.output.contains("550 5.1.1 no such user"), result.output.constData());
            QVERIFY(result.output.contains("0 of 1 accepted"));
        }
    }

    /// What is wrong is said once, however many recipients it hit.
    void summarySaysThingsOnce()
    {
        FakeRelay relay(
            {Script::hello({"AUTH PLAIN"_ba}).answer("AUTH"_ba, "535 5.7.8 no such login\r\n"_ba)});
        CliRunner cli;
        cli.setVariable(u"MG_PASSWORD"_s, u"c4n4ry"_s);
        const CliResult result = cli.run(base(relay.port(), {u"b@y.example"_s, u"c@y.example"_s})
            + QStringList {u"--user"_s, u"ann"_s, u"--password-env"_s, u"MG_PASSWORD"_s,
                u"--auth-without-tls"_s, u"--timeout"_s, u"quit=0.2"_s});
        QCOMPARE(result.exitCode, 77);
        QCOMPARE(result.output.count("535 5.7.8 no such login)"), 1);
        QVERIFY(!result.output.contains("failed at"));
    }

    void noStore()
    {
        FakeRelay relay({Script::hello().transaction().quit()});
        CliRunner cli;
        const CliResult result = cli.runJson(base(relay.port()) + QStringList {u"--no-store"_s});
        QCOMPARE(result.exitCode, 0);
        QVERIFY(result.json()[u"session"_s].isNull());
        QVERIFY(!QFileInfo::exists(cli.path(u"data"_s)));
    }

    /// H6: without a store mail goes on, and the user is told.
    void storeThatCannotBeOpened()
    {
        FakeRelay relay({Script::hello().transaction().quit()});
        CliRunner cli;
        const QString blocked = cli.file(u"blocked"_s, "not a directory");
        const CliResult result = cli.runJson(
            base(relay.port()) + QStringList {u"--data-dir"_s, blocked});
        QCOMPARE(result.exitCode, 0);
        QVERIFY(result.json()[u"session"_s].isNull());
        QCOMPARE(result.diagnostics.count("nothing will be saved"), 1);
    }

    void nullReversePath()
    {
        FakeRelay relay({Script::hello()
                .answer("MAIL FROM:<>"_ba, "250 ok\r\n"_ba)
                .answer("RCPT"_ba, "250 ok\r\n"_ba)
                .answer("DATA"_ba, "354 go\r\n"_ba)
                .expectContent()
                .send("250 ok\r\n"_ba)
                .quit()});
        CliRunner cli;
        QStringList arguments = base(relay.port());
        arguments.replace(arguments.indexOf(u"a@x.example"_s), QString());
        QCOMPARE(cli.runJson(arguments).exitCode, 0);
        QCOMPARE(relay.problems(), QStringList());
    }

    void listsAndDisplayNames()
    {
        FakeRelay relay({Script::hello().transaction(3).quit()});
        CliRunner cli;
        const CliResult result = cli.runJson(
            base(relay.port(), {u"Ann <a1@y.example>, a2@y.example"_s, u"a3@y.example"_s}));
        QCOMPARE(result.exitCode, 0);
        QStringList addresses;
        for (const QJsonValue &one : result.json()[u"recipients"_s].toArray())
            addresses.append(one[u"address"_s].toString());
        QCOMPARE(
            addresses, (QStringList {u"a1@y.example"_s, u"a2@y.example"_s, u"a3@y.example"_s}));
        QVERIFY(relay.content().contains("Ann <a1@y.example>"));
    }

    void repeatOverSessions()
    {
        const Script two = Script::hello().transaction().transaction();
        FakeRelay relay({two, two, two});
        CliRunner cli;
        const CliResult result = cli.runJson(base(relay.port())
            + QStringList {u"--repeat"_s, u"4"_s, u"--sessions"_s, u"2"_s, u"--text"_s, u"x"_s,
                u"--timeout"_s, u"quit=0.2"_s});
        QCOMPARE(result.exitCode, 0);
        const QJsonObject answer = result.json();
        QCOMPARE(answer.keys(),
            (QStringList {u"accepted"_s, u"deferred"_s, u"latencyMs"_s, u"messages"_s,
                u"perSecond"_s, u"rejected"_s, u"seconds"_s, u"uncertain"_s}));
        QCOMPARE(answer[u"messages"_s].toInt(), 4);
        QCOMPARE(answer[u"accepted"_s].toInt(), 4);
        QCOMPARE(
            answer[u"latencyMs"_s].toObject().keys(), (QStringList {u"p50"_s, u"p95"_s, u"p99"_s}));
        QVERIFY(relay.connections() <= 3);
        QCOMPARE(
            QJsonDocument::fromJson(cli.runJson({u"sessions"_s, u"list"_s}).output).array().size(),
            4);
    }

    void repeatedMessageIds_data()
    {
        QTest::addColumn<QString>("header");
        QTest::addColumn<int>("ids");
        QTest::newRow("ours") << u"X: y"_s << 2;
        QTest::newRow("ours beside a field of a longer name") << u"Message-ID-Hash: y"_s << 2;
        QTest::newRow("one that was given") << u"Message-ID: <a@b>"_s << 1;
    }
    void repeatedMessageIds()
    {
        QFETCH(QString, header);
        QFETCH(int, ids);
        FakeRelay relay({Script::hello().transaction().transaction().quit()});
        CliRunner cli;
        const CliResult result = cli.runJson(base(relay.port())
            + QStringList {u"--repeat"_s, u"2"_s, u"--text"_s, u"x"_s, u"--header"_s, header});
        QCOMPARE(result.exitCode, 0);
        QSet<QByteArray> told;
        for (const QByteArray &line : relay.received().split('\n')) {
            if (line.startsWith("Message-ID: "))
                told.insert(line);
        }
        QCOMPARE(told.size(), ids);
    }

    void repeatUsage()
    {
        CliRunner cli;
        for (const QStringList &wrong : {QStringList {u"--repeat"_s, u"0"_s},
                 QStringList {u"--repeat"_s, u"x"_s}, QStringList {u"--sessions"_s, u"2"_s},
                 QStringList {u"--repeat"_s, u"2"_s, u"--quit-after"_s, u"mail"_s},
                 QStringList {
                     u"--repeat"_s, u"2"_s, u"--sessions"_s, u"2"_s, u"--local-port"_s, u"2525"_s}})
            QCOMPARE(cli.runJson(base(1) + wrong).exitCode, 64);
    }

    void deliveryStatusParameters()
    {
        FakeRelay relay({Script::hello({"DSN"_ba})
                .answer("MAIL FROM:<a@x.example> RET=HDRS ENVID=a+2Bb+20c"_ba, "250 ok\r\n"_ba)
                .answer("RCPT TO:<b@y.example> X=1 NOTIFY=SUCCESS,DELAY"_ba, "250 ok\r\n"_ba)
                .answer("DATA"_ba, "354 go\r\n"_ba)
                .expectContent()
                .send("250 ok\r\n"_ba)
                .quit()});
        CliRunner cli;
        const CliResult result = cli.runJson(base(relay.port())
            + QStringList {u"--dsn-notify"_s, u"success,delay"_s, u"--dsn-ret"_s, u"hdrs"_s,
                u"--dsn-envid"_s, u"a+b c"_s, u"--rcpt-param"_s, u"X=1"_s});
        QCOMPARE(relay.problems(), QStringList());
        QCOMPARE(result.exitCode, 0);
        for (const QStringList &wrong :
            {QStringList {u"--dsn-notify"_s, u"never,delay"_s},
                QStringList {u"--dsn-ret"_s, u"some"_s}, QStringList {u"--dsn-envid"_s, QString()}})
            QCOMPARE(cli.runJson(base(1) + wrong).exitCode, 64);
    }

    void utf8Addresses()
    {
        CliRunner cli;
        const QStringList utf8 {u"--smtputf8"_s, u"off"_s, u"--to"_s, u"grüße@y.example"_s};
        const CliResult off = cli.runJson(base(1) + utf8);
        QCOMPARE(off.exitCode, 65);
        QCOMPARE(off.json()[u"recipients"_s][1][u"address"_s].toString(), u"grüße@y.example"_s);
        FakeRelay relay({Script::hello().hang()});
        const CliResult lacking = cli.runJson(base(relay.port(), {u"grüße@y.example"_s})
            + QStringList {u"--timeout"_s, u"quit=0.2"_s});
        QCOMPARE(lacking.json()[u"error"_s][u"kind"_s].toString(), u"unsupported"_s);
    }

    void cannotWriteOutput()
    {
        if (!QFileInfo::exists(u"/dev/full"_s))
            QSKIP("no /dev/full here");
        FakeRelay relay({Script::hello().transaction().quit()});
        CliRunner cli;
        QProcess process;
        cli.prepare(process, base(relay.port()) + QStringList {u"--json"_s});
        process.setStandardOutputFile(u"/dev/full"_s);
        process.start();
        QTRY_COMPARE_WITH_TIMEOUT(process.state(), QProcess::NotRunning, 30'000);
        QCOMPARE(process.exitCode(), 74);
    }

    /// What stands on a command line is read by every process of the machine.
    void noSecretIsTakenFromTheCommandLineE5()
    {
        CliRunner cli;
        for (const QString &option :
            {u"--password"_s, u"--token"_s, u"--proxy-password"_s, u"--vault-passphrase"_s}) {
            const CliResult result = cli.runJson(
                base(1) + QStringList {option, u"c4n4ry-s3cret"_s});
            QCOMPARE(result.exitCode, 64);
            QVERIFY(!(result.output + result.diagnostics).contains("c4n4ry"));
        }
        // Nor in the address of a proxy.
        const CliResult proxy = cli.runJson(
            base(1) + QStringList {u"--proxy"_s, u"socks5://ann:c4n4ry-s3cret@127.0.0.1:1"_s});
        QCOMPARE(proxy.exitCode, 64);
        QVERIFY(!(proxy.output + proxy.diagnostics).contains("c4n4ry"));
    }

    /// E1, E2: the password is in no artefact, whatever the mechanism and however the server
    /// echoes it.
    void secretsCanary_data()
    {
        QTest::addColumn<QByteArray>("mechanism");
        QTest::addColumn<Script>("script");
        const QByteArray echo = "535 5.7.8 no c4n4ry-s3cret\r\n"_ba;
        QTest::newRow("E1, E2 PLAIN")
            << "PLAIN"_ba << Script::hello({"AUTH PLAIN"_ba}).answer("AUTH PLAIN"_ba, echo);
        QTest::newRow("E1, E2 LOGIN") << "LOGIN"_ba
                                      << Script::hello({"AUTH LOGIN"_ba})
                                             .answer("AUTH LOGIN"_ba, "334 VXNlcm5hbWU6\r\n"_ba)
                                             .answer(""_ba, "334 UGFzc3dvcmQ6\r\n"_ba)
                                             .answer(""_ba, echo);
        QTest::newRow("E1, E2 CRAM-MD5") << "CRAM-MD5"_ba
                                         << Script::hello({"AUTH CRAM-MD5"_ba})
                                                .answer("AUTH CRAM-MD5"_ba, "334 PDFAeD4=\r\n"_ba)
                                                .answer(""_ba, echo);
    }
    void secretsCanary()
    {
        QFETCH(QByteArray, mechanism);
        QFETCH(Script, script);
        const QByteArray canary = "c4n4ry-s3cret"_ba;
        FakeRelay relay({script});
        CliRunner cli;
        const QString secret = cli.file(u"password"_s, canary + '\n');
        QStringList arguments = base(relay.port())
            + QStringList {u"--user"_s, u"ann"_s, u"--password-file"_s, secret, u"--auth"_s,
                QString::fromLatin1(mechanism), u"--auth-without-tls"_s, u"--timeout"_s,
                u"quit=0.2"_s};
        for (const char *name : {"t.txt", "t.jsonl", "t.html"})
            arguments += {u"--transcript"_s, cli.path(QString::fromLatin1(name))};
        const CliResult result = cli.runJson(arguments + QStringList {u"--transcript"_s, u"-"_s});
        QCOMPARE(result.exitCode, 77);
        QCOMPARE(result.json()[u"error"_s][u"kind"_s].toString(), u"auth"_s);
        QVERIFY(QFile::remove(secret));
        QVERIFY(result.output.contains("535 5.7.8"));
        const QList<QByteArray> forms {canary, canary.toBase64(), canary.toHex(),
            (QByteArray(1, '\0') + "ann" + QByteArray(1, '\0') + canary).toBase64()};
        QList<QByteArray> artefacts {result.output, result.diagnostics};
        artefacts += Test::filesBelow(cli.path({})).values();
        QVERIFY(artefacts.size() > 5);
        for (const QByteArray &artefact : std::as_const(artefacts)) {
            for (const QByteArray &form : forms)
                QVERIFY(!artefact.contains(form));
        }
    }
};

QTEST_GUILESS_MAIN(CliSendTest)
#include "tst_clisend.moc"
