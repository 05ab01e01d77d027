// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnose/tlsfindings.h"

#include "base/literals.h"
#include "explain/explain.h"
#include "tls/tlscodes.h"

#include <QTest>

#include <algorithm>

using namespace Mailgauge;
using namespace Mailgauge::Diagnose;
using Base::Severity;
using Tls::OcspStaple;
using Tls::Tls10;
using Tls::Tls12;
using Tls::Tls13;

namespace {

const QDateTime now(QDate(2026, 1, 2), QTime(3, 4, 5), QTimeZone::UTC);

ProbedVersion version(quint16 code, Acceptance acceptance, const QList<AcceptedSuite> &suites = {})
{
    ProbedVersion probed;
    probed.code = code;
    probed.judged = {acceptance, "evidence"};
    probed.accepted = suites;
    return probed;
}

TlsInspection withSuites(const QList<AcceptedSuite> &suites)
{
    TlsInspection inspection;
    inspection.versions = {version(Tls12, Acceptance::Accepted, suites),
        version(Tls13, Acceptance::Accepted, {{0x1301, 0x001d, 0}})};
    return inspection;
}

TlsInspection withLeaf(
    const InspectedCertificate &leaf, const std::optional<OcspStaple> &staple = {})
{
    TlsInspection inspection;
    InspectedChain chain;
    chain.facts.chainTrusted = true;
    chain.sent = {leaf};
    chain.path = {leaf};
    chain.staple = staple;
    inspection.chains = {chain};
    return inspection;
}

InspectedCertificate goodLeaf()
{
    InspectedCertificate leaf;
    leaf.facts.subject = u"CN=mx.example.org"_s;
    leaf.facts.notAfter = now.addDays(90);
    leaf.details.signatureHash = u"SHA256"_s;
    return leaf;
}

OcspStaple goodStaple()
{
    OcspStaple staple;
    staple.state = OcspStaple::State::Good;
    staple.verified = true;
    staple.nextUpdate = now.addDays(1);
    return staple;
}

} // namespace

class TestTlsFindings : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void findings_data();
    void findings();
    void worstFirst();
};

