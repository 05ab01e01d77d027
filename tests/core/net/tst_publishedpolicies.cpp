// SPDX-License-Identifier: GPL-3.0-or-later
// What TLSA records and MTA-STS policies make of a session: which host, which TLS, which bytes.
#include "fakerelay.h"
#include "fakeresolver.h"

#include "base/literals.h"
#include "net/connection.h"
#include "net/mtastscache.h"
#include "tls/certificatefacts.h"

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

using namespace Mailgauge;
using namespace std::chrono_literals;
using Base::Error;
using Dns::Mx;
using Dns::Status;
using Dns::Type;
using Net::Connection;
using Smtp::Stage;
using Smtp::TlsPolicy;
using Test::FakeRelay;
using Test::FakeZone;
using Test::Script;

namespace {

const QHostAddress one(u"127.0.0.1"_s);
const QHostAddress two(u"127.0.0.2"_s);
const QByteArray good = "version: STSv1\nmode: enforce\nmx: *.example.org\nmax_age: 86400\n";

Script plain()
{
    return Script::hello().quit();
}

Script encrypts()
{
    return Script::hello({"STARTTLS"_ba}).upgrade().quit();
}

/// One HTTPS answer.
Script serves(const QByteArray &head, const QByteArray &body)
{
    return Script()
        .startTls()
        .expect("GET /.well-known/mta-sts.txt HTTP/1.1"_ba)
        .send("HTTP/1.1 " + head + "\r\nContent-Length: " + QByteArray::number(body.size())
            + "\r\nConnection: close\r\n\r\n" + body)
        .close();
}

Script servesPolicy(const QByteArray &policy)
{
    return serves("200 OK\r\nContent-Type: text/plain; charset=utf-8", policy);
}

class Driver final : public QObject {
    Q_OBJECT

public:
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
        connect(
            &connection, &Connection::policyDecided, this, [this](TlsPolicy to) { policy = to; });
        connect(&connection, &Connection::tlsJudged, this,
            [this](const Tls::TlsFacts &judged) { facts = judged; });
        connect(
            &connection, &Connection::routeFound, this, [this](const Net::RouteFinding &finding) {
                findings.append(finding.id + ' ' + finding.evidence);
                ids.append(finding.id);
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
        return Test::waitFor([this] { return closed; }, 30'000);
    }
    [[nodiscard]] QByteArray told() const { return text + findings.join('\n'); }

    Base::SystemClock m_clock;
    Connection connection;
    std::optional<Smtp::Event::Failed> failed;
    std::optional<TlsPolicy> policy;
    std::optional<Tls::TlsFacts> facts;
    bool ready = false;
    bool closed = false;
    QString address;
    QByteArrayList findings;
    QByteArrayList ids;
    QByteArray text;
};

Dns::Tlsa tlsaOf(const Tls::Identity &identity)
{
    const auto facts = Tls::certificatesFromPem(identity.certificatePem)->first();
    return {3, 1, 1, QByteArray::fromHex(facts.keySha256)};
}

Dns::Tlsa otherTlsa()
{
    return {3, 1, 1, QByteArray(32, 'x')};
}

QByteArray recordName(quint16 port, const QByteArray &host)
{
    return '_' + QByteArray::number(port) + "._tcp." + host;
}

} // namespace

class PublishedPoliciesTest : public QObject {
    Q_OBJECT

private:
    /// example.org -> mx.example.org -> 127.0.0.1, all signed.
    static FakeZone zone()
    {
        FakeZone made;
        made.authenticated = true;
        made.add("example.org", Mx {10, "mx.example.org"}).add("mx.example.org", one);
        return made;
    }
    Net::ConnectionOptions options(FakeZone &zone, quint16 port, TlsPolicy policy) const
    {
        Net::ConnectionOptions made;
        made.target.host = u"example.org"_s;
        made.target.port = port;
        made.target.by = Net::RouteBy::Mx;
        made.target.seed = 1;
        made.session.ehloName = "tester.example"_ba;
        made.session.tls = policy;
        made.tls.verify = Tls::VerifyMode::None;
        made.tls.caPem = m_maker->caPem();
        made.makeResolver = zone.make();
        return made;
    }
    /// The same, with the domain's policy at `web`.
    Net::ConnectionOptions mtaSts(FakeZone &zone, quint16 port, const FakeRelay &web) const
    {
        Net::ConnectionOptions made = options(zone, port, TlsPolicy::MtaSts);
        made.mtaSts.port = web.port();
        made.mtaSts.directory = m_kept->path() + u"/mta-sts"_s;
        return made;
    }

