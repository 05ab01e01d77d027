// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/literals.h"
#include "clirunner.h"
#include "fakerelay.h"

#include <QDir>
#include <QFile>
#include <QRegularExpression>
#include <QTcpServer>
#include <QTest>

using namespace Mailgauge;
using Test::CliResult;
using Test::CliRunner;
using Test::FakeRelay;
using Test::Script;

namespace {

/// A line of a dialogue as octets: `~` is an empty one.
QByteArray octetsOf(const QByteArray &line)
{
    return (line == "~" ? QByteArray() : line) + "\r\n";
}

/// What a client says, a line each; the relay does as it is asked. `<` begins what it says instead
/// of its usual answer to the line before. The content stands behind DATA or BDAT.
Script obliging(const QByteArray &dialogue, const QByteArrayList &capabilities)
{
    Script script;
    script.send("220 fake\r\n"_ba);
    const QByteArrayList lines = dialogue.split('\n');
    for (qsizetype i = 0; i < lines.size(); ++i) {
        const QByteArray &line = lines[i];
        if (line.isEmpty())
            continue;
        QByteArray answer = "250 2.0.0 Ok\r\n"_ba;
        if (line.startsWith("EHLO") || line.startsWith("LHLO")) {
            answer = "250-fake\r\n"_ba;
            for (const QByteArray &capability : capabilities)
                answer += "250-" + capability + "\r\n";
            answer += "250 HELP\r\n";
        } else if (line.startsWith("AUTH")) {
            answer = "235 2.7.0 in\r\n"_ba;
        } else if (line == "QUIT") {
            script.quit();
            break;
        }
        while (i + 1 < lines.size() && lines[i + 1].startsWith('<')) {
            answer = lines[i + 1].sliced(2) + "\r\n";
            ++i;
        }
        if (line == "DATA") {
            script.answer("DATA"_ba, "354 go\r\n"_ba).expectContent().send("250 2.0.0 Ok\r\n"_ba);
            while (lines[i] != ".")
                ++i;
        } else if (line.startsWith("BDAT ")) {
            const qsizetype octets = line.split(' ')[1].toLongLong();
            script.expect("BDAT"_ba).expectBytes(octets).send("250 2.0.0 Ok\r\n"_ba);
            for (qsizetype seen = 0; seen < octets; seen += octetsOf(lines[i]).size())
                ++i;
        } else {
            script.answer(line, answer);
        }
    }
    return script;
}

QByteArray wire(const QByteArray &dialogue)
{
    QByteArray bytes;
    for (const QByteArray &line : dialogue.split('\n')) {
        if (!line.isEmpty() && !line.startsWith('<'))
            bytes += octetsOf(line);
    }
    return bytes;
}

const QByteArray Hello = "EHLO client.example\n";
const QByteArray Mail = "MAIL FROM:<a@x.example>";
const QByteArray Rcpt = "RCPT TO:<b@y.example>";
/// The file that is sent has a line that begins with a dot.
const QByteArray File = "Subject: x\n\n.dot\n";
const QByteArray Data = "DATA\nSubject: x\n~\n..dot\n.\n";
const QByteArray Quit = "QUIT\n";

/// Where an option that says nothing on an SMTP connection by itself is proved.
const QHash<QByteArray, QByteArray> elsewhere {
    {"--attach", "tests/app/tst_clisend.cpp"},
    {"--break", "tests/app/tst_clicontrol.cpp"},
    {"--color", "tests/app/tst_cliprogram.cpp"},
    {"--command", "tests/app/tst_clicontrol.cpp"},
    {"--data-dir", "tests/app/clirunner.cpp"},
    {"--dns-timeout", "tests/app/tst_clioptions.cpp"},
    {"--header", "tests/app/tst_clisend.cpp"},
    {"--help", "tests/app/tst_cliprogram.cpp"},
    {"--html", "tests/app/tst_clisend.cpp"},
    {"--inline", "tests/integration/tst_realservers.cpp"},
    {"--json", "tests/app/clirunner.cpp"},
    {"--require-tls", "tests/app/tst_cliextensions.cpp"},
    {"--local-address", "tests/app/tst_clioptions.cpp"},
    {"--mx", "tests/app/tst_cliroute.cpp"},
    {"--netrc", "tests/app/tst_clicredentials.cpp"},
    {"--password-command", "tests/app/tst_clicredentials.cpp"},
    {"--proxy-ca", "tests/app/tst_cliproxies.cpp"},
    {"--no-store", "tests/app/tst_clisend.cpp"},
    {"--profile", "tests/app/tst_cliprogram.cpp"},
    {"--trust-anchor", "tests/app/tst_cliroute.cpp"},
    {"--resolver", "tests/app/tst_cliroute.cpp"},
    {"--sessions", "tests/app/tst_clisend.cpp"},
    {"--srv", "tests/app/tst_cliroute.cpp"},
    {"--subject", "tests/app/tst_clisend.cpp"},
    {"--template", "tests/app/tst_clicontrol.cpp"},
    {"--template-data", "tests/app/tst_clicontrol.cpp"},
    {"--test-content", "tests/app/tst_clisend.cpp"},
    {"--text", "tests/app/tst_clisend.cpp"},
    {"--xclient-before-starttls", "tests/app/tst_clicontrol.cpp"},
    {"--tls-ca", "tests/app/tst_clisend.cpp"},
    {"--tls-cert", "tests/app/tst_clioptions.cpp"},
    {"--tls-key", "tests/app/tst_clioptions.cpp"},
    {"--tls-max", "tests/app/tst_clioptions.cpp"},
    {"--tls-min", "tests/app/tst_clioptions.cpp"},
    {"--tls-pin", "tests/app/tst_clisend.cpp"},
    {"--tls-save-chain", "tests/app/tst_clisend.cpp"},
    {"--tls-sni", "tests/app/tst_clisend.cpp"},
    {"--tls-trace", "tests/app/tst_clisend.cpp"},
    {"--tls-verify", "tests/app/tst_clisend.cpp"},
    {"--token-command", "tests/app/tst_clitokens.cpp"},
    {"--token-file", "tests/app/tst_clitokens.cpp"},
    {"--transcript", "tests/app/tst_clisend.cpp"},
    {"--transcript-hex", "tests/app/tst_clisend.cpp"},
    {"--transcript-hide", "tests/app/tst_clisend.cpp"},
    {"--unix-socket", "tests/app/tst_clioptions.cpp"},
    {"--vault-passphrase-env", "tests/app/tst_clivault.cpp"},
    {"--vault-passphrase-file", "tests/app/tst_clivault.cpp"},
    {"--version", "tests/app/tst_cliprogram.cpp"},
};

} // namespace

