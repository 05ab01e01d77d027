// SPDX-License-Identifier: GPL-3.0-or-later
// R11 (E1-E4, E6): twelve secrets through the program itself, by every mechanism, to a server that
// repeats each of them in every form. None may be found in anything that the program leaves.
#include "canaries.h"
#include "kerberosrealm.h"
#include "sasl/mechanism.h"

#include <QJsonArray>
#include <QJsonDocument>

#include <algorithm>
#include <csignal>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace Mailgauge;
using Test::Artefacts;
using Test::CliResult;
using Test::CliRunner;
using Test::EchoingServer;
using Test::filesBelow;
using Test::noneIn;
using Test::passwords;
using Test::tokens;

namespace {

constexpr auto Patience = 60'000;

/// A batch that is led line by line, so that its store can be looked into while it is open.
class Batch {
public:
    explicit Batch(CliRunner &cli)
    {
        cli.setVariable(u"QT_LOGGING_RULES"_s, u"*=true"_s);
        cli.prepare(m_process, {u"batch"_s});
        m_process.start();
    }
    QJsonObject answer(const QJsonObject &operation)
    {
        m_process.write(QJsonDocument(operation).toJson(QJsonDocument::Compact) + '\n');
        if (!Test::waitFor([this] { return m_process.canReadLine(); }, Patience))
            return {};
        const QByteArray line = m_process.readLine();
        output += line;
        return QJsonDocument::fromJson(line).object();
    }
    [[nodiscard]] bool end()
    {
        m_process.closeWriteChannel();
        const bool ended = Test::waitFor(
            [this] { return m_process.state() == QProcess::NotRunning; }, Patience);
        output += m_process.readAllStandardOutput();
        diagnostics = m_process.readAllStandardError();
        return ended && m_process.exitCode() == 0;
    }

    QByteArray output;
    QByteArray diagnostics;

private:
    QProcess m_process;
};

} // namespace

