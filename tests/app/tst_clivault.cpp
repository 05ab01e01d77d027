// SPDX-License-Identifier: GPL-3.0-or-later
#include "clirunner.h"
#include "fakerelay.h"

#include "base/literals.h"
#include "base/paths.h"

#include <QDir>
#include <QFile>
#include <QTest>

using namespace Mailgauge;
using Test::CliResult;
using Test::CliRunner;
using Test::FakeRelay;
using Test::Script;

namespace {

const QByteArray passphrase = "open sesame"_ba;
const QByteArray password = "c4n4ry-s3cret"_ba;

// "ann" and the password, as AUTH PLAIN carries them.
QByteArray credentials()
{
    return ("\0ann\0"_ba + password).toBase64();
}

Script login()
{
    return Script::hello({"AUTH PLAIN"_ba})
        .answer("AUTH PLAIN " + credentials(), "235 2.7.0 ok\r\n"_ba);
}

} // namespace

// The runner has no keyring, so that the vault is the only place for a password.
class CliVaultTest final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void addKeepsThePasswordInTheVault();
    void sendOpensTheVault_data();
    void sendOpensTheVault();
    void batchOpensTheVault();
    void profilesTestOpensTheVault();
    void everySecretOfAProfile();
    void lockedVaultNamesTheOptions_data();
    void lockedVaultNamesTheOptions();
    void wrongPassphraseIsTold();
    void onlyOneReadsStandardInput();
    void helpTellsOfThem();

private:
    // A vault, and the profile "P" with its password in it.
    void setUp(CliRunner &cli, quint16 port);
    [[nodiscard]] QStringList opened(const CliRunner &cli) const
    {
        return {u"--vault-passphrase-file"_s, cli.file(u"phrase"_s, passphrase + '\n')};
    }
    [[nodiscard]] static QStringList send()
    {
        return {u"send"_s, u"--profile"_s, u"P"_s, u"--from"_s, u"a@x.example"_s, u"--to"_s,
            u"b@y.example"_s, u"--text"_s, u"hello"_s};
    }
    CliResult m_added;
};

void CliVaultTest::setUp(CliRunner &cli, quint16 port)
{
    cli.makeVault(passphrase);
    m_added = cli.run(
        QStringList {u"profiles"_s, u"add"_s, u"P"_s, u"--server"_s, u"127.0.0.1:%1"_s.arg(port),
            u"--tls"_s, u"none"_s, u"--auth-without-tls"_s, u"--user"_s, u"ann"_s,
            u"--password-file"_s, cli.file(u"password"_s, password + '\n')}
        + opened(cli));
    QCOMPARE(m_added.exitCode, 0);
    QVERIFY(QFile::remove(cli.path(u"password"_s)));
}

void CliVaultTest::addKeepsThePasswordInTheVault()
{
    CliRunner cli;
    setUp(cli, 2525);
    QCOMPARE(m_added.diagnostics, QByteArray());
    QFile vault(Base::Paths::standard(cli.path(u"data"_s)).vaultFile());
    QVERIFY(vault.open(QIODevice::ReadOnly));
    QVERIFY(!vault.readAll().contains(password));
}

void CliVaultTest::sendOpensTheVault_data()
{
    QTest::addColumn<bool>("fromFile");
    QTest::newRow("--vault-passphrase-file") << true;
    QTest::newRow("--vault-passphrase-env") << false;
}

void CliVaultTest::sendOpensTheVault()
{
    QFETCH(bool, fromFile);
    FakeRelay relay({login().transaction().quit()});
    CliRunner cli;
    setUp(cli, relay.port());
    cli.setVariable(u"MG_PHRASE"_s, QString::fromLatin1(passphrase));
    const CliResult result = cli.runJson(send()
        + (fromFile ? opened(cli) : QStringList {u"--vault-passphrase-env"_s, u"MG_PHRASE"_s}));
    QVERIFY2(result.exitCode == 0, (result.output + result.diagnostics).constData());
    QCOMPARE(relay.problems(), QStringList());
    QVERIFY(!result.output.contains(credentials()));
}

void CliVaultTest::batchOpensTheVault()
{
    FakeRelay relay({login().transaction().quit()});
    CliRunner cli;
    setUp(cli, relay.port());
    const CliResult result = cli.run({u"batch"_s},
        R"({"op":"send","profile":"P","from":"a@x.example","to":"b@y.example","text":"hi",)"
        "\"vaultPassphraseFile\":\""
            + opened(cli).last().toUtf8() + "\"}\n");
    QCOMPARE(result.json()[u"outcome"_s].toString(), u"accepted"_s);
}

void CliVaultTest::profilesTestOpensTheVault()
{
    FakeRelay relay({login().quit()});
    CliRunner cli;
    setUp(cli, relay.port());
    const CliResult result = cli.runJson(
        QStringList {u"profiles"_s, u"test"_s, u"P"_s} + opened(cli));
    QVERIFY2(result.exitCode == 0, (result.output + result.diagnostics).constData());
    QCOMPARE(relay.problems(), QStringList());
}

