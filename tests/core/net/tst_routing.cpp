// SPDX-License-Identifier: GPL-3.0-or-later
// From a domain to a session: which hosts are tried, in what order, and when no further one.
#include "closedport.h"
#include "fakerelay.h"
#include "fakeresolver.h"

#include "base/literals.h"
#include "net/connection.h"

#include <QElapsedTimer>
#include <QTest>

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

using namespace Mailgauge;
using namespace std::chrono_literals;
using Base::Error;
using Dns::Mx;
using Dns::Srv;
using Dns::Status;
using Dns::Type;
using Net::Connection;
using Smtp::Stage;
using Test::FakeRelay;
using Test::FakeZone;
using Test::Script;

namespace {

const QHostAddress one(u"127.0.0.1"_s);
const QHostAddress two(u"127.0.0.2"_s);
const QHostAddress three(u"127.0.0.3"_s);
const QHostAddress six(QHostAddress::LocalHostIPv6);

Script greets(const QByteArray &reply)
{
    return Script().send(reply + "\r\n").close();
}

Script serves()
{
    return Script::hello().quit();
}

/// A port whose connections never complete: the queue of a listener that never accepts is full.
class BlackHole {
public:
    explicit BlackHole(quint16 port, int family = AF_INET6)
    {
        m_fds.append(::socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0));
        const int on = 1;
        ::setsockopt(m_fds.first(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
        sockaddr_in6 v6 {};
        v6.sin6_family = AF_INET6;
        v6.sin6_port = htons(port);
        v6.sin6_addr = in6addr_loopback;
        sockaddr_in v4 {};
        v4.sin_family = AF_INET;
        v4.sin_port = htons(port);
        v4.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        auto *raw = family == AF_INET6 ? reinterpret_cast<sockaddr *>(&v6)
                                       : reinterpret_cast<sockaddr *>(&v4);
        const socklen_t size = family == AF_INET6 ? sizeof v6 : sizeof v4;
        isUp = ::bind(m_fds.first(), raw, size) == 0 && ::listen(m_fds.first(), 0) == 0;
        for (int i = 0; i < 3; ++i) {
            m_fds.append(::socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
            ::connect(m_fds.last(), raw, size);
        }
    }
    ~BlackHole()
    {
        for (const int fd : m_fds)
            ::close(fd);
    }
    bool isUp = false;

private:
    QList<int> m_fds;
};

/// Opens, and quits as soon as a message could be sent.
class Driver final : public QObject {
    Q_OBJECT

public:
    Driver(FakeZone &zone, Net::Target target, Smtp::SessionOptions session = {})
        : Driver(optionsFor(zone, std::move(target), std::move(session)))
    {
    }
    explicit Driver(Net::ConnectionOptions options)
        : connection(std::move(options), m_clock)
    {
        connect(&connection, &Connection::happened, this, [this](const Smtp::SessionEvent &event) {
            using namespace Smtp::Event;
            if (const auto *end = std::get_if<Failed>(&event))
                failed = *end;
            else if (std::holds_alternative<Ready>(event)) {
                ready = true;
                connection.quit();
            }
        });
        connect(&connection, &Connection::closed, this, [this] { closed = true; });
        connect(
            &connection, &Connection::connected, this, [this](const QString &to) { address = to; });
        connect(&connection, &Connection::hostReached, this,
            [this](const QString &name, quint16 to) { host = u"%1:%2"_s.arg(name).arg(to); });
        connect(
            &connection, &Connection::routeFound, this, [this](const Net::RouteFinding &finding) {
                ids.append(finding.id);
                evidence += finding.evidence + '\n';
            });
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

    static Net::ConnectionOptions optionsFor(
        FakeZone &zone, Net::Target target, Smtp::SessionOptions session)
    {
        Net::ConnectionOptions options;
        options.target = std::move(target);
        options.session = std::move(session);
        options.session.ehloName = "tester.example"_ba;
        options.session.tls = Smtp::TlsPolicy::None;
        options.tls.caPem = Test::testIdentity().caPem;
        options.makeResolver = zone.make();
        return options;
    }

    Base::SystemClock m_clock;
    Connection connection;
    std::optional<Smtp::Event::Failed> failed;
    bool ready = false;
    bool closed = false;
    QString host;
    QString address;
    QByteArrayList ids;
    QByteArray evidence;
    QByteArray text;
};

Net::Target mxTarget(quint16 port)
{
    Net::Target target;
    target.host = u"example.org"_s;
    target.port = port;
    target.by = Net::RouteBy::Mx;
    target.seed = 1;
    return target;
}

} // namespace

class RoutingTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void triesAllHostsAndAddresses() // A1, A4; RFC 5321 5.1
    {
        FakeRelay relay({serves()}, {}, u"127.0.0.3"_s);
        FakeZone zone;
        zone.add("example.org", Mx {20, "b.example.org"})
            .add("example.org", Mx {10, "a.example.org"});
        zone.add("a.example.org", one).add("a.example.org", two);
        zone.add("b.example.org", three);
        Driver driver(zone, mxTarget(relay.port()));
        QVERIFY(driver.run());
        QVERIFY2(driver.ready, driver.text.constData());
        QCOMPARE(driver.host, u"b.example.org:%1"_s.arg(relay.port()));
        QCOMPARE(driver.address, u"127.0.0.3"_s);
        QVERIFY(driver.ids.contains("route.hostNotReached"));
        QVERIFY(driver.ids.contains("route.loopbackAddress"));
        const QByteArray port = QByteArray::number(relay.port());
        QVERIFY(driver.evidence.contains("10 a.example.org:" + port + ": 127.0.0.2 port " + port));
        for (const QByteArray &line :
            {"MX example.org: 20 b.example.org, 10 a.example.org; TTL 300 s"_ba,
                "hosts to try: 10 a.example.org:" + port + ", 20 b.example.org:" + port,
                "a.example.org is 127.0.0.1, 127.0.0.2"_ba, "connecting to 127.0.0.1 port " + port,
                "connecting to 127.0.0.2 port " + port, "connecting to 127.0.0.3 port " + port})
            QVERIFY2(driver.text.contains(line), driver.text.constData());
        QCOMPARE(relay.problems(), QStringList());
    }

    void refusalAtGreeting_data()
    {
        QTest::addColumn<Script>("first");
        QTest::addColumn<bool>("goesOn");
        QTest::newRow("421") << greets("421 4.3.2 busy") << true;
        QTest::newRow("450") << greets("450 come later") << true;
        QTest::newRow("closed before the greeting") << Script().close() << true;
        QTest::newRow("reset before the greeting") << Script().reset() << true;
        QTest::newRow("no greeting in time") << Script().hang() << true;
        QTest::newRow("RFC 5321 4.2.1 554") << greets("554 no mail here") << true;
        QTest::newRow("not SMTP") << greets("HTTP/1.1 400 Bad Request") << false;
        QTest::newRow("421 to EHLO")
            << Script().send("220 hi\r\n"_ba).expect("EHLO"_ba).send("421 busy\r\n"_ba).close()
            << true;
        QTest::newRow("lost at EHLO")
            << Script().send("220 hi\r\n"_ba).expect("EHLO"_ba).close() << true;
        QTest::newRow("550 to EHLO and HELO") << Script()
                                                     .send("220 hi\r\n"_ba)
                                                     .expect("EHLO"_ba)
                                                     .send("550 not you\r\n"_ba)
                                                     .expect("HELO"_ba)
                                                     .send("550 not you\r\n"_ba)
                                                     .quit()
                                              << false;
    }

    void refusalAtGreeting()
    {
        QFETCH(Script, first);
        QFETCH(bool, goesOn);
        FakeRelay relayOne({first}, {}, u"127.0.0.1"_s);
        FakeRelay relayTwo({serves()}, {}, u"127.0.0.2"_s, relayOne.port());
        FakeZone zone;
        zone.add("example.org", Mx {10, "a.example.org"})
            .add("example.org", Mx {20, "b.example.org"});
        zone.add("a.example.org", one).add("b.example.org", two);
        Smtp::SessionOptions session;
        if (QByteArray(QTest::currentDataTag()) == "no greeting in time")
            session.deadlines.greeting = 400ms;
        Driver driver(zone, mxTarget(relayOne.port()), session);
        QVERIFY(driver.run());
        QCOMPARE(driver.ready, goesOn);
        QCOMPARE(driver.failed.has_value(), !goesOn);
        QCOMPARE(driver.ids.contains("route.hostRefused"), goesOn);
        QCOMPARE(relayTwo.connections(), goesOn ? 1 : 0);
        QCOMPARE(driver.address, goesOn ? u"127.0.0.2"_s : u"127.0.0.1"_s);
    }

    void secondAddressAfterRefusal()
    {
        FakeRelay relayOne({greets("421 busy")}, {}, u"127.0.0.1"_s);
        FakeRelay relayTwo({serves()}, {}, u"127.0.0.2"_s, relayOne.port());
        FakeZone zone;
        zone.add("example.org", Mx {10, "a.example.org"});
        zone.add("a.example.org", one).add("a.example.org", two);
        Driver driver(zone, mxTarget(relayOne.port()));
        QVERIFY(driver.run());
        QVERIFY(driver.ready);
        QCOMPARE(driver.address, u"127.0.0.2"_s);
        QCOMPARE(zone.asked.count(u"A a.example.org"_s), 1);
    }

    void lastRefusalIsTold()
    {
        FakeRelay relayOne({greets("421 first")}, {}, u"127.0.0.1"_s);
        FakeRelay relayTwo({greets("421 second")}, {}, u"127.0.0.2"_s, relayOne.port());
        FakeZone zone;
        zone.add("example.org", Mx {10, "a.example.org"})
            .add("example.org", Mx {20, "b.example.org"});
        zone.add("a.example.org", one).add("b.example.org", two);
        Driver driver(zone, mxTarget(relayOne.port()));
        QVERIFY(driver.run());
        QVERIFY(driver.failed);
        QCOMPARE(driver.failed->failure.stage, Stage::Greeting);
        QVERIFY(driver.failed->reply);
        QCOMPARE(driver.failed->reply->text(), "second"_ba);
    }

    void plainHostIsNotLeft()
    {
        FakeRelay relayOne({greets("421 busy")}, {}, u"127.0.0.1"_s);
        FakeRelay relayTwo({serves()}, {}, u"127.0.0.2"_s, relayOne.port());
        FakeZone zone;
        zone.add("a.example.org", one).add("a.example.org", two);
        Net::Target target;
        target.host = u"a.example.org"_s;
        target.port = relayOne.port();
        target.resolver = Dns::ResolverOptions();
        Driver driver(zone, target);
        QVERIFY(driver.run());
        QVERIFY(driver.failed);
        QCOMPARE(relayTwo.connections(), 0);
    }

    void noSuchRoute_data()
    {
        QTest::addColumn<FakeZone>("zone");
        QTest::addColumn<bool>("temporary");
        QTest::addColumn<QString>("words");
        QTest::newRow("A6 null MX")
            << FakeZone().add("example.org", Mx {0, "."}) << false << u"null MX"_s;
        QTest::newRow("A3 no such domain") << FakeZone() << false << u"no such domain"_s;
        QTest::newRow("A3 SERVFAIL")
            << FakeZone().fail("example.org", Type::Mx, Status::ServerFailure) << true
            << u"failed"_s;
        QTest::newRow("MX without an address") << FakeZone()
                                                      .add("example.org", Mx {1, "a.example.org"})
                                                      .add("a.example.org", Dns::Txt {{"x"}})
                                               << false << u"no such records"_s;
        QTest::newRow("A3 SERVFAIL for the address")
            << FakeZone()
                   .add("example.org", Mx {1, "a.example.org"})
                   .fail("a.example.org", Type::A, Status::ServerFailure)
            << true << u"A a.example.org: the resolver failed"_s;
    }

    void noSuchRoute()
    {
        QFETCH(FakeZone, zone);
        QFETCH(bool, temporary);
        QFETCH(QString, words);
        const Test::ClosedPort closed;
        Driver driver(zone, mxTarget(closed.port()));
        QVERIFY(driver.run());
        QVERIFY(driver.failed);
        const Error &error = driver.failed->failure.error;
        QCOMPARE(error.kind, Error::Kind::Resolve);
        QCOMPARE(driver.failed->failure.stage, Stage::Resolve);
        QCOMPARE(Base::isTemporary(error), temporary);
        QVERIFY2(error.detail.contains(words), qPrintable(error.detail));
    }

    void implicitMx()
    {
        FakeRelay relay({serves()});
        FakeZone zone;
        zone.add("example.org", one);
        Driver driver(zone, mxTarget(relay.port()));
        QVERIFY(driver.run());
        QVERIFY(driver.ready);
        QVERIFY(driver.ids.contains("route.implicitMx"));
    }

    void unresolvableHostIsPassedOver()
    {
        FakeRelay relay({serves()});
        FakeZone zone;
        zone.add("example.org", Mx {10, "gone.example.org"})
            .add("example.org", Mx {20, "b.example.org"});
        zone.add("b.example.org", one);
        Driver driver(zone, mxTarget(relay.port()));
        QVERIFY(driver.run());
        QVERIFY(driver.ready);
        QVERIFY(driver.evidence.contains("10 gone.example.org:"));
    }

    void pinnedHostIsNotAsked()
    {
        FakeRelay relay({serves()});
        FakeZone zone;
        zone.add("example.org", Mx {10, "a.example.org"});
        Net::Target target = mxTarget(relay.port());
        target.pins = {{u"A.example.org"_s, relay.port(), one}};
        Driver driver(zone, target);
        QVERIFY(driver.run());
        QVERIFY(driver.ready);
        QCOMPARE(zone.asked, QStringList {u"MX example.org"_s});
    }

    void familyIsForced_data()
    {
        QTest::addColumn<QAbstractSocket::NetworkLayerProtocol>("family");
        QTest::addColumn<QString>("address");
        QTest::newRow("-4") << QAbstractSocket::IPv4Protocol << u"127.0.0.1"_s;
        QTest::newRow("-6") << QAbstractSocket::IPv6Protocol << u"::1"_s;
    }

    void familyIsForced()
    {
        QFETCH(QAbstractSocket::NetworkLayerProtocol, family);
        QFETCH(QString, address);
        FakeRelay relay({serves()}, {}, address);
        FakeZone zone;
        zone.add("example.org", Mx {10, "a.example.org"});
        zone.add("a.example.org", one).add("a.example.org", six);
        Net::Target target = mxTarget(relay.port());
        target.family = family;
        Driver driver(zone, target);
        QVERIFY(driver.run());
        QVERIFY(driver.ready);
        QCOMPARE(driver.address, address);
        QCOMPARE(zone.asked.contains(u"AAAA a.example.org"_s), address == u"::1"_s);
    }

    void brokenIpv6DoesNotDelay() // A4; RFC 8305 5
    {
        FakeRelay relay({serves()});
        const BlackHole hole(relay.port());
        QVERIFY(hole.isUp);
        FakeZone zone;
        zone.add("example.org", Mx {10, "a.example.org"});
        zone.add("a.example.org", one).add("a.example.org", six);
        Driver driver(zone, mxTarget(relay.port()));
        QElapsedTimer timer;
        timer.start();
        QVERIFY(driver.run());
        QVERIFY2(driver.ready, driver.text.constData());
        QCOMPARE(driver.address, u"127.0.0.1"_s);
        const QByteArray v6 = "connecting to ::1";
        QVERIFY(driver.text.contains(v6));
        QVERIFY(driver.text.indexOf(v6) < driver.text.indexOf("connecting to 127.0.0.1"));
        QCOMPARE_GE(timer.elapsed(), Net::Race::AttemptDelay.count());
    }

    void lateIpv6AddressIsNotWaitedFor() // RFC 8305 3
    {
        FakeRelay relay({serves()});
        FakeZone zone;
        zone.add("example.org", Mx {10, "a.example.org"}).add("a.example.org", one);
        zone.delay("a.example.org", Type::Aaaa, -1ms);
        Driver driver(zone, mxTarget(relay.port()));
        QElapsedTimer timer;
        timer.start();
        QVERIFY(driver.run());
        QVERIFY(driver.ready);
        QVERIFY(timer.elapsed() < 3000);
    }

    void lateIpv6AddressJoins_data()
    {
        QTest::addColumn<bool>("hangs");
        QTest::newRow("a race that hangs") << true;
        QTest::newRow("where all others failed") << false;
    }

    void lateIpv6AddressJoins() // RFC 8305 3, 5
    {
        QFETCH(bool, hangs);
        FakeRelay relay({serves()}, {}, u"::1"_s);
        std::unique_ptr<BlackHole> hole;
        if (hangs) {
            hole = std::make_unique<BlackHole>(relay.port(), AF_INET);
            QVERIFY(hole->isUp);
        }
        FakeZone zone;
        zone.add("example.org", Mx {10, "a.example.org"});
        zone.add("a.example.org", one).add("a.example.org", six);
        zone.delay("a.example.org", Type::Aaaa, 300ms);
        Driver driver(zone, mxTarget(relay.port()));
        QVERIFY(driver.run());
        QVERIFY2(driver.ready, driver.text.constData());
        QCOMPARE(driver.address, u"::1"_s);
        const auto v4 = driver.text.indexOf("connecting to 127.0.0.1");
        QVERIFY(v4 >= 0 && v4 < driver.text.indexOf("a.example.org is ::1, too"));
        QVERIFY(driver.text.indexOf("too\n") < driver.text.indexOf("connecting to ::1"));
    }

    void lateAnswerWithoutAddressEndsIt()
    {
        FakeZone zone;
        zone.add("example.org", Mx {10, "a.example.org"}).add("a.example.org", one);
        zone.delay("a.example.org", Type::Aaaa, 300ms);
        const Test::ClosedPort closed;
        Driver driver(zone, mxTarget(closed.port()));
        QVERIFY(driver.run());
        QVERIFY(driver.failed);
        QCOMPARE(driver.failed->failure.error.kind, Error::Kind::Connect);
    }

    void silentResolverEndsInTime() // A3
    {
        FakeZone zone;
        zone.delay("example.org", Type::Mx, -1ms);
        Smtp::SessionOptions session;
        session.deadlines.connect = 200ms;
        Driver driver(zone, mxTarget(25), session);
        QVERIFY(driver.run());
        QVERIFY(driver.failed);
        QCOMPARE(driver.failed->failure.error.kind, Error::Kind::Timeout);
        QCOMPARE(driver.failed->failure.stage, Stage::Resolve);
    }

    void cancelWhileAsking() // A3: no crash on a late answer
    {
        FakeZone zone;
        zone.add("example.org", Mx {10, "a.example.org"}).delay("example.org", Type::Mx, 50ms);
        Driver driver(zone, mxTarget(25));
        driver.connection.open();
        driver.connection.fail({Error::Kind::Cancelled, u"cancelled"_s, {}});
        QTRY_VERIFY(driver.closed);
        QTRY_COMPARE(zone.answered, 1);
        QCOMPARE(zone.asked.size(), 1);
        QVERIFY(driver.failed);
    }

    void srvBringsPortAndTls()
    {
        FakeRelay relay({Script().startTls().then(serves())}, Test::testIdentity().identity);
        FakeZone zone;
        zone.add("_submissions._tcp.example.org", Srv {0, 1, relay.port(), "localhost"});
        const Test::ClosedPort closed;
        zone.add("_submission._tcp.example.org", Srv {5, 1, closed.port(), "localhost"});
        zone.add("localhost", one);
        Net::Target target = mxTarget(1);
        target.by = Net::RouteBy::Srv;
        Driver driver(zone, target);
        QVERIFY(driver.run());
        QVERIFY2(driver.ready, driver.text.constData());
        QCOMPARE(driver.host, u"localhost:%1"_s.arg(relay.port()));
        QVERIFY(driver.text.contains("TLS established"));
        // C11: the name that was checked came from a DNS that nobody vouches for.
        QVERIFY(driver.ids.contains("route.nameNotAuthenticated"));
    }

    /// RFC 8314 5.1: what _submissions asks for does not hold for _submission.
    void implicitTlsEndsWithItsHost()
    {
        FakeRelay busy(
            {Script().startTls().send("421 busy\r\n"_ba).close()}, Test::testIdentity().identity);
        FakeRelay clear({serves()});
        FakeZone zone;
        zone.add("_submissions._tcp.example.org", Srv {0, 1, busy.port(), "localhost"});
        zone.add("_submission._tcp.example.org", Srv {5, 1, clear.port(), "localhost"});
        zone.add("localhost", one);
        Net::Target target = mxTarget(1);
        target.by = Net::RouteBy::Srv;
        Driver driver(zone, target);
        QVERIFY(driver.run());
        QVERIFY2(driver.ready, driver.text.constData());
        QCOMPARE(busy.connections(), 1);
        QCOMPARE(clear.problems(), QStringList());
    }

    void credentialsGoToNoStranger_data()
    {
        QTest::addColumn<bool>("isSigned");
        QTest::addColumn<QString>("named");
        QTest::addColumn<QString>("checked");
        QTest::addColumn<bool>("goes");
        QTest::newRow("rfc6186 6 unsigned, elsewhere") << false << QString() << QString() << false;
        QTest::newRow("rfc6186 6 unsigned, named by the user")
            << false << u"localhost"_s << QString() << true;
        QTest::newRow("rfc6186 6 unsigned, its certificate named by the user")
            << false << QString() << u"localhost"_s << true;
        QTest::newRow("rfc6186 6 signed, elsewhere") << true << QString() << QString() << true;
    }
    void credentialsGoToNoStranger()
    {
        QFETCH(bool, isSigned);
        QFETCH(QString, named);
        QFETCH(QString, checked);
        QFETCH(bool, goes);
        FakeRelay relay(
            {Script().startTls().then(
                Script::hello({"AUTH PLAIN"_ba}).answer("AUTH PLAIN"_ba, "235 in\r\n"_ba).quit())},
            Test::testIdentity().identity);
        FakeZone zone;
        zone.authenticated = isSigned;
        zone.add("_submissions._tcp.example.org", Srv {0, 1, relay.port(), "localhost"});
        zone.add("localhost", one);
        Net::Target target = mxTarget(1);
        target.by = Net::RouteBy::Srv;
        Smtp::SessionOptions session;
        session.auth.need = Smtp::AuthOptions::Need::Required;
        session.auth.user = "ann"_ba;
        session.auth.password = Base::Secret("pw");
        Net::ConnectionOptions options = Driver::optionsFor(zone, target, session);
        options.tls.serverName = named;
        options.tls.verifyName = checked;
        Driver driver(std::move(options));
        QVERIFY(driver.run());
        QCOMPARE(driver.ready, goes);
        QCOMPARE(relay.received().contains("AUTH"), goes);
        // C11: the name that was checked is the user's, or came from a DNS that nobody vouches for.
        QCOMPARE(driver.ids.contains("route.nameNotAuthenticated"),
            !isSigned && named.isEmpty() && checked.isEmpty());
        if (!goes) {
            QCOMPARE(driver.failed->failure.error.kind, Error::Kind::Denied);
            QCOMPARE(driver.failed->failure.stage, Stage::Auth);
        }
    }

    /// An exchanger takes mail from anybody: who forges its name wants more.
    void credentialsGoToNoStrangersExchanger()
    {
        for (const bool isSigned : {false, true}) {
            FakeRelay relay(
                {Script::hello({"AUTH PLAIN"_ba}).answer("AUTH PLAIN"_ba, "235 in\r\n"_ba).quit()});
            FakeZone zone;
            zone.authenticated = isSigned;
            zone.add("example.org", Mx {10, "localhost"}).add("localhost", one);
            Smtp::SessionOptions session;
            session.auth.need = Smtp::AuthOptions::Need::Required;
            session.auth.user = "ann"_ba;
            session.auth.password = Base::Secret("pw");
            session.auth.allowWithoutTls = true;
            Driver driver(Driver::optionsFor(zone, mxTarget(relay.port()), session));
            QVERIFY(driver.run());
            QCOMPARE(driver.ready, isSigned);
            QCOMPARE(relay.received().contains("AUTH"), isSigned);
        }
    }

    /// A stop rule of these stages is kept before a byte is spoken.
    void endsBeforeTheSession_data()
    {
        QTest::addColumn<Stage>("stage");
        QTest::addColumn<int>("connections");
        QTest::newRow("resolve") << Stage::Resolve << 0;
        QTest::newRow("connect") << Stage::Connect << 1;
        QTest::newRow("proxy, where there is none") << Stage::Proxy << 1;
    }
    void endsBeforeTheSession()
    {
        QFETCH(Stage, stage);
        QFETCH(int, connections);
        for (const auto how : {Smtp::StopRule::How::QuitAfter, Smtp::StopRule::How::DropAfter}) {
            FakeRelay relay({Script().expectEnd()});
            FakeZone zone;
            zone.add("example.org", Mx {10, "a.example.org"}).add("a.example.org", one);
            Smtp::SessionOptions session;
            session.stop = Smtp::StopRule {how, stage};
            Driver driver(zone, mxTarget(relay.port()), session);
            QVERIFY(driver.run());
            QVERIFY(!driver.failed);
            QVERIFY(!driver.ready);
            QTRY_COMPARE(relay.connections(), connections);
            if (connections > 0)
                QCOMPARE(relay.received(), QByteArray());
            QVERIFY(driver.text.contains("a.example.org is 127.0.0.1") || stage == Stage::Resolve);
        }
    }

    void authenticatedNameIsNoFinding()
    {
        FakeRelay relay({Script().startTls().then(serves())}, Test::testIdentity().identity);
        FakeZone zone;
        zone.authenticated = true;
        zone.add("_submissions._tcp.example.org", Srv {0, 1, relay.port(), "localhost"});
        zone.add("localhost", one);
        Net::Target target = mxTarget(1);
        target.by = Net::RouteBy::Srv;
        target.srvStartTls = false;
        Driver driver(zone, target);
        QVERIFY(driver.run());
        QVERIFY(driver.ready);
        QVERIFY(!driver.ids.contains("route.nameNotAuthenticated"));
        QVERIFY(!zone.asked.contains(u"SRV _submission._tcp.example.org"_s));
    }
};

QTEST_GUILESS_MAIN(RoutingTest)
#include "tst_routing.moc"
