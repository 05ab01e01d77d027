// SPDX-License-Identifier: GPL-3.0-or-later
#include "clirunner.h"
#include "fakerelay.h"

#include "base/literals.h"
#include "diagnose/reportjson.h"

#include <QFile>
#include <QJsonArray>
#include <QTest>

using namespace Mailgauge;
using namespace Mailgauge::Diagnose;
using Test::CliResult;
using Test::CliRunner;
using Test::FakeRelay;
using Test::Script;

namespace {

QStringList checkRelay(const FakeRelay &relay, const QStringList &more)
{
    return QStringList {u"check"_s, u"relay"_s, u"127.0.0.1:%1"_s.arg(relay.port()), u"-4"_s,
               u"--sessions"_s, u"1"_s}
    + more;
}

/// What each of the three cells meets, TLS from the first byte first.
QList<Script> grid(const QByteArrayList &capabilities)
{
    return {Script().send("220 fake.example ESMTP\r\n"_ba).expectEnd(),
        Script::hello(capabilities).quit(), Script::hello(capabilities).quit()};
}

} // namespace

class CliCheckTest final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void authentication_data()
    {
        QTest::addColumn<QStringList>("options");
        QTest::addColumn<Script>("exchange");
        const QByteArrayList odd {"AUTH X-PLAIN"_ba};
        const auto inTls = [](const QByteArrayList &capabilities) {
            return Script::hello({"STARTTLS"_ba}).upgrade(capabilities);
        };
        QTest::newRow("--auth-map")
            << QStringList {u"--auth-map"_s, u"x-plain=plain"_s}
            << inTls(odd).answer("AUTH X-PLAIN AGFubgBjNG40cnk="_ba, "235 in\r\n"_ba).quit();
        QTest::newRow("--initial-response") << QStringList {u"--initial-response"_s, u"never"_s}
                                            << inTls({"AUTH PLAIN"_ba})
                                                   .answer("AUTH PLAIN"_ba, "334 \r\n"_ba)
                                                   .answer("AGFubgBjNG40cnk="_ba, "235 in\r\n"_ba)
                                                   .quit();
    }
    void authentication()
    {
        QFETCH(QStringList, options);
        QFETCH(Script, exchange);
        const Script hello = Script::hello({"STARTTLS"_ba});
        FakeRelay relay({Script().send("220 fake.example ESMTP\r\n"_ba).expectEnd(),
                            Script(hello).quit(), Script(hello).upgrade().quit(), exchange},
            Test::testIdentity().identity);
        CliRunner cli;
        cli.setVariable(u"MG_PASSWORD"_s, u"c4n4ry"_s);
        const CliResult result = cli.runJson(checkRelay(relay,
            QStringList {u"--checks"_s, u"authentication"_s, u"--authenticate"_s, u"--user"_s,
                u"ann"_s, u"--password-env"_s, u"MG_PASSWORD"_s, u"--tls-ca"_s,
                cli.file(u"ca.pem"_s, Test::testIdentity().caPem)}
                + options));
        const auto report = reportFromJson(result.json());
        QVERIFY2(report, result.diagnostics.constData());
        const CheckResult *check = report->check(Check::Authentication);
        QVERIFY2(check->verdict == Verdict::Ok, (check->reason + ": " + check->detail).constData());
        QCOMPARE(relay.problems(), QStringList());
    }

    void gridAndChecks()
    {
        FakeRelay relay(grid({"SIZE 1000"_ba})
            + QList {Script::hello({"SIZE 1000"_ba})
                    .answer("MAIL FROM:<>"_ba, "250 ok\r\n"_ba)
                    .answer("RCPT TO:<postmaster>"_ba, "550 5.1.1 no\r\n"_ba)
                    .answer("RCPT TO:<postmaster@fake.example>"_ba, "550 5.1.1 no\r\n"_ba)
                    .quit()});
        CliRunner cli;
        const CliResult result = cli.runJson(checkRelay(relay, {u"--checks"_s, u"postmaster"_s}));
        const auto report = reportFromJson(result.json());
        QVERIFY2(report, result.diagnostics.constData());
        QCOMPARE(report->cells.size(), 3);
        QCOMPARE(report->cells.at(0).state, CellState::Works);
        QCOMPARE(report->cells.at(1).state, CellState::NotOffered);
        QCOMPARE(report->cells.at(2).state, CellState::ClearExpected);
        QCOMPARE(report->check(Check::Postmaster)->verdict, Verdict::Finding);
        QCOMPARE(result.exitCode, 0);
        QCOMPARE(result.json()[u"exit"_s].toInt(), 0);
        // Sessions and report are in the store.
        const QString session = report->cells.at(0).session.toString(QUuid::WithoutBraces);
        QVERIFY(cli.runJson({u"sessions"_s, u"list"_s}).output.contains(session.toLatin1()));
        QVERIFY(cli.run({u"sessions"_s, u"show"_s, session}).output.contains("EHLO"));
        const Evidence evidence = report->findings.last().evidence.value(0);
        QVERIFY(
            cli.run({u"sessions"_s, u"show"_s,
                        report->check(Check::Postmaster)
                            ->sessions.first()
                            .toString(QUuid::WithoutBraces)})
                .output.contains("550 5.1.1 no"));
        QVERIFY(!evidence.session.isNull());
    }

    void modes()
    {
        FakeRelay relay({Script::hello({}).quit()});
        CliRunner cli;
        const CliResult result = cli.runJson(
            checkRelay(relay, {u"--checks"_s, u"none"_s, u"--modes"_s, u"clear,clear"_s}));
        const auto report = reportFromJson(result.json());
        QVERIFY2(report, result.diagnostics.constData());
        QCOMPARE(report->cells.size(), 1);
        QCOMPARE(report->cells.first().key.mode, TlsMode::Clear);
        QCOMPARE(relay.problems(), QStringList());
    }

    void tlsInspection()
    {
        const Script startTls = Script::hello({"STARTTLS"_ba});
        FakeRelay relay(
            {Script().send("220 fake.example ESMTP\r\n"_ba).expectEnd(), Script(startTls).quit(),
                Script(startTls).upgrade().quit(),
                Script(startTls).answer("STARTTLS"_ba, "220 go\r\n"_ba).startTls().expectEnd(),
                Script().send("554 5.7.1 enough\r\n"_ba).close()},
            Test::testIdentity().identity);
        CliRunner cli;
        const CliResult result = cli.runJson(
            checkRelay(relay, {u"--checks"_s, u"none"_s, u"--tls-inspection"_s}));
        const auto report = reportFromJson(result.json());
        QVERIFY2(report, result.diagnostics.constData());
        QCOMPARE(report->inspections.size(), 1);
        const TlsInspection &inspection = report->inspections.first();
        QCOMPARE(inspection.chains.size(), 1);
        // The relay had enough behind the first handshake: that says nothing about versions.
        const Judged judged = inspection.version(0x0303)->judged;
        QCOMPARE(judged.acceptance, Acceptance::NotTested);
        QVERIFY2(judged.evidence.contains("554 5.7.1 enough"), judged.evidence.constData());
        QCOMPARE(report->policies.size(), 1);
        // Without the option nobody asks for versions.
        FakeRelay quiet({Script().send("220 fake.example ESMTP\r\n"_ba).expectEnd(),
                            Script(startTls).quit(), Script(startTls).upgrade().quit()},
            Test::testIdentity().identity);
        const CliResult text = cli.run(checkRelay(quiet, {u"--checks"_s, u"none"_s}));
        QVERIFY2(text.output.contains("Policies at 127.0.0.1"), text.output.constData());
        QVERIFY(text.output.contains("opportunistic sender"));
        QVERIFY(!text.output.contains("TLS of 127.0.0.1"));
    }

    void errorsMakeTheExitCode()
    {
        FakeRelay relay(grid({"AUTH PLAIN"_ba}) + QList {Script::hello({"AUTH PLAIN"_ba}).quit()});
        CliRunner cli;
        const CliResult result = cli.run(checkRelay(relay, {u"--checks"_s, u"authOffer"_s}));
        QCOMPARE(result.exitCode, 1);
        QVERIFY(result.output.contains("The server offers no TLS"));
        QVERIFY(result.output.contains("clearExpected"));
    }

    void slowingDownIsTold()
    {
        FakeRelay relay({Script().send("421 4.7.0 not so fast\r\n"_ba).close()});
        CliRunner cli;
        const CliResult result = cli.run(
            checkRelay(relay, {u"--checks"_s, u"none"_s, u"--pause"_s, u"0.001"_s}));
        QVERIFY2(result.diagnostics.contains("421 4.7.0 not so fast; waiting"),
            result.diagnostics.constData());
        QVERIFY(result.output.contains("busy"));
    }

    void reportsAndComparison()
    {
        CliRunner cli;
        const QString json = cli.path(u"former.json"_s);
        FakeRelay before(grid({"PIPELINING"_ba, "DSN"_ba}));
        const QStringList none {u"--checks"_s, u"none"_s};
        const CliResult first = cli.run(
            checkRelay(before, none + QStringList {u"--output"_s, json}));
        QCOMPARE(first.exitCode, 0);
        QCOMPARE(first.output, QByteArray());
        QFile file(json);
        QVERIFY(file.open(QIODevice::ReadOnly));
        QVERIFY(readReport(file.readAll()));

        FakeRelay after(grid({"PIPELINING"_ba}), {}, u"127.0.0.1"_s);
        // Another port, so the cells are others: only the findings can be compared.
        const CliResult compared = cli.run(
            checkRelay(after, none + QStringList {u"--compare"_s, json}));
        QCOMPARE(compared.exitCode, 0);
        QVERIFY2(compared.output.contains("compared with"), compared.output.constData());

        const QString html = cli.path(u"report.html"_s);
        FakeRelay third(grid({}));
        QCOMPARE(cli.run(checkRelay(third, none + QStringList {u"--output"_s, html})).exitCode, 0);
        QFile page(html);
        QVERIFY(page.open(QIODevice::ReadOnly));
        QVERIFY(page.readAll().startsWith("<!DOCTYPE html>"));
        QCOMPARE(cli.runJson(checkRelay(third, none + QStringList {u"--compare"_s, u"last"_s}))
                     .json()[u"differences"_s]
                     .toArray()
                     .size(),
            0);
    }

    void usage_data()
    {
        QTest::addColumn<QStringList>("arguments");
        QTest::addColumn<QByteArray>("told");
        QTest::addColumn<int>("exitCode");
        QTest::newRow("no relay") << QStringList {} << "which relay?"_ba << 64;
        QTest::newRow("two relays")
            << QStringList {u"a.example"_s, u"--mx"_s, u"b.example"_s} << "which relay?"_ba << 64;
        QTest::newRow("no such check") << QStringList {u"a.example"_s, u"--checks"_s, u"telnet"_s}
                                       << "startTlsInjection"_ba << 64;
        QTest::newRow("no such mode") << QStringList {u"a.example"_s, u"--modes"_s, u"clear,ssl"_s}
                                      << "expected clear, starttls or implicit"_ba << 64;
        QTest::newRow("ports") << QStringList {u"a.example"_s, u"--ports"_s, u"25,x"_s}
                               << "--ports x"_ba << 64;
        QTest::newRow("one local port for many sessions")
            << QStringList {u"a.example"_s, u"--local-port"_s, u"2525"_s}
            << "unknown option --local-port"_ba << 64;
        QTest::newRow("output") << QStringList {u"a.example"_s, u"--output"_s, u"report.pdf"_s}
                                << "--output report.pdf"_ba << 64;
        QTest::newRow("recipient")
            << QStringList {u"a.example"_s, u"--recipient"_s, u"x"_s} << "--recipient x"_ba << 65;
        QTest::newRow("authenticate as whom") << QStringList {u"a.example"_s, u"--authenticate"_s}
                                              << "--authenticate needs --user"_ba << 64;
        QTest::newRow("nothing to compare with") << QStringList {u"a.example"_s, u"--compare"_s,
            u"last"_s} << "no former report"_ba << 66;
        QTest::newRow("compare with a missing file")
            << QStringList {u"a.example"_s, u"--compare"_s, u"/nonexistent/x.json"_s}
            << "--compare /nonexistent/x.json"_ba << 66;
    }

    void usage()
    {
        QFETCH(const QStringList, arguments);
        QFETCH(const QByteArray, told);
        QFETCH(const int, exitCode);
        CliRunner cli;
        const CliResult result = cli.run(QStringList {u"check"_s, u"relay"_s} + arguments);
        QVERIFY2(result.diagnostics.contains(told), result.diagnostics.constData());
        QCOMPARE(result.exitCode, exitCode);
    }
};

QTEST_GUILESS_MAIN(CliCheckTest)
#include "tst_clicheck.moc"