    std::optional<Tls::CertificateMaker> m_maker;
    Tls::Identity m_mx; ///< Of mx.example.org, by a root that is trusted here.
    Tls::Identity m_web;
    Tls::Identity m_selfSigned;
    std::unique_ptr<QTemporaryDir> m_kept;

private Q_SLOTS:
    void initTestCase()
    {
        auto maker = Tls::CertificateMaker::create({.commonName = "Test Root"_ba});
        QVERIFY(maker);
        m_maker = std::move(*maker);
        m_mx = *m_maker->issue({.commonName = "x"_ba, .names = {"mx.example.org"_ba}});
        m_web = *m_maker->issue({.commonName = "x"_ba, .names = {"mta-sts.example.org"_ba}});
        m_selfSigned = *Tls::CertificateMaker::selfSigned(
            {.commonName = "x"_ba, .names = {"other.example"_ba}});
    }
    void init() { m_kept = std::make_unique<QTemporaryDir>(); }

    void dane_data()
    {
        QTest::addColumn<QString>("records");
        QTest::addColumn<bool>("offersTls");
        QTest::addColumn<bool>("ready");
        QTest::addColumn<bool>("required");
        QTest::addColumn<QByteArray>("finding");
        const auto row = [](const char *name, const QString &records, bool offersTls, bool ready,
                             bool required, const QByteArray &finding) {
            QTest::newRow(name) << records << offersTls << ready << required << finding;
        };
        row("right record", u"right"_s, true, true, true, "dane.usable"_ba);
        row("rollover: two records", u"rollover"_s, true, true, true, "dane.usable"_ba);
        row("wrong record", u"wrong"_s, true, false, true, "dane.usable"_ba);
        row("right record, no STARTTLS", u"right"_s, false, false, true, "dane.usable"_ba);
        row("no record", u"none"_s, true, true, false, "dane.noRecords"_ba);
        row("no record, no STARTTLS", u"none"_s, false, true, false, "dane.noRecords"_ba);
        row("wrong record, not signed", u"unsigned"_s, true, true, false,
            "dane.recordsInsecure"_ba);
        row("unusable only", u"unusable"_s, true, true, true, "dane.unusable"_ba);
        row("unusable only, no STARTTLS", u"unusable"_s, false, false, true, "dane.unusable"_ba);
        row("A5 short record only", u"short"_s, true, true, true, "dane.unusable"_ba);
        row("host not signed", u"insecure"_s, true, true, false, "dane.addressInsecure"_ba);
    }
    void dane()
    {
        QFETCH(QString, records);
        QFETCH(bool, offersTls);
        QFETCH(bool, ready);
        QFETCH(bool, required);
        QFETCH(QByteArray, finding);
        // DANE-EE: neither the name nor the issuer matter (RFC 7671 5.1).
        FakeRelay relay({offersTls ? encrypts() : plain()}, m_selfSigned);
        FakeZone names = zone();
        const QByteArray name = recordName(relay.port(), "mx.example.org");
        if (records == u"right" || records == u"rollover")
            names.add(name, tlsaOf(m_selfSigned));
        if (records == u"wrong" || records == u"unsigned" || records == u"rollover")
            names.add(name, otherTlsa());
        if (records == u"unsigned")
            names.unsign(name);
        if (records == u"unusable")
            names.add(name, Dns::Tlsa {1, 1, 1, QByteArray(32, 'x')});
        if (records == u"short")
            names.add(name, Dns::Tlsa {3, 1, 1, "x"_ba});
        if (records == u"insecure")
            names.unsign("mx.example.org").add(name, otherTlsa());
        Driver driver(options(names, relay.port(), TlsPolicy::Dane));
        QVERIFY(driver.run());
        QVERIFY2(driver.ready == ready, driver.told().constData());
        QVERIFY2(driver.ids.contains(finding), driver.told().constData());
        QCOMPARE(driver.policy, required ? TlsPolicy::RequireStartTls : TlsPolicy::Opportunistic);
        QCOMPARE(
            names.asked.contains(u"TLSA "_s + QLatin1StringView(name)), records != u"insecure");
        if (!ready) {
            QVERIFY(driver.failed);
            QCOMPARE(driver.failed->failure.stage, offersTls ? Stage::Tls : Stage::StartTls);
        }
        if (offersTls) {
            QVERIFY(driver.facts);
            const bool judged = required || records == u"wrong";
            QCOMPARE(driver.facts->tlsa.isEmpty(), !judged);
            QCOMPARE(
                driver.facts->isAuthenticated(), records == u"right" || records == u"rollover");
            // Nothing else ever goes out in clear.
            QCOMPARE(relay.receivedInClear(), "EHLO tester.example\r\nSTARTTLS\r\n"_ba);
        } else {
            QCOMPARE(relay.receivedInClear(), "EHLO tester.example\r\nQUIT\r\n"_ba);
        }
    }