void CliVaultTest::everySecretOfAProfile()
{
    const QByteArray proxyPassword = "pr0xy c4n4ry"_ba;
    // SOCKS 5 with user and password (RFC 1929), then the relay behind it.
    const auto behindProxy = [&proxyPassword](const Script &session) {
        return Script()
            .expectBytes(4)
            .send(QByteArray::fromHex("0502"))
            .expectBytes(3 + 3 + proxyPassword.size())
            .send(QByteArray::fromHex("0100"))
            .expectBytes(7 + 13)
            .send(QByteArray::fromHex("05000001 7f000001 1234"))
            .then(session);
    };
    FakeRelay relay({behindProxy(login().transaction().quit()),
        behindProxy(Script::hello().transaction().quit())});
    CliRunner cli;
    setUp(cli, 2525);
    const CliResult added = cli.run(
        QStringList {u"profiles"_s, u"add"_s, u"P"_s, u"--server"_s, u"relay.example"_s,
            u"--proxy"_s, u"socks5h://bob@127.0.0.1:%1"_s.arg(relay.port()),
            u"--proxy-password-file"_s, cli.file(u"proxy"_s, proxyPassword + '\n')}
        + opened(cli));
    QCOMPARE(added.exitCode, 0);
    const CliResult exported = cli.run({u"profiles"_s, u"export"_s});
    QVERIFY(exported.output.contains("socks5h://bob@127.0.0.1"));
    QVERIFY(!exported.output.contains(proxyPassword));
    const CliResult result = cli.runJson(send() + opened(cli));
    QVERIFY2(result.exitCode == 0, (result.output + result.diagnostics).constData());
    QCOMPARE(relay.problems(), QStringList());
    const QByteArray opening = QByteArray::fromHex("05020002") + "\x01\x03" + "bob"
        + char(proxyPassword.size()) + proxyPassword + QByteArray::fromHex("05010003");
    QVERIFY(relay.received().startsWith(opening));
    QVERIFY(!result.output.contains(proxyPassword));
    // Another relay is reached through the same proxy, which knows the same password.
    const CliResult otherRelay = cli.runJson(
        send() + QStringList {u"--server"_s, u"other.example"_s} + opened(cli));
    QVERIFY2(otherRelay.exitCode == 0, (otherRelay.output + otherRelay.diagnostics).constData());
    QCOMPARE(relay.problems(), QStringList());
    QVERIFY(relay.received(1).startsWith(opening));
    // Another proxy is not told the password of this one.
    const CliResult other = cli.run(
        send() + QStringList {u"--proxy"_s, u"socks5h://bob@127.0.0.1:9"_s} + opened(cli));
    QCOMPARE(other.exitCode, 64);
    QVERIFY2(other.diagnostics.contains("go together"), other.diagnostics.constData());
    QCOMPARE(cli.run({u"profiles"_s, u"remove"_s, u"P"_s}).exitCode, 0);
}

void CliVaultTest::lockedVaultNamesTheOptions_data()
{
    QTest::addColumn<QStringList>("arguments");
    QTest::newRow("send") << send();
    QTest::newRow("profiles test") << QStringList {u"profiles"_s, u"test"_s, u"P"_s};
}

void CliVaultTest::lockedVaultNamesTheOptions()
{
    QFETCH(QStringList, arguments);
    CliRunner cli;
    setUp(cli, 2525);
    const CliResult result = cli.run(arguments);
    QCOMPARE(result.exitCode, 64);
    for (const char *word :
        {"vault", "locked", "--vault-passphrase-file", "--vault-passphrase-env", "--password-file"})
        QVERIFY2(result.diagnostics.contains(word), result.diagnostics.constData());
}

void CliVaultTest::wrongPassphraseIsTold()
{
    CliRunner cli;
    setUp(cli, 2525);
    const CliResult result = cli.run(send()
        + QStringList {u"--vault-passphrase-file"_s, cli.file(u"wrong"_s, "open barley\n"_ba)});
    QCOMPARE(result.exitCode, 65);
    QVERIFY2(
        result.diagnostics.contains("does not open the vault"), result.diagnostics.constData());
    QVERIFY(!result.diagnostics.contains("barley"));
}

void CliVaultTest::onlyOneReadsStandardInput()
{
    CliRunner cli;
    const CliResult result = cli.run(
        {u"send"_s, u"--server"_s, u"127.0.0.1:9"_s, u"--from"_s, u"a@x.example"_s, u"--to"_s,
            u"b@y.example"_s, u"--data"_s, u"-"_s, u"--vault-passphrase-file"_s, u"-"_s});
    QCOMPARE(result.exitCode, 64);
    QVERIFY(result.diagnostics.contains("standard input"));
}

void CliVaultTest::helpTellsOfThem()
{
    CliRunner cli;
    for (const QStringList &command :
        {QStringList {u"send"_s}, {u"profiles"_s, u"add"_s}, {u"profiles"_s, u"test"_s}}) {
        const CliResult help = cli.run(command + QStringList {u"--help"_s});
        QVERIFY(help.output.contains("--vault-passphrase-file FILE"));
        QVERIFY(help.output.contains("--vault-passphrase-env NAME"));
    }
}

QTEST_GUILESS_MAIN(CliVaultTest)
#include "tst_clivault.moc"
