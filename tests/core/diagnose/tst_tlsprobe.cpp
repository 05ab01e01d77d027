// SPDX-License-Identifier: GPL-3.0-or-later
#include "fakerelay.h"
#include "inspectionrun.h"

#include "base/literals.h"
#include "diagnose/tlsinspectionjson.h"
#include "tls/ciphersuites.h"
#include "tls/opensslptr.h"
#include "tls/tlscodes.h"

#include <QJsonArray>
#include <QSignalSpy>

#include <algorithm>

using namespace Mailgauge;
using namespace Mailgauge::Diagnose;
using namespace std::chrono_literals;
using Test::codesOf;
using Test::FakeRelay;
using Test::findingsOf;
using Test::inspect;
using Test::Script;
using Tls::Tls12;
using Tls::Tls13;

namespace {

const Base::SystemClock systemClock;

Script beforeTls()
{
    return Script::hello({"STARTTLS"}).answer("STARTTLS", "220 2.0.0 go ahead\r\n");
}

Script tls()
{
    return beforeTls().startTls().answer("EHLO ", "250 fake.example\r\n").expectEnd();
}

Script busy()
{
    return Script().send("421 4.7.0 Too many connections\r\n"_ba).close();
}

TlsProbeOptions optionsFor(const FakeRelay &relay)
{
    TlsProbeOptions options = Test::inspectionOf(relay.port());
    options.caPem = Test::testIdentity().caPem;
    return options;
}

/// What OpenSSL as a server with an EC key takes, in its order: the library's own list.
QList<quint16> opensslSuites(quint16 version)
{
    QList<quint16> suites;
    const Tls::ContextPtr context(SSL_CTX_new(TLS_server_method()));
    SSL_CTX_set_security_level(context.get(), 0);
    const STACK_OF(SSL_CIPHER) *ciphers = SSL_CTX_get_ciphers(context.get());
    for (int i = 0; i < sk_SSL_CIPHER_num(ciphers); ++i) {
        const SSL_CIPHER *cipher = sk_SSL_CIPHER_value(ciphers, i);
        const QByteArrayView since = SSL_CIPHER_get_version(cipher);
        const bool fits = version == Tls13 ? since == "TLSv1.3"
                                           : SSL_CIPHER_get_auth_nid(cipher) == NID_auth_ecdsa
                && (version == Tls12 || since != "TLSv1.2");
        if (fits)
            suites.append(SSL_CIPHER_get_protocol_id(cipher));
    }
    return suites;
}

} // namespace

class TestTlsProbe : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void everything_data();
    void everything();
    void slowsDown();
    void busyForGood();
    void busyFromTheFirst();
    void notOffered();
    void noAnswerOfTls_data();
    void noAnswerOfTls();
    void silentBehindTheHandshake();
    void cancelled();
    void progress();
    void readAgain();
};

void TestTlsProbe::everything_data()
{
    QTest::addColumn<bool>("implicit");
    QTest::newRow("starttls") << false;
    QTest::newRow("implicit") << true;
}

