// SPDX-License-Identifier: GPL-3.0-or-later
// R11 (E1-E4): what logs in for a diagnosis shows its secret to the relay alone, by every
// mechanism: not in the report of any form, nor in the one that is stored, the transcripts, or the
// log.
#include "canaries.h"
#include "diagnose/reportjson.h"
#include "sandbox/sandboxservice.h"
#include "sasl/mechanism.h"
#include "sasl/serverexchange.h"

#include <QSignalSpy>

using namespace Mailgauge;
using Diagnose::Verdict;
using Test::Artefacts;
using Test::CliResult;
using Test::CliRunner;
using Test::EchoingServer;

namespace {

bool takesToken(const QByteArray &mechanism)
{
    return Sasl::proofOf(mechanism) == Sasl::Proof::Token;
}

/// The program with one profile, and all that it said.
class Bench {
public:
    Bench(quint16 port, const QByteArray &mechanism, const QStringList &options)
    {
        cli.setVariable(u"QT_LOGGING_RULES"_s, u"*=true"_s);
        const CliResult added = cli.run(QStringList {u"profiles"_s, u"add"_s, u"P"_s, u"--server"_s,
                                            u"127.0.0.1:%1"_s.arg(port), u"--user"_s, u"sandbox"_s,
                                            u"--auth"_s, QString::fromLatin1(mechanism)}
            + options);
        if (added.exitCode != 0)
            qFatal("%s", added.diagnostics.constData());
        m_check = {u"check"_s, u"relay"_s, u"--profile"_s, u"P"_s, u"-4"_s, u"--checks"_s,
            u"authentication"_s, u"--authenticate"_s, u"--password-env"_s, u"SECRET"_s,
            u"--timeout"_s, u"greeting=0.5"_s};
    }
    QByteArray check(const QByteArray &secret, const QStringList &options)
    {
        cli.setVariable(u"SECRET"_s, QString::fromUtf8(secret));
        const CliResult result = cli.run(m_check + options);
        const QString run = QString::number(all.size());
        all.insert(run + u" output"_s, result.output);
        all.insert(run + u" log"_s, result.diagnostics);
        return result.output;
    }
    /// The files, transcripts and bundles of all runs; returns what the checks were stored as.
    QList<Diagnose::RelayReport> gather()
    {
        QList<Diagnose::RelayReport> reports;
        QStringList sessions;
        all.insert(Test::filesBelow(cli.path({})));
        for (const auto &[name, bytes] : all.asKeyValueRange()) {
            const auto report = name.contains(u"/diagnoses/"_s)
                ? Diagnose::readReport(bytes)
                : Base::Result<Diagnose::RelayReport>(std::unexpected(Base::Error()));
            if (!report)
                continue;
            reports.append(*report);
            QList<QUuid> of = report->check(Diagnose::Check::Authentication)->sessions;
            // Those that a diagnosis is based on show no more in the second.
            for (const Diagnose::Cell &cell : report->cells) {
                if (cell.state == Diagnose::CellState::Works && reports.size() == 1)
                    of.append(cell.session);
            }
            for (const QUuid &session : std::as_const(of))
                sessions.append(session.toString(QUuid::WithoutBraces));
        }
        all.insert(Test::exported(cli, sessions));
        return reports;
    }

    CliRunner cli;
    Artefacts all;

private:
    QStringList m_check;
};

} // namespace

class TestCheckCanaries final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    /// By a server that repeats what it was shown in every form.
    void repeatedByTheServer_data()
    {
        QTest::addColumn<QByteArray>("mechanism");
        QTest::addColumn<QByteArray>("secret");
        qsizetype i = 0;
        for (const QByteArray &name : Sasl::mechanismsByStrength()) {
            const Sasl::Proof proof = Sasl::proofOf(name);
            // Kerberos needs a realm, binding needs TLS.
            if ((proof != Sasl::Proof::Password && proof != Sasl::Proof::Token)
                || Sasl::bindsChannel(name))
                continue;
            const QByteArrayList secrets = takesToken(name) ? Test::tokens() : Test::passwords;
            QTest::newRow(("E1 " + name).constData()) << name << secrets[i++ % secrets.size()];
        }
    }
    void repeatedByTheServer()
    {
        QFETCH(const QByteArray, mechanism);
        QFETCH(const QByteArray, secret);
        EchoingServer server(mechanism, QByteArrayList(100, secret));
        Bench bench(server.port(), mechanism, {u"--tls"_s, u"none"_s, u"--auth-without-tls"_s});
        const QByteArray json = bench.check(
            secret, {u"--json"_s, u"--output"_s, bench.cli.path(u"report.html"_s)});
        const QByteArray text = bench.check(secret, {});
        const auto reports = bench.gather();
        // It logged in, and what it was told is shown but for the secret.
        QVERIFY(!Test::leakIn(server.sent.join(), secret).isEmpty());
        QCOMPARE(reports.size(), 2);
        for (const Diagnose::RelayReport &report : reports)
            QCOMPARE(report.check(Diagnose::Check::Authentication)->verdict, Verdict::Finding);
        for (const QByteArray &one :
            {json, text, bench.all.value(bench.cli.path(u"report.html"_s))})
            QVERIFY(one.contains("5.7.8 you said"));
        QVERIFY(bench.all.size() > 10);
        QVERIFY(std::ranges::any_of(bench.all.asKeyValueRange(), [](const auto &one) {
            return one.first.endsWith(u" log"_s) && one.second.contains("mailgauge.");
        }));
        Test::noneIn(bench.all, {secret});
    }

    /// At the sandbox, the right secret and a wrong one, inside TLS.
    void atTheSandbox_data()
    {
        QTest::addColumn<QByteArray>("mechanism");
        for (const QByteArray &name : Sasl::serverMechanisms())
            QTest::newRow(("E1 " + name).constData()) << name;
    }
    void atTheSandbox()
    {
        QFETCH(const QByteArray, mechanism);
        const QByteArray right = "r1ght-c4n4ry"_ba;
        const QByteArray wrong = "wr0ng-c4n4ry"_ba;
        const Base::SystemClock clock;
        Sandbox::SandboxService sandbox(clock);
        QSignalSpy started(&sandbox, &Sandbox::SandboxService::started);
        Sandbox::SandboxOptions options;
        options.password = options.token = right;
        options.scenario.settings.authMechanisms = {mechanism};
        sandbox.start(options);
        QTRY_COMPARE(started.size(), 1);
        Bench bench(sandbox.address()->port, mechanism, {u"--tls"_s, u"starttls"_s});
        const QString root = bench.cli.file(u"ca.pem"_s, sandbox.address()->caPem);
        QSet<Verdict> verdicts;
        for (const QByteArray &secret : {right, wrong}) {
            const auto report = Diagnose::readReport(
                bench.check(secret, {u"--json"_s, u"--tls-ca"_s, root}));
            QVERIFY(report.has_value());
            const auto *result = report->check(Diagnose::Check::Authentication);
            QVERIFY2(result->verdict == (secret == right ? Verdict::Ok : Verdict::Finding),
                (result->reason + ' ' + result->detail).constData());
            verdicts.insert(result->verdict);
        }
        QCOMPARE(verdicts.size(), 2);
        QCOMPARE(bench.gather().size(), 2);
        Test::noneIn(bench.all, {right, wrong});
    }
};

QTEST_GUILESS_MAIN(TestCheckCanaries)
#include "tst_checkcanaries.moc"