/// For every option of `send`, what goes over the wire, byte by byte.
class CliWireTest final : public QObject {
    Q_OBJECT

    /// One message to one recipient, in clear text.
    static QStringList common(const CliRunner &cli, const QString &server)
    {
        return {u"send"_s, u"--server"_s, server, u"--tls"_s, u"none"_s, u"--from"_s,
            u"a@x.example"_s, u"--to"_s, u"b@y.example"_s, u"--helo"_s, u"client.example"_s,
            u"--data"_s, cli.file(u"message"_s, File)};
    }

private Q_SLOTS:
    void bytes_data()
    {
        QTest::addColumn<QStringList>("options");
        QTest::addColumn<QByteArrayList>("capabilities");
        QTest::addColumn<QByteArray>("dialogue");
        const auto row = [](const char *name, const QStringList &options,
                             const QByteArrayList &capabilities, const QByteArray &dialogue) {
            QTest::newRow(name) << options << capabilities << dialogue;
        };
        const auto mail = [](const QByteArray &parameters) {
            return Hello + Mail + parameters + '\n' + Rcpt + '\n' + Data + Quit;
        };
        const QByteArray plain = mail({});
        row("nothing more", {}, {}, plain);
        row("--server", {}, {"SIZE 1000"}, mail(" SIZE=20"));
        row("--helo", {u"--helo"_s, u"[192.0.2.1]"_s}, {},
            "EHLO [192.0.2.1]\n" + Mail + '\n' + Rcpt + '\n' + Data + Quit);
        row("--from null", {u"--from"_s, QString()}, {},
            Hello + "MAIL FROM:<>\n" + Rcpt + '\n' + Data + Quit);
        row("--to twice", {u"--to"_s, u"c@y.example,d@z.example"_s}, {},
            Hello + Mail + '\n' + Rcpt + "\nRCPT TO:<c@y.example>\nRCPT TO:<d@z.example>\n" + Data
                + Quit);
        row("--protocol smtp", {u"--protocol"_s, u"smtp"_s}, {},
            "HELO client.example\n" + Mail + '\n' + Rcpt + '\n' + Data + Quit);
        row("--protocol lmtp", {u"--protocol"_s, u"lmtp"_s}, {},
            "LHLO client.example\n" + Mail + '\n' + Rcpt + '\n' + Data + Quit);
        row("--pipelining off", {u"--pipelining"_s, u"off"_s}, {"PIPELINING"}, plain);
        row("--chunking auto", {u"--chunking"_s, u"auto"_s}, {"CHUNKING"},
            Hello + Mail + '\n' + Rcpt + "\nBDAT 20 LAST\nSubject: x\n~\n.dot\n" + Quit);
        row("--chunk-size", {u"--chunking"_s, u"auto"_s, u"--chunk-size"_s, u"12"_s}, {"CHUNKING"},
            Hello + Mail + '\n' + Rcpt + "\nBDAT 12\nSubject: x\nBDAT 8 LAST\n~\n.dot\n" + Quit);
        row("--smtputf8 auto", {u"--from"_s, u"ä@x.example"_s, u"--smtputf8"_s, u"auto"_s},
            {"8BITMIME", "SMTPUTF8"},
            Hello + "MAIL FROM:<\xc3\xa4@x.example> SMTPUTF8\n" + Rcpt + '\n' + Data + Quit);
        row("--prdr", {u"--prdr"_s, u"--to"_s, u"c@y.example"_s}, {"PRDR"},
            Hello + Mail + " PRDR\n" + Rcpt + "\nRCPT TO:<c@y.example>\n" + Data + Quit);
        row("--mail-param", {u"--mail-param"_s, u"X-A=1"_s, u"--mail-param"_s, u"X-B"_s}, {},
            mail(" X-A=1 X-B"));
        row("--rcpt-param", {u"--rcpt-param"_s, u"X-C=2"_s}, {},
            Hello + Mail + '\n' + Rcpt + " X-C=2\n" + Data + Quit);
        row("--dsn-ret, --dsn-envid", {u"--dsn-ret"_s, u"hdrs"_s, u"--dsn-envid"_s, u"a+b=c"_s},
            {"DSN"}, mail(" RET=HDRS ENVID=a+2Bb+3Dc"));
        row("--dsn-notify", {u"--dsn-notify"_s, u"success,delay"_s}, {"DSN"},
            Hello + Mail + '\n' + Rcpt + " NOTIFY=SUCCESS,DELAY\n" + Data + Quit);
        row("--dsn-orcpt", {u"--dsn-orcpt"_s, u"--to"_s, u"c+d@y.example"_s}, {"DSN"},
            Hello + Mail + '\n' + Rcpt
                + " ORCPT=rfc822;b@y.example\n"
                  "RCPT TO:<c+d@y.example> ORCPT=rfc822;c+2Bd@y.example\n"
                + Data + Quit);
        row("--mail-auth", {u"--mail-auth"_s, u"e+f@x.example"_s}, {"AUTH PLAIN"},
            mail(" AUTH=e+2Bf@x.example"));
        row("--deliver-by", {u"--deliver-by"_s, u"120;RT"_s}, {"DELIVERBY"}, mail(" BY=120;RT"));
        row("--hold-for", {u"--hold-for"_s, u"60"_s}, {"FUTURERELEASE 3600 2030-12-31T23:59:59Z"},
            mail(" HOLDFOR=60"));
        row("--hold-until", {u"--hold-until"_s, u"2030-06-01T00:00:00Z"_s},
            {"FUTURERELEASE 999999999 2030-12-31T23:59:59Z"},
            mail(" HOLDUNTIL=2030-06-01T00:00:00Z"));
        row("--mt-priority", {u"--mt-priority"_s, u"-3"_s}, {"MT-PRIORITY"},
            mail(" MT-PRIORITY=-3"));
        row("--xclient", {u"--xclient"_s, u"ADDR=192.0.2.7 NAME=c.example"_s},
            {"XCLIENT NAME ADDR"},
            Hello + "XCLIENT ADDR=192.0.2.7 NAME=c.example\n< 220 fake\n" + plain);
        // RFC 4616: authzid NUL authcid NUL passwd.
        const QStringList login {
            u"--user"_s, u"ann"_s, u"--password-file"_s, u"PASSWORD"_s, u"--auth-without-tls"_s};
        row("--user, --password-file", login, {"AUTH PLAIN"},
            Hello + "AUTH PLAIN " + QByteArray("\0ann\0pw", 7).toBase64() + '\n' + Mail + '\n'
                + Rcpt + '\n' + Data + Quit);
        row("--authzid", login + QStringList {u"--authzid"_s, u"bob"_s}, {"AUTH PLAIN"},
            Hello + "AUTH PLAIN " + QByteArray("bob\0ann\0pw", 10).toBase64() + '\n' + Mail + '\n'
                + Rcpt + '\n' + Data + Quit);
        row("--auth", login + QStringList {u"--auth"_s, u"login"_s}, {"AUTH PLAIN LOGIN"},
            Hello + "AUTH LOGIN\n< 334 VXNlcm5hbWU6\n" + QByteArray("ann").toBase64()
                + "\n< 334 UGFzc3dvcmQ6\n" + QByteArray("pw").toBase64() + "\n< 235 in\n" + Mail
                + '\n' + Rcpt + '\n' + Data + Quit);
        row("--auth-map", login + QStringList {u"--auth-map"_s, u"x-plain=plain"_s},
            {"AUTH X-PLAIN"},
            Hello + "AUTH X-PLAIN " + QByteArray("\0ann\0pw", 7).toBase64() + '\n' + Mail + '\n'
                + Rcpt + '\n' + Data + Quit);
        row("--auth-map, both announced", login + QStringList {u"--auth-map"_s, u"x-plain=plain"_s},
            {"AUTH X-PLAIN PLAIN"},
            Hello + "AUTH PLAIN " + QByteArray("\0ann\0pw", 7).toBase64() + '\n' + Mail + '\n'
                + Rcpt + '\n' + Data + Quit);
        row("--initial-response", login + QStringList {u"--initial-response"_s, u"never"_s},
            {"AUTH PLAIN"},
            Hello + "AUTH PLAIN\n< 334 \n" + QByteArray("\0ann\0pw", 7).toBase64() + "\n< 235 in\n"
                + Mail + '\n' + Rcpt + '\n' + Data + Quit);
        row("--smtputf8 off", {u"--smtputf8"_s, u"off"_s, u"--from"_s, u"a@b\u00fccher.example"_s},
            {"SMTPUTF8"},
            Hello + "MAIL FROM:<a@xn--bcher-kva.example>\n" + Rcpt + '\n' + Data + Quit);
        row("--eight-bit, not needed", {u"--eight-bit"_s, u"send"_s}, {}, plain);
        row("--xclient-unannounced", {u"--xclient"_s, u"COLOUR=red"_s, u"--xclient-unannounced"_s},
            {}, Hello + "XCLIENT COLOUR=red\n< 220 fake\n" + plain);
        row("--auth none", login + QStringList {u"--auth"_s, u"none"_s}, {"AUTH PLAIN"}, plain);
        row("--auth-required no", login + QStringList {u"--auth-required"_s, u"no"_s}, {}, plain);
        row("--password-env",
            {u"--user"_s, u"ann"_s, u"--password-env"_s, u"WIRE_SECRET"_s, u"--auth-without-tls"_s},
            {"AUTH PLAIN"},
            Hello + "AUTH PLAIN " + QByteArray("\0ann\0pw", 7).toBase64() + '\n' + Mail + '\n'
                + Rcpt + '\n' + Data + Quit);
        row("--token-env",
            {u"--user"_s, u"ann"_s, u"--token-env"_s, u"WIRE_SECRET"_s, u"--auth-without-tls"_s},
            {"AUTH XOAUTH2"},
            Hello + "AUTH XOAUTH2 "
                + QByteArray("user=ann\x01"
                             "auth=Bearer pw\x01\x01")
                    .toBase64()
                + '\n' + Mail + '\n' + Rcpt + '\n' + Data + Quit);
        row("--show-secrets", login + QStringList {u"--show-secrets"_s}, {"AUTH PLAIN"},
            Hello + "AUTH PLAIN " + QByteArray("\0ann\0pw", 7).toBase64() + '\n' + Mail + '\n'
                + Rcpt + '\n' + Data + Quit);
        row("--quit-after", {u"--quit-after"_s, u"rcpt"_s}, {},
            Hello + Mail + '\n' + Rcpt + '\n' + Quit);
        row("--drop-after", {u"--drop-after"_s, u"rcpt"_s}, {}, Hello + Mail + '\n' + Rcpt + '\n');
        row("--drop-after-send", {u"--drop-after-send"_s, u"mail"_s}, {}, Hello + Mail + '\n');
        row("--timeout", {u"--timeout"_s, u"rcpt=30"_s}, {}, plain);
        row("--repeat", {u"--repeat"_s, u"2"_s}, {},
            Hello + Mail + '\n' + Rcpt + '\n' + Data + Mail + '\n' + Rcpt + '\n' + Data + Quit);
        row("--ipv4", {u"-4"_s}, {}, plain);
        row("--resolve", {u"--resolve"_s, u"127.0.0.1:9:127.0.0.1"_s}, {}, plain);
    }
    void bytes()
    {
        QFETCH(QStringList, options);
        QFETCH(QByteArrayList, capabilities);
        QFETCH(QByteArray, dialogue);
        FakeRelay relay({obliging(dialogue, capabilities)});
        CliRunner cli;
        cli.setVariable(u"WIRE_SECRET"_s, u"pw"_s);
        QStringList arguments = common(cli, u"127.0.0.1:%1"_s.arg(relay.port()));
        for (const QString &once : {u"--from"_s, u"--helo"_s}) {
            if (options.contains(once))
                arguments.remove(arguments.indexOf(once), 2);
        }
        options.replaceInStrings(
            QRegularExpression(u"^PASSWORD$"_s), cli.file(u"password"_s, "pw\n"_ba));
        const CliResult result = cli.runJson(arguments + options);
        QVERIFY2(result.exitCode == 0, (result.output + result.diagnostics).constData());
        QTRY_VERIFY(relay.hasEnded());
        QCOMPARE(relay.received(), wire(dialogue));
    }