    void whatCannotBeToldHoldsTheHostBack_data()
    {
        QTest::addColumn<QByteArray>("name");
        QTest::addColumn<Type>("type");
        QTest::addColumn<Status>("status");
        QTest::newRow("TLSA bogus") << "TLSA"_ba << Type::Tlsa << Status::Bogus;
        QTest::newRow("TLSA SERVFAIL") << "TLSA"_ba << Type::Tlsa << Status::ServerFailure;
        QTest::newRow("TLSA time-out") << "TLSA"_ba << Type::Tlsa << Status::Timeout;
        QTest::newRow("address bogus") << "mx.example.org"_ba << Type::A << Status::Bogus;
        QTest::newRow("MX bogus") << "example.org"_ba << Type::Mx << Status::Bogus;
    }
    void whatCannotBeToldHoldsTheHostBack()
    {
        QFETCH(QByteArray, name);
        QFETCH(Type, type);
        QFETCH(Status, status);
        FakeRelay relay({encrypts()}, m_selfSigned);
        FakeZone names = zone();
        const bool records = name == "TLSA";
        names.fail(records ? recordName(relay.port(), "mx.example.org") : name, type, status);
        Driver driver(options(names, relay.port(), TlsPolicy::Dane));
        QVERIFY(driver.run());
        QVERIFY(driver.failed);
        QCOMPARE(driver.failed->failure.error.kind, Error::Kind::Resolve);
        QVERIFY(Base::isTemporary(driver.failed->failure.error));
        QCOMPARE(relay.connections(), 0);
    }

    void nextHostIsTried_data()
    {
        QTest::addColumn<bool>("bogus");
        QTest::newRow("wrong record at the first") << false;
        QTest::newRow("bogus record at the first") << true;
    }
    void nextHostIsTried() // RFC 7672 2.2
    {
        QFETCH(bool, bogus);
        FakeRelay relayOne({encrypts()}, m_selfSigned, u"127.0.0.1"_s);
        FakeRelay relayTwo({encrypts()}, m_mx, u"127.0.0.2"_s, relayOne.port());
        FakeZone names = zone();
        names.add("example.org", Mx {20, "b.example.org"}).add("b.example.org", two);
        const QByteArray first = recordName(relayOne.port(), "mx.example.org");
        if (bogus)
            names.fail(first, Type::Tlsa, Status::Bogus);
        else
            names.add(first, otherTlsa());
        names.add(recordName(relayOne.port(), "b.example.org"), tlsaOf(m_mx));
        Driver driver(options(names, relayOne.port(), TlsPolicy::Dane));
        QVERIFY(driver.run());
        QVERIFY2(driver.ready, driver.told().constData());
        QCOMPARE(driver.address, u"127.0.0.2"_s);
        QCOMPARE(relayOne.connections(), bogus ? 0 : 1);
        QVERIFY(driver.ids.contains(bogus ? "route.hostNotReached" : "route.hostRefused"));
        QVERIFY(driver.facts->isAuthenticated());
        if (!bogus)
            QCOMPARE(relayOne.receivedInClear(), "EHLO tester.example\r\nSTARTTLS\r\n"_ba);
    }

