// SPDX-License-Identifier: GPL-3.0-or-later
// E9: signing in through the browser from the command line, and logging in with what was granted.
#include "clirunner.h"
#include "fakeprovider.h"
#include "fakerelay.h"
#include "secretforms.h"

#include "base/literals.h"

#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QTest>

using namespace Mailgauge;
using Test::CliResult;
using Test::CliRunner;
using Test::FakeProvider;
using Test::FakeRelay;
using Test::Script;
using Test::xoauth2Login;

namespace {

const QByteArray passphrase = "open sesame"_ba;

QStringList send()
{
    return {u"send"_s, u"--profile"_s, u"P"_s, u"--from"_s, u"a@x.example"_s, u"--to"_s,
        u"b@y.example"_s, u"--text"_s, u"hello"_s};
}

/// A provider, a vault, and the profile "P" that signs in there.
struct Bench {
    explicit Bench(quint16 port = 2525)
    {
        cli.makeVault(passphrase);
        opened = {u"--vault-passphrase-file"_s, cli.file(u"phrase"_s, passphrase + '\n')};
        const CliResult added = cli.run({u"profiles"_s, u"add"_s, u"P"_s, u"--server"_s,
            u"127.0.0.1:%1"_s.arg(port), u"--tls"_s, u"none"_s, u"--auth-without-tls"_s,
            u"--user"_s, u"ann"_s, u"--oauth-client-id"_s, u"client-1"_s,
            u"--oauth-authorize-url"_s,
            provider.authorizationEndpoint().toString(QUrl::FullyEncoded), u"--oauth-token-url"_s,
            provider.tokenEndpoint().toString(), u"--oauth-scope"_s, u"mail.send,offline"_s});
        QVERIFY2(added.exitCode == 0, added.diagnostics.constData());
    }

    /// Until the page is printed.
    bool begin(const QStringList &more = {})
    {
        cli.prepare(
            process, QStringList {u"profiles"_s, u"login"_s, u"P"_s, u"--json"_s} + opened + more);
        process.start();
        output.clear();
        if (!Test::waitFor([this] { return process.canReadLine(); }))
            return false;
        output = process.readLine();
        page = QUrl::fromEncoded(
            QJsonDocument::fromJson(output).object()[u"url"_s].toString().toUtf8());
        return page.isValid();
    }
    CliResult end()
    {
        CliResult result;
        if (Test::waitFor([this] { return process.state() == QProcess::NotRunning; }))
            result.exitCode = process.exitCode();
        result.output = output + process.readAllStandardOutput();
        result.diagnostics = process.readAllStandardError();
        told += result.output + result.diagnostics;
        return result;
    }
    CliResult signIn(const QStringList &more = {})
    {
        if (begin(more) && !Test::browse(provider.allow(page)).startsWith("HTTP/1.1 200 "))
            process.kill();
        return end();
    }
    CliResult run(const QStringList &arguments)
    {
        const CliResult result = cli.runJson(arguments + opened);
        told += result.output + result.diagnostics;
        return result;
    }

    FakeProvider provider;
    CliRunner cli;
    QStringList opened;
    QProcess process;
    QByteArray output;
    QUrl page;
    QByteArray told; ///< All that the program said.
};

} // namespace