void TestTlsFindings::findings_data()
{
    QTest::addColumn<TlsInspection>("inspection");
    QTest::addColumn<QByteArray>("id"); // the only one; empty: none
    QTest::addColumn<Severity>("severity");
    QTest::addColumn<QByteArray>("subject");
    const auto none = [](const char *row, const TlsInspection &inspection) {
        QTest::newRow(row) << inspection << ""_ba << Severity::Info << ""_ba;
    };
    none("nothing was looked at", {});
    none("good suites", withSuites({{0xc02f, 0x001d, 0}, {0x009e, 0, 2048}}));
    TlsInspection inspection = withSuites({{0xc02f, 0x001d, 0}});
    inspection.versions.append(version(Tls::Ssl30, Acceptance::Accepted, {{0xc013, 0x17, 0}}));
    QTest::newRow("rfc7568 SSL 3.0")
        << inspection << "tls.version.ssl3"_ba << Severity::Error << "SSLv3"_ba;
    inspection.versions.last().code = Tls10;
    QTest::newRow("rfc8996 TLS 1.0")
        << inspection << "tls.version.old"_ba << Severity::Warning << "TLSv1"_ba;
    inspection = withSuites({{0xc02f, 0x001d, 0}});
    inspection.versions.last() = version(Tls13, Acceptance::Refused);
    QTest::newRow("no TLS 1.3") << inspection << "tls.version.no13"_ba << Severity::Info << ""_ba;
    inspection.versions.first() = version(Tls12, Acceptance::Refused);
    QTest::newRow("neither") << inspection << "tls.version.noneGood"_ba << Severity::Error << ""_ba;
    inspection.versions.first() = version(Tls12, Acceptance::NotTested);
    inspection.versions.last() = version(Tls13, Acceptance::Accepted);
    QTest::newRow("what was not tested is no fault")
        << inspection << "tls.notTested"_ba << Severity::Info << "TLSv1.2: evidence"_ba;
    inspection.cancelled = true;
    none("cancelled by the user", inspection);
    inspection = {};
    inspection.pauses = 3;
    QTest::newRow("slowed down") << inspection << "tls.slowedDown"_ba << Severity::Info << "3"_ba;

    const auto suite = [](const char *row, quint16 code, const QByteArray &id, Severity severity,
                           const QByteArray &name) {
        QTest::newRow(row) << withSuites({{0xc02f, 0x1d, 0}, {code, 0, 0}}) << id << severity
                           << name;
    };
    suite(
        "null", 0xc006, "tls.suite.noEncryption", Severity::Error, "TLS_ECDHE_ECDSA_WITH_NULL_SHA");
    suite("export", 0x0014, "tls.suite.export", Severity::Error,
        "TLS_DHE_RSA_EXPORT_WITH_DES40_CBC_SHA");
    suite("des", 0x0015, "tls.suite.des", Severity::Error, "TLS_DHE_RSA_WITH_DES_CBC_SHA");
    suite("rc4", 0xc011, "tls.suite.rc4", Severity::Warning, "TLS_ECDHE_RSA_WITH_RC4_128_SHA");
    suite("3des", 0xc012, "tls.suite.smallBlocks", Severity::Warning,
        "TLS_ECDHE_RSA_WITH_3DES_EDE_CBC_SHA");
    suite("anonymous", 0x00a6, "tls.suite.anonymous", Severity::Info,
        "TLS_DH_anon_WITH_AES_128_GCM_SHA256");
    suite("fixed", 0x009c, "tls.suite.someWithoutForwardSecrecy", Severity::Info,
        "TLS_RSA_WITH_AES_128_GCM_SHA256");
    inspection = withSuites({{0x009c, 0, 0}});
    inspection.versions.removeLast();
    QTest::newRow("fixed alone") << inspection << "tls.suite.noForwardSecrecy"_ba
                                 << Severity::Warning << "TLS_RSA_WITH_AES_128_GCM_SHA256"_ba;
    inspection = withSuites({{0xc02f, 0x1d, 0}, {0xc030, 0x1d, 0}});
    inspection.versions.first().choice = SuiteChoice::Client;
    QTest::newRow("the client chooses")
        << inspection << "tls.suite.clientChooses"_ba << Severity::Info << "TLSv1.2"_ba;
    QTest::newRow("prime of 1024 bits") << withSuites({{0x009e, 0, 1024}, {0x009f, 0, 2048}})
                                        << "tls.dh.weak"_ba << Severity::Warning << "1024"_ba;
    QTest::newRow("prime of 512 bits")
        << withSuites({{0x009e, 0, 512}}) << "tls.dh.weak"_ba << Severity::Error << "512"_ba;

    const auto resumption = [](const ProbedResumption &one) {
        TlsInspection probed;
        probed.resumptions = {one};
        return probed;
    };
    none("taken up again",
        resumption({.by = Tls::ResumptionBy::PreSharedKey, .outcome = Resumption::Resumed}));
    none(
        "rfc8446 C.4 nothing given is a choice", resumption({.outcome = Resumption::NothingGiven}));
    none("resumption not tested", resumption({.evidence = "421 4.7.0 later"}));
    QTest::newRow("given in vain") << resumption(
        {.by = Tls::ResumptionBy::Ticket, .outcome = Resumption::NotResumed, .lifetime = 7200})
                                   << "tls.resumption.notTaken"_ba << Severity::Info << "ticket"_ba;
    QTest::newRow("rfc8446 8 early data") << resumption({.by = Tls::ResumptionBy::PreSharedKey,
        .outcome = Resumption::Resumed,
        .maxEarlyData = 16384}) << "tls.earlyData"_ba
                                          << Severity::Warning << "16384"_ba;
    inspection = {};
    inspection.extendedMasterSecret = true;
    none("rfc7627 used", inspection);
    inspection.extendedMasterSecret = false;
    QTest::newRow("rfc7627 not used")
        << inspection << "tls.noExtendedMasterSecret"_ba << Severity::Info << ""_ba;

    const auto caa = [](const QList<Dns::Caa> &records, bool inUse = true) {
        TlsInspection probed = withLeaf(goodLeaf());
        probed.chains[0].facts.chainTrusted = inUse;
        probed.caa = Net::CaaFacts {.state = Net::CaaFacts::State::Found,
            .host = "mx.example.org",
            .owner = "example.org",
            .records = records};
        return probed;
    };
    // Whether the issuer is among those that are named cannot be told.
    none("rfc8659 4.2 others may issue", caa({{0, "issue", "ca.example"}}));
    none("rfc8659 4.3 wildcards may be issued", caa({{0, "issue", ";"}, {0, "issuewild", "ca.x"}}));
    none("rfc8659 4.4 reports alone", caa({{128, "iodef", "mailto:a@example.org"}}));
    QTest::newRow("rfc8659 4.2 nobody may issue")
        << caa({{0, "issue", ";"}}) << "tls.caa.forbidden"_ba << Severity::Warning
        << "example.org"_ba;
    QTest::newRow("rfc8659 4.2 and nobody public has")
        << caa({{0, "issue", ";"}}, false) << "tls.caa.forbidden"_ba << Severity::Info
        << "example.org"_ba;
    QTest::newRow("rfc8659 4.1 critical and unknown")
        << caa({{128, "tbs", "x"}, {0, "issue", "ca.example"}}) << "tls.caa.unknownCritical"_ba
        << Severity::Warning << "tbs"_ba;
    inspection = caa({});
    inspection.caa->state = Net::CaaFacts::State::None;
    none("rfc8659 3 no records", inspection);
    inspection.caa->state = Net::CaaFacts::State::Failed;
    inspection.caa->detail = u"CAA mx.example.org: no answer in time"_s;
    QTest::newRow("rfc8659 3 no answer") << inspection << "tls.caa.failed"_ba << Severity::Info
                                         << "CAA mx.example.org: no answer in time"_ba;
    inspection.caa->isBogus = true;
    QTest::newRow("rfc8659 3 bogus") << inspection << "tls.caa.failed"_ba << Severity::Warning
                                     << "CAA mx.example.org: no answer in time"_ba;
    inspection = caa({});
    inspection.caa->malformed = 1;
    QTest::newRow("rfc8659 4.1 malformed")
        << inspection << "tls.caa.malformed"_ba << Severity::Warning << "example.org"_ba;

    none("good leaf", withLeaf(goodLeaf()));
    none("good staple", withLeaf(goodLeaf(), goodStaple()));
    InspectedCertificate leaf = goodLeaf();
    leaf.facts.notAfter = now.addDays(ExpiresSoonDays);
    QTest::newRow("14 days are soon")
        << withLeaf(leaf) << "tls.certificate.expiresSoon"_ba << Severity::Warning << "14"_ba;
    leaf.facts.notAfter = now.addDays(ExpiresSoonDays + 1);
    none("15 days are not", withLeaf(leaf));
    leaf.details.signatureHash = u"SHA1"_s;
    leaf.details.signatureAlgorithm = u"sha1WithRSAEncryption"_s;
    QTest::newRow("rfc9155 SHA-1") << withLeaf(leaf) << "tls.certificate.weakSignature"_ba
                                   << Severity::Warning << "sha1WithRSAEncryption"_ba;
    leaf.details.selfIssued = true;
    none("nobody checks a root's own signature", withLeaf(leaf));
    leaf = goodLeaf();
    leaf.details.mustStaple = true;
    QTest::newRow("rfc7633 must staple")
        << withLeaf(leaf) << "tls.staple.missing"_ba << Severity::Error << ""_ba;
    none("rfc7633 and it does", withLeaf(leaf, goodStaple()));
    OcspStaple staple = goodStaple();
    staple.nextUpdate = now.addSecs(-1);
    QTest::newRow("stale") << withLeaf(leaf, staple) << "tls.staple.stale"_ba << Severity::Warning
                           << "2026-01-02T03:04:04Z"_ba;
    staple = goodStaple();
    staple.state = OcspStaple::State::Revoked;
    staple.revokedAt = now;
    QTest::newRow("revoked") << withLeaf(leaf, staple) << "tls.staple.revoked"_ba << Severity::Error
                             << "2026-01-02T03:04:05Z"_ba;
    staple.state = OcspStaple::State::NoAnswer;
    QTest::newRow("no answer") << withLeaf(leaf, staple) << "tls.staple.useless"_ba
                               << Severity::Warning << "noAnswer"_ba;
    staple = goodStaple();
    staple.verified = false;
    staple.verifyError = u"signer certificate not found"_s;
    QTest::newRow("not verified") << withLeaf(leaf, staple) << "tls.staple.notVerified"_ba
                                  << Severity::Warning << "signer certificate not found"_ba;
}