class TestCanaries final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void everyMechanism_data()
    {
        QTest::addColumn<QByteArray>("mechanism");
        for (const QByteArray &name : Sasl::mechanismsByStrength()) {
            // Kerberos needs a realm: below. Binding needs TLS; the messages are the same.
            const bool secret = Sasl::proofOf(name) == Sasl::Proof::Password
                || Sasl::proofOf(name) == Sasl::Proof::Token;
            if (secret && !Sasl::bindsChannel(name))
                QTest::newRow(("E1 " + name).constData()) << name;
        }
    }
    void everyMechanism()
    {
        QFETCH(const QByteArray, mechanism);
        const bool token = Sasl::proofOf(mechanism) == Sasl::Proof::Token;
        const QByteArrayList secrets = token ? tokens() : passwords;
        EchoingServer server(mechanism, secrets);
        CliRunner cli;
        for (qsizetype i = 0; i < secrets.size(); ++i)
            cli.setVariable(u"SECRET_%1"_s.arg(i), QString::fromUtf8(secrets[i]));
        Batch batch(cli);
        QStringList sessions;
        for (qsizetype i = 0; i < secrets.size(); ++i) {
            QJsonArray transcripts;
            for (const char *kind : {"txt", "jsonl", "html"})
                transcripts.append(cli.path(u"t%1.%2"_s.arg(i).arg(QLatin1StringView(kind))));
            const QJsonObject answer = batch.answer(
                {{u"op"_s, u"send"_s}, {u"server"_s, u"127.0.0.1:%1"_s.arg(server.port())},
                    {u"tls"_s, u"none"_s}, {u"authWithoutTls"_s, true}, {u"user"_s, u"ann"_s},
                    {u"auth"_s, QString::fromLatin1(mechanism)},
                    {token ? u"tokenEnv"_s : u"passwordEnv"_s, u"SECRET_%1"_s.arg(i)},
                    {u"from"_s, u"a@x.example"_s}, {u"to"_s, u"b@y.example"_s}, {u"text"_s, u"x"_s},
                    {u"transcript"_s, transcripts}});
            QVERIFY2(answer[u"exit"_s].toInt() == 77, QJsonDocument(answer).toJson().constData());
            QVERIFY(!answer[u"session"_s].toString().isEmpty());
            sessions.append(answer[u"session"_s].toString());
            // The search finds what is there to be found.
            QVERIFY(!Test::leakIn(server.sent[i], secrets[i]).isEmpty());
        }
        search(cli, batch, sessions, secrets);
    }

    /// The password goes to the KDC alone, and what comes of it to the server.
    void kerberos()
    {
        if (Sasl::isLeftOut("GSSAPI"))
            MAILGAUGE_MISSING("this build has no Kerberos");
        if (const QString why = Test::whyNoRealServers() + Test::KerberosRealm::whyNot();
            !why.isEmpty())
            MAILGAUGE_MISSING(qPrintable(why));
        Test::KerberosRealm realm;
        const QString error = realm.start();
        QVERIFY2(error.isEmpty(), qPrintable(error + realm.log()));
        const QByteArray password = "s3cret-canary"_ba;
        EchoingServer server("GSSAPI"_ba, {password});
        CliRunner cli;
        cli.setVariable(u"SECRET"_s, QString::fromUtf8(password));
        cli.setVariable(u"KRB5_CONFIG"_s, realm.config());
        Batch batch(cli);
        const QJsonObject answer = batch.answer({{u"op"_s, u"send"_s},
            {u"server"_s, u"mx.example.org:%1"_s.arg(server.port())},
            {u"resolve"_s, u"mx.example.org:%1:127.0.0.1"_s.arg(server.port())},
            {u"tls"_s, u"none"_s}, {u"user"_s, u"ann"_s}, {u"auth"_s, u"GSSAPI"_s},
            {u"passwordEnv"_s, u"SECRET"_s}, {u"from"_s, u"a@x.example"_s},
            {u"to"_s, u"b@y.example"_s}, {u"text"_s, u"x"_s},
            {u"transcript"_s,
                QJsonArray {cli.path(u"t.txt"_s), cli.path(u"t.jsonl"_s), cli.path(u"t.html"_s)}}});
        QVERIFY2(answer[u"exit"_s].toInt() == 77, QJsonDocument(answer).toJson().constData());
        // The server got a ticket, and says it again beside the password.
        const QByteArrayList heard = server.heard.value(0).split('\n');
        const qsizetype at = heard.indexOf("AUTH GSSAPI\r"_ba);
        QVERIFY2(at >= 0, server.heard.value(0).constData());
        const QByteArray line = heard.value(at + 1).trimmed();
        const QByteArray ticket = QByteArray::fromBase64(line);
        QVERIFY(ticket.size() > 100);
        QVERIFY(server.sent[0].contains(line));
        search(cli, batch, {answer[u"session"_s].toString()}, {password}, {line, ticket});
    }

    /// Typed by hand, as no program would write it (hMailServer, CVE-2026-114471).
    void byHand_data()
    {
        QTest::addColumn<QByteArray>("mechanism");
        QTest::addColumn<QByteArrayList>("lines"); // % is the response
        QTest::newRow("E1 in the line") << "PLAIN"_ba << QByteArrayList {"AUTH PLAIN %"_ba};
        QTest::newRow("E1 case") << "PLAIN"_ba << QByteArrayList {"aUtH pLaIn %"_ba};
        QTest::newRow("E1 spaces") << "PLAIN"_ba << QByteArrayList {"AUTH   PLAIN    %  "_ba};
        QTest::newRow("E1 a space before") << "PLAIN"_ba << QByteArrayList {" AUTH PLAIN %"_ba};
        QTest::newRow("E1 on a line of its own")
            << "PLAIN"_ba << QByteArrayList {"AUTH PLAIN"_ba, "%"_ba};
        QTest::newRow("E1 space around it")
            << "PLAIN"_ba << QByteArrayList {"AUTH PLAIN"_ba, "  % "_ba};
        QTest::newRow("E1 LOGIN") << "LOGIN"_ba
                                  << QByteArrayList {"AUTH LOGIN"_ba, "YW5u"_ba, "%"_ba};
        QTest::newRow("E1 bearer") << "XOAUTH2"_ba << QByteArrayList {"auth xoauth2 %"_ba};
    }
    void byHand()
    {
        QFETCH(const QByteArray, mechanism);
        QFETCH(const QByteArrayList, lines);
        const QByteArrayList secrets = mechanism == "XOAUTH2" ? tokens() : passwords;
        EchoingServer server(mechanism, secrets);
        CliRunner cli;
        Batch batch(cli);
        QStringList sessions;
        for (qsizetype i = 0; i < secrets.size(); ++i) {
            const QByteArray &secret = secrets[i];
            const QByteArray response = mechanism == "LOGIN" ? secret
                : mechanism == "PLAIN"                       ? "\0ann\0"_ba + secret
                                       : "user=ann\x01"_ba + "auth=Bearer " + secret + "\x01\x01";
            QVERIFY(batch
                    .answer({{u"op"_s, u"open"_s}, {u"session"_s, u"h"_s},
                        {u"server"_s, u"127.0.0.1:%1"_s.arg(server.port())},
                        {u"tls"_s, u"none"_s}})[u"error"_s]
                    .isNull());
            batch.answer(
                {{u"op"_s, u"ehlo"_s}, {u"session"_s, u"h"_s}, {u"name"_s, u"me.example"_s}});
            QJsonObject answer;
            for (QByteArray line : lines) {
                line.replace("%", response.toBase64());
                answer = batch.answer({{u"op"_s, u"command"_s}, {u"session"_s, u"h"_s},
                    {u"line"_s, QString::fromLatin1(line)}});
            }
            QVERIFY2(answer[u"reply"_s][u"code"_s].toInt() == 535,
                QJsonDocument(answer).toJson().constData());
            QVERIFY(server.heard[i].contains(response.toBase64()));
            batch.answer({{u"op"_s, u"quit"_s}, {u"session"_s, u"h"_s}});
        }
        const QJsonArray list
            = QJsonDocument::fromJson(cli.runJson({u"sessions"_s, u"list"_s}).output).array();
        for (const QJsonValue &one : list)
            sessions.append(one[u"session"_s].toString());
        search(cli, batch, sessions, secrets);
    }

    /// E4: what keeps them is the vault alone.
    void profiles()
    {
        CliRunner cli;
        cli.makeVault("open sesame"_ba);
        const QString phrase = cli.file(u"phrase"_s, "open sesame\n"_ba);
        for (qsizetype i = 0; i < passwords.size(); ++i) {
            cli.setVariable(u"SECRET"_s, QString::fromUtf8(passwords[i]));
            const CliResult added = cli.run({u"profiles"_s, u"add"_s, u"P%1"_s.arg(i),
                u"--server"_s, u"mx.example"_s, u"--user"_s, u"ann"_s, u"--password-env"_s,
                u"SECRET"_s, u"--vault-passphrase-file"_s, phrase});
            QVERIFY2(added.exitCode == 0, added.diagnostics.constData());
        }
        Artefacts all = filesBelow(cli.path(u"data"_s));
        QVERIFY(all.size() >= 2);
        all.insert(u"export"_s, cli.run({u"profiles"_s, u"export"_s}).output);
        all.insert(u"list"_s, cli.runJson({u"profiles"_s, u"list"_s}).output);
        all.insert(u"show"_s, cli.runJson({u"profiles"_s, u"show"_s, u"P1"_s}).output);
        QVERIFY(all[u"export"_s].contains("mx.example"));
        noneIn(all, passwords);
    }

    /// E6: a crash leaves no memory behind.
    void crash()
    {
        if (!isDumped({"/bin/sleep", "60", nullptr}, false))
            QSKIP("this machine dumps no core of anything");
        const QByteArray program = QByteArray(MAILGAUGE_BIN) + "/mailgauge-cli";
        QVERIFY(!isDumped({program.constData(), "sandbox", nullptr}, true));
    }