    void cancelledHandshakeIsNotPassedOver()
    {
        FakeRelay relayOne(
            {Script::hello({"STARTTLS"_ba}).answer("STARTTLS"_ba, "220 go\r\n"_ba).hang()},
            m_selfSigned, u"127.0.0.1"_s);
        FakeRelay relayTwo({encrypts()}, m_mx, u"127.0.0.2"_s, relayOne.port());
        FakeZone names = zone();
        names.add("example.org", Mx {20, "b.example.org"}).add("b.example.org", two);
        names.add(recordName(relayOne.port(), "mx.example.org"), otherTlsa());
        Driver driver(options(names, relayOne.port(), TlsPolicy::Dane));
        driver.connection.open();
        const auto asked = [&] {
            return relayOne.connections() > 0
                && relayOne.receivedInClear().contains("STARTTLS\r\n");
        };
        QVERIFY(Test::waitFor(asked, 10'000));
        driver.connection.fail({Error::Kind::Cancelled, u"cancelled"_s, {}});
        QVERIFY(Test::waitFor([&] { return driver.closed; }, 10'000));
        QVERIFY(driver.failed);
        QCOMPARE(driver.failed->failure.error.kind, Error::Kind::Cancelled);
        QCOMPARE(relayTwo.connections(), 0);
    }

    void namedHostNeedsNoMx()
    {
        FakeRelay relay({encrypts()}, m_selfSigned);
        FakeZone names = zone();
        names.add(recordName(relay.port(), "mx.example.org"), tlsaOf(m_selfSigned));
        Net::ConnectionOptions made = options(names, relay.port(), TlsPolicy::Dane);
        made.target.by = Net::RouteBy::Host;
        made.target.host = u"mx.example.org"_s;
        made.target.pinnedAddress = one;
        Driver driver(made);
        QVERIFY(driver.run());
        QVERIFY2(driver.ready, driver.told().constData());
        QVERIFY(driver.facts->isAuthenticated());
        QCOMPARE(driver.policy, TlsPolicy::RequireStartTls);
    }

    void pinMustMatchAllTheSame()
    {
        FakeRelay relay({encrypts()}, m_selfSigned);
        FakeZone names = zone();
        names.add(recordName(relay.port(), "mx.example.org"), tlsaOf(m_selfSigned));
        Net::ConnectionOptions made = options(names, relay.port(), TlsPolicy::Dane);
        made.tls.pin = QByteArray(64, '0');
        Driver driver(made);
        QVERIFY(driver.run());
        QVERIFY(!driver.ready);
        QVERIFY(!driver.facts->accepted);
    }

    void unsignedMxIsTold() // RFC 7672 2.2.1
    {
        FakeRelay relay({encrypts()}, m_selfSigned);
        FakeZone names = zone();
        names.unsign("example.org");
        names.add(recordName(relay.port(), "mx.example.org"), tlsaOf(m_selfSigned));
        Driver driver(options(names, relay.port(), TlsPolicy::Dane));
        QVERIFY(driver.run());
        QVERIFY(driver.ready);
        QVERIFY(driver.findings.contains("dane.mxInsecure mx.example.org"));
        QVERIFY(!driver.ids.contains("route.nameNotAuthenticated"));
    }

    void inClearOnlyWhereNothingForbidsIt()
    {
        FakeRelay relay({Script::hello({"STARTTLS"_ba}).quit()}, m_selfSigned);
        FakeZone names = zone();
        Net::ConnectionOptions made = options(names, relay.port(), TlsPolicy::Dane);
        made.inClear = u"mx.example.org"_s;
        Driver driver(made);
        QVERIFY(driver.run());
        QVERIFY(driver.ready);
        QCOMPARE(relay.receivedInClear(), "EHLO tester.example\r\nQUIT\r\n"_ba);
        // The same host, once its records say otherwise.
        FakeRelay strict({encrypts()}, m_selfSigned);
        names.add(recordName(strict.port(), "mx.example.org"), tlsaOf(m_selfSigned));
        made.target.port = strict.port();
        Driver careful(made);
        QVERIFY(careful.run());
        QVERIFY(careful.ready);
        QCOMPARE(strict.receivedInClear(), "EHLO tester.example\r\nSTARTTLS\r\n"_ba);
    }

    // --- MTA-STS ----------------------------------------------------------------------------

    void mtaSts_data()
    {
        QTest::addColumn<QByteArray>("policy");
        QTest::addColumn<bool>("trusted");
        QTest::addColumn<bool>("offersTls");
        QTest::addColumn<QByteArray>("finding");
        QTest::addColumn<int>("failedStage"); // -1: ready
        const QByteArray testing = QByteArray(good).replace("enforce", "testing");
        const QByteArray elsewhere = QByteArray(good).replace("*.example.org", "mx.example.net");
        const auto at = [](Stage stage) { return static_cast<int>(stage); };
        QTest::newRow("enforce") << good << true << true << "mtaSts.enforced"_ba << -1;
        QTest::newRow("enforce, unknown root")
            << good << false << true << "mtaSts.enforced"_ba << at(Stage::Tls);
        QTest::newRow("enforce, no STARTTLS")
            << good << true << false << "mtaSts.enforced"_ba << at(Stage::StartTls);
        QTest::newRow("enforce, host not named")
            << elsewhere << true << true << "route.loopbackAddress"_ba << at(Stage::Resolve);
        QTest::newRow("testing, unknown root")
            << testing << false << true << "mtaSts.testing"_ba << -1;
        QTest::newRow("testing, no STARTTLS")
            << testing << true << false << "mtaSts.testing"_ba << -1;
        QTest::newRow("testing, host not named")
            << QByteArray(elsewhere).replace("enforce", "testing") << true << true
            << "mtaSts.hostNotNamed"_ba << -1;
        QTest::newRow("none") << "version: STSv1\nmode: none\nmax_age: 1\n"_ba << false << false
                              << "mtaSts.modeNone"_ba << -1;
        QTest::newRow("broken") << QByteArray(good).replace("mx:", "nmx:") << false << false
                                << "mtaSts.badPolicy"_ba << -1;
    }
    void mtaSts()
    {
        QFETCH(QByteArray, policy);
        QFETCH(bool, trusted);
        QFETCH(bool, offersTls);
        QFETCH(QByteArray, finding);
        QFETCH(int, failedStage);
        FakeRelay relay({offersTls ? encrypts() : plain()}, trusted ? m_mx : m_selfSigned);
        FakeRelay web({servesPolicy(policy)}, m_web);
        FakeZone names = zone();
        names.authenticated = false; // it needs no DNSSEC
        names.add("_mta-sts.example.org", Dns::Txt {{"v=STSv1; id=1;"}})
            .add("mta-sts.example.org", one);
        Driver driver(mtaSts(names, relay.port(), web));
        QVERIFY(driver.run());
        QVERIFY2(driver.ids.contains(finding), driver.told().constData());
        QVERIFY2(driver.ready == (failedStage < 0), driver.told().constData());
        QVERIFY(!driver.ids.contains("route.nameNotAuthenticated"));
        if (failedStage < 0)
            return;
        QCOMPARE(driver.failed->failure.stage, static_cast<Stage>(failedStage));
        if (driver.failed->failure.stage == Stage::Resolve) {
            QCOMPARE(driver.failed->failure.error.kind, Error::Kind::TlsHandshake);
            QCOMPARE(relay.connections(), 0);
        }
    }

    void policyCannotBeHad_data()
    {
        QTest::addColumn<Script>("script");
        QTest::addColumn<bool>("rightName");
        QTest::addColumn<QByteArray>("evidence");
        const QByteArray text = "200 OK\r\nContent-Type: text/plain";
        QTest::newRow("404") << serves("404 Not Found\r\nContent-Type: text/plain", good) << true
                             << "mtaSts.fetchFailed HTTP status 404"_ba;
        QTest::newRow("rfc8461 3.3 redirect")
            << serves("302 Found\r\nLocation: https://127.0.0.1/x", {}) << true
            << "mtaSts.fetchFailed HTTP status 302, to https://127.0.0.1/x"_ba;
        QTest::newRow("rfc8461 3.2 another type") << serves("200 OK\r\nContent-Type: text/html",
            good) << true << "mtaSts.fetchFailed Content-Type \"text/html\""_ba;
        QTest::newRow("no type") << serves("200 OK", good) << true
                                 << "mtaSts.fetchFailed Content-Type \"\""_ba;
        QTest::newRow("too long") << serves(text, good + QByteArray(65'536, '\n')) << true
                                  << "mtaSts.fetchFailed the policy is longer than 65536 octets"_ba;
        QTest::newRow("cut") << Script()
                                    .startTls()
                                    .expect("GET"_ba)
                                    .send("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n"
                                          "Content-Length: 400\r\n\r\n"
                                        + good)
                                    .close()
                             << true << "mtaSts.fetchFailed "_ba;
        QTest::newRow("certificate of another name")
            << servesPolicy(good) << false << "mtaSts.fetchFailed "_ba;
        QTest::newRow("no TLS") << Script().send("HTTP/1.1 200 OK\r\n\r\n"_ba).close() << true
                                << "mtaSts.fetchFailed "_ba;
        QTest::newRow("no answer")
            << Script().startTls().hang() << true << "mtaSts.fetchFailed no "_ba;
    }
    void policyCannotBeHad()
    {
        QFETCH(Script, script);
        QFETCH(bool, rightName);
        QFETCH(QByteArray, evidence);
        FakeRelay relay({plain()});
        FakeRelay web({script}, rightName ? m_web : m_mx);
        FakeZone names = zone();
        names.add("_mta-sts.example.org", Dns::Txt {{"v=STSv1; id=1;"}})
            .add("mta-sts.example.org", one);
        Net::ConnectionOptions made = mtaSts(names, relay.port(), web);
        if (evidence.endsWith("no "))
            made.session.deadlines.connect = 1500ms;
        Driver driver(made);
        QVERIFY(driver.run());
        QVERIFY2(driver.ready, driver.told().constData());
        const bool told = std::ranges::any_of(driver.findings,
            [&evidence](const QByteArray &one) { return one.startsWith(evidence); });
        QVERIFY2(told, driver.told().constData());
        QVERIFY(driver.ids.contains("mtaSts.noPolicy"));
        QVERIFY(QDir(made.mtaSts.directory).isEmpty());
    }

    void nameInCommonNameOnlyIsNone()
    {
        const auto web = m_maker->issue({.commonName = "mta-sts.example.org"_ba});
        QVERIFY(web);
        FakeRelay relay({plain()});
        FakeRelay server({servesPolicy(good)}, *web);
        FakeZone names = zone();
        names.add("_mta-sts.example.org", Dns::Txt {{"v=STSv1; id=1;"}})
            .add("mta-sts.example.org", one);
        Driver driver(mtaSts(names, relay.port(), server));
        QVERIFY(driver.run());
        QVERIFY(driver.ready);
        QVERIFY2(driver.ids.contains("mtaSts.fetchFailed"), driver.told().constData());
    }

    void keptPolicyStands()
    {
        FakeRelay relay({encrypts(), encrypts(), encrypts(), plain()}, m_mx);
        FakeRelay web({servesPolicy(good), serves("500 Oops", {})}, m_web);
        FakeZone names = zone();
        names.add("_mta-sts.example.org", Dns::Txt {{"v=STSv1; id=1;"}})
            .add("mta-sts.example.org", one);
        const Net::ConnectionOptions made = mtaSts(names, relay.port(), web);
        const auto run = [&](QByteArrayList *findings) {
            Driver driver(made);
            const bool ran = driver.run();
            *findings = driver.findings;
            return ran && driver.ready;
        };
        QByteArrayList findings;
        QVERIFY(run(&findings));
        QCOMPARE(web.connections(), 1);
        const QByteArray asked = web.received().toLower();
        QVERIFY(asked.contains("\r\nhost: mta-sts.example.org\r\n"));
        QVERIFY(!asked.contains("cookie"));
        QCOMPARE(QDir(made.mtaSts.directory).entryList(QDir::Files),
            QStringList {u"example.org.json"_s});
        // The same id: not fetched again.
        QVERIFY(run(&findings));
        QCOMPARE(web.connections(), 1);
        // Another id, and the web does not answer: the old one counts (RFC 8461 3.3).
        names.records[{"_mta-sts.example.org", Type::Txt}] = {Dns::Txt {{"v=STSv1; id=2;"}}};
        QVERIFY(run(&findings));
        QCOMPARE(web.connections(), 2);
        QVERIFY(findings.contains("mtaSts.fetchFailed HTTP status 500"));
        QVERIFY(findings.contains("mtaSts.enforced mx.example.org / *.example.org"));
        // The record is gone, and so is STARTTLS: nothing is sent.
        names.records.remove({"_mta-sts.example.org", Type::Txt});
        names.fail("_mta-sts.example.org", Type::Txt, Status::NxDomain);
        QVERIFY(!run(&findings));
        QVERIFY(findings.contains("mtaSts.recordGone _mta-sts.example.org"));
        QCOMPARE(relay.receivedInClear(3), "EHLO tester.example\r\nQUIT\r\n"_ba);
    }

    void daneGoesBeforeMtaSts() // RFC 8461 2
    {
        FakeZone names = zone();
        names.add("_mta-sts.example.org", Dns::Txt {{"v=STSv1; id=1;"}})
            .add("mta-sts.example.org", one);
        // Right by its record, wrong by the policy.
        FakeRelay relay({encrypts()}, m_selfSigned);
        FakeRelay web({servesPolicy(good)}, m_web);
        names.add(recordName(relay.port(), "mx.example.org"), tlsaOf(m_selfSigned));
        Driver right(mtaSts(names, relay.port(), web));
        QVERIFY(right.run());
        QVERIFY2(right.ready, right.told().constData());
        // Wrong by its record, right by the policy.
        FakeRelay other({encrypts()}, m_mx);
        names.add(recordName(other.port(), "mx.example.org"), otherTlsa());
        Driver wrong(mtaSts(names, other.port(), web));
        QVERIFY(wrong.run());
        QVERIFY(!wrong.ready);
        // Records that nobody can use leave it to the policy.
        FakeRelay third({encrypts()}, m_selfSigned);
        names.add(
            recordName(third.port(), "mx.example.org"), Dns::Tlsa {0, 1, 1, QByteArray(32, 'x')});
        Driver unusable(mtaSts(names, third.port(), web));
        QVERIFY(unusable.run());
        QVERIFY2(!unusable.ready, unusable.told().constData());
    }

    void keptFiles()
    {
        const Net::MtaStsCache cache(m_kept->path() + u"/new"_s);
        const QDateTime now = QDateTime::fromString(u"2026-11-22T12:00:00Z"_s, Qt::ISODate);
        Net::KeptMtaSts kept {"7"_ba, good, now, *Net::readMtaStsPolicy(good).policy};
        QVERIFY(!cache.find("example.org", now));
        QVERIFY(cache.keep("Example.org", kept));
        const auto found = cache.find("example.org", now.addSecs(86'399));
        QVERIFY(found);
        QCOMPARE(found->id, kept.id);
        QCOMPARE(found->policy, kept.policy);
        QCOMPARE(found->until(), now.addSecs(86'400));
        QVERIFY(!cache.find("example.org", now.addSecs(86'400)));
        QVERIFY(!cache.find("example.org", now.addDays(-2))); // from a wrong clock
        QVERIFY(!cache.find("example.net", now));
        // A name is no path, and a broken file is none.
        QVERIFY(cache.keep("../x", kept));
        QVERIFY(cache.find("../x", now));
        QCOMPARE(QDir(m_kept->path()).entryList(QDir::AllEntries | QDir::NoDotAndDotDot),
            QStringList {u"new"_s});
        QFile file(m_kept->path() + u"/new/example.org.json"_s);
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write("{\"format\":\"mailgauge-mta-sts\"");
        file.close();
        QVERIFY(!cache.find("example.org", now));
        QVERIFY(!Net::MtaStsCache(QString()).find("example.org", now));
        QVERIFY(Net::MtaStsCache(QString()).keep("example.org", kept));
    }
};

QTEST_GUILESS_MAIN(PublishedPoliciesTest)

#include "tst_publishedpolicies.moc"
