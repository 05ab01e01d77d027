// SPDX-License-Identifier: GPL-3.0-or-later
// Proxies as scripts ask for them.
#include "clirunner.h"
#include "fakeproxy.h"
#include "fakerelay.h"

#include "base/literals.h"

#include <QTest>

using namespace Mailgauge;
using Test::CliResult;
using Test::CliRunner;
using Test::FakeRelay;
using Test::Script;

namespace {

const QByteArray secret = "c4n4ry w0rd"_ba;

QStringList send(const QString &server, const QStringList &more)
{
    return QStringList {u"send"_s, u"--server"_s, server, u"--from"_s, u"a@x.example"_s, u"--to"_s,
               u"b@y.example"_s, u"--text"_s, u"x"_s}
    + more;
}

} // namespace

class CliProxiesTest final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void httpsProxy()
    {
        FakeRelay relay({Script().startTls().then(Script::hello().transaction().quit())},
            Test::testIdentity().identity);
        Test::FakeProxy proxy(relay.port(), Test::testIdentity().identity);
        CliRunner cli;
        const QString ca = cli.file(u"ca.pem"_s, Test::testIdentity().caPem);
        const QString url = u"https://ann@localhost:%1"_s.arg(proxy.port());
        const QStringList mail = send(u"localhost:%1"_s.arg(relay.port()),
            {u"--tls"_s, u"implicit"_s, u"--tls-ca"_s, ca, u"--proxy"_s, url,
                u"--proxy-password-file"_s, cli.file(u"p"_s, secret)});
        // The relay's authorities are not the proxy's.
        CliResult result = cli.runJson(mail);
        QCOMPARE(result.exitCode, 78);
        const QJsonObject error = result.json()[u"error"_s].toObject();
        QCOMPARE(error[u"stage"_s].toString(), u"proxy"_s);
        QCOMPARE(error[u"kind"_s].toString(), u"tls"_s);
        QVERIFY2(error[u"detail"_s].toString().contains(u"proxy"_s), result.output.constData());
        result = cli.runJson(mail + QStringList {u"--proxy-ca"_s, ca});
        QVERIFY2(result.exitCode == 0, (result.output + result.diagnostics).constData());
        QCOMPARE(relay.problems(), QStringList());
        QCOMPARE(result.json()[u"tls"_s][u"verified"_s], QJsonValue(true));
        QVERIFY(proxy.requests().last().contains(
            "Proxy-Authorization: Basic " + ("ann:" + secret).toBase64()));
        QVERIFY(!proxy.wire().contains("Proxy-Authorization"));
        QVERIFY(!(result.output + result.diagnostics).contains(("ann:" + secret).toBase64()));
        // It needs what it is about.
        QCOMPARE(cli.run(QStringList(mail).replaceInStrings(u"https://"_s, u"http://"_s)
                        + QStringList {u"--proxy-ca"_s, ca})
                     .exitCode,
            64);
        // A profile keeps it; another proxy takes it away.
        QStringList add {u"profiles"_s, u"add"_s, u"p"_s, u"--server"_s, u"relay.example"_s,
            u"--proxy"_s, u"https://proxy.example"_s, u"--proxy-ca"_s, ca};
        QCOMPARE(cli.run(add).exitCode, 0);
        const auto shown = [&] { return cli.runJson({u"profiles"_s, u"show"_s, u"p"_s}).json(); };
        QCOMPARE(shown()[u"proxy"_s].toString(), u"https://proxy.example:443"_s);
        QCOMPARE(shown()[u"proxyCa"_s].toString(), ca);
        QCOMPARE(
            cli.run({u"profiles"_s, u"add"_s, u"p"_s, u"--proxy"_s, u"socks4a://p"_s}).exitCode, 0);
        QVERIFY(!shown().contains(u"proxyCa"_s));
    }

    void socks4()
    {
        FakeRelay relay({Script::hello().transaction().quit()});
        Test::FakeProxy proxy(relay.port());
        CliRunner cli;
        const QStringList named {
            u"--tls"_s, u"none"_s, u"--proxy"_s, u"socks4a://ann@127.0.0.1:%1"_s.arg(proxy.port())};
        const CliResult result = cli.runJson(send(u"mx.example:25"_s, named));
        QVERIFY2(result.exitCode == 0, (result.output + result.diagnostics).constData());
        QCOMPARE(proxy.requests(),
            QList {QByteArray::fromHex("0401001900000001") + "ann" + '\0' + "mx.example" + '\0'});
        const CliResult ip6 = cli.runJson(send(u"[2001:db8::1]:25"_s, named));
        QCOMPARE(ip6.exitCode, 65);
        QVERIFY2(ip6.output.contains("IPv4 addresses only"), ip6.output.constData());
        // There is no password that it could be told.
        QCOMPARE(
            cli.run(send(u"mx.example:25"_s,
                        named + QStringList {u"--proxy-password-file"_s, cli.file(u"p"_s, "x")}))
                .exitCode,
            64);
    }
};

QTEST_GUILESS_MAIN(CliProxiesTest)
#include "tst_cliproxies.moc"