private:
    /// Whether a program that is aborted leaves a core; in a directory that goes with it.
    static bool isDumped(std::initializer_list<const char *> arguments, bool speaks)
    {
        const QTemporaryDir directory;
        int output[2];
        if (pipe(output) != 0)
            return false;
        const pid_t child = fork();
        if (child == 0) {
            const rlimit all {RLIM_INFINITY, RLIM_INFINITY};
            setrlimit(RLIMIT_CORE, &all);
            // The sanitizer switches dumps off by itself.
            setenv("ASAN_OPTIONS", "disable_coredump=0:detect_leaks=0", 1);
            setenv("HOME", QFile::encodeName(directory.path()).constData(), 1);
            dup2(output[1], STDOUT_FILENO);
            if (chdir(QFile::encodeName(directory.path()).constData()) == 0)
                execv(*arguments.begin(), const_cast<char *const *>(std::data(arguments)));
            _exit(127);
        }
        // The sandbox's first line: it runs. What says nothing has nothing to set up.
        close(output[1]);
        char c = 0;
        const bool begun = !speaks || ::read(output[0], &c, 1) == 1;
        // Until it is that program, it is still this one.
        const bool itself = speaks || Test::waitFor([child] {
            QFile name(u"/proc/%1/comm"_s.arg(child));
            return name.open(QIODevice::ReadOnly) && name.readAll() == "sleep\n";
        });
        kill(child, SIGABRT);
        int status = 0;
        waitpid(child, &status, 0);
        close(output[0]);
        // What never ran proves nothing.
        return speaks ? !begun || !WIFSIGNALED(status) || WCOREDUMP(status)
                      : itself && WIFSIGNALED(status) && WCOREDUMP(status);
    }

    /// `also`: what may not be there as it is.
    static void search(CliRunner &cli, Batch &batch, const QStringList &sessions,
        const QByteArrayList &secrets, const QByteArrayList &also = {})
    {
        QCOMPARE(sessions.size(), secrets.size());
        // With the write-ahead log, which is gone when the program is.
        Artefacts all = filesBelow(cli.path({}));
        QVERIFY(std::ranges::any_of(
            all.keys(), [](const QString &name) { return name.endsWith(u"-wal"_s); }));
        QVERIFY(batch.end());
        for (const auto &[name, bytes] : filesBelow(cli.path({})).asKeyValueRange())
            all.insert(u"later "_s + name, bytes);
        all.insert(u"standard output"_s, batch.output);
        all.insert(u"standard error"_s, batch.diagnostics);
        QVERIFY2(batch.diagnostics.contains("mailgauge."), "the log is not on");
        const Artefacts exports = Test::exported(cli, sessions);
        QVERIFY(exports.size() >= 3 * sessions.size());
        all.insert(exports);
        QVERIFY(all.size() > 3 * sessions.size() + 4);
        // They are about these sessions.
        QVERIFY(batch.output.contains("535"));
        noneIn(all, secrets);
        for (const auto &[name, bytes] : all.asKeyValueRange()) {
            for (const QByteArray &one : also)
                QVERIFY2(!bytes.contains(one.first(24)) && !bytes.contains(one.last(24)),
                    qPrintable(name));
        }
    }
};

QTEST_GUILESS_MAIN(TestCanaries)
#include "tst_canaries.moc"
