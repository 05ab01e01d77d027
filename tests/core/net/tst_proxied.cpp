// SPDX-License-Identifier: GPL-3.0-or-later
// Sessions through proxies that are played by the test, to the byte.
#include "closedport.h"
#include "fakeproxy.h"
#include "fakerelay.h"
#include "fakeresolver.h"

#include "base/literals.h"
#include "net/connection.h"
#include "net/proxybridge.h"

#include <QTcpSocket>
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

    void everyKind_data()
    {
        QTest::addColumn<Proxy::Kind>("kind");
        QTest::addColumn<bool>("named");
        QTest::addColumn<QByteArray>("request");
        QTest::newRow("SOCKS 4") << Proxy::Kind::Socks4 << false
                                 << QByteArray::fromHex("04010019c0000207") + "ann" + '\0';
        QTest::newRow("SOCKS 4A") << Proxy::Kind::Socks4 << true
                                  << QByteArray::fromHex("0401001900000001") + "ann" + '\0'
                + "mx.example" + '\0';
        QTest::newRow("HTTPS") << Proxy::Kind::HttpsConnect << true
                               << "CONNECT mx.example:25 HTTP/1.1\r\nHost: mx.example:25\r\n"
                                  "Proxy-Authorization: Basic YW5uOnB3\r\n\r\n"_ba;
    }
    void everyKind()
    {
        QFETCH(Proxy::Kind, kind);
        QFETCH(bool, named);
        QFETCH(QByteArray, request);
        FakeRelay relay({serves()});
        const bool https = kind == Proxy::Kind::HttpsConnect;
        Test::FakeProxy proxy(
            relay.port(), https ? Test::testIdentity().identity : Tls::Identity());
        FakeZone zone;
        // The address of the first family is of no use to SOCKS 4.
        zone.add("mx.example", QHostAddress(u"2001:db8::7"_s))
            .add("mx.example", QHostAddress(u"192.0.2.7"_s));
        Net::ConnectionOptions options = optionsFor(relay, zone);
        options.target.resolver = Dns::ResolverOptions();
        options.target.proxy = Proxy {.kind = kind,
            .host = u"localhost"_s,
            .port = proxy.port(),
            .user = "ann",
            .password = Base::Secret("pw"_ba),
            .remoteNames = named,
            .caPem = Test::testIdentity().caPem};
        Driver driver(options);
        QVERIFY(driver.run());
        QVERIFY2(driver.ready, driver.text.constData());
        QCOMPARE(proxy.requests(), QList {request});
        QCOMPARE(proxy.wire().contains("CONNECT"), false);
        QCOMPARE(zone.asked.isEmpty(), named);
        QVERIFY(!driver.text.contains("YW5uOnB3"));
    }

    void noAddressForSocks4()
    {
        FakeRelay unused({Script()});
        FakeZone zone;
        zone.add("mx.example", QHostAddress(u"2001:db8::7"_s));
        for (const bool named : {false, true}) {
            Net::ConnectionOptions options = optionsFor(unused, zone);
            options.target.proxy->kind = Proxy::Kind::Socks4;
            options.target.proxy->remoteNames = named;
            options.target.resolver = Dns::ResolverOptions();
            if (named)
                options.target.host = u"2001:db8::7"_s;
            Driver driver(options);
            QVERIFY(driver.run());
            QVERIFY(driver.failed);
            QCOMPARE(driver.failed->failure.error.kind, Error::Kind::InvalidInput);
            QVERIFY(driver.failed->failure.error.detail.contains(u"IPv4 addresses only"_s));
        }
    }

    void tlsInTls_data()
    {
        QTest::addColumn<bool>("implicit");
        QTest::addColumn<qint64>("size");
        QTest::newRow("implicit") << true << qint64(10);
        QTest::newRow("STARTTLS") << false << qint64(10);
        QTest::newRow("B25 a message of some records") << true << qint64(300'000);
    }
    void tlsInTls()
    {
        QFETCH(bool, implicit);
        QFETCH(qint64, size);
        FakeRelay relay({implicit ? Script().startTls().then(Script::hello().transaction().quit())
                                  : Script::hello({"STARTTLS"_ba}).upgrade().transaction().quit()},
            Test::testIdentity().identity);
        Test::FakeProxy proxy(relay.port(), Test::testIdentity().identity);
        FakeZone zone;
        Net::ConnectionOptions options = optionsFor(relay, zone);
        options.target.host = u"localhost"_s;
        options.target.proxy = Proxy {.kind = Proxy::Kind::HttpsConnect,
            .host = u"127.0.0.1"_s,
            .port = proxy.port(),
            .caPem = Test::testIdentity().caPem};
        options.session.tls = implicit ? Smtp::TlsPolicy::ImplicitTls
                                       : Smtp::TlsPolicy::RequireStartTls;
        Base::SystemClock clock;
        Connection connection(options, clock);
        const QByteArray body = QByteArray("0123456789abcdefghij\r\n").repeated(size / 22 + 1);
        Base::Content content;
        content.bytes = body;
        bool accepted = false;
        bool closed = false;
        QList<Tls::TlsFacts> judged;
        connect(&connection, &Connection::tlsJudged, this,
            [&](const Tls::TlsFacts &facts) { judged.append(facts); });
        connect(&connection, &Connection::closed, this, [&] { closed = true; });
        connect(&connection, &Connection::happened, this, [&](const Smtp::SessionEvent &event) {
            using namespace Smtp::Event;
            if (std::holds_alternative<Ready>(event)) {
                Smtp::Transaction mail;
                mail.envelope.reversePath = *Smtp::Mailbox::parse("a@x.example");
                mail.envelope.forwardPaths = {*Smtp::Mailbox::parse("b@y.example")};
                mail.size = body.size();
                connection.send(mail, content.open(), QUuid::createUuid());
            } else if (std::holds_alternative<Commit>(event)) {
                connection.committed();
            } else if (std::holds_alternative<TransactionDone>(event)) {
                accepted = true;
                connection.quit();
            }
        });
        connection.open();
        QVERIFY(Test::waitFor([&] { return closed; }, 20'000));
        QVERIFY(accepted);
        QCOMPARE(relay.problems(), QStringList());
        QCOMPARE(relay.content(), body);
        // What is told of TLS is about the relay alone.
        QCOMPARE(judged.size(), 1);
        QCOMPARE(proxy.requests(),
            QList {"CONNECT localhost:25 HTTP/1.1\r\nHost: localhost:25\r\n\r\n"_ba});
    }

    void badHttpsProxies_data()
    {
        using Cut = Test::ProxyFault::Cut;
        QTest::addColumn<Test::ProxyFault>("fault");
        QTest::addColumn<QByteArray>("bears");
        QTest::addColumn<bool>("trusted");
        QTest::addColumn<bool>("tls");
        QTest::addColumn<Error::Kind>("kind");
        QTest::addColumn<QString>("says");
        const auto row = [](const char *name, const Test::ProxyFault &fault, Error::Kind kind,
                             const QString &says, const QByteArray &bears = "localhost"_ba,
                             bool trusted = true, bool tls = true) {
            QTest::newRow(name) << fault << bears << trusted << tls << kind << says;
        };
        using Kind = Error::Kind;
        row("C10 nobody vouches for it", {}, Kind::TlsHandshake,
            u"proxy: TLS with localhost: certificate not accepted"_s, "localhost"_ba, false);
        row("C11 another name", {}, Kind::TlsHandshake,
            u"proxy: TLS with localhost: certificate not accepted"_s, "other.example"_ba);
        row("A9 no TLS there", {}, Kind::TlsHandshake, u"proxy: TLS with localhost: "_s,
            "localhost"_ba, true, false);
        row("A9 cut at once", {.cut = Cut::AtOnce}, Kind::TlsHandshake,
            u"proxy: TLS with localhost: closed"_s);
        row("A9 cut behind the request", {.cut = Cut::AfterRequest}, Kind::ConnectionClosed,
            u"proxy: closed"_s);
        row("A9 cut in the answer", {.answer = "HTTP/1.1 200 OK\r\n"_ba, .cut = Cut::AfterAnswer},
            Kind::ConnectionClosed, u"proxy: closed"_s);
        row("A9 garbage", {.answer = "220 mx\r\n"_ba}, Kind::MalformedReply, u"proxy: "_s);
        row("A9 407", {.answer = "HTTP/1.1 407 who?\r\n\r\n"_ba}, Kind::Denied,
            u"proxy: 407 who?"_s);
        row("A9 502", {.answer = "HTTP/1.1 502 no\r\n\r\n"_ba}, Kind::Connect, u"proxy: 502"_s);
    }
    void badHttpsProxies()
    {
        QFETCH(Test::ProxyFault, fault);
        QFETCH(QByteArray, bears);
        QFETCH(bool, trusted);
        QFETCH(bool, tls);
        QFETCH(Error::Kind, kind);
        QFETCH(QString, says);
        const auto maker = Tls::CertificateMaker::create({.commonName = "Root"_ba});
        QVERIFY(maker);
        const auto identity = maker->issue({.commonName = bears, .names = {bears}});
        QVERIFY(identity);
        FakeRelay relay({serves()});
        Test::FakeProxy proxy(relay.port(), tls ? *identity : Tls::Identity(), fault);
        FakeZone zone;
        Net::ConnectionOptions options = optionsFor(relay, zone);
        options.target.proxy = Proxy {.kind = Proxy::Kind::HttpsConnect,
            .host = u"localhost"_s,
            .port = proxy.port(),
            .caPem = trusted ? maker->caPem() : QByteArray()};
        if (!tls) // it waits for what never comes
            options.session.deadlines.connect = 500ms;
        Driver driver(options);
        QVERIFY(driver.run());
        QVERIFY(driver.failed);
        const Smtp::Failure &failure = driver.failed->failure;
        QCOMPARE(failure.stage, Stage::Proxy);
        if (tls)
            QCOMPARE(failure.error.kind, kind);
        else
            QCOMPARE(failure.error.kind, Error::Kind::Timeout);
        QVERIFY2(failure.error.detail.startsWith(tls ? says : u"proxy: "_s),
            qPrintable(failure.error.detail));
        QCOMPARE(relay.connections(), 0);
    }

    void bridge_data()
    {
        QTest::addColumn<Proxy::Kind>("kind");
        QTest::addColumn<bool>("refused");
        QTest::newRow("SOCKS 4") << Proxy::Kind::Socks4 << false;
        QTest::newRow("HTTPS") << Proxy::Kind::HttpsConnect << false;
        QTest::newRow("A9 refused") << Proxy::Kind::Socks4 << true;
    }
    void bridge()
    {
        QFETCH(Proxy::Kind, kind);
        QFETCH(bool, refused);
        FakeRelay relay({Script().send("hi\r\n"_ba).expect("ho"_ba).send("bye\r\n"_ba).close()});
        const bool https = kind == Proxy::Kind::HttpsConnect;
        Test::ProxyFault fault;
        if (refused)
            fault.answer = QByteArray::fromHex("005b000000000000");
        Test::FakeProxy proxy(
            relay.port(), https ? Test::testIdentity().identity : Tls::Identity(), fault);
        Net::ProxyBridge bridge(Proxy {.kind = kind,
                                    .host = u"127.0.0.1"_s,
                                    .port = proxy.port(),
                                    .caPem = Test::testIdentity().caPem},
            QHostAddress(u"192.0.2.9"_s), 443, 20'000ms, nullptr);
        const auto port = bridge.listen();
        QVERIFY(port);
        QTcpSocket caller;
        caller.connectToHost(QHostAddress::LocalHost, *port);
        caller.write("ho\r\n");
        QTRY_COMPARE_WITH_TIMEOUT(caller.state(), QAbstractSocket::UnconnectedState, 20'000);
        QCOMPARE(caller.readAll(), refused ? QByteArray() : "hi\r\nbye\r\n"_ba);
        QCOMPARE(bridge.error().has_value(), refused);
        // Nobody else gets in.
        QTcpSocket second;
        second.connectToHost(QHostAddress::LocalHost, *port);
        QTRY_COMPARE_WITH_TIMEOUT(second.state(), QAbstractSocket::UnconnectedState, 20'000);
        QCOMPARE(proxy.requests().size(), 1);
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
