// SPDX-License-Identifier: GPL-3.0-or-later
// Routes of the command line: by a name server of the test's own, to relays in it.
#include "clirunner.h"
#include "fakerelay.h"
#include "knotserver.h"

#include "base/literals.h"

#include <QJsonArray>
#include <QTest>

using namespace Mailgauge;
using Test::CliResult;
using Test::CliRunner;
using Test::FakeRelay;
using Test::KnotServer;
using Test::Script;

namespace {

constexpr quint16 MailPort = 2525;

QStringList findingIds(const QJsonObject &answer)
{
    QStringList ids;
    const QJsonArray findings = answer[u"findings"_s].toArray();
    for (const QJsonValue &finding : findings)
        ids.append(finding[u"id"_s].toString());
    return ids;
}

} // namespace

class CliRouteTest final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        if (const QString why = KnotServer::whyNot(); !why.isEmpty())
            MAILGAUGE_MISSING(qPrintable(why));
        const QString error = m_dns.start({{u"example.org"_s,
                                               "@ MX 10 a\n@ MX 20 b\na A 127.0.0.2\nb A "
                                               "127.0.0.3\nnull MX 0 .\nalone A 127.0.0.3\n"
                                               "_submission._tcp.srv SRV 0 1 2525 b\n"_ba,
                                               false},
            {u"broken.example"_s, {}, false},
            {u"signed.example"_s, "@ MX 10 a\na A 127.0.0.3\n"_ba, true}});
        QVERIFY2(error.isEmpty(), qPrintable(error));
    }

    void secondExchangerTakesTheMail()
    {
        FakeRelay busy(
            {Script().send("421 4.3.2 busy\r\n"_ba).close()}, {}, u"127.0.0.2"_s, MailPort);
        FakeRelay relay({Script::hello().transaction().quit()}, {}, u"127.0.0.3"_s, MailPort);
        CliRunner cli;
        const QString transcript = cli.path(u"t.txt"_s);
        const CliResult result = cli.runJson(
            mail({u"--mx"_s, u"example.org:2525"_s, u"--transcript"_s, transcript}));
        QCOMPARE(result.exitCode, 0);
        const QJsonObject answer = result.json();
        QCOMPARE(answer[u"outcome"_s].toString(), u"accepted"_s);
        QCOMPARE(answer[u"server"_s][u"host"_s].toString(), u"b.example.org"_s);
        QCOMPARE(answer[u"server"_s][u"address"_s].toString(), u"127.0.0.3"_s);
        QCOMPARE(answer[u"server"_s][u"port"_s].toInt(), MailPort);
        const QStringList ids = findingIds(answer);
        QVERIFY2(ids.contains(u"route.hostRefused"_s), qPrintable(ids.join(u' ')));
        QVERIFY(ids.contains(u"route.loopbackAddress"_s));
        // What was tried is kept with the session.
        const CliResult shown = cli.run({u"sessions"_s, u"show"_s, u"last"_s});
        QVERIFY2(
            shown.output.contains("hosts to try: 10 a.example.org:2525, 20 b.example.org:2525"),
            shown.output.constData());
        QVERIFY(shown.output.contains("421 4.3.2 busy"));
        QCOMPARE(relay.problems(), QStringList());
        QCOMPARE(busy.connections(), 1);
    }

    void mailOnceAcceptedGoesNowhereElse() // faults 1.1
    {
        FakeRelay lossy({Script::hello()
                                .answer("MAIL"_ba, "250 ok\r\n"_ba)
                                .answer("RCPT"_ba, "250 ok\r\n"_ba)
                                .answer("DATA"_ba, "354 go\r\n"_ba)
                                .expectContent()
                                .close()},
            {}, u"127.0.0.2"_s, MailPort);
        FakeRelay relay({Script::hello().transaction().quit()}, {}, u"127.0.0.3"_s, MailPort);
        CliRunner cli;
        const CliResult result = cli.runJson(mail({u"--mx"_s, u"example.org:2525"_s}));
        QCOMPARE(result.exitCode, 80);
        QCOMPARE(result.json()[u"outcome"_s].toString(), u"uncertain"_s);
        QCOMPARE(relay.connections(), 0);
    }

    void srv()
    {
        FakeRelay relay({Script::hello().transaction().quit()}, {}, u"127.0.0.3"_s, MailPort);
        CliRunner cli;
        const CliResult result = cli.runJson(mail({u"--srv"_s, u"srv.example.org"_s}));
        QCOMPARE(result.exitCode, 0);
        QCOMPARE(result.json()[u"server"_s][u"host"_s].toString(), u"b.example.org"_s);
    }

    void pinned()
    {
        FakeRelay relay({Script::hello().transaction().quit()}, {}, u"127.0.0.9"_s, MailPort);
        CliRunner cli;
        const CliResult result = cli.runJson(mail(
            {u"--mx"_s, u"example.org:2525"_s, u"--resolve"_s, u"a.example.org:2525:127.0.0.9"_s}));
        QCOMPARE(result.exitCode, 0);
        QCOMPARE(result.json()[u"server"_s][u"address"_s].toString(), u"127.0.0.9"_s);
    }

    void trustAnchor_data()
    {
        QTest::addColumn<bool>("right");
        QTest::newRow("the zone's key") << true;
        QTest::newRow("another key") << false;
    }
    /// A signed zone is believed by the key that the user trusts, and by no other.
    void trustAnchor()
    {
        QFETCH(bool, right);
        FakeRelay relay({Script::hello().transaction().quit()}, {}, u"127.0.0.3"_s, MailPort);
        CliRunner cli;
        QByteArrayList anchors = m_dns.anchors(u"signed.example"_s);
        QVERIFY(!anchors.isEmpty());
        for (QByteArray &anchor : anchors) {
            QVERIFY(anchor.contains("DS"));
            if (!right) // its digest is the last field
                anchor.back() = anchor.back() == '0' ? '1' : '0';
        }
        const CliResult result = cli.runJson(
            mail({u"--mx"_s, u"signed.example:2525"_s, u"--tls-verify"_s, u"full"_s,
                u"--trust-anchor"_s, cli.file(u"anchors"_s, anchors.join('\n') + '\n')}));
        QVERIFY2(result.exitCode == 0, result.output.constData());
        QCOMPARE(findingIds(result.json()).contains(u"route.nameNotAuthenticated"_s), !right);
    }

    void noRoute_data()
    {
        QTest::addColumn<QStringList>("arguments");
        QTest::addColumn<int>("exitCode");
        QTest::addColumn<QString>("detail");
        QTest::newRow("A6 null MX")
            << QStringList {u"--mx"_s, u"null.example.org"_s} << 68 << u"null MX"_s;
        QTest::newRow("A3 NXDOMAIN")
            << QStringList {u"--mx"_s, u"none.example.org"_s} << 68 << u"no such domain"_s;
        QTest::newRow("A3 SERVFAIL")
            << QStringList {u"--mx"_s, u"broken.example"_s} << 75 << u"the resolver failed"_s;
        QTest::newRow("SRV") << QStringList {u"--srv"_s, u"example.org"_s} << 68 << u"SRV"_s;
        QTest::newRow("host by --resolver")
            << QStringList {u"--server"_s, u"none.example.org:25"_s} << 68 << u"no such domain"_s;
    }

    void noRoute()
    {
        QFETCH(QStringList, arguments);
        QFETCH(int, exitCode);
        QFETCH(QString, detail);
        CliRunner cli;
        const CliResult result = cli.runJson(mail(arguments));
        QCOMPARE(result.exitCode, exitCode);
        const QJsonObject error = result.json()[u"error"_s].toObject();
        QCOMPARE(error[u"kind"_s].toString(), u"dns"_s);
        QCOMPARE(error[u"stage"_s].toString(), u"resolve"_s);
        QVERIFY2(error[u"detail"_s].toString().contains(detail),
            qPrintable(error[u"detail"_s].toString()));
    }

private:
    [[nodiscard]] QStringList mail(const QStringList &route) const
    {
        return QStringList {u"send"_s, u"--from"_s, u"a@x.example"_s, u"--to"_s, u"b@y.example"_s,
                   u"--tls"_s, u"none"_s, u"--helo"_s, u"client.example"_s, u"--text"_s, u"hello"_s,
                   u"--resolver"_s, m_dns.address()}
        + route;
    }

    KnotServer m_dns;
};

QTEST_GUILESS_MAIN(CliRouteTest)
#include "tst_cliroute.moc"
