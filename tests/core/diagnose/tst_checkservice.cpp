// SPDX-License-Identifier: GPL-3.0-or-later
#include "closedport.h"
#include "fakerelay.h"
#include "fakeresolver.h"
#include "fakesessions.h"

#include "base/literals.h"
#include "diagnose/celljudge.h"
#include "diagnose/checkservice.h"
#include "diagnose/gridrun.h"
#include "store/reportstore.h"

#include <QSet>
#include <QSignalSpy>
#include <QTest>

#include <algorithm>

using namespace Mailgauge;
using namespace Mailgauge::Diagnose;
using Test::FakeRelay;
using Test::Script;

namespace {

const Base::SystemClock systemClock;

CheckOptions optionsFor(const QList<quint16> &ports)
{
    CheckOptions options;
    options.relay.target.host = u"127.0.0.1"_s;
    options.relay.target.port = ports.first();
    options.relay.session.ehloName = "client.example";
    options.relay.session.deadlines.greeting = std::chrono::seconds(20);
    options.relay.tlsOptions.caPem = Test::testIdentity().caPem;
    options.ports = ports;
    options.families = {Family::IPv4};
    options.checks = {};
    options.parallel = 1;
    options.pause = std::chrono::milliseconds(1);
    return options;
}

Script hidden(const QByteArrayList &capabilities = {})
{
    return Script().startTls().then(Script::hello(capabilities).quit());
}

QByteArrayList idsOf(const RelayReport &report)
{
    QByteArrayList ids;
    for (const Finding &finding : report.findings)
        ids.append(finding.id);
    return ids;
}

} // namespace

class CheckServiceTest final : public QObject {
    Q_OBJECT

