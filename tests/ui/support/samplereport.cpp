// SPDX-License-Identifier: GPL-3.0-or-later
#include "samplereport.h"

#include "base/literals.h"

namespace Mailgauge::Test {

namespace {

using namespace Diagnose;

const QDateTime sampleTime(QDate(2026, 3, 14), QTime(9, 26, 53), QTimeZone::UTC);

Tls::CertificateFacts certificate(const QString &subject, const QString &issuer,
    const QStringList &names, const QDate &from, const QDate &until)
{
    Tls::CertificateFacts facts;
    facts.subject = subject;
    facts.issuer = issuer;
    facts.names = names;
    facts.notBefore = QDateTime(from, QTime(0, 0), QTimeZone::UTC);
    facts.notAfter = QDateTime(until, QTime(0, 0), QTimeZone::UTC);
    facts.sha256 = QByteArray(64,
        subject.contains(u"mx"_s)         ? 'a'
            : subject.contains(u"Root"_s) ? 'e'
                                          : 'b');
    facts.keySha256 = QByteArray(64, subject.contains(u"mx"_s) ? 'c' : 'd');
    facts.der = subject.toUtf8(); // Stands for the certificate.
    facts.keyType = subject.contains(u"mx"_s) ? u"EC P-256"_s : u"RSA 4096"_s;
    return facts;
}

QList<Tls::CertificateFacts> chain()
{
    return {certificate(u"CN=mx.example.org"_s, u"CN=Example Issuing CA 3,O=Example Trust"_s,
                {u"example.org"_s, u"mx.example.org"_s, u"*.mail.example.org"_s}, QDate(2026, 1, 2),
                QDate(2026, 4, 2)),
        certificate(u"CN=Example Issuing CA 3,O=Example Trust"_s,
            u"CN=Example Root,O=Example Trust"_s, {}, QDate(2022, 5, 1), QDate(2032, 5, 1))};
}

Tls::TlsFacts tlsFacts()
{
    Tls::TlsFacts facts;
    facts.version = "TLSv1.3";
    facts.cipher = "TLS_AES_256_GCM_SHA384";
    facts.serverName = u"mx.example.org"_s;
    facts.chainTrusted = true;
    facts.nameMatches = true;
    facts.accepted = true;
    facts.chain = chain();
    return facts;
}

Smtp::Capabilities capabilities(bool withAuth, bool withStartTls)
{
    Smtp::Reply reply {250,
        {"mx.example.org"_ba, "PIPELINING"_ba, "SIZE 52428800"_ba, "8BITMIME"_ba, "SMTPUTF8"_ba,
            "ENHANCEDSTATUSCODES"_ba}};
    if (withStartTls)
        reply.lines.append("STARTTLS"_ba);
    if (withAuth)
        reply.lines.append("AUTH PLAIN LOGIN SCRAM-SHA-256"_ba);
    return Smtp::Capabilities::fromEhlo(reply);
}

void work(Cell &cell)
{
    cell.state = CellState::Works;
    cell.session = QUuid::createUuidV5(
        QUuid(), QByteArray::number(cell.key.port) + tlsModeName(cell.key.mode).toByteArray());
    cell.address = u"203.0.113.25"_s;
    cell.greeting = "mx.example.org ESMTP <b>ready</b>";
    cell.timings = {{Smtp::Stage::Connect, 12'400}, {Smtp::Stage::Greeting, 31'800},
        {Smtp::Stage::Helo, 11'900}};
    cell.totalUs = 56'100;
    cell.tries = 1;
    if (cell.key.mode != TlsMode::Implicit)
        cell.inClear = capabilities(cell.key.port == 587, true);
    if (cell.key.mode == TlsMode::Clear)
        return;
    cell.inTls = capabilities(cell.key.port != 25, false);
    cell.tls = tlsFacts();
    cell.timings.insert(Smtp::Stage::Tls, 27'300);
    cell.totalUs += 27'300;
}

void refuse(Cell &cell, CellState state, qint64 us)
{
    cell.state = state;
    cell.address = u"203.0.113.25"_s;
    cell.totalUs = us;
}

void settle(Cell &cell)
{
    const bool implicit = cell.key.mode == TlsMode::Implicit;
    if (cell.key.family == Family::IPv6) {
        cell.state = CellState::NoAddress;
        return;
    }
    if (cell.key.port == 2525) {
        refuse(cell, CellState::TimedOut, 30'000'000);
    } else if (cell.key.port == 465 && !implicit) {
        refuse(cell, CellState::TlsExpected, 5'020'000);
    } else if (cell.key.port != 465 && implicit) {
        refuse(cell, CellState::ClearExpected, 44'700);
    } else if (cell.key.port == 25 && cell.key.mode == TlsMode::Clear) {
        refuse(cell, CellState::Busy, 15'200'000);
        cell.reply = Smtp::Reply {421, {"4.7.0 mx.example.org Too many connections"_ba}};
        cell.tries = 3;
        cell.session = QUuid::createUuidV5(QUuid(), "busy"_ba);
    } else {
        work(cell);
    }
}

QUuid submissionSession()
{
    return QUuid::createUuidV5(QUuid(), "587clear"_ba);
}

Evidence line(Transcript::Direction direction, const QByteArray &text, qint64 entry)
{
    return {Evidence::Kind::Line, submissionSession(), entry, direction, text};
}

Evidence other(Evidence::Kind kind, const QByteArray &text)
{
    return {kind, QUuid(), -1, Transcript::Direction::Event, text};
}

QList<Finding> findings()
{
    using enum Transcript::Direction;
    using enum Base::Severity;
    return {
        {"quirk.bareLfInReply", Error, "250 <b>ok</b>",
            {line(Client, "RCPT TO:<someone@example.net>", 12), line(Server, "250 2.1.5 Ok", 13)}},
        {"certificate.expired", Warning, "mx.example.org",
            {other(Evidence::Kind::Certificate, "CN=mx.example.org")}},
        {"quirk.longReplyLine", Info, "600 octets",
            {other(Evidence::Kind::Record, "mx.example.org. 300 IN A 203.0.113.25")}}};
}

CheckResult result(Check check, Verdict verdict, qint64 us)
{
    CheckResult one;
    one.check = check;
    one.verdict = verdict;
    one.us = us;
    return one;
}

CheckResult openRelay()
{
    CheckResult relay = result(Check::OpenRelay, Verdict::Finding, 812'000);
    relay.findings = {findings().first()};
    relay.sessions = {submissionSession()};
    for (const QByteArray &form : {"plain address"_ba, "percent hack"_ba, "bang path"_ba,
             "quoted local part"_ba, "source route"_ba}) {
        const bool taken = form == "percent hack";
        const QByteArray command = taken ? "RCPT TO:<someone%example.net@mx.example.org>"_ba
                                         : "RCPT TO:<someone@example.net>"_ba;
        const QByteArray answer = taken ? "250 2.1.5 Ok"_ba : "554 5.7.1 Relay access denied"_ba;
        relay.probes.append({form, command, answer, taken ? Verdict::Finding : Verdict::Ok,
            line(Transcript::Direction::Server, answer, relay.probes.size() * 2 + 7)});
    }
    return relay;
}

QList<CheckResult> checks()
{
    QList<CheckResult> results;
    for (const Check check : allChecks()) {
        if (check == Check::OpenRelay) {
            results.append(openRelay());
        } else if (check == Check::Vrfy) {
            results.append(result(check, Verdict::NotTested, 0));
            results.last().reason = "notTested.busy";
            results.last().detail = "421 4.7.0 Slow down";
        } else if (consentFor(check) == Consent::None) {
            results.append(result(check, Verdict::Ok, 48'000));
        }
    }
    return results;
}

ProbedVersion version(quint16 code, const Judged &judged, const QList<AcceptedSuite> &accepted)
{
    ProbedVersion one;
    one.code = code;
    one.judged = judged;
    one.accepted = accepted;
    return one;
}

} // namespace

RelayReport waitingReport()
{
    RelayReport report;
    report.id = QUuid::createUuidV5(QUuid(), "sample"_ba);
    report.startedAt = sampleTime;
    report.host = u"mx.example.org"_s;
    report.domain = u"example.org"_s;
    for (const quint16 port : QList<quint16> {25, 465, 587, 2525}) {
        for (const Family family : {Family::IPv4, Family::IPv6}) {
            for (const TlsMode mode : {TlsMode::Clear, TlsMode::StartTls, TlsMode::Implicit}) {
                report.cells.append(Cell());
                report.cells.last().key = {port, family, mode};
            }
        }
    }
    for (const Check check : allChecks()) {
        if (consentFor(check) == Consent::None)
            report.checks.append(result(check, Verdict::Waiting, 0));
    }
    return report;
}

RelayReport sampleReport()
{
    RelayReport report = waitingReport();
    report.totalUs = 31'400'000;
    report.port = 587;
    report.findings = findings();
    report.checks = checks();
    for (Cell &cell : report.cells)
        settle(cell);
    return report;
}

HostPolicies samplePolicies()
{
    const Tls::TlsaRecord fits {3, 1, 1, QByteArray::fromHex(QByteArray(64, 'c'))};
    const Tls::TlsaRecord next {3, 1, 1, QByteArray::fromHex(QByteArray(64, '7'))};
    HostPolicies policies;
    policies.host = u"mx.example.org"_s;
    policies.domain = "example.org";
    policies.address = u"203.0.113.25"_s;
    policies.dane = {.state = Net::DaneFacts::State::Usable,
        .reason = "dane.usable",
        .baseDomain = "mx.example.org",
        .records = {fits, next},
        .detail = u"TLSA _25._tcp.mx.example.org: 2 records, authenticated"_s};
    policies.tlsa = {
        {fits, Tls::TlsaResult::Kind::Matches, 0}, {next, Tls::TlsaResult::Kind::Differs, -1}};
    policies.mtaSts.domain = "example.org";
    policies.mtaSts.id = "20260301T080000";
    policies.mtaSts.policy = Net::MtaStsPolicy {
        Net::MtaStsPolicy::Mode::Enforce, {u"mail.example.org"_s}, 604'800};
    policies.mtaSts.until = sampleTime.addDays(7);
    policies.verdicts = {
        {Net::Sender::Opportunistic, Net::Conduct::SendsEncrypted, "policy.anyCertificate", {}},
        {Net::Sender::MtaSts, Net::Conduct::DoesNotSend, "mtaSts.hostNotNamed",
            "mx.example.org: mail.example.org"},
        {Net::Sender::Dane, Net::Conduct::SendsAuthenticated, "policy.daneMatch",
            Tls::describe(policies.tlsa).toUtf8()}};
    return policies;
}

TlsInspection sampleInspection()
{
    TlsInspection inspection;
    inspection.startedAt = sampleTime;
    inspection.host = u"mx.example.org"_s;
    inspection.address = u"203.0.113.25"_s;
    inspection.port = 587;
    inspection.versions = {version(0x0302, {Acceptance::Refused, "alert 70 protocol_version"}, {}),
        version(0x0303, {Acceptance::Accepted, "ServerHello TLSv1.2"},
            {{0xc02c, 29, 0}, {0x009f, 0, 1024}}),
        version(0x0304, {Acceptance::Accepted, "ServerHello TLSv1.3"}, {{0x1302, 29, 0}})};
    ProbedVersion &middle = inspection.versions[1];
    middle.refused = {0x000a};
    middle.refusedBy = "alert 40 handshake_failure";
    middle.notTested = {0xc0a0};
    middle.notTestedWhy = "421 4.7.0 Slow down";
    middle.choice = SuiteChoice::Server;
    inspection.groups = {{29, {Acceptance::Accepted, "key_share"}}};
    inspection.resumptions = {{.by = Tls::ResumptionBy::SessionId,
                                  .outcome = Resumption::NotTested,
                                  .evidence = "421 <b>later</b>"},
        {.by = Tls::ResumptionBy::Ticket, .outcome = Resumption::NotResumed, .lifetime = 7200},
        {.by = Tls::ResumptionBy::PreSharedKey,
            .outcome = Resumption::Resumed,
            .lifetime = 7200,
            .maxEarlyData = 16384}};
    inspection.extendedMasterSecret = false;
    InspectedChain shown;
    shown.facts = tlsFacts();
    const QList<Tls::CertificateFacts> facts = chain();
    for (const Tls::CertificateFacts &one : facts)
        shown.sent.append({one, {}});
    shown.path = shown.sent;
    shown.path.append(
        {certificate(u"CN=Example Root,O=Example Trust"_s, u"CN=Example Root,O=Example Trust"_s, {},
             QDate(2015, 1, 1), QDate(2040, 1, 1)),
            {}});
    shown.names = {{u"mx.example.org"_s, "host", true, u"mx.example.org"_s},
        {u"example.net"_s, "domain", false, {}}};
    shown.tlsa = {"3 1 1 " + QByteArray(64, 'c'), "2 1 1 " + QByteArray(64, 'd')};
    shown.timestamps = QList<Tls::SignedTimestamp> {
        {.source = Tls::SignedTimestamp::Source::Certificate,
            .version = 1,
            .logId = QByteArray(32, 'L'),
            .at = sampleTime,
            .signatureAlgorithm = u"ecdsa-with-SHA256"_s}};
    inspection.caa = Net::CaaFacts {.state = Net::CaaFacts::State::Found,
        .host = "mx.example.org",
        .owner = "example.org",
        .records = {{0, "issue", "ca.example"}},
        .authenticated = true};
    shown.staple.emplace();
    shown.staple->state = Tls::OcspStaple::State::Good;
    shown.staple->verified = true;
    inspection.chains = {shown};
    return inspection;
}

} // namespace Mailgauge::Test
