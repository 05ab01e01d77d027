// SPDX-License-Identifier: GPL-3.0-or-later
// Sessions through proxies that are played by the test, to the byte.
#include "closedport.h"
#include "fakerelay.h"
#include "fakeresolver.h"

#include "base/literals.h"
#include "net/connection.h"

#include <QTest>

using namespace Mailgauge;
using namespace std::chrono_literals;
using Base::Error;
using Dns::Mx;
using Net::Connection;
using Net::Proxy;
using Smtp::Stage;
using Test::FakeRelay;
using Test::FakeZone;
using Test::Script;

namespace {

const QByteArray ready = QByteArray::fromHex("05000001 7f000001 1234");

/// SOCKS 5 without authentication, asked for a name of `length`.
Script socksFor(qsizetype length, const QByteArray &answer)
{
    return Script()
        .expectBytes(3)
        .send(QByteArray::fromHex("0500"))
        .expectBytes(7 + length)
        .send(answer);
}

Script serves()
{
    return Script::hello().quit();
}

class Driver final : public QObject {
    Q_OBJECT

public:
    explicit Driver(Net::ConnectionOptions options)
        : connection(std::move(options), m_clock)
    {
        connect(&connection, &Connection::happened, this, [this](const Smtp::SessionEvent &event) {
            using namespace Smtp::Event;
            if (const auto *end = std::get_if<Failed>(&event)) {
                failed = *end;
            } else if (const auto *entered = std::get_if<StageEntered>(&event)) {
                stages.append(Smtp::stageName(entered->stage).toByteArray());
            } else if (std::holds_alternative<Ready>(event)) {
                ready = true;
                connection.quit();
            }
        });
        connect(&connection, &Connection::closed, this, [this] { closed = true; });
        connect(&connection, &Connection::entriesRecorded, this,
            [this](const QList<Transcript::Entry> &entries) {
                for (const Transcript::Entry &entry : entries)
                    text += entry.text + '\n';
            });
    }

    [[nodiscard]] bool run()
    {
        connection.open();
        return Test::waitFor([this] { return closed; }, 20'000);
    }

    Base::SystemClock m_clock;
    Connection connection;
    std::optional<Smtp::Event::Failed> failed;
    bool ready = false;
    bool closed = false;
    QByteArrayList stages;
    QByteArray text;
};

Net::ConnectionOptions optionsFor(const FakeRelay &proxy, FakeZone &zone)
{
    Net::ConnectionOptions options;
    options.target.host = u"mx.example"_s;
    options.target.port = 25;
    options.target.proxy = Proxy {.host = u"127.0.0.1"_s, .port = proxy.port()};
    options.session.ehloName = "tester.example"_ba;
    options.session.tls = Smtp::TlsPolicy::None;
    options.session.deadlines.connect = 20'000ms;
    options.tls.caPem = Test::testIdentity().caPem;
    options.makeResolver = zone.make();
    return options;
}

} // namespace

class ProxiedTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void nameStaysWithTheProxy() // A9: no question leaves this machine
    {
        FakeRelay proxy({socksFor(10, ready).then(serves())});
        FakeZone zone;
        Driver driver(optionsFor(proxy, zone));
        QVERIFY(driver.run());
        QVERIFY2(driver.ready, driver.text.constData());
        QCOMPARE(zone.asked, QStringList());
        QVERIFY(proxy.received().contains("mx.example"));
        QVERIFY(driver.stages.indexOf("proxy") > driver.stages.indexOf("connect"));
        QVERIFY(driver.text.contains("asking the proxy for mx.example:25"));
    }

    void greetingComesWithTheAnswer()
    {
        // In one segment: all but the last of these bytes are the server's.
        FakeRelay proxy({socksFor(10, ready + "220 early bird\r\n")
                .expect("EHLO"_ba)
                .send("250 mx\r\n"_ba)
                .quit()});
        FakeZone zone;
        Driver driver(optionsFor(proxy, zone));
        QVERIFY(driver.run());
        QVERIFY2(driver.ready, driver.text.constData());
        QVERIFY(driver.text.contains("220 early bird"));
    }

    void addressIsLookedUpHere()
    {
        FakeRelay proxy({socksFor(3, ready).then(serves())}); // four octets, and no length
        FakeZone zone;
        zone.add("mx.example", QHostAddress(u"192.0.2.7"_s));
        Net::ConnectionOptions options = optionsFor(proxy, zone);
        options.target.proxy->remoteNames = false;
        options.target.resolver = Dns::ResolverOptions();
        Driver driver(options);
        QVERIFY(driver.run());
        QVERIFY2(driver.ready, driver.text.constData());
        QVERIFY(proxy.received().contains(QByteArray::fromHex("05010001c00002070019")));
        QVERIFY(zone.asked.contains(u"A mx.example"_s));
    }

