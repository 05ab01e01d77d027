// SPDX-License-Identifier: GPL-3.0-or-later
#include "testsupport.h"

#include "base/literals.h"
#include "diagnose/reportcomparison.h"
#include "diagnose/reportexport.h"
#include "diagnose/reportjson.h"
#include "diagnose/tlsfindings.h"
#include "diagnose/tlsinspectionjson.h"
#include "store/reportstore.h"
#include "tls/tlscodes.h"

#include <QDir>
#include <QJsonArray>
#include <QJsonObject>
#include <QTemporaryDir>
#include <QTest>
#include <QTimeZone>

#include <algorithm>

using namespace Mailgauge;
using namespace Mailgauge::Diagnose;
using Base::Severity;
using Delivery::ReportFormat;

namespace {

QUuid uuid(int n)
{
    return QUuid::fromString(u"00000000-0000-0000-0000-%1"_s.arg(n, 12, 10, QLatin1Char('0')));
}

Tls::TlsFacts facts(const QByteArray &key)
{
    Tls::TlsFacts facts;
    facts.version = "TLSv1.3";
    facts.cipher = "TLS_AES_256_GCM_SHA384";
    facts.serverName = u"mx.example.org"_s;
    facts.reasons = {{Tls::VerifyReason::Kind::Expired, 0, u"2026-01-01"_s}};
    Tls::CertificateFacts leaf;
    leaf.subject = u"CN=mx.example.org"_s;
    leaf.sha256 = key + key;
    leaf.keySha256 = key;
    facts.chain = {leaf};
    return facts;
}

/// One of everything, with bytes that exports must not let through.
RelayReport sample()
{
    RelayReport report;
    report.id = uuid(1);
    report.startedAt = QDateTime(QDate(2026, 2, 3), QTime(4, 5, 6), QTimeZone::utc());
    report.totalUs = 1'234'567;
    report.profile = uuid(2);
    report.profileName = u"work <b>"_s;
    report.host = u"mx.example.org"_s;
    report.port = 587;
    report.domain = u"example.org"_s;
    report.exchangers = {u"mx.example.org"_s, u"mx2.example.org"_s};

    Cell works {.key = {587, Family::IPv4, TlsMode::StartTls}, .state = CellState::Works};
    works.session = uuid(3);
    works.address = u"192.0.2.1"_s;
    works.greeting = "mx.example.org \x1b[31m<script>alert(1)</script> \xff";
    works.inClear = Smtp::Capabilities::fromEhlo({250, {"mx"_ba, "STARTTLS"_ba, "SIZE 10"_ba}});
    works.inTls = Smtp::Capabilities::fromEhlo({250, {"mx"_ba, "AUTH PLAIN LOGIN"_ba}});
    works.tls = facts("aa");
    works.timings = {{Smtp::Stage::Connect, 1000}, {Smtp::Stage::Greeting, 25'000}};
    works.totalUs = 40'000;
    works.tries = 2;
    Cell busy {.key = {587, Family::IPv6, TlsMode::Clear}, .state = CellState::Busy};
    busy.reply = Smtp::Reply {421, {"4.7.0 later"_ba}};
    busy.tries = 3;
    Cell refused {.key = {2525, Family::IPv4, TlsMode::Implicit}, .state = CellState::Refused};
    refused.failure = Smtp::Failure {
        {Base::Error::Kind::Connect, u"connect: Connection refused"_s, {}}, Smtp::Stage::Connect};
    report.cells = {works, busy, refused};

    const Evidence line {
        Evidence::Kind::Line, uuid(4), 7, Transcript::Direction::Server, "250 2.1.5 Ok"};
    CheckResult open;
    open.check = Check::OpenRelay;
    open.verdict = Verdict::Finding;
    open.probes = {
        {"percent hack", "RCPT TO:<u%b.example@mx>", "250 2.1.5 Ok", Verdict::Finding, line},
        {"plain", "RCPT TO:<u@b.example>", "554 <no> & never", Verdict::Ok, {}}};
    open.findings = {{"relay.oddFormTaken", Severity::Warning, "percent hack", {line}}};
    open.sessions = {uuid(4), uuid(5)};
    open.us = 99;
    CheckResult busyCheck;
    busyCheck.check = Check::Vrfy;
    busyCheck.verdict = Verdict::NotTested;
    busyCheck.reason = "notTested.busy";
    busyCheck.detail = "421 4.7.0 later";
    report.checks = {busyCheck, open};
    report.findings = {{"startTls.injection", Severity::Error, {}, {line}},
        {"certificate.expired", Severity::Warning, "2026-01-01",
            {{.kind = Evidence::Kind::Certificate, .text = "CN=mx.example.org"}}},
        open.findings.first(),
        {"names.noPtr", Severity::Info, "192.0.2.1",
            {{.kind = Evidence::Kind::Record, .text = "PTR 1.2.0.192.in-addr.arpa: nxdomain"}}}};
    report.pauses = {{"587 ipv6 clear", "421 4.7.0 later", std::chrono::milliseconds(5000)}};
    return report;
}

/// TLS inspected at one address, and what senders make of it.
RelayReport inspected()
{
    RelayReport report;
    report.id = uuid(9);
    report.startedAt = sample().startedAt;
    report.host = u"mx.example.org"_s;
    TlsInspection inspection;
    inspection.startedAt = report.startedAt;
    inspection.host = report.host;
    inspection.address = u"2001:db8::1"_s;
    ProbedVersion old;
    old.code = Tls::Tls10;
    old.judged = {Acceptance::Refused, "alert 70"_ba};
    ProbedVersion good;
    good.code = Tls::Tls12;
    good.judged = {Acceptance::Accepted, "ServerHello"_ba};
    good.accepted = {{0xc02f, 23, 0}, {0x009e, 0, 2048}};
    good.choice = SuiteChoice::Server;
    ProbedVersion open;
    open.code = Tls::Tls13;
    open.judged = {Acceptance::NotTested, "421 <later>"_ba};
    inspection.versions = {old, good, open};
    inspection.resumptions = {
        {.by = Tls::ResumptionBy::SessionId, .outcome = Resumption::NothingGiven},
        {.by = Tls::ResumptionBy::Ticket, .outcome = Resumption::Resumed, .lifetime = 7200},
        {.by = Tls::ResumptionBy::PreSharedKey,
            .outcome = Resumption::NotTested,
            .evidence = "421 <later>"}};
    inspection.extendedMasterSecret = true;
    inspection.caa = Net::CaaFacts {.state = Net::CaaFacts::State::Found,
        .host = "mx.example.org",
        .owner = "example.org",
        .records = {{0, "issue", "ca.example"}, {128, "issuewild", "<;>\xff"}},
        .authenticated = true};
    inspection.findings = tlsFindings(inspection, inspection.startedAt);
    report.inspections = {inspection};

    const Tls::TlsaRecord record {3, 1, 1, QByteArray(32, '\x2a')};
    HostPolicies policies;
    policies.host = report.host;
    policies.domain = "example.org";
    policies.address = inspection.address;
    policies.dane = {.state = Net::DaneFacts::State::Usable,
        .reason = "dane.usable"_ba,
        .baseDomain = "mx.example.org"_ba,
        .records = {record},
        .isMxAuthenticated = false,
        .detail = u"TLSA <x>"_s};
    policies.tlsa = {{.record = record, .kind = Tls::TlsaResult::Kind::Matches, .depth = 0}};
    policies.mtaSts = {.domain = "example.org",
        .id = "20260203",
        .policy = Net::MtaStsPolicy {Net::MtaStsPolicy::Mode::Testing, {u"*.example.org"_s},
            86'400},
        .isCached = true,
        .until = report.startedAt.addDays(1),
        .findings = {{"mtaSts.oddPolicy"_ba, "line 4"_ba}}};
    policies.verdicts = {
        {Net::Sender::Opportunistic, Net::Conduct::SendsEncrypted, "policy.anyCertificate"_ba, {}},
        {Net::Sender::MtaSts, Net::Conduct::SendsEncrypted, "mtaSts.testing"_ba, {}},
        {Net::Sender::Dane, Net::Conduct::SendsAuthenticated, "policy.daneMatch"_ba,
            "3 1 1 2a: matches"_ba}};
    report.policies = {policies};
    return report;
}

} // namespace

class RelayReportTest final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void jsonIsLossless()
    {
        RelayReport report = sample();
        report.cells.append(report.cells.first());
        report.cells.last().key.host = u"mx2.example.org"_s;
        const QByteArray json = exportReport(report, ReportFormat::Json);
        QVERIFY(!json.contains('\x1b'));
        const auto read = readReport(json);
        QVERIFY(read);
        QCOMPARE(*read, report);
    }

    void security()
    {
        const RelayReport report = inspected();
        const auto read = readReport(exportReport(report, ReportFormat::Json));
        QVERIFY(read);
        QCOMPARE(read->policies, report.policies);
        QCOMPARE(read->inspections, report.inspections);
        // What is published is one thing, what it was found to match another.
        const QJsonValue written = reportToJson(report)[u"policies"_s][0];
        QCOMPARE(written[u"tlsa"_s][0][u"result"_s].toString(), u"matches"_s);
        QCOMPARE(written[u"dane"_s][u"records"_s][0].toObject().keys(),
            (QStringList {u"association"_s, u"matchingType"_s, u"selector"_s, u"usage"_s}));
        QJsonObject former = reportToJson(report);
        former.remove(u"policies"_s);
        former.remove(u"inspections"_s);
        const auto old = reportFromJson(former);
        QVERIFY(old);
        QVERIFY(old->policies.isEmpty() && old->inspections.isEmpty());
        // As versions without resumption wrote it.
        QJsonObject before = inspectionToJson(report.inspections[0]);
        before.remove(u"resumptions"_s);
        before.remove(u"extendedMasterSecret"_s);
        before.remove(u"caa"_s);
        const auto inspection = inspectionFromJson(before);
        QVERIFY(inspection);
        QVERIFY(inspection->resumptions.isEmpty() && !inspection->extendedMasterSecret);
        QVERIFY(!inspection->caa);
        QCOMPARE(inspection->versions, report.inspections[0].versions);
        QByteArray odd = exportReport(report, ReportFormat::Json);
        odd.replace("\"mta-sts\"", "\"mta-xyz\"");
        QVERIFY(!readReport(odd));

        const QByteArray text = exportReport(report, ReportFormat::Text);
        QVERIFY2(text.contains("TLS of [2001:db8::1]:25 STARTTLS"), text.constData());
        QVERIFY2(
            text.contains("TLS_DHE_RSA_WITH_AES_128_GCM_SHA256 (2048 bits)"), text.constData());
        QVERIFY2(text.contains("3 1 1 2a2a"), text.constData());
        QVERIFY2(text.contains("dane sender"), text.constData());
        QVERIFY2(text.contains("ticket good for 7200 s"), text.constData());
        QVERIFY2(text.contains("extended master secret (TLS 1.2)"), text.constData());
        QVERIFY2(text.contains("example.org: 0 issue \"ca.example\""), text.constData());
        QVERIFY2(text.contains("authenticated"), text.constData());
        const QByteArray html = exportReport(report, ReportFormat::Html);
        QVERIFY(html.contains("TLSA &lt;x&gt;") && html.contains("421 &lt;later&gt;"));
    }

    void securityChanges()
    {
        const RelayReport former = inspected();
        RelayReport later = former;
        QCOMPARE(compareReports(former, later), QList<ReportDifference>());
        later.inspections[0].versions[0].judged.acceptance = Acceptance::Accepted;
        later.inspections[0].versions[1].accepted.removeLast();
        later.inspections[0].versions[2].judged.acceptance = Acceptance::Refused;
        later.inspections[0].resumptions[1].outcome = Resumption::NotResumed;
        later.inspections[0].resumptions[1].maxEarlyData = 16384;
        later.inspections[0].resumptions[2].outcome = Resumption::Resumed; // was not tested before
        later.inspections[0].extendedMasterSecret = false;
        later.inspections[0].caa->records = {{128, "issuewild", "<;>\xff"}};
        later.policies[0].verdicts[2].conduct = Net::Conduct::DoesNotSend;
        later.policies[0].verdicts[1].reason = "policy.notReached";
        later.policies[0].verdicts[1].conduct = Net::Conduct::DoesNotSend;
        const QByteArray where = "[2001:db8::1]:25 STARTTLS ";
        const QList<ReportDifference> expected {
            {"report.tlsAccepts", Severity::Warning, where + "TLSv1", "refused", "accepted"},
            {"report.tlsSuites", Severity::Info, where + "TLSv1.2",
                "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256, TLS_DHE_RSA_WITH_AES_128_GCM_SHA256",
                "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"},
            {"report.tlsResumption", Severity::Info, where + "ticket", "resumed", "notResumed"},
            {"report.tlsEarlyData", Severity::Warning, where.trimmed(), "0", "16384"},
            {"report.caa", Severity::Info, "mx.example.org",
                R"(0 issue "ca.example", 128 issuewild "<;>\255")", R"(128 issuewild "<;>\255")"},
            {"report.tlsMasterSecret", Severity::Warning, where.trimmed(), "used", "notUsed"},
            {"report.policy", Severity::Warning, "dane sender at 2001:db8::1", "authenticated",
                "none"}};
        QCOMPARE(compareReports(former, later), expected);
        for (const ReportDifference &one : expected)
            QVERIFY(sentenceOf(one).contains(QString::fromUtf8(one.later)));
        // Nor has one of a version that did not ask.
        RelayReport early = former;
        early.inspections[0].resumptions[1].maxEarlyData = 16384;
        early.inspections[0].findings = tlsFindings(
            early.inspections[0], early.inspections[0].startedAt);
        early.findings = early.inspections[0].findings;
        RelayReport unasked = former;
        unasked.findings = unasked.inspections[0].findings;
        QCOMPARE(compareReports(unasked, early).last().id, "report.findingNew"_ba);
        unasked.inspections[0].resumptions.clear();
        QCOMPARE(compareReports(unasked, early), QList<ReportDifference>());
        // A report without an inspection has nothing to say about what one found.
        later.inspections.clear();
        later.policies.clear();
        RelayReport told = former;
        told.findings = told.inspections.first().findings;
        QVERIFY(!told.findings.isEmpty());
        QCOMPARE(compareReports(told, later), QList<ReportDifference>());
    }

    void policiesAreJudged()
    {
        HostPolicies policies = inspected().policies.first();
        const QList<Finding> odd = policyFindings(policies);
        QCOMPARE(odd.size(), 1);
        QCOMPARE(odd.first().id, "mtaSts.oddPolicy"_ba);
        QCOMPARE(odd.first().severity, Severity::Info);
        policies.mtaSts.findings.clear();
        policies.verdicts[2] = {
            Net::Sender::Dane, Net::Conduct::DoesNotSend, "policy.daneMismatch"_ba, "3 1 1"_ba};
        const QList<Finding> held = policyFindings(policies);
        QCOMPARE(held.size(), 1);
        QCOMPARE(held.first().id, "certificate.tlsaMismatch"_ba);
        QCOMPARE(held.first().severity, Severity::Error);
        QCOMPARE(held.first().subject, "3 1 1"_ba);
        policies.verdicts[2].reason = "policy.notReached";
        QVERIFY(policyFindings(policies).isEmpty());
    }

    /// What a STARTTLS cell says of TLS: a 5yz to the command is no failed handshake.
    void cellsJudgeTls()
    {
        Net::HostSecurity host;
        host.host = u"mx.example.org"_s;
        Cell cell {.key = {25, Family::IPv4, TlsMode::StartTls}, .state = CellState::TlsFailed};
        QCOMPARE(hostPolicies(host, cell).verdicts.first().reason, "policy.handshakeFailed"_ba);
        cell.reply = Smtp::Reply {554, {"no key"_ba}};
        QCOMPARE(hostPolicies(host, cell).verdicts.first().reason, "policy.noTls"_ba);
        cell.state = CellState::Busy;
        QCOMPARE(hostPolicies(host, cell).verdicts.first().reason, "policy.notReached"_ba);
        cell.state = CellState::Works;
        cell.address = u"192.0.2.1"_s;
        cell.tls = facts("aa");
        const HostPolicies works = hostPolicies(host, cell);
        QCOMPARE(works.verdicts.first().conduct, Net::Conduct::SendsEncrypted);
        QCOMPARE(works.address, u"192.0.2.1"_s);
    }

    void jsonRefused_data()
    {
        QTest::addColumn<QByteArray>("json");
        QTest::addColumn<Base::Error::Kind>("kind");
        using Kind = Base::Error::Kind;
        QTest::newRow("no JSON") << "<html>"_ba << Kind::InvalidInput;
        QTest::newRow("something else") << "{\"format\":\"x\"}"_ba << Kind::InvalidInput;
        QTest::newRow("newer") << "{\"format\":\"mailgauge-relay-report\",\"version\":2}"_ba
                               << Kind::Unsupported;
        QTest::newRow("no id") << "{\"format\":\"mailgauge-relay-report\",\"version\":1}"_ba
                               << Kind::Corrupt;
        QByteArray odd = exportReport(sample(), ReportFormat::Json);
        odd.replace("\"starttls\"", "\"sometls\"");
        QTest::newRow("unknown name") << odd << Kind::Corrupt;
    }

    void jsonRefused()
    {
        QFETCH(const QByteArray, json);
        QFETCH(const Base::Error::Kind, kind);
        const auto read = readReport(json);
        QVERIFY(!read);
        QCOMPARE(read.error().kind, kind);
    }

    void exports()
    {
        const RelayReport report = sample();
        const QByteArray text = exportReport(report, ReportFormat::Text);
        const QByteArray html = exportReport(report, ReportFormat::Html);
        QVERIFY(!text.contains('\x1b') && !html.contains('\x1b'));
        QVERIFY(!html.contains("<script") && !html.contains("<b>"));
        QCOMPARE(Test::compareGolden(u"diagnose/report.txt"_s, text), QString());
        QCOMPARE(Test::compareGolden(u"diagnose/report.html"_s, html), QString());
        QCOMPARE(exitCodeOf(report), 1);
    }

    /// What each exchanger of a domain was asked, in every form.
    void checksOfEachExchanger()
    {
        RelayReport report = sample();
        report.checks.clear();
        for (const char *host : {"mx.example.org", "mx2.example.org"}) {
            CheckResult one;
            one.check = Check::Postmaster;
            one.host = QLatin1StringView(host);
            one.verdict = Verdict::Ok;
            report.checks.append(one);
        }
        const auto read = readReport(exportReport(report, ReportFormat::Json));
        QVERIFY(read.has_value());
        QCOMPARE(*read, report);
        for (const ReportFormat format : {ReportFormat::Text, ReportFormat::Html}) {
            const QByteArray shown = exportReport(report, format);
            for (const char *host : {"mx.example.org: ", "mx2.example.org: "})
                QVERIFY2(shown.contains(host), shown.constData());
        }
        RelayReport later = report;
        later.checks[1].verdict = Verdict::Finding;
        later.checks[1].findings = {{"postmaster.refused", Severity::Warning, {}, {}}};
        later.findings.append(later.checks[1].findings);
        const QList<ReportDifference> differences = compareReports(report, later);
        QCOMPARE(differences.size(), 2);
        QCOMPARE(differences.first().subject, "postmaster of mx2.example.org"_ba);
        QCOMPARE(differences.last().id, "report.findingNew"_ba);
        // An older one asked the first alone, and did not say so.
        QJsonObject old = reportToJson(report);
        QJsonObject asked = old[u"checks"_s].toArray().first().toObject();
        asked.remove(u"host"_s);
        asked.insert(u"verdict"_s, u"finding"_s);
        old.insert(u"checks"_s, QJsonArray {asked});
        const auto former = reportFromJson(old);
        QVERIFY(former.has_value());
        QCOMPARE(
            former->check({Check::Postmaster, u"mx.example.org"_s})->verdict, Verdict::Finding);
        QCOMPARE(former->check(Check::Postmaster)->verdict, Verdict::Finding);
        QVERIFY(!former->check({Check::Postmaster, u"mx2.example.org"_s}));
        QCOMPARE(compareReports(*former, report).size(), 1);
    }

    void nothingChanged()
    {
        QVERIFY(compareReports(sample(), sample()).isEmpty());
        QVERIFY(comparisonText(sample(), sample()).contains("no difference"));
    }

    void changes()
    {
        RelayReport former = sample();
        const auto result = [](Check check, Verdict verdict, const QList<Finding> &findings) {
            CheckResult made;
            made.check = check;
            made.verdict = verdict;
            made.findings = findings;
            return made;
        };
        const Finding oversize {"size.notObeyed", Severity::Warning, "SIZE=21", {}};
        const Finding leak {"vrfy.leak", Severity::Warning, "VRFY", {}};
        former.checks += QList {
            result(Check::StartTlsInjection, Verdict::Finding, {former.findings.first()}),
            result(Check::SizeLimit, Verdict::Ok, {})};
        RelayReport later = former;
        later.cells[0].inClear = Smtp::Capabilities::fromEhlo({250, {"mx"_ba, "SIZE 20"_ba}});
        later.cells[0].inTls = Smtp::Capabilities::fromEhlo(
            {250, {"mx"_ba, "AUTH PLAIN LOGIN"_ba, "DSN"_ba}});
        later.cells[0].tls = facts("bb");
        later.cells[0].tls->version = "TLSv1.2";
        later.cells[1].state = CellState::Works; // was busy: no difference
        later.cells[2].state = CellState::Works;
        later.checks[0].verdict = Verdict::Ok; // was not tested: no difference
        later.checks[1].verdict = Verdict::Ok;
        later.checks[0].findings = {leak}; // so is this finding
        later.checks[2] = result(Check::StartTlsInjection, Verdict::Ok, {});
        later.checks[3] = result(Check::SizeLimit, Verdict::Finding, {oversize});
        later.findings.removeFirst();
        later.findings += QList {oversize, leak};
        QByteArrayList ids;
        for (const ReportDifference &difference : compareReports(former, later)) {
            ids.append(difference.id);
            const QString text = sentenceOf(difference);
            QVERIFY2(!text.startsWith(u"The sessions differ"_s), difference.id.constData());
        }
        QCOMPARE(ids,
            (QByteArrayList {"report.capabilityLost"_ba, "report.capabilityChanged"_ba,
                "report.capabilityGained"_ba, "report.tlsVersion"_ba, "report.key"_ba,
                "report.cell"_ba, "report.check"_ba, "report.check"_ba, "report.check"_ba,
                "report.findingNew"_ba, "report.findingGone"_ba}));
        QCOMPARE(Test::compareGolden(u"diagnose/comparison.txt"_s, comparisonText(former, later)),
            QString());
    }

    void losingACellIsAnError()
    {
        RelayReport later = sample();
        later.cells[0].state = CellState::Refused;
        const auto differences = compareReports(sample(), later);
        QCOMPARE(differences.size(), 1);
        QCOMPARE(differences.first().severity, Severity::Error);
        QCOMPARE(differences.first().former, "works"_ba);
        QCOMPARE(differences.first().later, "refused"_ba);
    }

    void store()
    {
        const QTemporaryDir directory;
        Store::ReportStore reports(directory.filePath(u"diagnoses"_s));
        QVERIFY(reports.list({}).result()->isEmpty());
        RelayReport second = sample();
        second.id = uuid(9);
        second.host = u"other.example"_s;
        second.domain.clear();
        second.startedAt = second.startedAt.addDays(1);
        QVERIFY(reports.save(sample()).result());
        QVERIFY(reports.save(second).result());
        QVERIFY(reports.save(second).result()); // replaces
        // A damaged one does not hide the others.
        QFile damaged(directory.filePath(u"diagnoses/x.json"_s));
        QVERIFY(damaged.open(QIODevice::WriteOnly) && damaged.write("{") == 1);
        damaged.close();
        const auto all = reports.list({}).result();
        QVERIFY(all);
        QCOMPARE(all->size(), 2);
        QCOMPARE(all->first(), summaryOf(second));
        QCOMPARE(all->last().errors, 1);
        QCOMPARE(reports.list(u"MX.example.ORG"_s).result()->size(), 1);
        QCOMPARE(reports.list(u"example.org"_s).result()->size(), 1);
        QCOMPARE(*reports.report(uuid(1)).result(), sample());
        QVERIFY(reports.remove(uuid(1)).result());
        const auto gone = reports.report(uuid(1)).result();
        QVERIFY(!gone && gone.error().kind == Base::Error::Kind::InvalidInput);
        QVERIFY(!reports.remove(uuid(1)).result());
        const QFileInfo file(
            directory.filePath(u"diagnoses/%1.json"_s.arg(uuid(9).toString(QUuid::WithoutBraces))));
        QCOMPARE(file.permissions() & (QFile::ReadGroup | QFile::ReadOther), QFile::Permissions());
    }
};

QTEST_GUILESS_MAIN(RelayReportTest)
#include "tst_relayreport.moc"