void TestTlsFindings::findings()
{
    QFETCH(const TlsInspection, inspection);
    QFETCH(const QByteArray, id);
    QFETCH(const Severity, severity);
    QFETCH(const QByteArray, subject);
    const QList<Finding> found = tlsFindings(inspection, now);
    QByteArrayList ids;
    for (const Finding &one : found)
        ids.append(one.id);
    QCOMPARE(ids, id.isEmpty() ? QByteArrayList() : QByteArrayList {id});
    for (const Finding &one : found) {
        QCOMPARE(one.severity, severity);
        QCOMPARE(one.subject, subject);
        // It has a sentence of its own.
        QCOMPARE(Explain::explainFinding(id, subject).id, id);
        QVERIFY(!Explain::explainFinding(id, subject).cause.isEmpty());
    }
}

void TestTlsFindings::worstFirst()
{
    TlsInspection inspection = withSuites({{0x009c, 0, 0}, {0xc011, 0x17, 0}, {0x0015, 0, 512}});
    inspection.pauses = 1;
    const QList<Finding> found = tlsFindings(inspection, now);
    QCOMPARE(found.size(), 5);
    QVERIFY(std::ranges::is_sorted(found, std::ranges::greater(), &Finding::severity));
}

QTEST_GUILESS_MAIN(TestTlsFindings)
#include "tst_tlsfindings.moc"