    void tlsThroughTheTunnel()
    {
        FakeRelay proxy({Script()
                                .expect("CONNECT localhost:25 HTTP/1.1"_ba)
                                .expect("Host: localhost:25"_ba)
                                .expect(""_ba)
                                .send("HTTP/1.1 200 OK\r\n\r\n"_ba)
                                .startTls()
                                .then(serves())},
            Test::testIdentity().identity);
        FakeZone zone;
        Net::ConnectionOptions options = optionsFor(proxy, zone);
        options.target.host = u"localhost"_s;
        options.target.proxy->kind = Proxy::Kind::HttpConnect;
        options.session.tls = Smtp::TlsPolicy::ImplicitTls;
        Driver driver(options);
        QVERIFY(driver.run());
        QVERIFY2(driver.ready, driver.text.constData());
        QCOMPARE(proxy.problems(), QStringList());
    }

    void nextHostAfterRefusalOfTheProxy()
    {
        // The proxy cannot reach the first, and reaches the second; each is one connection to it.
        FakeRelay proxy({socksFor(5, QByteArray::fromHex("0505 0001 00000000 0000")),
            socksFor(5, ready).then(serves())});
        FakeZone zone;
        zone.add("mx.example", Mx {1, "a.com"}).add("mx.example", Mx {2, "b.com"});
        Net::ConnectionOptions options = optionsFor(proxy, zone);
        options.target.by = Net::RouteBy::Mx;
        Driver driver(options);
        QVERIFY(driver.run());
        QVERIFY2(driver.ready, driver.text.constData());
        QCOMPARE(proxy.connections(), 2);
        QCOMPARE(zone.asked, QStringList {u"MX mx.example"_s});
        QVERIFY(driver.text.contains("proxy: connection refused for a.com:25"));
    }

    void headerComesFirst()
    {
        FakeRelay relay({Script().expect("PROXY TCP4 127.0.0.1 127.0.0.1 "_ba).then(serves())});
        FakeZone zone;
        Net::ConnectionOptions options = optionsFor(relay, zone);
        options.target.proxy.reset();
        options.target.host = u"127.0.0.1"_s;
        options.target.port = relay.port();
        options.target.proxyHeader = Net::ProxyHeader::V1;
        Driver driver(options);
        QVERIFY(driver.run());
        QVERIFY(driver.ready);
        QCOMPARE(relay.problems(), QStringList());
        QVERIFY(driver.text.contains("PROXY protocol header sent: PROXY TCP4"));
    }

    void failures_data()
    {
        QTest::addColumn<Script>("script");
        QTest::addColumn<Error::Kind>("kind");
        QTest::newRow("A9 closes")
            << Script().expectBytes(3).close() << Error::Kind::ConnectionClosed;
        QTest::newRow("A9 resets")
            << Script().expectBytes(3).reset() << Error::Kind::ConnectionClosed;
        QTest::newRow("A9 silent") << Script().hang() << Error::Kind::Timeout;
        QTest::newRow("A9 speaks SMTP")
            << Script().send("220 mx\r\n"_ba).hang() << Error::Kind::MalformedReply;
        QTest::newRow("A9 refuses")
            << socksFor(10, QByteArray::fromHex("0502")).hang() << Error::Kind::Connect;
        QTest::newRow("A9 wants credentials")
            << Script().expectBytes(3).send(QByteArray::fromHex("05ff")).hang()
            << Error::Kind::Denied;
    }

    void failures()
    {
        QFETCH(Script, script);
        QFETCH(Error::Kind, kind);
        FakeRelay proxy({script});
        FakeZone zone;
        Net::ConnectionOptions options = optionsFor(proxy, zone);
        if (kind == Error::Kind::Timeout)
            options.session.deadlines.connect = 500ms;
        Driver driver(options);
        QVERIFY(driver.run());
        QVERIFY(driver.failed);
        QCOMPARE(driver.failed->failure.error.kind, kind);
        QCOMPARE(driver.failed->failure.stage, Stage::Proxy);
        QVERIFY(driver.failed->failure.error.detail.startsWith(u"proxy: "_s));
        QCOMPARE(proxy.connections(), 1);
    }

    void deadProxyIsNotTheHostsFault()
    {
        FakeZone zone;
        zone.add("mx.example", Mx {1, "a.com"}).add("mx.example", Mx {2, "b.com"});
        const Test::ClosedPort closed;
        FakeRelay unused({Script()});
        Net::ConnectionOptions options = optionsFor(unused, zone);
        options.target.proxy->port = closed.port();
        options.target.by = Net::RouteBy::Mx;
        Driver driver(options);
        QVERIFY(driver.run());
        QVERIFY(driver.failed);
        QCOMPARE(driver.failed->failure.stage, Stage::Connect);
        QVERIFY(driver.failed->failure.error.detail.startsWith(u"proxy 127.0.0.1 port "_s));
        QCOMPARE(driver.text.count("connecting to proxy"), 1);
    }
};

QTEST_GUILESS_MAIN(ProxiedTest)
#include "tst_proxied.moc"