    /// RFC 3030 3: not an octet is touched, and DATA is no way out.
    void binary_data()
    {
        QTest::addColumn<QByteArrayList>("capabilities");
        QTest::addColumn<int>("exitCode");
        QTest::newRow("--binary") << QByteArrayList {"CHUNKING", "BINARYMIME"} << 0;
        QTest::newRow("B35 --binary, not offered") << QByteArrayList {"CHUNKING"} << 69;
    }
    void binary()
    {
        QFETCH(QByteArrayList, capabilities);
        QFETCH(int, exitCode);
        const QByteArray octets = QByteArray("Subject: x\n\n\0\r.\n\xff", 17) + "\r\n.\r\n";
        Script script = Script::hello(capabilities);
        if (exitCode == 0)
            script.answer("MAIL FROM:<a@x.example> BODY=BINARYMIME"_ba, "250 ok\r\n"_ba)
                .answer("RCPT"_ba, "250 ok\r\n"_ba)
                .expect("BDAT "_ba + QByteArray::number(octets.size()) + " LAST")
                .expectBytes(octets.size())
                .send("250 2.0.0 Ok\r\n"_ba);
        FakeRelay relay({script.quit()});
        CliRunner cli;
        QStringList arguments = common(cli, u"127.0.0.1:%1"_s.arg(relay.port()));
        arguments.last() = cli.file(u"octets"_s, octets);
        const CliResult result = cli.runJson(arguments + QStringList {u"--binary"_s});
        QVERIFY2(result.exitCode == exitCode, (result.output + result.diagnostics).constData());
        QCOMPARE(relay.problems(), QStringList());
        QCOMPARE(relay.received().contains(octets), exitCode == 0);
    }