void TestTlsProbe::everything()
{
    QFETCH(const bool, implicit);
    FakeRelay relay(
        {implicit ? Script().startTls().send("220 fake.example ESMTP\r\n").expectEnd() : tls()},
        Test::testIdentity().identity);
    TlsProbeOptions options = optionsFor(relay);
    options.implicitTls = implicit;
    options.names = {{"domain", u"example.net"_s}};
    const TlsInspection found = inspect(options);
    QVERIFY(!found.failure);
    QCOMPARE(found.address, u"127.0.0.1"_s);
    QCOMPARE(found.serverName, u"localhost"_s);
    QCOMPARE(found.connections, relay.connections());
    QCOMPARE(found.pauses, 0);
    if (!implicit)
        QCOMPARE(relay.receivedInClear(3).left(20), "EHLO probe.example\r\n"_ba);

    // The relay of these tests is one for old clients too.
    for (const quint16 version : {Tls::Tls10, Tls::Tls11, Tls12, Tls13}) {
        const ProbedVersion *probed = found.version(version);
        QCOMPARE(probed->judged.acceptance, Acceptance::Accepted);
        QCOMPARE(codesOf(probed->accepted), opensslSuites(version));
        QCOMPARE(probed->choice, SuiteChoice::Server);
        QCOMPARE(probed->refusedBy, "alert 40 handshake_failure"_ba);
    }
    QCOMPARE(found.version(Tls::Ssl30)->judged.acceptance, Acceptance::Refused);
    QCOMPARE(found.version(Tls::Ssl30)->judged.evidence, "alert 40 handshake_failure"_ba);
    const auto x25519 = std::ranges::find(found.groups, quint16(0x001d), &ProbedGroup::code);
    QCOMPARE(x25519->judged, (Judged {Acceptance::Accepted, "ServerHello TLSv1.3"}));

    // It keeps nothing and gives nothing to keep: its first word behind the handshake says so.
    for (const ProbedResumption &one : found.resumptions)
        QCOMPARE(one.outcome, Resumption::NothingGiven);
    QCOMPARE(found.resumptions.size(), 3);
    QCOMPARE(found.extendedMasterSecret, std::optional(true));

    QCOMPARE(found.chains.size(), 1); // the other kind of key is not there
    const InspectedChain &chain = found.chains[0];
    QVERIFY(chain.facts.chainTrusted);
    QCOMPARE(chain.facts.version, "TLSv1.3"_ba);
    QCOMPARE(chain.path.size(), 2);
    QVERIFY(chain.path[1].details.isCa);
    QVERIFY(!chain.staple);
    QCOMPARE(chain.names,
        (QList<NameCheck> {{u"localhost"_s, "host", true, u"localhost"_s},
            {u"example.net"_s, "domain", false, {}}}));
    QCOMPARE(chain.tlsa, QByteArrayList {"3 1 1 " + chain.sent[0].facts.keySha256});
}