class CliLoginTest final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    /// E1, E4: what was granted, and what it was asked for with, stand nowhere outside the vault.
    void signInAndSend()
    {
        // The first token is used as it is, the second one ends too soon and is refreshed before.
        FakeRelay relay({xoauth2Login("access-canary-1"_ba).transaction().quit(),
            xoauth2Login("access-canary-3"_ba).transaction().quit()});
        Bench bench(relay.port());
        bench.provider.clientSecret = "client-canary";
        const CliResult signedIn = bench.signIn(
            {u"--client-secret-file"_s, bench.cli.file(u"client"_s, "client-canary\n"_ba)});
        QVERIFY2(signedIn.exitCode == 0, signedIn.diagnostics.constData());
        QVERIFY(QFile::remove(bench.cli.path(u"client"_s)));
        QCOMPARE(signedIn.jsonLines().size(), 2);
        QVERIFY(signedIn.json()[u"signedIn"_s].toBool());
        QVERIFY(signedIn.json()[u"renews"_s].toBool());
        QVERIFY(signedIn.json()[u"expires"_s].toString().endsWith(u'Z'));
        QCOMPARE(signedIn.diagnostics, ""_ba);

        QStringList transcripts;
        for (const char *name : {"t.txt", "t.jsonl", "t.html"})
            transcripts += {u"--transcript"_s, bench.cli.path(QString::fromLatin1(name))};
        const CliResult sent = bench.run(send() + transcripts);
        QVERIFY2(sent.exitCode == 0, (sent.output + sent.diagnostics).constData());
        QCOMPARE(sent.json()[u"auth"_s][u"mechanism"_s].toString(), u"XOAUTH2"_s);
        QCOMPARE(bench.provider.forms.size(), 1);

        bench.provider.lifetime = 60; // less than what is left at least
        bench.provider.revoke();
        QCOMPARE(bench.signIn().exitCode, 0); // with the secret that is kept
        const CliResult refreshed = bench.run(send());
        QVERIFY2(refreshed.exitCode == 0, (refreshed.output + refreshed.diagnostics).constData());
        QVERIFY(bench.provider.forms.last().startsWith("grant_type=refresh_token&"));
        QCOMPARE(relay.problems(), QStringList());

        bench.run({u"profiles"_s, u"show"_s, u"P"_s});
        const CliResult exported = bench.cli.run({u"profiles"_s, u"export"_s});
        QVERIFY(exported.output.contains("\"clientId\": \"client-1\""));
        QByteArrayList secrets {"access-canary-1", "access-canary-3", "refresh-canary-1",
            "refresh-canary-2", "code-canary-1", "client-canary"};
        for (const QByteArray &form : std::as_const(bench.provider.forms)) {
            const QUrlQuery query(QString::fromLatin1(form));
            if (query.hasQueryItem(u"code_verifier"_s))
                secrets.append(query.queryItemValue(u"code_verifier"_s).toLatin1());
        }
        QCOMPARE(secrets.size(), 8);
        QByteArrayList artefacts {bench.told, exported.output};
        artefacts += Test::filesBelow(bench.cli.path({})).values();
        QVERIFY(artefacts.size() > 6);
        for (const QByteArray &artefact : std::as_const(artefacts)) {
            for (const QByteArray &secret : std::as_const(secrets))
                QCOMPARE(Test::leakIn(artefact, secret), QByteArray());
        }
    }

    void everyWayThatLogsIn_data()
    {
        QTest::addColumn<QStringList>("arguments");
        const QStringList plain = send();
        QTest::newRow("send --repeat") << plain + QStringList {u"--repeat"_s, u"1"_s};
        QTest::newRow("send, the mechanism named")
            << plain + QStringList {u"--auth"_s, u"XOAUTH2"_s};
        QTest::newRow("profiles test") << QStringList {u"profiles"_s, u"test"_s, u"P"_s};
        QTest::newRow("check relay") << QStringList {u"check"_s, u"relay"_s, u"--profile"_s, u"P"_s,
            u"--authenticate"_s, u"--checks"_s, u"authentication"_s, u"-4"_s, u"--sessions"_s,
            u"1"_s, u"--timeout"_s, u"greeting=0.3"_s};
    }
    void everyWayThatLogsIn()
    {
        QFETCH(const QStringList, arguments);
        QList<Script> scripts {xoauth2Login("access-canary-1"_ba).transaction().quit()};
        if (arguments.first() == u"profiles"_s)
            scripts = {xoauth2Login("access-canary-1"_ba).quit()};
        const Script cell = Script::hello({"AUTH PLAIN XOAUTH2"_ba}).quit();
        if (arguments.first() == u"check"_s)
            scripts = {Script().send("220 fake.example ESMTP\r\n"_ba).expectEnd(), cell, cell,
                xoauth2Login("access-canary-1"_ba).quit()};
        FakeRelay relay(scripts);
        Bench bench(relay.port());
        QCOMPARE(bench.signIn().exitCode, 0);
        const CliResult result = bench.run(arguments);
        QVERIFY2(relay.commands().contains(Test::xoauth2Line("access-canary-1"_ba)),
            (result.output + result.diagnostics).constData());
        QVERIFY(result.exitCode == 0 || arguments.first() == u"check"_s); // the AUTH is in clear
        QVERIFY(!bench.told.contains("access-canary"));
        // The same without it.
        QVERIFY(
            bench.cli.run(QStringList {u"profiles"_s, u"logout"_s, u"P"_s} + bench.opened).exitCode
            == 0);
        const CliResult refused = bench.run(arguments);
        QCOMPARE(refused.exitCode, 77);
        QCOMPARE(refused.json()[u"error"_s][u"kind"_s].toString(), u"auth"_s);
    }

    /// A session that is led by hand gets its token at AUTH, not when it is opened.
    void batch()
    {
        FakeRelay relay({xoauth2Login("access-canary-1"_ba).transaction().quit(),
            xoauth2Login("access-canary-2"_ba).quit()});
        Bench bench(relay.port());
        const auto line = [&bench](QJsonObject object) {
            object.insert(u"vaultPassphraseFile"_s, bench.opened.last());
            return QJsonDocument(object).toJson(QJsonDocument::Compact) + '\n';
        };
        const QJsonObject sending {{u"op"_s, u"send"_s}, {u"profile"_s, u"P"_s},
            {u"from"_s, u"a@x.example"_s}, {u"to"_s, u"b@y.example"_s}, {u"text"_s, u"hi"_s}};
        const QByteArray steps = line({{u"op"_s, u"open"_s}, {u"session"_s, u"s"_s},
                                     {u"profile"_s, u"P"_s}})
            + "{\"op\":\"ehlo\",\"session\":\"s\"}\n"
            + line({{u"op"_s, u"auth"_s}, {u"session"_s, u"s"_s}})
            + "{\"op\":\"quit\",\"session\":\"s\"}\n";
        bench.provider.lifetime = 60;
        QCOMPARE(bench.signIn().exitCode, 0);
        bench.provider.accessTokens = 0;
        const CliResult result = bench.cli.run({u"batch"_s}, line(sending) + steps);
        const QList<QJsonObject> answers = result.jsonLines();
        QCOMPARE(answers.size(), 5);
        QCOMPARE(answers[0][u"outcome"_s].toString(), u"accepted"_s);
        QVERIFY2(answers[1][u"error"_s].isNull(), result.output.constData());
        QVERIFY2(answers[3][u"reply"_s][u"code"_s].toInt() == 235, result.output.constData());
        QCOMPARE(relay.problems(), QStringList());
        QVERIFY(!(result.output + result.diagnostics).contains("canary"));
    }

    void revoked()
    {
        Bench bench;
        bench.provider.lifetime = 60;
        // Nobody has signed in yet.
        CliResult refused = bench.run(send());
        QCOMPARE(refused.exitCode, 77);
        QCOMPARE(refused.json()[u"error"_s][u"kind"_s].toString(), u"auth"_s);
        QCOMPARE(refused.json()[u"error"_s][u"stage"_s].toString(), u"auth"_s);
        QVERIFY2(refused.diagnostics.contains("Sign in again: mailgauge-cli profiles login P\n"),
            refused.diagnostics.constData());

        QCOMPARE(bench.signIn().exitCode, 0);
        bench.provider.revoke();
        refused = bench.run(send());
        QCOMPARE(refused.exitCode, 77);
        QVERIFY(refused.diagnostics.contains("invalid_grant"));
        QVERIFY(refused.diagnostics.contains("Sign in again: mailgauge-cli profiles login P\n"));
        // A password that is given is what to prove with; nobody is at the other end.
        QVERIFY(
            bench
                .run(send() + QStringList {u"--password-file"_s, bench.cli.file(u"p"_s, "pw\n"_ba)})
                .exitCode
            != 77);
    }

    void lockedVault()
    {
        Bench bench;
        QCOMPARE(bench.signIn().exitCode, 0);
        const CliResult refused = bench.cli.runJson(send());
        QCOMPARE(refused.exitCode, 64);
        QVERIFY2(refused.diagnostics.contains("--vault-passphrase-file"),
            refused.diagnostics.constData());
    }

    void providerIsDown_data()
    {
        QTest::addColumn<FakeProvider::Mood>("mood");
        QTest::addColumn<int>("exit");
        QTest::newRow("a page of another kind") << FakeProvider::Mood::Babbling << 76;
        QTest::newRow("an answer without end") << FakeProvider::Mood::Huge << 76;
        QTest::newRow("another host") << FakeProvider::Mood::Elsewhere << 76;
    }
    void providerIsDown()
    {
        QFETCH(const FakeProvider::Mood, mood);
        QFETCH(const int, exit);
        Bench bench;
        bench.provider.lifetime = 0; // refreshed each time
        QCOMPARE(bench.signIn().exitCode, 0);
        bench.provider.mood = mood;
        const CliResult refused = bench.run(send());
        QCOMPARE(refused.exitCode, exit);
        QVERIFY(!refused.diagnostics.contains("profiles login"));
    }

    void userSaysNo()
    {
        Bench bench;
        QVERIFY(bench.begin());
        QVERIFY(Test::browse(FakeProvider::deny(bench.page)).contains("gave no access"));
        const CliResult refused = bench.end();
        QCOMPARE(refused.exitCode, 77);
        QCOMPARE(refused.json()[u"error"_s][u"kind"_s].toString(), u"auth"_s);
        QVERIFY(refused.diagnostics.contains("access_denied"));
        QVERIFY(bench.provider.forms.isEmpty());
    }

    void wrongState()
    {
        Bench bench;
        QVERIFY(bench.begin());
        const QUrl right = bench.provider.allow(bench.page);
        const QUrl wrong = QUrl::fromEncoded(right.toEncoded().replace("state=", "state=x"));
        QVERIFY(Test::browse(wrong).startsWith("HTTP/1.1 404 "));
        QVERIFY(bench.provider.forms.isEmpty());
        QCOMPARE(bench.process.state(), QProcess::Running);
        QVERIFY(Test::browse(right).startsWith("HTTP/1.1 200 "));
        QCOMPARE(bench.end().exitCode, 0);
    }

    void interrupted()
    {
        Bench bench;
        QVERIFY(bench.begin());
        bench.process.terminate();
        QCOMPARE(bench.end().exitCode, 130);
        QCOMPARE(bench.run(send()).exitCode, 77);
    }

    void usage_data()
    {
        QTest::addColumn<QStringList>("arguments");
        QTest::addColumn<QByteArray>("told");
        const auto row = [](const char *name, const QStringList &arguments, const char *told) {
            QTest::newRow(name) << arguments << QByteArray(told);
        };
        const QStringList add {u"profiles"_s, u"add"_s, u"Q"_s, u"--server"_s};
        const QStringList gmail = add + QStringList {u"smtp.gmail.com"_s};
        row("no place to keep it", {u"profiles"_s, u"login"_s, u"P"_s}, "no open vault");
        row("no client", {u"profiles"_s, u"login"_s, u"Plain"_s}, "--oauth-client-id");
        row("unknown provider", add + QStringList {u"mx.example"_s, u"--oauth-client-id"_s, u"c"_s},
            "give --oauth-authorize-url");
        row("E9 tokens in clear",
            gmail
                + QStringList {u"--oauth-client-id"_s, u"c"_s, u"--oauth-token-url"_s,
                    u"http://mx.example/"_s},
            "expected an https address");
        row("details without a client", gmail + QStringList {u"--oauth-scope"_s, u"a"_s},
            "--oauth-client-id is missing");
        row("a scope that is none",
            gmail + QStringList {u"--oauth-client-id"_s, u"c"_s, u"--oauth-scope"_s, u"a\"b"_s},
            "expected scopes");
        row("another name of this machine",
            gmail + QStringList {u"--oauth-client-id"_s, u"c"_s, u"--oauth-redirect"_s, u"[::1]"_s},
            "--oauth-redirect");
        row("two sources of tokens",
            gmail + QStringList {u"--oauth-client-id"_s, u"c"_s, u"--token-command"_s, u"true"_s},
            "exclude each other");
        row("two readers of standard input",
            {u"profiles"_s, u"login"_s, u"P"_s, u"--client-secret-file"_s, u"-"_s,
                u"--vault-passphrase-file"_s, u"-"_s},
            "only one option");
    }
    void usage()
    {
        QFETCH(const QStringList, arguments);
        QFETCH(const QByteArray, told);
        Bench bench;
        QCOMPARE(
            bench.cli.run({u"profiles"_s, u"add"_s, u"Plain"_s, u"--server"_s, u"mx.example"_s})
                .exitCode,
            0);
        const CliResult result = bench.cli.run(arguments);
        QCOMPARE(result.exitCode, 64);
        QVERIFY2(result.diagnostics.contains(told), result.diagnostics.constData());
    }

    void knownProviders_data() { Test::knownProviderRows(); }
    void knownProviders()
    {
        QFETCH(const QString, host);
        QFETCH(const QString, token);
        QFETCH(const bool, localhost);
        CliRunner cli;
        QStringList add {u"profiles"_s, u"add"_s, u"Q"_s};
        QCOMPARE(cli.run(add
                        + QStringList {u"--server"_s, host, u"--user"_s, u"ann@example.org"_s,
                            u"--oauth-client-id"_s, u"c"_s})
                     .exitCode,
            0);
        QJsonObject profile = cli.runJson({u"profiles"_s, u"show"_s, u"Q"_s}).json();
        const QJsonObject oauth = profile[u"oauth"_s].toObject();
        QCOMPARE(oauth[u"tokenEndpoint"_s].toString(), token);
        QCOMPARE(oauth[u"redirectToLocalhost"_s].toBool(), localhost);
        QVERIFY(!oauth[u"scopes"_s].toArray().isEmpty());
        QCOMPARE(profile[u"tokenSource"_s].toString(), u"browser"_s);
        // And back to a password.
        QCOMPARE(cli.run(add + QStringList {u"--oauth-client-id"_s, QString()}).exitCode, 0);
        profile = cli.runJson({u"profiles"_s, u"show"_s, u"Q"_s}).json();
        QVERIFY(!profile.contains("oauth"_L1) && !profile.contains("tokenSource"_L1));
    }
};

QTEST_GUILESS_MAIN(CliLoginTest)
#include "tst_clilogin.moc"