    void ipv6()
    {
        FakeRelay relay({Script::hello().transaction().quit()}, {}, u"::1"_s);
        CliRunner cli;
        QStringList arguments = common(cli, u"[::1]:%1"_s.arg(relay.port()));
        QCOMPARE(cli.runJson(arguments + QStringList {u"--ipv6"_s}).exitCode, 0);
        // An address of the other family is none.
        QCOMPARE(cli.runJson(arguments + QStringList {u"--ipv4"_s}).exitCode, 68);
    }

    void localPort()
    {
        quint16 own = 0;
        {
            QTcpServer free;
            QVERIFY(free.listen(QHostAddress::LocalHost));
            own = free.serverPort();
        }
        FakeRelay relay({Script()
                .expect("PROXY TCP4 127.0.0.1 127.0.0.1 "_ba + QByteArray::number(own))
                .then(obliging(Hello + Mail + '\n' + Rcpt + '\n' + Data + Quit, {}))});
        CliRunner cli;
        // The header of the PROXY protocol says from where we come.
        const CliResult result = cli.runJson(common(cli, u"127.0.0.1:%1"_s.arg(relay.port()))
            + QStringList {
                u"--local-port"_s, QString::number(own), u"--proxy-protocol"_s, u"v1"_s});
        QVERIFY2(result.exitCode == 0, (result.output + result.diagnostics).constData());
        QCOMPARE(relay.problems(), QStringList());
        const CliResult wrong = cli.runJson(
            common(cli, u"127.0.0.1:1"_s) + QStringList {u"--local-port"_s, u"70000"_s});
        QCOMPARE(wrong.exitCode, 64);
    }

