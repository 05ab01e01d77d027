// SPDX-License-Identifier: GPL-3.0-or-later
#include "fakeresolver.h"
#include "knotserver.h"
#include "testsupport.h"

#include "base/literals.h"
#include "dns/unboundresolver.h"
#include "net/caalookup.h"

#include <QTest>

using namespace Mailgauge;
using namespace Mailgauge::Net;
using Dns::Caa;
using Dns::Status;
using Dns::Type;
using State = CaaFacts::State;

namespace {

CaaFacts lookUp(Dns::Resolver &resolver, const QByteArray &host)
{
    CaaLookup lookup(nullptr);
    std::optional<CaaFacts> result;
    QObject::connect(
        &lookup, &CaaLookup::found, &lookup, [&result](const CaaFacts &facts) { result = facts; });
    lookup.start(resolver, host);
    if (!Test::waitFor([&result] { return result.has_value(); }, 20'000))
        qWarning("the look-up does not end");
    return result.value_or(CaaFacts());
}

CaaFacts lookUp(Test::FakeZone &zone, const QByteArray &host)
{
    const auto resolver = zone.make()({});
    return lookUp(**resolver, host);
}

} // namespace

class TestCaaLookup : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void issuers_data();
    void issuers();
    void issuance_data();
    void issuance();
    void unknownTags();
    void climbs();
    void failures_data();
    void failures();
    void realZones();
};

void TestCaaLookup::issuers_data()
{
    QTest::addColumn<QByteArray>("value");
    QTest::addColumn<QByteArray>("issuer");
    const auto row = [](const char *name, const QByteArray &value, const QByteArray &issuer) {
        QTest::newRow(name) << value << issuer;
    };
    row("rfc8659 4.2 a name", "ca1.example.net", "ca1.example.net");
    row("rfc8659 4.2 case and blanks", "\t CA1.Example.Net ", "ca1.example.net");
    row("rfc8659 4.2 a parameter", "ca1.example.net; account=230123", "ca1.example.net");
    row("rfc8657 two parameters",
        "ca.example; validationmethods=dns-01; accounturi=https://ca.example/1", "ca.example");
    row("rfc8659 4.2 nobody", ";", "");
    row("rfc8659 4.2 nobody, no semicolon", "", "");
    row("rfc8659 4.2 nobody, with a parameter", "; policy=ev", "");
    row("rfc8659 4.2 malformed: %", "%%%%%", "");
    row("rfc8659 4.2 malformed parameter", "ca1.example.net; account", "");
    row("rfc8659 4.2 a value of a forbidden octet", "ca.example; a=\xc3\xbc", "");
    row("empty label", "ca..example", "");
    row("hyphen at the end", "ca-.example", "");
    row("semicolon behind the name", "ca.example;", "ca.example");
}

void TestCaaLookup::issuers()
{
    QFETCH(const QByteArray, value);
    QTEST(issuerOf(value), "issuer");
}

void TestCaaLookup::issuance_data()
{
    QTest::addColumn<QList<Caa>>("records");
    QTest::addColumn<Issuance>("plain");
    QTest::addColumn<Issuance>("wild");
    using enum Issuance;
    QTest::newRow("iodef alone") << QList<Caa> {{0, "iodef", "mailto:a@example.com"}}
                                 << Unrestricted << Unrestricted;
    QTest::newRow("rfc8659 4.2 forbidden")
        << QList<Caa> {{0, "issue", ";"}} << Forbidden << Forbidden;
    QTest::newRow("rfc8659 4.2 tags differ by case in nothing")
        << QList<Caa> {{0, "Issue", ";"}} << Forbidden << Forbidden;
    QTest::newRow("rfc8659 4.2 one of them names somebody")
        << QList<Caa> {{0, "issue", ";"}, {0, "issue", "ca.example"}} << Restricted << Restricted;
    QTest::newRow("rfc8659 4.3 wildcards forbidden") << QList<Caa> {{0, "issue", "ca.example"},
        {0, "issuewild", ";"}} << Restricted << Forbidden;
    QTest::newRow("rfc8659 4.3 wildcards alone")
        << QList<Caa> {{0, "issue", ";"}, {0, "issuewild", "ca.example"}} << Forbidden
        << Restricted;
    QTest::newRow("rfc8659 4.3 says nothing of other names")
        << QList<Caa> {{0, "issuewild", ";"}} << Unrestricted << Forbidden;
}

void TestCaaLookup::issuance()
{
    QFETCH(const QList<Caa>, records);
    QTEST(issuanceOf(records, false), "plain");
    QTEST(issuanceOf(records, true), "wild");
}

void TestCaaLookup::unknownTags()
{
    QCOMPARE(unknownCriticalTags({{128, "issue", "ca.example"}, {128, "tbs", "x"},
                 {0, "future", "x"}, {129, "TBS", "y"}, {128, "issuemail", ";"}}),
        QByteArrayList {"tbs"});
}

// RFC 8659 3: the nearest set counts, whatever stands above it; the root is not asked.
void TestCaaLookup::climbs()
{
    Test::FakeZone zone;
    zone.authenticated = true;
    zone.add("example.org", Caa {0, "issue", "ca.example"});
    zone.add("mx.example.org", QHostAddress(u"192.0.2.1"_s));
    zone.add("own.example.org", Caa {0, "issue", ";"});
    CaaFacts facts = lookUp(zone, "mx.example.org");
    QCOMPARE(facts.state, State::Found);
    QCOMPARE(facts.host, "mx.example.org"_ba);
    QCOMPARE(facts.owner, "example.org"_ba);
    QCOMPARE(facts.records, (QList<Caa> {{0, "issue", "ca.example"}}));
    QVERIFY(facts.authenticated);
    QCOMPARE(zone.asked, (QStringList {u"CAA mx.example.org"_s, u"CAA example.org"_s}));

    facts = lookUp(zone, "own.example.org");
    QCOMPARE(facts.owner, "own.example.org"_ba);
    QCOMPARE(facts.records, (QList<Caa> {{0, "issue", ";"}}));

    zone.asked.clear();
    facts = lookUp(zone, "a.b.example.net");
    QCOMPARE(facts.state, State::None);
    QVERIFY(facts.authenticated);
    QCOMPARE(zone.asked,
        (QStringList {
            u"CAA a.b.example.net"_s, u"CAA b.example.net"_s, u"CAA example.net"_s, u"CAA net"_s}));

    // Whoever can forge an absence can hide what is there.
    zone.unsign("mx.example.org");
    QVERIFY(!lookUp(zone, "mx.example.org").authenticated);
}

void TestCaaLookup::failures_data()
{
    QTest::addColumn<QByteArray>("name"); // of the question that fails
    QTest::addColumn<Status>("status");
    QTest::addColumn<bool>("bogus");
    QTest::newRow("SERVFAIL") << "mx.example.org"_ba << Status::ServerFailure << false;
    QTest::newRow("time-out") << "mx.example.org"_ba << Status::Timeout << false;
    QTest::newRow("bogus") << "mx.example.org"_ba << Status::Bogus << true;
    QTest::newRow("SERVFAIL above") << "org"_ba << Status::ServerFailure << false;
}

// An absence that was not seen is none.
void TestCaaLookup::failures()
{
    QFETCH(const QByteArray, name);
    QFETCH(const Status, status);
    QFETCH(const bool, bogus);
    Test::FakeZone zone;
    zone.fail(name, Type::Caa, status);
    const CaaFacts facts = lookUp(zone, "mx.example.org");
    QCOMPARE(facts.state, State::Failed);
    QCOMPARE(facts.owner, name);
    QCOMPARE(facts.isBogus, bogus);
    QVERIFY(!facts.authenticated);
    QVERIFY2(facts.detail.startsWith(u"CAA "_s), qPrintable(facts.detail));
}

void TestCaaLookup::realZones()
{
    if (const QString why = Test::KnotServer::whyNot(); !why.isEmpty())
        MAILGAUGE_MISSING(qPrintable(why));
    Test::KnotServer server;
    QCOMPARE(server.start({{u"signed.example"_s,
                               "@ CAA 0 issue \"ca.example; account=1\"\n"
                               "@ CAA 128 issuewild \";\"\n"
                               "@ CAA 0 iodef \"mailto:caa@signed.example\"\n"
                               "mx A 127.0.0.1\n"
                               "alias CNAME www.plain.example.\n",
                               true},
                 {u"plain.example"_s, "www CAA 0 issue \";\"\nmx A 127.0.0.1\n", false},
                 {u"failing.example"_s, {}, false}}),
        QString());
    auto made = Dns::UnboundResolver::create(
        {.server = server.address(), .anchors = server.anchors(u"signed.example"_s)});
    QVERIFY(made);
    Dns::Resolver &resolver = **made;

    QTRY_COMPARE(lookUp(resolver, "mx.signed.example").state, State::Found); // once it is loaded
    CaaFacts facts = lookUp(resolver, "mx.signed.example");
    QCOMPARE(facts.owner, "signed.example"_ba);
    QVERIFY(facts.authenticated);
    QCOMPARE(facts.records.size(), 3);
    QVERIFY(facts.records.contains(Caa {128, "issuewild", ";"}));
    QVERIFY(facts.records.contains(Caa {0, "issue", "ca.example; account=1"}));
    QCOMPARE(facts.malformed, 0);

    // RFC 8659 3: what an alias leads to counts in place of what stands above the alias.
    facts = lookUp(resolver, "alias.signed.example");
    QCOMPARE(facts.owner, "alias.signed.example"_ba);
    QCOMPARE(facts.aliases, QByteArrayList {"www.plain.example"});
    QCOMPARE(facts.records, (QList<Caa> {{0, "issue", ";"}}));
    QVERIFY(!facts.authenticated); // the zone that it leads to is not signed

    facts = lookUp(resolver, "www.plain.example");
    QCOMPARE(issuanceOf(facts.records, false), Issuance::Forbidden);
    QVERIFY(!facts.authenticated);

    QCOMPARE(lookUp(resolver, "mx.failing.example").state, State::Failed);
}

QTEST_GUILESS_MAIN(TestCaaLookup)
#include "tst_caalookup.moc"