    RelayReport diagnose(const CheckOptions &options, const std::function<void()> &meanwhile = {})
    {
        Delivery::SendService sender(&m_sessions, systemClock);
        CheckService service(sender, &m_sessions, nullptr, systemClock);
        QSignalSpy started(&service, &CheckService::started);
        QSignalSpy progress(&service, &CheckService::progressed);
        QSignalSpy finished(&service, &CheckService::finished);
        m_service = &service;
        m_id = service.start(options);
        if (meanwhile)
            connect(&service, &CheckService::cellChanged, this,
                [meanwhile](const QUuid &, const Cell &cell) {
                    if (cell.state == CellState::Running)
                        meanwhile();
                });
        if (!Test::waitFor([&finished] { return !finished.isEmpty(); }, 30'000))
            return {};
        const auto report = finished.first().first().value<RelayReport>();
        if (started.size() != 1 || progress.isEmpty() || report.id != m_id
            || progress.last().at(1) != progress.last().at(2))
            return {};
        return report;
    }

    Test::FakeSessions m_sessions;
    CheckService *m_service = nullptr;
    QUuid m_id;

private Q_SLOTS:
    void init() { m_sessions.records.clear(); }

    /// A port in clear with STARTTLS and one with TLS from the first byte, each tried in every way.
    void crossedPorts()
    {
        FakeRelay clear({Script().send("220 fake.example ESMTP\r\n"_ba).expectEnd(),
                            Script::hello({"STARTTLS"_ba, "SIZE 1000"_ba}).quit(),
                            Script::hello({"STARTTLS"_ba}).upgrade({"AUTH PLAIN"_ba}).quit()},
            Test::testIdentity().identity);
        FakeRelay tls({hidden({"AUTH LOGIN"_ba}), Script().hang()}, Test::testIdentity().identity);
        const RelayReport report = diagnose(optionsFor({clear.port(), tls.port()}));
        QCOMPARE(report.cells.size(), 6);
        const auto cell = [&](const FakeRelay &relay, TlsMode mode) {
            const Cell *found = report.cell({relay.port(), Family::IPv4, mode});
            return found ? *found : Cell();
        };
        QCOMPARE(cell(clear, TlsMode::Clear).state, CellState::Works);
        QCOMPARE(cell(clear, TlsMode::StartTls).state, CellState::Works);
        QCOMPARE(cell(clear, TlsMode::Implicit).state, CellState::ClearExpected);
        QCOMPARE(cell(tls, TlsMode::Implicit).state, CellState::Works);
        QCOMPARE(cell(tls, TlsMode::Clear).state, CellState::TlsExpected);
        QCOMPARE(cell(tls, TlsMode::StartTls).state, CellState::TlsExpected);

        const Cell inClear = cell(clear, TlsMode::Clear);
        QCOMPARE(inClear.greeting, "fake.example ESMTP"_ba);
        QCOMPARE(inClear.address, u"127.0.0.1"_s);
        QVERIFY(inClear.inClear && inClear.inClear->has("SIZE") && !inClear.inTls);
        QVERIFY(!inClear.tls);
        QVERIFY(inClear.timings.contains(Smtp::Stage::Helo));
        const Cell upgraded = cell(clear, TlsMode::StartTls);
        QVERIFY(upgraded.inClear && upgraded.inClear->has("STARTTLS"));
        QVERIFY(upgraded.inTls && upgraded.inTls->authMechanisms() == QByteArrayList {"PLAIN"_ba});
        QVERIFY(upgraded.tls && upgraded.tls->reasons.isEmpty());
        // Each session can be opened.
        for (const Cell &one : report.cells) {
            QVERIFY(
                std::ranges::find(m_sessions.records, one.session, &Transcript::SessionRecord::id)
                != m_sessions.records.end());
            QVERIFY(!m_sessions.transcripts.value(one.session).isEmpty());
        }
        QVERIFY2(report.findings.isEmpty(), idsOf(report).join(' ').constData());
        QCOMPARE(exitCodeOf(report), 0);
    }

    void noSecretLeaves()
    {
        FakeRelay relay({Script::hello({"AUTH PLAIN"_ba}).quit()});
        CheckOptions options = optionsFor({relay.port()});
        options.modes = {TlsMode::Clear};
        options.relay.session.auth.need = Smtp::AuthOptions::Need::Required;
        options.relay.session.auth.user = "ann";
        options.relay.session.auth.password = Base::Secret("c4n4ry");
        options.relay.session.auth.allowWithoutTls = true;
        const RelayReport report = diagnose(options);
        QCOMPARE(report.cells.first().state, CellState::Works);
        QCOMPARE(relay.received(), "EHLO client.example\r\nQUIT\r\n"_ba);
    }

    /// A port of the profile's own carries one connection to an address.
    void ownPortIsLeftOut()
    {
        FakeRelay relay({Script::hello().quit()});
        CheckOptions options = optionsFor({relay.port()});
        options.relay.target.localPort = Test::ClosedPort().port();
        options.modes = {TlsMode::Clear, TlsMode::StartTls};
        options.parallel = 2;
        const RelayReport report = diagnose(options);
        QCOMPARE(report.cells.first().state, CellState::Works);
        QCOMPARE(report.cells.last().state, CellState::NotOffered);
    }

    void certificateIsAFinding()
    {
        FakeRelay relay({hidden()}, Test::testIdentity().identity);
        CheckOptions options = optionsFor({relay.port()});
        options.modes = {TlsMode::Implicit};
        options.relay.tlsOptions.caPem.clear();
        const RelayReport report = diagnose(options);
        QCOMPARE(report.cells.first().state, CellState::Works);
        QCOMPARE(idsOf(report).first().left(12), "certificate."_ba);
        QCOMPARE(report.findings.first().evidence.first().kind, Evidence::Kind::Certificate);
    }

    /// Never "STARTTLS is missing", and never "not there": a limit of the server's.
    void limiterIsNotACapability()
    {
        const Script limiter = Script().send("421 4.7.0 too many connections\r\n"_ba).close();
        FakeRelay relay({limiter, Script::hello({"STARTTLS"_ba}).upgrade().quit()},
            Test::testIdentity().identity);
        CheckOptions options = optionsFor({relay.port()});
        options.modes = {TlsMode::StartTls};
        const RelayReport report = diagnose(options);
        QCOMPARE(report.cells.first().state, CellState::Works);
        QCOMPARE(report.cells.first().tries, 2);
        QCOMPARE(report.pauses.size(), 1);
        QCOMPARE(report.pauses.first().reply, "421 4.7.0 too many connections"_ba);
        QCOMPARE(report.pauses.first().where, cellName(report.cells.first().key));

        FakeRelay always({limiter});
        CheckOptions more = optionsFor({always.port()});
        more.parallel = 4;
        const RelayReport busy = diagnose(more);
        for (const Cell &cell : busy.cells) {
            if (cell.key.mode == TlsMode::Implicit)
                continue;
            QCOMPARE(cell.state, CellState::Busy);
            QCOMPARE(cell.tries, 3);
            QVERIFY(cell.reply && cell.reply->code == 421);
        }
        QVERIFY(idsOf(busy).contains("grid.busy"));
        QVERIFY(!idsOf(busy).contains("grid.noStartTls"));
    }

    void onlyOneFamily()
    {
        FakeRelay relay({Script::hello().quit()}, {}, u"::1"_s);
        if (relay.port() == 0)
            QSKIP("no IPv6 on loopback");
        CheckOptions options = optionsFor({relay.port()});
        options.relay.target.host = u"::1"_s;
        options.families = {Family::IPv4, Family::IPv6};
        options.modes = {TlsMode::Clear};
        const RelayReport report = diagnose(options);
        QCOMPARE(report.cells.size(), 2);
        QCOMPARE(report.cells.at(0).state, CellState::NoAddress);
        QVERIFY(report.cells.at(0).session.isNull());
        QCOMPARE(report.cells.at(1).state, CellState::Works);
        QCOMPARE(report.cells.at(1).address, u"::1"_s);
    }

    void nobodyThere()
    {
        const Test::ClosedPort closed;
        CheckOptions options = optionsFor({closed.port()});
        options.checks = {Check::Postmaster};
        const RelayReport report = diagnose(options);
        for (const Cell &cell : report.cells)
            QCOMPARE(cell.state, CellState::Refused);
        QCOMPARE(idsOf(report), QByteArrayList {"grid.nothingWorks"_ba});
        QCOMPARE(report.check(Check::Postmaster)->reason, "notTested.noSession"_ba);
        QCOMPARE(exitCodeOf(report), 1);
    }

    void otherServices_data()
    {
        QTest::addColumn<Script>("script");
        QTest::addColumn<CellState>("state");
        QTest::newRow("SSH") << Script().send("SSH-2.0-x\r\n"_ba).close() << CellState::NotSmtp;
        QTest::newRow("refused") << Script().send("554 no\r\n"_ba).quit() << CellState::Rejected;
        QTest::newRow("EHLO and HELO refused") << Script()
                                                      .send("220 hi\r\n"_ba)
                                                      .answer("EHLO"_ba, "502 no\r\n"_ba)
                                                      .answer("HELO"_ba, "550 no\r\n"_ba)
                                                      .quit()
                                               << CellState::Rejected;
        QTest::newRow("HELO only") << Script()
                                          .send("220 hi\r\n"_ba)
                                          .answer("EHLO"_ba, "502 no\r\n"_ba)
                                          .answer("HELO"_ba, "250 hi\r\n"_ba)
                                          .quit()
                                   << CellState::Works;
        QTest::newRow("silent") << Script().hang() << CellState::TimedOut;
        QTest::newRow("lost") << Script().close() << CellState::Lost;
        QTest::newRow("TLS alert")
            << Script().send("\x15\x03\x01\0\x02\x02\x46"_ba).close() << CellState::TlsExpected;
    }

    void otherServices()
    {
        QFETCH(const Script, script);
        QFETCH(const CellState, state);
        FakeRelay relay({script});
        CheckOptions options = optionsFor({relay.port()});
        options.modes = {TlsMode::Clear};
        QCOMPARE(diagnose(options).cells.first().state, state);
    }

    void startTls_data()
    {
        QTest::addColumn<Script>("script");
        QTest::addColumn<CellState>("state");
        QTest::newRow("not offered") << Script::hello().quit() << CellState::NotOffered;
        QTest::newRow("refused for good")
            << Script::hello({"STARTTLS"_ba}).answer("STARTTLS"_ba, "554 no key\r\n"_ba).quit()
            << CellState::TlsFailed;
        QTest::newRow("refused for now")
            << Script::hello({"STARTTLS"_ba}).answer("STARTTLS"_ba, "454 no TLS now\r\n"_ba).quit()
            << CellState::Busy;
        QTest::newRow("handshake breaks") << Script::hello({"STARTTLS"_ba})
                                                 .answer("STARTTLS"_ba, "220 go\r\n"_ba)
                                                 .expectBytes(5)
                                                 .send("garbage instead of TLS"_ba)
                                                 .expectEnd()
                                          << CellState::TlsFailed;
    }

    void startTls()
    {
        QFETCH(const Script, script);
        QFETCH(const CellState, state);
        FakeRelay relay({script});
        CheckOptions options = optionsFor({relay.port()});
        options.modes = {TlsMode::StartTls};
        QCOMPARE(diagnose(options).cells.first().state, state);
    }

    /// The checks ask where the grid found the best way in, one after the other, and are kept.
    void checksFollow()
    {
        FakeRelay relay(
            {Script::hello({"STARTTLS"_ba}).quit(), Script::hello({"STARTTLS"_ba}).upgrade().quit(),
                Script::hello({"STARTTLS"_ba})
                    .upgrade()
                    .answer("MAIL FROM:<>"_ba, "250 ok\r\n"_ba)
                    .answer("RCPT TO:<postmaster>"_ba, "550 5.1.1 who\r\n"_ba)
                    .answer("RCPT TO:<postmaster@fake.example>"_ba, "250 ok\r\n"_ba)
                    .quit()},
            Test::testIdentity().identity);
        CheckOptions options = optionsFor({relay.port()});
        options.modes = {TlsMode::Clear, TlsMode::StartTls};
        options.checks = {Check::Postmaster, Check::EndOfData};
        const RelayReport report = diagnose(options);
        QCOMPARE(relay.problems(), QStringList());
        QCOMPARE(report.port, relay.port());
        const CheckResult *postmaster = report.check(Check::Postmaster);
        QCOMPARE(postmaster->verdict, Verdict::Finding);
        QCOMPARE(report.check(Check::EndOfData)->reason, "notTested.consent"_ba);
        QCOMPARE(idsOf(report), QByteArrayList {"postmaster.refused"_ba});
        const Evidence evidence = report.findings.first().evidence.first();
        const auto entries = m_sessions.transcripts.value(evidence.session);
        QVERIFY(evidence.entry >= 0 && evidence.entry < entries.size());
        QCOMPARE(entries.at(evidence.entry).text, "550 5.1.1 who"_ba);
        QCOMPARE(evidence.session, postmaster->sessions.first());
    }

    void cancelled()
    {
        FakeRelay relay({Script().hang()});
        CheckOptions options = optionsFor({relay.port()});
        options.relay.session.deadlines.greeting = std::chrono::hours(1);
        options.checks = {Check::Postmaster};
        const RelayReport report = diagnose(options, [this] { m_service->cancel(m_id); });
        QVERIFY(report.cancelled);
        for (const Cell &cell : report.cells)
            QCOMPARE(cell.state, CellState::Cancelled);
        QCOMPARE(report.check(Check::Postmaster)->reason, "notTested.cancelled"_ba);
        QVERIFY(report.findings.isEmpty());
    }

    /// Each exchanger of a domain has cells of its own; the first that works is asked the checks.
    void exchangersOfADomain()
    {
        const Script turnedAway = Script().send("554 5.3.2 no mail here\r\n"_ba).close();
        FakeRelay relay({turnedAway, Script::hello().quit(),
            Script::hello()
                .answer("MAIL FROM:<>"_ba, "250 ok\r\n"_ba)
                .answer("RCPT TO:<postmaster>"_ba, "550 5.1.1 no\r\n"_ba)
                .answer("RCPT TO:<postmaster@x.example>"_ba, "550 5.1.1 no\r\n"_ba)
                .quit()});
        Test::FakeZone zone;
        zone.add("x.example"_ba, Dns::Mx {10, "mx1.x.example"_ba});
        zone.add("x.example"_ba, Dns::Mx {20, "mx2.x.example"_ba});
        CheckOptions options = optionsFor({relay.port()});
        options.modes = {TlsMode::Clear};
        options.checks = {Check::Postmaster};
        options.relay.target.host = u"x.example"_s;
        options.relay.target.by = Net::RouteBy::Mx;
        options.relay.target.pinnedAddress = QHostAddress(QHostAddress::LocalHost);
        options.makeResolver = zone.make();
        const RelayReport report = diagnose(options);
        QCOMPARE(report.domain, u"x.example"_s);
        QCOMPARE(report.exchangers, (QStringList {u"mx1.x.example"_s, u"mx2.x.example"_s}));
        QCOMPARE(report.cells.size(), 2);
        const auto cell = [&](const QString &host) {
            return report.cell({relay.port(), Family::IPv4, TlsMode::Clear, host});
        };
        QCOMPARE(cell(u"mx1.x.example"_s)->state, CellState::Rejected);
        QCOMPARE(cell(u"mx2.x.example"_s)->state, CellState::Works);
        QCOMPARE(report.host, u"mx2.x.example"_s);
        const auto silent = std::ranges::find(
            report.findings, "route.hostNotReached"_ba, &Finding::id);
        QVERIFY(silent != report.findings.end());
        QCOMPARE(silent->subject, "mx1.x.example"_ba);
        const auto refused = std::ranges::find(report.findings, "grid.rejected"_ba, &Finding::id);
        QCOMPARE(refused->subject, QByteArray::number(relay.port()) + " of mx1.x.example");
        QCOMPARE(report.check(Check::Postmaster)->verdict, Verdict::Finding);
        QCOMPARE(cellName(report.cells.first().key),
            "mx1.x.example " + QByteArray::number(relay.port()) + " ipv4 clear");
    }

    /// The checks ask each exchanger that works, one after the other; credentials the first alone.
    void checksOfEachExchanger()
    {
        const auto postmaster = [](const QByteArray &code) {
            return Script::hello()
                .answer("MAIL FROM:<>"_ba, "250 ok\r\n"_ba)
                .answer("RCPT TO:<postmaster>"_ba, code + " x\r\n")
                .answer("RCPT TO:<postmaster@x.example>"_ba, code + " x\r\n")
                .quit();
        };
        const Script slowDown = Script().send("421 4.7.0 later\r\n"_ba).close();
        const Script turnedAway = Script().send("554 5.3.2 no mail here\r\n"_ba).close();
        const Script works = Script::hello().quit();
        // The grid (mx1 works, mx2 not, mx3 works), then the checks of mx1, then those of mx3,
        // which puts us off once.
        FakeRelay relay(
            {works, turnedAway, works, postmaster("250"_ba), slowDown, postmaster("550"_ba)});
        Test::FakeZone zone;
        for (quint16 i = 1; i <= 3; ++i)
            zone.add("x.example"_ba, Dns::Mx {i, "mx" + QByteArray::number(i) + ".x.example"});
        CheckOptions options = optionsFor({relay.port()});
        options.modes = {TlsMode::Clear};
        options.checks = {Check::Postmaster, Check::Authentication};
        options.authenticate = true;
        options.relay.session.tls = Smtp::TlsPolicy::RequireStartTls;
        options.relay.target.host = u"x.example"_s;
        options.relay.target.by = Net::RouteBy::Mx;
        options.relay.target.pinnedAddress = QHostAddress(QHostAddress::LocalHost);
        options.makeResolver = zone.make();
        const RelayReport report = diagnose(options);
        QCOMPARE(report.checks.size(), 6);
        const auto told = [&report](Check check, const QString &host) {
            const CheckResult *result = report.check({check, host});
            return verdictName(result->verdict).toByteArray() + ' ' + result->reason;
        };
        QCOMPARE(told(Check::Postmaster, u"mx1.x.example"_s), "ok "_ba);
        QCOMPARE(told(Check::Postmaster, u"mx2.x.example"_s), "notTested notTested.noSession"_ba);
        QCOMPARE(told(Check::Postmaster, u"mx3.x.example"_s), "finding "_ba);
        QCOMPARE(told(Check::Authentication, u"mx1.x.example"_s), "notTested notTested.inClear"_ba);
        QCOMPARE(
            told(Check::Authentication, u"mx2.x.example"_s), "notTested notTested.noSession"_ba);
        QCOMPARE(
            told(Check::Authentication, u"mx3.x.example"_s), "notTested notTested.oneExchanger"_ba);
        QCOMPARE(report.host, u"mx1.x.example"_s);
        QCOMPARE(report.check(Check::Postmaster)->verdict, Verdict::Ok);
        QVERIFY(idsOf(report).contains("postmaster.refused"));
        QCOMPARE(report.pauses.size(), 1);
        QCOMPARE(report.pauses.first().where, "mx3.x.example postmaster"_ba);
        // Its sessions name it.
        const QUuid session
            = report.check({Check::Postmaster, u"mx3.x.example"_s})->sessions.last();
        QCOMPARE(m_sessions.record(session).result()->host, u"mx3.x.example"_s);
        QCOMPARE(relay.problems(), QStringList());
    }

    void exchangersBeyondTen()
    {
        FakeRelay relay(QList<Script>(10, Script::hello().quit()));
        Test::FakeZone zone;
        for (quint16 i = 1; i <= 12; ++i)
            zone.add("x.example"_ba, Dns::Mx {i, "mx" + QByteArray::number(i) + ".x.example"});
        CheckOptions options = optionsFor({relay.port()});
        options.modes = {TlsMode::Clear};
        options.relay.target.host = u"x.example"_s;
        options.relay.target.by = Net::RouteBy::Mx;
        options.relay.target.pinnedAddress = QHostAddress(QHostAddress::LocalHost);
        options.makeResolver = zone.make();
        const RelayReport report = diagnose(options);
        QCOMPARE(report.exchangers.size(), 12);
        QCOMPARE(report.cells.size(), 10);
        QCOMPARE(relay.connections(), 10);
        const auto left = std::ranges::find(
            report.findings, "grid.exchangersLeft"_ba, &Finding::id);
        QVERIFY(left != report.findings.end());
        QCOMPARE(left->subject, "mx11.x.example, mx12.x.example"_ba);
    }

    void domainWithoutExchangers()
    {
        Test::FakeZone zone;
        CheckOptions options = optionsFor({25});
        options.relay.target.by = Net::RouteBy::Mx;
        options.makeResolver = zone.make();
        options.relay.target.host = u"gone.example"_s;
        options.checks = {Check::Postmaster};
        const RelayReport none = diagnose(options);
        QVERIFY(none.cells.isEmpty());
        QCOMPARE(idsOf(none), QByteArrayList {"route.none"_ba});
        QCOMPARE(none.check(Check::Postmaster)->reason, "notTested.noSession"_ba);
        QCOMPARE(exitCodeOf(none), 1);
    }

    /// Behind grid and checks each address that has TLS is inspected, and its policies are told.
    void tlsIsInspected()
    {
        FakeRelay relay({Script::hello({"STARTTLS"_ba}).upgrade().quit(),
                            Script::hello({"STARTTLS"_ba})
                                .answer("STARTTLS"_ba, "220 go\r\n"_ba)
                                .startTls()
                                .answer("EHLO "_ba, "250 fake.example\r\n"_ba)
                                .expectEnd()},
            Test::testIdentity().identity);
        CheckOptions options = optionsFor({relay.port()});
        options.modes = {TlsMode::StartTls};
        options.tlsInspection = true;
        options.pace = std::chrono::milliseconds(0);
        const RelayReport report = diagnose(options);
        QCOMPARE(report.inspections.size(), 1);
        const TlsInspection &inspection = report.inspections.first();
        QCOMPARE(inspection.address, u"127.0.0.1"_s);
        QCOMPARE(inspection.port, relay.port());
        QVERIFY(!inspection.implicitTls && !inspection.failure);
        QCOMPARE(inspection.version(0x0303)->judged.acceptance, Acceptance::Accepted);
        QCOMPARE(inspection.chains.size(), 1);
        QCOMPARE(inspection.resumptions.size(), 3);
        QVERIFY(!inspection.caa); // an address has none
        QVERIFY(!inspection.findings.isEmpty());
        for (const Finding &finding : inspection.findings)
            QVERIFY2(idsOf(report).contains(finding.id), finding.id.constData());
        QCOMPARE(report.policies.size(), 1);
        QCOMPARE(report.policies.first().verdicts.first().conduct, Net::Conduct::SendsEncrypted);
        QCOMPARE(report.policies.first().dane.reason, "dane.notAName"_ba);

        options.tlsInspection = false;
        FakeRelay quiet(
            {Script::hello({"STARTTLS"_ba}).upgrade().quit()}, Test::testIdentity().identity);
        options.ports = {quiet.port()};
        QVERIFY(diagnose(options).inspections.isEmpty());
        QCOMPARE(quiet.connections(), 1);
    }

    /// The grid's certificate faults are the inspection's, too: each is told once.
    void findingsAreMerged()
    {
        FakeRelay relay(
            {hidden(), Script().startTls().send("220 fake.example ESMTP\r\n"_ba).expectEnd()},
            Test::testIdentity().identity);
        CheckOptions options = optionsFor({relay.port()});
        options.modes = {TlsMode::Implicit};
        options.relay.tlsOptions.caPem.clear();
        options.tlsInspection = true;
        options.pace = std::chrono::milliseconds(0);
        const RelayReport report = diagnose(options);
        QCOMPARE(report.inspections.size(), 1);
        QVERIFY(report.inspections.first().implicitTls);
        QVERIFY(report.policies.isEmpty());
        QSet<std::pair<QByteArray, QByteArray>> seen;
        for (const Finding &finding : report.findings)
            seen.insert({finding.id, finding.subject});
        QCOMPARE(seen.size(), report.findings.size());
        const auto isUntrusted = [](const Finding &finding) {
            return finding.id == "certificate.untrusted";
        };
        QVERIFY(std::ranges::any_of(report.inspections.first().findings, isUntrusted));
        QCOMPARE(std::ranges::count_if(report.findings, isUntrusted), 1);
    }

    void inspectionCancelled()
    {
        FakeRelay relay({hidden(), Script().startTls().expectEnd()}, Test::testIdentity().identity);
        CheckOptions options = optionsFor({relay.port()});
        options.modes = {TlsMode::Implicit};
        options.tlsInspection = true;
        options.pace = std::chrono::hours(1); // behind the first handshake it waits
        Delivery::SendService sender(nullptr, systemClock);
        CheckService service(sender, nullptr, nullptr, systemClock);
        QSignalSpy inspecting(&service, &CheckService::inspecting);
        QSignalSpy finished(&service, &CheckService::finished);
        const QUuid id = service.start(options);
        QTRY_VERIFY(!inspecting.isEmpty());
        service.cancel(id);
        QTRY_COMPARE(finished.size(), 1);
        const auto report = finished.first().first().value<RelayReport>();
        QVERIFY(report.cancelled);
        QCOMPARE(report.inspections.size(), 1);
        QVERIFY(report.inspections.first().cancelled);
    }

    /// What the DNS says of a named host is matched against the chain that it shows.
    void policiesOfAName()
    {
        FakeRelay relay(
            {Script::hello({"STARTTLS"_ba}).upgrade().quit()}, Test::testIdentity().identity);
        Test::FakeZone zone;
        zone.authenticated = true;
        zone.add("localhost"_ba, QHostAddress(QHostAddress::LocalHost));
        zone.add("_" + QByteArray::number(relay.port()) + "._tcp.localhost",
            Dns::Tlsa {3, 1, 1, QByteArray(32, 'x')});
        CheckOptions options = optionsFor({relay.port()});
        options.relay.target.host = u"localhost"_s;
        options.modes = {TlsMode::StartTls};
        options.makeResolver = zone.make();
        const RelayReport report = diagnose(options);
        QCOMPARE(report.policies.size(), 1);
        const HostPolicies &policies = report.policies.first();
        QCOMPARE(policies.dane.state, Net::DaneFacts::State::Usable);
        QCOMPARE(policies.tlsa.size(), 1);
        QCOMPARE(policies.tlsa.first().kind, Tls::TlsaResult::Kind::Differs);
        QCOMPARE(policies.verdicts.at(2).conduct, Net::Conduct::DoesNotSend);
        QCOMPARE(policies.verdicts.at(1).reason, "mtaSts.noPolicy"_ba);
        QVERIFY(idsOf(report).contains("certificate.tlsaMismatch"));
        QCOMPARE(exitCodeOf(report), 1);
    }

    void cancelledBeforeItBegan()
    {
        FakeRelay relay({Script().hang()});
        CheckOptions options = optionsFor({relay.port()});
        options.checks = {Check::Postmaster};
        Delivery::SendService sender(nullptr, systemClock);
        CheckService service(sender, nullptr, nullptr, systemClock);
        QSignalSpy started(&service, &CheckService::started);
        QSignalSpy finished(&service, &CheckService::finished);
        service.cancel(service.start(options));
        QTRY_COMPARE(finished.size(), 1);
        QCOMPARE(started.size(), 1);
        QVERIFY(finished.first().first().value<RelayReport>().cancelled);
        QCOMPARE(relay.connections(), 0);
    }

    /// Going away in the middle of grid or checks leaves nothing behind.
    void goesAwayWhileRunning()
    {
        FakeRelay relay({Script::hello().quit(), Script().hang()});
        CheckOptions options = optionsFor({relay.port()});
        options.modes = {TlsMode::Clear};
        options.checks = {Check::Postmaster};
        options.relay.session.deadlines.greeting = std::chrono::hours(1);
        Delivery::SendService sender(nullptr, systemClock);
        auto service = std::make_unique<CheckService>(sender, nullptr, nullptr, systemClock);
        (void)service->start(options);
        QTRY_COMPARE(relay.connections(), 2);
        service.reset();
        QTRY_VERIFY(relay.hasEnded(0));
    }

    void reportIsKept()
    {
        const QTemporaryDir directory;
        Store::ReportStore reports(directory.filePath(u"diagnoses"_s));
        FakeRelay relay({Script::hello().quit()});
        CheckOptions options = optionsFor({relay.port()});
        options.modes = {TlsMode::Clear};
        Delivery::SendService sender(nullptr, systemClock);
        CheckService service(sender, nullptr, &reports, systemClock);
        QSignalSpy finished(&service, &CheckService::finished);
        const QUuid id = service.start(options);
        QVERIFY(service.isRunning(id));
        QTRY_COMPARE(finished.size(), 1);
        QVERIFY(!service.isRunning(id));
        const auto kept = reports.report(id).result();
        QVERIFY(kept);
        QCOMPARE(*kept, finished.first().first().value<RelayReport>());
    }

    void deadlinesAreShortened()
    {
        Smtp::Deadlines asked;
        asked.mail = std::chrono::milliseconds(7);
        const Smtp::Deadlines limits = shortened(asked);
        QCOMPARE(limits.greeting, std::chrono::milliseconds(40'000));
        QCOMPARE(limits.connect, std::chrono::milliseconds(10'000));
        QCOMPARE(limits.mail, std::chrono::milliseconds(7));
    }
};

QTEST_GUILESS_MAIN(CheckServiceTest)
#include "tst_checkservice.moc"