    /// A server that inetd would start.
    void pipe()
    {
        static constexpr auto Server = R"sh(end=$(printf '.\r')
tee "$1" | {
    printf '220 fake\r\n'
    while IFS= read -r line; do
        case $line in
        EHLO*) printf '250-fake\r\n250 HELP\r\n' ;;
        DATA*)
            printf '354 go\r\n'
            while IFS= read -r line && [ "$line" != "$end" ]; do :; done
            printf '250 2.0.0 Ok\r\n'
            ;;
        QUIT*) printf '221 bye\r\n'; exit ;;
        *) printf '250 2.0.0 Ok\r\n' ;;
        esac
    done
})sh";
        CliRunner cli;
        const QString script = cli.file(u"server"_s, Server);
        const QString received = cli.file(u"received"_s, {});
        QStringList arguments = common(cli, {});
        arguments[1] = u"--pipe"_s;
        arguments[2] = u"exec /bin/sh '%1' '%2'"_s.arg(script, received);
        const CliResult result = cli.runJson(arguments);
        QVERIFY2(result.exitCode == 0, (result.output + result.diagnostics).constData());
        const auto read = [&received] {
            QFile file(received);
            return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
        };
        QTRY_COMPARE(read(), wire(Hello + Mail + '\n' + Rcpt + '\n' + Data + Quit));
        // One that says nothing and ends.
        arguments[2] = u"exit 3"_s;
        QCOMPARE(cli.runJson(arguments).exitCode, 75);
        QCOMPARE(
            cli.runJson(arguments + QStringList {u"--server"_s, u"127.0.0.1:1"_s}).exitCode, 64);
        // A profile's proxy leads to no program, and can be left out.
        QCOMPARE(cli.run({u"profiles"_s, u"add"_s, u"P"_s, u"--server"_s, u"relay.example"_s,
                             u"--tls"_s, u"none"_s, u"--proxy"_s, u"socks5://127.0.0.1:9"_s})
                     .exitCode,
            0);
        arguments += QStringList {u"--profile"_s, u"P"_s};
        const CliResult proxied = cli.run(arguments);
        QCOMPARE(proxied.exitCode, 64);
        QVERIFY2(proxied.diagnostics.contains("--proxy '' takes the profile's away"),
            proxied.diagnostics.constData());
        arguments += QStringList {u"--proxy"_s, {}};
        QCOMPARE(cli.runJson(arguments).exitCode, 75);
        // It comes from nobody else than who types it.
        QCOMPARE(cli.run({u"profiles"_s, u"add"_s, u"x"_s, u"--pipe"_s, u"true"_s}).exitCode, 64);
    }

    void eightBit()
    {
        const QByteArray octets = "Subject: x\r\n\r\n\xc3\xa4\r\n"_ba;
        for (const bool send : {false, true}) {
            FakeRelay relay({send ? Script::hello().transaction().quit() : Script::hello().quit()});
            CliRunner cli;
            QStringList arguments = common(cli, u"127.0.0.1:%1"_s.arg(relay.port()));
            arguments.last() = cli.file(u"octets"_s, octets);
            if (send)
                arguments += {u"--eight-bit"_s, u"send"_s};
            const CliResult result = cli.runJson(arguments);
            QCOMPARE(result.exitCode, send ? 0 : 69);
            QCOMPARE(relay.received().contains(octets), send);
            QCOMPARE(result.output.contains("eightBitAnyway"), send);
        }
    }

    /// A profile says it once for all; what is said with `send` wins.
    void beyondAsciiByProfile()
    {
        const QByteArray octets = "Subject: x\r\n\r\n\xc3\xa4\r\n"_ba;
        const auto script = [](const QByteArray &mail) {
            return Script::hello({"SMTPUTF8"_ba})
                .answer(mail, "250 ok\r\n"_ba)
                .answer("RCPT TO:<b@y.example>"_ba, "250 ok\r\n"_ba)
                .answer("DATA"_ba, "354 go\r\n"_ba)
                .expectContent()
                .send("250 ok\r\n"_ba)
                .quit();
        };
        FakeRelay relay({script("MAIL FROM:<a@xn--bcher-kva.example>"_ba),
            Script::hello({"SMTPUTF8"_ba}).quit(),
            script("MAIL FROM:<a@b\u00fccher.example> SMTPUTF8"_ba)});
        CliRunner cli;
        const CliResult added = cli.run(
            {u"profiles"_s, u"add"_s, u"p"_s, u"--server"_s, u"127.0.0.1:%1"_s.arg(relay.port()),
                u"--tls"_s, u"none"_s, u"--smtputf8"_s, u"off"_s, u"--eight-bit"_s, u"send"_s});
        QVERIFY2(added.exitCode == 0, added.diagnostics.constData());
        const QJsonObject shown = cli.runJson({u"profiles"_s, u"show"_s, u"p"_s}).json();
        QCOMPARE(shown[u"smtpUtf8"_s], QJsonValue(false));
        QCOMPARE(shown[u"eightBitAnyway"_s], QJsonValue(true));
        const auto send = [&](const QStringList &more) {
            return cli
                .runJson(QStringList {u"send"_s, u"--profile"_s, u"p"_s, u"--from"_s,
                             u"a@b\u00fccher.example"_s, u"--to"_s, u"b@y.example"_s, u"--data"_s,
                             cli.file(u"octets"_s, octets)}
                    + more)
                .exitCode;
        };
        QCOMPARE(send({}), 0);
        QCOMPARE(send({u"--eight-bit"_s, u"refuse"_s}), 69);
        QCOMPARE(send({u"--smtputf8"_s, u"auto"_s}), 0);
        // What cannot go out at all is told before anybody is called.
        QCOMPARE(send({u"--to"_s, u"gr\u00fc\u00dfe@y.example"_s}), 65);
        QCOMPARE(relay.problems(), QStringList());
    }

    void proxyEnds_data()
    {
        QTest::addColumn<QStringList>("options");
        QTest::addColumn<QByteArray>("header");
        QTest::newRow("--proxy-source, --proxy-destination") << QStringList {u"--proxy-source"_s,
            u"192.0.2.1:4000"_s, u"--proxy-destination"_s,
            u"198.51.100.2:25"_s} << "PROXY TCP4 192.0.2.1 198.51.100.2 4000 25"_ba;
        QTest::newRow("IPv6") << QStringList {u"--proxy-source"_s, u"[2001:db8::1]:4000"_s,
            u"--proxy-destination"_s, u"[2001:db8::2]:25"_s}
                              << "PROXY TCP6 2001:db8::1 2001:db8::2 4000 25"_ba;
        QTest::newRow("unknown") << QStringList {u"--proxy-source"_s, u"unknown"_s}
                                 << "PROXY UNKNOWN"_ba;
    }
    void proxyEnds()
    {
        QFETCH(QStringList, options);
        QFETCH(QByteArray, header);
        FakeRelay relay({Script().expect(header).then(
            obliging(Hello + Mail + '\n' + Rcpt + '\n' + Data + Quit, {}))});
        CliRunner cli;
        const CliResult result = cli.runJson(common(cli, u"127.0.0.1:%1"_s.arg(relay.port()))
            + QStringList {u"--proxy-protocol"_s, u"v1"_s} + options);
        QVERIFY2(result.exitCode == 0, (result.output + result.diagnostics).constData());
        QVERIFY(relay.received().startsWith(header + "\r\n"));
    }

    /// The name that is sent and the one that is looked for.
    void verifyName()
    {
        for (const auto &[checked, exitCode] :
            {std::pair {u"localhost"_s, 0}, std::pair {u"other.example"_s, 78}}) {
            FakeRelay relay({Script::hello({"STARTTLS"_ba}).upgrade().transaction().quit()},
                Test::testIdentity().identity);
            CliRunner cli;
            const QString ca = cli.file(u"ca.pem"_s, Test::testIdentity().caPem);
            const CliResult result = cli.runJson(common(cli, u"127.0.0.1:%1"_s.arg(relay.port()))
                + QStringList {u"--tls"_s, u"starttls"_s, u"--tls-ca"_s, ca, u"--tls-sni"_s,
                    u"sni.example"_s, u"--tls-verify-name"_s, checked});
            QVERIFY2(result.exitCode == exitCode, (result.output + result.diagnostics).constData());
        }
    }

    void oldTlsC14()
    {
        FakeRelay relay({Script::hello({"STARTTLS"_ba}).upgrade().transaction().quit()},
            Test::testIdentity().identity);
        CliRunner cli;
        const CliResult result = cli.runJson(common(cli, u"127.0.0.1:%1"_s.arg(relay.port()))
            + QStringList {u"--tls"_s, u"starttls"_s, u"--tls-verify"_s, u"none"_s, u"--tls-min"_s,
                u"1.0"_s, u"--tls-max"_s, u"1.1"_s});
        // Only who asks for it, and not without being told.
        QVERIFY2(result.exitCode == 0, (result.output + result.diagnostics).constData());
        QCOMPARE(result.json()[u"tls"_s][u"version"_s].toString(), u"TLSv1.1"_s);
        QVERIFY(result.output.contains("tls.oldVersion"));
    }

    void proxyProtocol()
    {
        FakeRelay relay({Script()
                .expect("PROXY TCP4 127.0.0.1 127.0.0.1 "_ba)
                .then(obliging(Hello + Mail + '\n' + Rcpt + '\n' + Data + Quit, {}))});
        CliRunner cli;
        const CliResult result = cli.runJson(common(cli, u"127.0.0.1:%1"_s.arg(relay.port()))
            + QStringList {u"--proxy-protocol"_s, u"v1"_s});
        QVERIFY2(result.exitCode == 0, (result.output + result.diagnostics).constData());
        QCOMPARE(relay.problems(), QStringList());
        const QByteArray first = relay.received().first(relay.received().indexOf('\n') + 1);
        QVERIFY2(
            first.endsWith(' ' + QByteArray::number(relay.port()) + "\r\n"), first.constData());
    }

    void proxyPassword_data()
    {
        QTest::addColumn<QStringList>("options");
        QTest::newRow("--proxy-password-env")
            << QStringList {u"--proxy-password-env"_s, u"WIRE_SECRET"_s};
        QTest::newRow("--proxy-password-file")
            << QStringList {u"--proxy-password-file"_s, u"PASSWORD"_s};
    }
    /// RFC 9110 9.3.6 and 11.7.2.
    void proxyPassword()
    {
        QFETCH(QStringList, options);
        FakeRelay proxy({Script()
                .expect("CONNECT mx.example:25 HTTP/1.1"_ba)
                .expect("Host: mx.example:25"_ba)
                .expect("Proxy-Authorization: Basic "_ba + QByteArray("ann:pw").toBase64())
                .expect(""_ba)
                .send("HTTP/1.1 200 yes\r\n\r\n"_ba)
                .then(obliging(Hello + Mail + '\n' + Rcpt + '\n' + Data + Quit, {}))});
        CliRunner cli;
        cli.setVariable(u"WIRE_SECRET"_s, u"pw"_s);
        options.replaceInStrings(
            QRegularExpression(u"^PASSWORD$"_s), cli.file(u"password"_s, "pw\n"_ba));
        const CliResult result = cli.runJson(common(cli, u"mx.example:25"_s)
            + QStringList {u"--proxy"_s, u"http://ann@127.0.0.1:%1"_s.arg(proxy.port())} + options);
        QVERIFY2(result.exitCode == 0, (result.output + result.diagnostics).constData());
        QCOMPARE(proxy.problems(), QStringList());
        QVERIFY(!result.output.contains(QByteArray("ann:pw").toBase64()));
    }

    void tlsCiphers()
    {
        const QByteArrayList wanted {
            "ECDHE-RSA-AES256-GCM-SHA384", "ECDHE-ECDSA-AES256-GCM-SHA384"};
        FakeRelay relay({Script::hello({"STARTTLS"_ba}).upgrade().transaction().quit()},
            Test::testIdentity().identity);
        CliRunner cli;
        const CliResult result = cli.runJson(common(cli, u"127.0.0.1:%1"_s.arg(relay.port()))
            + QStringList {u"--tls"_s, u"starttls"_s, u"--tls-verify"_s, u"none"_s, u"--tls-max"_s,
                u"1.2"_s, u"--tls-ciphers"_s, QString::fromLatin1(wanted.join(':'))});
        QVERIFY2(result.exitCode == 0, (result.output + result.diagnostics).constData());
        QVERIFY(wanted.contains(result.json()[u"tls"_s][u"cipher"_s].toString().toLatin1()));
        QCOMPARE(result.json()[u"tls"_s][u"version"_s].toString(), u"TLSv1.2"_s);
    }

    void tlsSuitesAndGroups()
    {
        FakeRelay relay({Script::hello({"STARTTLS"_ba}).upgrade().transaction().quit()},
            Test::testIdentity().identity);
        CliRunner cli;
        const CliResult result = cli.runJson(common(cli, u"127.0.0.1:%1"_s.arg(relay.port()))
            + QStringList {u"--tls"_s, u"starttls"_s, u"--tls-verify"_s, u"none"_s, u"--tls-min"_s,
                u"1.3"_s, u"--tls-ciphersuites"_s, u"TLS_CHACHA20_POLY1305_SHA256"_s,
                u"--tls-groups"_s, u"P-384"_s, u"--tls-trace"_s});
        QVERIFY2(result.exitCode == 0, (result.output + result.diagnostics).constData());
        QCOMPARE(
            result.json()[u"tls"_s][u"cipher"_s].toString(), u"TLS_CHACHA20_POLY1305_SHA256"_s);
        const CliResult shown = cli.run(
            {u"sessions"_s, u"show"_s, result.json()[u"session"_s].toString()});
        QVERIFY2(shown.output.contains("key shares secp384r1"), shown.output.constData());
    }

    /// An option without a row is one that nobody proved.
    void everyOptionIsProved()
    {
        CliRunner cli;
        const CliResult help = cli.run({u"send"_s, u"--help"_s});
        QCOMPARE(help.exitCode, 0);
        QFile self(QStringLiteral(MAILGAUGE_SOURCE "/tests/app/tst_cliwire.cpp"));
        QVERIFY(self.open(QIODevice::ReadOnly));
        const QByteArray rows = self.readAll();
        static const QRegularExpression option(
            u"^ *(?:-\\w, )?(--[a-z0-9-]+)"_s, QRegularExpression::MultilineOption);
        QStringList missing;
        int seen = 0;
        for (const QRegularExpressionMatch &match :
            option.globalMatch(QString::fromUtf8(help.output))) {
            const QByteArray name = match.captured(1).toUtf8();
            ++seen;
            const QByteArray quoted = "u\"" + name + "\"_s";
            if (rows.contains(quoted) || rows.contains("row(\"" + name))
                continue;
            QFile other(
                QStringLiteral(MAILGAUGE_SOURCE "/") + QString::fromUtf8(elsewhere.value(name)));
            if (!elsewhere.contains(name) || !other.open(QIODevice::ReadOnly)
                || !other.readAll().contains('"' + name + '"'))
                missing.append(QString::fromUtf8(name));
        }
        QVERIFY(seen > 70);
        QCOMPARE(missing.join(u' '), QString());
    }
};

QTEST_GUILESS_MAIN(CliWireTest)
#include "tst_cliwire.moc"
