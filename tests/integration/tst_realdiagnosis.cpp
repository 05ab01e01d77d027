// SPDX-License-Identifier: GPL-3.0-or-later
#include "clirun.h"
#include "mailservers.h"

#include "base/literals.h"
#include "diagnose/reportjson.h"

#include <QTemporaryDir>
#include <QTest>

#include <algorithm>

using namespace Mailgauge;
using namespace Mailgauge::Diagnose;

namespace {

struct CheckRun {
    int exit = -1;
    RelayReport report;
    QByteArray told;
};

QByteArrayList idsOf(const QList<Finding> &findings)
{
    QByteArrayList ids;
    for (const Finding &finding : findings)
        ids.append(finding.id);
    return ids;
}

} // namespace

/// `check relay` against servers that other people wrote.
class RealDiagnosisTest final : public QObject {
    Q_OBJECT

    QTemporaryDir m_data;
    Test::PostfixServer m_postfix;
    Test::EximServer m_exim;

    CheckRun check(const QStringList &arguments)
    {
        const Test::CliRun run = Test::runCli(
            QStringList {u"check"_s, u"relay"_s, u"--json"_s, u"-4"_s, u"--data-dir"_s,
                m_data.path(), u"--tls-ca"_s, m_postfix.caFile()}
                + arguments,
            100'000);
        const auto report = readReport(run.out);
        return {run.exit, report.value_or(RelayReport()), run.out + run.err};
    }
    static QString at(quint16 port) { return u"127.0.0.1:%1"_s.arg(port); }

private Q_SLOTS:
    void initTestCase()
    {
        if (const QString why = Test::whyNoRealServers(); !why.isEmpty())
            MAILGAUGE_MISSING(qPrintable(why));
        const QString error = m_postfix.start();
        QVERIFY2(error.isEmpty(), qPrintable(error + m_postfix.log()));
    }

    /// STARTTLS on one port, TLS from the first byte on the other: each cell tells which.
    void postfixGrid()
    {
        using Test::PostfixServer;
        const CheckRun run = check({u"127.0.0.1"_s, u"--checks"_s, u"none"_s, u"--ports"_s,
            u"%1,%2"_s.arg(PostfixServer::Port).arg(PostfixServer::ImplicitPort)});
        QVERIFY2(run.report.cells.size() == 6, run.told.constData());
        const auto state = [&run](quint16 port, TlsMode mode) {
            return run.report.cell({port, Family::IPv4, mode})->state;
        };
        QCOMPARE(state(PostfixServer::Port, TlsMode::Clear), CellState::Works);
        QCOMPARE(state(PostfixServer::Port, TlsMode::StartTls), CellState::Works);
        QCOMPARE(state(PostfixServer::Port, TlsMode::Implicit), CellState::ClearExpected);
        QCOMPARE(state(PostfixServer::ImplicitPort, TlsMode::Clear), CellState::TlsExpected);
        QCOMPARE(state(PostfixServer::ImplicitPort, TlsMode::StartTls), CellState::TlsExpected);
        QCOMPARE(state(PostfixServer::ImplicitPort, TlsMode::Implicit), CellState::Works);
        const Cell *cell = run.report.cell({PostfixServer::Port, Family::IPv4, TlsMode::StartTls});
        QVERIFY(cell->tls && cell->tls->version == "TLSv1.3" && cell->tls->reasons.isEmpty());
        QVERIFY(cell->inClear->has("STARTTLS") && cell->inClear->authMechanisms().isEmpty());
        QVERIFY(cell->inTls->authMechanisms().contains("PLAIN"));
        QCOMPARE(run.exit, 0);
    }

    void postfixBehaves()
    {
        const CheckRun run = check({at(Test::PostfixServer::Port), u"--checks"_s,
            u"extensions,heloOnly,authOffer,startTlsEnforced,startTlsInjection,pipelining,"
            "sizeLimit,nullSender,vrfy,openRelay"_s});
        QCOMPARE(run.report.checks.size(), 10);
        for (const Check one :
            {Check::HeloOnly, Check::AuthOffer, Check::StartTlsInjection, Check::Pipelining,
                Check::SizeLimit, Check::NullSender, Check::Vrfy, Check::OpenRelay}) {
            const CheckResult *result = run.report.check(one);
            QVERIFY2(result->verdict == Verdict::Ok,
                (checkName(one).toByteArray() + ": " + result->reason + ' ' + result->detail + ' '
                    + idsOf(result->findings).join(' '))
                    .constData());
        }
        QVERIFY(run.report.check(Check::OpenRelay)->probes.size() >= 20);
        QVERIFY(run.report.pauses.isEmpty());
        QCOMPARE(run.exit, 0);
    }

    void postfixOpenRelay()
    {
        const CheckRun run = check(
            {at(Test::PostfixServer::OpenPort), u"--checks"_s, u"openRelay"_s});
        const CheckResult *open = run.report.check(Check::OpenRelay);
        QVERIFY2(open && open->verdict == Verdict::Finding, run.told.constData());
        // From the machine itself it is no more than a warning.
        QVERIFY(idsOf(run.report.findings).contains("relay.openFromHere"));
        const auto plain = std::ranges::find(open->probes, "plain"_ba, &Probe::what);
        QCOMPARE(plain->command, "RCPT TO:<relay-test@example.org>"_ba);
        QVERIFY(plain->answer.startsWith("250 "));
        QVERIFY(plain->evidence.entry > 0);
        QVERIFY(!m_postfix.log().contains(u"from=<relay-test@example.com>, size="_s)); // no mail
        QCOMPARE(run.exit, 0);
    }

    void postfixAuthentication()
    {
        QFile secret(m_data.filePath(u"secret"_s));
        QVERIFY(secret.open(QIODevice::WriteOnly) && secret.write("wrong\n") > 0);
        secret.close();
        const CheckRun run = check(
            {at(Test::PostfixServer::Port), u"--checks"_s, u"authentication"_s, u"--authenticate"_s,
                u"--user"_s, u"ann"_s, u"--password-file"_s, secret.fileName()});
        QVERIFY2(idsOf(run.report.findings).contains("auth.refused"), run.told.constData());
        QCOMPARE(run.exit, 1);
    }

    void postfixEndOfData()
    {
        const CheckRun run = check({at(Test::PostfixServer::OpenPort), u"--checks"_s,
            u"endOfData,recipientLimit"_s, u"--recipient"_s, u"inbox@example.net"_s,
            u"--recipients"_s, u"5"_s, u"--own-server"_s});
        const CheckResult *end = run.report.check(Check::EndOfData);
        QVERIFY2(end && end->probes.size() == 12, run.told.constData());
        for (const Probe &probe : end->probes)
            QVERIFY2(probe.verdict == Verdict::Ok, (probe.what + ": " + probe.answer).constData());
        QVERIFY2(end->findings.isEmpty(), run.told.constData());
        QCOMPARE(
            run.report.check(Check::RecipientLimit)->probes.first().what, "no limit up to 5"_ba);
    }

    /// CVE-2023-51764: it takes what is smuggled behind LF alone for commands, and strips any
    /// number of CR before it. The exclusion that mynetworks is by default is empty here, so that
    /// the two differ in this setting alone.
    void postfixTakesBareNewlines()
    {
        const CheckRun run = check({at(Test::PostfixServer::BareNewlinePort), u"--checks"_s,
            u"endOfData"_s, u"--recipient"_s, u"inbox@example.net"_s, u"--own-server"_s});
        const CheckResult *end = run.report.check(Check::EndOfData);
        QVERIFY2(end && end->probes.size() == 12, run.told.constData());
        QByteArrayList smuggled;
        for (const Probe &probe : end->probes) {
            if (probe.verdict == Verdict::Finding)
                smuggled.append(probe.what);
            else
                QVERIFY2(
                    probe.verdict == Verdict::Ok, (probe.what + ": " + probe.answer).constData());
        }
        QCOMPARE(smuggled.join(", "), "LF . LF, LF . CRLF, CRLF . LF, CRCRLF . CRCRLF"_ba);
        QCOMPARE(idsOf(end->findings), QByteArrayList(4, "data.endVariant"_ba));
        for (const Finding &finding : end->findings) {
            QCOMPARE(finding.severity, Base::Severity::Error);
            QCOMPARE(finding.evidence.size(), 2);
        }
        QCOMPARE(run.exit, 1);
    }

    void exim()
    {
        if (!Test::EximServer::isAvailable())
            MAILGAUGE_MISSING("Exim is not unpacked: run ./dev test");
        const QString error = m_exim.start();
        QVERIFY2(error.isEmpty(), qPrintable(error + m_exim.log()));
        const CheckRun run = check({at(Test::EximServer::Port), u"--checks"_s, u"all"_s,
            u"--recipient"_s, u"inbox@example.net"_s, u"--own-server"_s, u"--resolver"_s,
            u"127.0.0.1:9"_s, u"--dns-timeout"_s, u"0.2"_s});
        QCOMPARE(run.report.checks.size(), allChecks().size());
        QCOMPARE(run.report.cell({Test::EximServer::Port, Family::IPv4, TlsMode::StartTls})->state,
            CellState::NotOffered);
        QVERIFY(idsOf(run.report.findings).contains("grid.noStartTls"));
        for (const Check one :
            {Check::Pipelining, Check::NullSender, Check::HeloOnly, Check::EndOfData}) {
            const CheckResult *result = run.report.check(one);
            QVERIFY2(result->verdict == Verdict::Ok,
                (checkName(one).toByteArray() + ": " + result->reason + ' ' + result->detail + ' '
                    + idsOf(result->findings).join(' '))
                    .constData());
        }
        QCOMPARE(run.report.check(Check::StartTlsInjection)->reason, "notTested.notOffered"_ba);
        QCOMPARE(run.report.check(Check::Authentication)->reason, "notTested.consent"_ba);
        // Not on its own: postmaster belongs to no domain of this server.
        QVERIFY(idsOf(run.report.findings).contains("postmaster.refused"));
    }

    void comparedWithTheLast()
    {
        const QStringList base {at(Test::PostfixServer::Port), u"--checks"_s, u"none"_s};
        const QString file = m_data.filePath(u"former.json"_s);
        QCOMPARE(check(base + QStringList {u"--output"_s, file}).exit, 0);
        const CheckRun same = check(base + QStringList {u"--compare"_s, u"last"_s});
        QVERIFY2(same.told.contains("\"differences\":[]"), same.told.constData());
        const CheckRun byFile = check(base + QStringList {u"--compare"_s, file});
        QVERIFY(byFile.told.contains("\"differences\":[]"));
    }
};

QTEST_GUILESS_MAIN(RealDiagnosisTest)
#include "tst_realdiagnosis.moc"