void TestTlsProbe::slowsDown()
{
    FakeRelay relay({tls(), tls(), tls(), busy(), busy(), tls()}, Test::testIdentity().identity);
    TlsProbe probe(optionsFor(relay), systemClock);
    QSignalSpy finished(&probe, &TlsProbe::finished);
    QList<QByteArray> replies;
    QList<std::chrono::milliseconds> pauses;
    connect(&probe, &TlsProbe::paused, this,
        [&](const QByteArray &reply, std::chrono::milliseconds length) {
            replies.append(reply);
            pauses.append(length);
        });
    probe.start();
    QTRY_COMPARE_WITH_TIMEOUT(finished.size(), 1, 60'000);
    const auto found = finished[0][0].value<TlsInspection>();
    QCOMPARE(replies, QList<QByteArray>(2, "421 4.7.0 Too many connections"));
    QCOMPARE(pauses, (QList {1ms, 2ms}));
    QCOMPARE(found.pauses, 2);
    QVERIFY(findingsOf(found).contains("tls.slowedDown"));
    // Nothing was lost by it.
    QCOMPARE(codesOf(found.version(Tls13)->accepted), opensslSuites(Tls13));
    QCOMPARE(codesOf(found.version(Tls12)->accepted), opensslSuites(Tls12));
}

// Internet.nl#658, testssl.sh#2098: a 421 says nothing about TLS.
void TestTlsProbe::busyForGood()
{
    FakeRelay relay({tls(), tls(), tls(), busy()}, Test::testIdentity().identity);
    TlsProbeOptions options = optionsFor(relay);
    options.tries = 3;
    const TlsInspection found = inspect(options);
    QVERIFY(!found.failure);
    QCOMPARE(relay.connections(), 3 + 3);
    QCOMPARE(found.pauses, 2);
    QCOMPARE(found.chains.size(), 1);
    const ProbedVersion *cut = found.version(Tls13);
    QCOMPARE(cut->judged.acceptance, Acceptance::Accepted);
    QCOMPARE(cut->accepted.size(), 1);
    QCOMPARE(cut->notTestedWhy, "421 4.7.0 Too many connections"_ba);
    for (const ProbedVersion &version : found.versions) {
        QCOMPARE(version.refused, QList<quint16>());
        if (version.code != Tls13)
            QCOMPARE(
                version.judged, (Judged {Acceptance::NotTested, "421 4.7.0 Too many connections"}));
    }
    QVERIFY(findingsOf(found).contains("tls.notTested"));
    QVERIFY(!findingsOf(found).contains("tls.version.noneGood"));
    for (const ProbedResumption &one : found.resumptions) {
        QCOMPARE(one.outcome, Resumption::NotTested);
        QCOMPARE(one.evidence, "421 4.7.0 Too many connections"_ba);
    }
    QVERIFY(!found.extendedMasterSecret);
}

void TestTlsProbe::busyFromTheFirst()
{
    FakeRelay relay({busy()});
    TlsProbeOptions options = optionsFor(relay);
    options.tries = 2;
    const TlsInspection found = inspect(options);
    QVERIFY(found.failure);
    QCOMPARE(found.failure->evidence, "421 4.7.0 Too many connections"_ba);
    QCOMPARE(relay.connections(), 2);
    QVERIFY(found.versions.isEmpty());
    QVERIFY(found.chains.isEmpty());
}

void TestTlsProbe::notOffered()
{
    FakeRelay relay({Script::hello({"SIZE 1000"}).quit()});
    const TlsInspection found = inspect(optionsFor(relay));
    QVERIFY(found.failure);
    QCOMPARE(found.failure->kind, Base::Error::Kind::Unsupported);
    QCOMPARE(relay.connections(), 1);
    QVERIFY(found.versions.isEmpty());
    QTRY_VERIFY(relay.hasEnded());
    QCOMPARE(relay.problems(), QStringList()); // it was told QUIT
}

void TestTlsProbe::noAnswerOfTls_data()
{
    QTest::addColumn<Script>("script");
    QTest::addColumn<QByteArray>("evidence");
    QTest::addColumn<int>("connections"); // one handshake and five versions
    QTest::newRow("reset") << beforeTls().expectBytes(5).reset() << "without an answer of TLS"_ba
                           << 1 + 5 * 2;
    QTest::newRow("closed") << beforeTls().expectBytes(5).cut() << "without an answer of TLS"_ba
                            << 1 + 5 * 2;
    QTest::newRow("a reply in clear")
        << beforeTls().expectBytes(5).send("554 5.5.1 What is that\r\n"_ba).expectEnd()
        << "answered in clear: 554 5.5.1 What is that"_ba << 1 + 5;
}

void TestTlsProbe::noAnswerOfTls()
{
    QFETCH(const Script, script);
    QFETCH(const QByteArray, evidence);
    QFETCH(const int, connections);
    FakeRelay relay({script});
    const TlsInspection found = inspect(optionsFor(relay));
    QVERIFY(!found.failure);
    QVERIFY(found.chains.isEmpty());
    QCOMPARE(found.versions.size(), 5);
    for (const ProbedVersion &version : found.versions) {
        QCOMPARE(version.judged.acceptance, Acceptance::NotTested);
        QVERIFY2(version.judged.evidence.contains(evidence), version.judged.evidence.constData());
    }
    QCOMPARE(found.connections, connections);
}

// Whether a ticket would have come cannot be told of a server that says nothing at all.
void TestTlsProbe::silentBehindTheHandshake()
{
    FakeRelay relay({beforeTls().startTls().expect("EHLO ").cut()}, Test::testIdentity().identity);
    const TlsInspection found = inspect(optionsFor(relay));
    QCOMPARE(found.resumptions.size(), 3);
    QCOMPARE(found.resumptions[0].outcome, Resumption::NothingGiven);
    QCOMPARE(found.resumptions[2].outcome, Resumption::NotTested);
    QCOMPARE(
        found.resumptions[2].evidence, "neither a ticket nor a reply came behind the handshake"_ba);
}

void TestTlsProbe::cancelled()
{
    FakeRelay relay({tls()}, Test::testIdentity().identity);
    TlsProbe probe(optionsFor(relay), systemClock);
    QSignalSpy finished(&probe, &TlsProbe::finished);
    int questions = 0;
    connect(&probe, &TlsProbe::progressed, this, [&](int, int) {
        if (++questions == 5)
            probe.cancel();
    });
    probe.start();
    QTRY_COMPARE(questions, 5);
    QCOMPARE(finished.size(), 1);
    const auto found = finished[0][0].value<TlsInspection>();
    QVERIFY(found.cancelled);
    QCOMPARE(found.version(Tls12)->judged, (Judged {Acceptance::NotTested, "cancelled"}));
    QVERIFY(!findingsOf(found).contains("tls.notTested"));
    const int connections = relay.connections();
    probe.cancel();
    QCOMPARE(finished.size(), 1);
    QCOMPARE(relay.connections(), connections);
}

void TestTlsProbe::progress()
{
    FakeRelay relay({tls()}, Test::testIdentity().identity);
    TlsProbe probe(optionsFor(relay), systemClock);
    QSignalSpy finished(&probe, &TlsProbe::finished);
    int before = 0;
    connect(&probe, &TlsProbe::progressed, this, [&](int done, int total) {
        QVERIFY(done >= before);
        QVERIFY(done <= total);
        before = done;
    });
    probe.start();
    QTRY_COMPARE_WITH_TIMEOUT(finished.size(), 1, 60'000);
    QVERIFY(before > 20);
}

void TestTlsProbe::readAgain()
{
    FakeRelay relay({tls(), tls(), tls(), busy(), tls()}, Test::testIdentity().identity);
    TlsProbeOptions options = optionsFor(relay);
    options.names = {{"domain", u"example.net"_s}};
    TlsInspection found = inspect(options);
    QCOMPARE(found.chains.size(), 1);
    Tls::OcspStaple staple;
    staple.state = Tls::OcspStaple::State::Revoked;
    staple.responseStatus = "successful";
    staple.revokedAt = found.startedAt.addDays(-1);
    staple.thisUpdate = found.startedAt.addSecs(-1);
    staple.size = 471;
    found.chains[0].staple = staple;
    QVERIFY(found.chains[0].timestamps && found.chains[0].timestamps->isEmpty());
    found.chains[0].timestamps = QList<Tls::SignedTimestamp> {
        {Tls::SignedTimestamp::Source::OcspStaple, 1, QByteArray(32, '\xfe'), found.startedAt,
            u"ecdsa-with-SHA256"_s}};
    found.caa = Net::CaaFacts {.state = Net::CaaFacts::State::Found,
        .host = "mx.example.org",
        .owner = "example.org",
        .aliases = {"example.net"},
        .records = {{128, "issue", "\xff;"}},
        .malformed = 1,
        .ttl = 300,
        .authenticated = true,
        .isBogus = false,
        .detail = u"CAA"_s};
    QCOMPARE(found.resumptions.size(), 3);
    found.resumptions[2] = {Tls::ResumptionBy::PreSharedKey, Resumption::Resumed, {}, 7200, 16384};
    const QJsonObject json = inspectionToJson(found);
    const auto again = inspectionFromJson(json);
    QVERIFY(again);
    QCOMPARE(inspectionToJson(*again), json);
    QCOMPARE(again->versions, found.versions);
    QCOMPARE(again->groups, found.groups);
    QCOMPARE(again->chains[0].staple, found.chains[0].staple);
    QCOMPARE(again->chains[0].sent, found.chains[0].sent);
    QCOMPARE(again->chains, found.chains);
    found.findings = again->findings; // of the staple that was put in
    QCOMPARE(*again, found);
    QVERIFY(findingsOf(*again).contains("tls.staple.revoked"));

    TlsInspection failed;
    failed.startedAt = found.startedAt;
    failed.failure = Base::Error {
        Base::Error::Kind::Unsupported, u"STARTTLS is not announced"_s, "250 \xff"};
    QCOMPARE(*inspectionFromJson(inspectionToJson(failed)), failed);

    QJsonObject broken = json;
    broken["groupChoice"_L1] = u"nobody"_s;
    QCOMPARE(inspectionFromJson(broken).error().kind, Base::Error::Kind::Corrupt);
    broken = json;
    broken["caa"_L1] = QJsonObject {{u"state"_s, u"perhaps"_s}};
    QCOMPARE(inspectionFromJson(broken).error().kind, Base::Error::Kind::Corrupt);
    broken = json;
    broken["resumptions"_L1] = QJsonArray {QJsonObject {{u"by"_s, u"magic"_s}}};
    QCOMPARE(inspectionFromJson(broken).error().kind, Base::Error::Kind::Corrupt);
    QJsonObject chain = json["chains"_L1][0].toObject();
    chain["path"_L1] = QJsonArray {u"AAAA"_s};
    broken = json;
    broken["chains"_L1] = QJsonArray {chain};
    QCOMPARE(inspectionFromJson(broken).error().kind, Base::Error::Kind::Corrupt);
}

QTEST_GUILESS_MAIN(TestTlsProbe)
#include "tst_tlsprobe.moc"
