// SPDX-License-Identifier: GPL-3.0-or-later
#include "fakerelay.h"
#include "fakeresolver.h"
#include "fakesessions.h"

#include "base/literals.h"
#include "diagnose/behaviourcheck.h"
#include "diagnose/endofdatacheck.h"
#include "diagnose/relayforms.h"
#include "explain/explain.h"

#include <QTest>

#include <algorithm>
#include <memory>

using namespace Mailgauge;
using namespace Mailgauge::Diagnose;
using Test::FakeRelay;
using Test::FakeZone;
using Test::Script;

namespace {

const Base::SystemClock systemClock;

/// The cell that the grid would have found: this relay, in this mode.
Ground groundAt(const FakeRelay &relay, TlsMode mode = TlsMode::Clear)
{
    Ground ground {.options = {}, .step = {}, .cell = {}, .record = {}};
    ground.options.relay.session.ehloName = "client.example";
    ground.options.pause = std::chrono::milliseconds(1);
    ground.step.target.host = u"127.0.0.1"_s;
    ground.step.target.port = relay.port();
    ground.step.tls.caPem = Test::testIdentity().caPem;
    ground.cell.key = {relay.port(), Family::IPv4, mode};
    ground.cell.state = CellState::Works;
    ground.cell.address = u"127.0.0.1"_s;
    ground.announcesStartTls = mode == TlsMode::StartTls;
    ground.serverName = "fake.example";
    ground.clock = &systemClock;
    return ground;
}

struct Run {
    CheckResult result;
    QList<Pause> pauses;
};

Run run(Check check, const Ground &ground)
{
    Run run;
    bool over = false;
    QObject context;
    const std::unique_ptr<BehaviourCheck> running(makeCheck(check, ground, nullptr));
    QObject::connect(running.get(), &BehaviourCheck::paused, &context,
        [&run](const Pause &pause) { run.pauses.append(pause); });
    QObject::connect(running.get(), &BehaviourCheck::finished, &context,
        [&run, &over](const CheckResult &result) {
            run.result = result;
            over = true;
        });
    running->start();
    if (!Test::waitFor([&over] { return over; }, 20'000))
        running->cancel();
    return run;
}

QByteArrayList idsOf(const CheckResult &result)
{
    QByteArrayList ids;
    for (const Finding &finding : result.findings)
        ids.append(finding.id);
    return ids;
}

/// What the relay heard, line by line.
QByteArrayList heard(const FakeRelay &relay, int connection = 0)
{
    QByteArrayList lines = relay.received(connection).split('\n');
    for (QByteArray &line : lines)
        line = line.trimmed();
    lines.removeAll(QByteArray());
    return lines;
}

Script greeted()
{
    return Script().send("220 fake.example ESMTP\r\n"_ba);
}

} // namespace

class BehaviourChecksTest final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void everyCheckHasWords()
    {
        for (const Check check : allChecks()) {
            const QByteArray id = "check." + checkName(check).toByteArray();
            QVERIFY2(!Explain::explainFinding(id, {}).text.contains(u"unusual"_s), id.constData());
            QCOMPARE(checkFromName(checkName(check)), check);
        }
        QVERIFY(!harmlessChecks().contains(Check::EndOfData));
        QVERIFY(!harmlessChecks().contains(Check::Authentication));
        QVERIFY(!harmlessChecks().contains(Check::RecipientLimit));
    }

    // --- Simple answers: one session, one verdict ---------------------------------------------

    void answers_data()
    {
        QTest::addColumn<Check>("check");
        QTest::addColumn<Script>("script");
        QTest::addColumn<Verdict>("verdict");
        QTest::addColumn<QByteArrayList>("findings");
        QTest::addColumn<QByteArray>("reason");
        QTest::addColumn<QByteArrayList>("wire");
        const QByteArrayList none;
        const auto row = [](const char *name) -> QTestData & { return QTest::newRow(name); };

        row("HELO taken") << Check::HeloOnly
                          << greeted().answer("HELO"_ba, "250 fake.example\r\n"_ba).quit()
                          << Verdict::Ok << none << ""_ba
                          << QByteArrayList {"HELO client.example"_ba, "QUIT"_ba};
        row("HELO refused") << Check::HeloOnly
                            << greeted().answer("HELO"_ba, "502 5.5.1 no\r\n"_ba).quit()
                            << Verdict::Finding << QByteArrayList {"hello.heloRefused"_ba} << ""_ba
                            << QByteArrayList {"HELO client.example"_ba, "QUIT"_ba};
        row("null sender refused")
            << Check::NullSender
            << Script::hello().answer("MAIL FROM:<>"_ba, "550 5.1.7 no\r\n"_ba).quit()
            << Verdict::Finding << QByteArrayList {"sender.nullRefused"_ba} << ""_ba
            << QByteArrayList {"EHLO client.example"_ba, "MAIL FROM:<>"_ba, "QUIT"_ba};
        row("null sender, AUTH first")
            << Check::NullSender
            << Script::hello().answer("MAIL"_ba, "530 5.7.0 Authentication required\r\n"_ba).quit()
            << Verdict::NotTested << none << "notTested.undecided"_ba
            << QByteArrayList {"EHLO client.example"_ba, "MAIL FROM:<>"_ba, "QUIT"_ba};
        row("postmaster taken") << Check::Postmaster
                                << Script::hello()
                                       .answer("MAIL"_ba, "250 ok\r\n"_ba)
                                       .answer("RCPT TO:<postmaster>"_ba, "250 ok\r\n"_ba)
                                       .quit()
                                << Verdict::Ok << none << ""_ba
                                << QByteArrayList {"EHLO client.example"_ba, "MAIL FROM:<>"_ba,
                                       "RCPT TO:<postmaster>"_ba, "QUIT"_ba};
        row("postmaster refused") << Check::Postmaster
                                  << Script::hello()
                                         .answer("MAIL"_ba, "250 ok\r\n"_ba)
                                         .answer("RCPT"_ba, "550 5.1.1 unknown\r\n"_ba)
                                         .quit()
                                  << Verdict::Finding << QByteArrayList {"postmaster.refused"_ba}
                                  << ""_ba
                                  << QByteArrayList {"EHLO client.example"_ba, "MAIL FROM:<>"_ba,
                                         "RCPT TO:<postmaster>"_ba, "QUIT"_ba};
        const QByteArrayList sizes {"EHLO client.example"_ba, "MAIL FROM:<>"_ba, "RSET"_ba,
            "MAIL FROM:<> SIZE=1001"_ba, "QUIT"_ba};
        row("SIZE obeyed") << Check::SizeLimit
                           << Script::hello({"SIZE 1000"_ba})
                                  .answer("MAIL"_ba, "250 ok\r\n"_ba)
                                  .answer("RSET"_ba, "250 ok\r\n"_ba)
                                  .answer("MAIL"_ba, "552 5.3.4 too large\r\n"_ba)
                                  .quit()
                           << Verdict::Ok << none << ""_ba << sizes;
        row("SIZE not obeyed") << Check::SizeLimit
                               << Script::hello({"SIZE 1000"_ba})
                                      .answer("MAIL"_ba, "250 ok\r\n"_ba)
                                      .answer("RSET"_ba, "250 ok\r\n"_ba)
                                      .answer("MAIL"_ba, "250 ok\r\n"_ba)
                                      .quit()
                               << Verdict::Finding << QByteArrayList {"size.notObeyed"_ba} << ""_ba
                               << sizes;
        row("SIZE, for now") << Check::SizeLimit
                             << Script::hello({"SIZE 1000"_ba})
                                    .answer("MAIL"_ba, "250 ok\r\n"_ba)
                                    .answer("RSET"_ba, "250 ok\r\n"_ba)
                                    .answer("MAIL"_ba, "452 4.3.1 disk\r\n"_ba)
                                    .quit()
                             << Verdict::NotTested << none << "notTested.undecided"_ba << sizes;
        row("SIZE without limit") << Check::SizeLimit << Script::hello({"SIZE"_ba}).quit()
                                  << Verdict::NotTested << none << "notTested.notOffered"_ba
                                  << QByteArrayList {"EHLO client.example"_ba, "QUIT"_ba};
        const QByteArrayList group {"EHLO client.example"_ba, "MAIL FROM:<>"_ba, "RCPT TO:<@>"_ba,
            "RSET"_ba, "RCPT TO:<postmaster>"_ba, "NOOP"_ba, "QUIT"_ba};
        row("group in order") << Check::Pipelining
                              << Script::hello({"PIPELINING"_ba})
                                     .answer("MAIL"_ba, "250 ok\r\n"_ba)
                                     .answer("RCPT"_ba, "501 no\r\n"_ba)
                                     .answer("RSET"_ba, "250 ok\r\n"_ba)
                                     .answer("RCPT"_ba, "503 no\r\n"_ba)
                                     .answer("NOOP"_ba, "250 ok\r\n"_ba)
                                     .quit()
                              << Verdict::Ok << none << ""_ba << group;
        row("group out of step") << Check::Pipelining
                                 << Script::hello({"PIPELINING"_ba})
                                        .expect("MAIL"_ba)
                                        .answer("RCPT"_ba, "501 no\r\n250 ok\r\n"_ba)
                                        .answer("RSET"_ba, "503 no\r\n"_ba)
                                        .answer("RCPT"_ba, "250 ok\r\n"_ba)
                                        .answer("NOOP"_ba, "250 ok\r\n"_ba)
                                        .quit()
                                 << Verdict::Finding << QByteArrayList {"pipelining.outOfStep"_ba}
                                 << ""_ba << group;
        row("RSET ignored") << Check::Pipelining
                            << Script::hello({"PIPELINING"_ba})
                                   .answer("MAIL"_ba, "250 ok\r\n"_ba)
                                   .answer("RCPT"_ba, "501 no\r\n"_ba)
                                   .answer("RSET"_ba, "250 ok\r\n"_ba)
                                   .answer("RCPT"_ba, "250 ok\r\n"_ba)
                                   .answer("NOOP"_ba, "250 ok\r\n"_ba)
                                   .quit()
                            << Verdict::Finding << QByteArrayList {"pipelining.resetIgnored"_ba}
                            << ""_ba << group;
        row("group lost") << Check::Pipelining
                          << Script::hello({"PIPELINING"_ba})
                                 .answer("MAIL"_ba, "250 ok\r\n"_ba)
                                 .expect("NOOP"_ba)
                                 .close()
                          << Verdict::Finding << QByteArrayList {"pipelining.lost"_ba} << ""_ba
                          << group.first(6);
        row("no PIPELINING") << Check::Pipelining << Script::hello().quit() << Verdict::NotTested
                             << none << "notTested.notOffered"_ba
                             << QByteArrayList {"EHLO client.example"_ba, "QUIT"_ba};
        row("refused greeting") << Check::Postmaster
                                << Script().send("554 no service\r\n"_ba).quit()
                                << Verdict::NotTested << none << "notTested.refused"_ba
                                << QByteArrayList {"QUIT"_ba};
    }

    void answers()
    {
        QFETCH(const Check, check);
        QFETCH(const Script, script);
        QFETCH(const Verdict, verdict);
        QFETCH(const QByteArrayList, findings);
        QFETCH(const QByteArray, reason);
        QFETCH(const QByteArrayList, wire);
        FakeRelay relay({script});
        const Run ran = run(check, groundAt(relay));
        QCOMPARE(heard(relay), wire);
        QCOMPARE(idsOf(ran.result), findings);
        QCOMPARE(ran.result.reason, reason);
        QCOMPARE(ran.result.verdict, verdict);
        QVERIFY(ran.pauses.isEmpty());
        for (const Finding &finding : ran.result.findings) {
            const auto said = Explain::explainFinding(finding.id, finding.subject);
            QVERIFY2(!said.text.contains(u"unusual"_s), finding.id.constData());
        }
    }

    // --- Who exists ---------------------------------------------------------------------------

    void vrfyLeak()
    {
        FakeRelay relay({Script::hello()
                .answer("VRFY postmaster"_ba, "250 Post <postmaster@fake.example>\r\n"_ba)
                .answer("VRFY nobody-"_ba, "550 5.1.1 unknown\r\n"_ba)
                .answer("EXPN postmaster"_ba, "502 5.5.1 no\r\n"_ba)
                .answer("EXPN nobody-"_ba, "502 5.5.1 no\r\n"_ba)
                .quit()});
        const Run ran = run(Check::Vrfy, groundAt(relay));
        QCOMPARE(relay.problems(), QStringList());
        QCOMPARE(idsOf(ran.result), QByteArrayList {"vrfy.leak"_ba});
        QCOMPARE(ran.result.findings.first().subject, "VRFY"_ba);
        QCOMPARE(ran.result.findings.first().evidence.size(), 2);
        QCOMPARE(ran.result.findings.first().evidence.at(1).text, "550 5.1.1 unknown"_ba);
    }

    void vrfySaysNothing()
    {
        FakeRelay relay({Script::hello()
                .answer("VRFY"_ba, "252 maybe\r\n"_ba)
                .answer("VRFY"_ba, "252 maybe\r\n"_ba)
                .answer("EXPN"_ba, "502 no\r\n"_ba)
                .answer("EXPN"_ba, "502 no\r\n"_ba)
                .quit()});
        QCOMPARE(run(Check::Vrfy, groundAt(relay)).result.verdict, Verdict::Ok);
    }

    // --- Open relay ---------------------------------------------------------------------------

    void openRelayForms()
    {
        const QList<RelayForm> forms = relayForms({.sender = "s@a.example",
            .recipient = "u@b.example",
            .host = "mx.c.example",
            .domain = "c.example",
            .literal = "[192.0.2.1]"});
        QByteArrayList recipients;
        for (const RelayForm &form : forms)
            recipients.append(form.recipient);
        QVERIFY(forms.size() >= 20);
        for (const QByteArray &wanted :
            {"u%b.example@mx.c.example"_ba, "\"u@b.example\"@[192.0.2.1]"_ba,
                "u@b.example@mx.c.example"_ba, "@mx.c.example:u@b.example"_ba, "b.example!u"_ba,
                "b.example!u@[192.0.2.1]"_ba, "\"u@b.example\""_ba, "\"u%b.example\""_ba})
            QVERIFY2(recipients.contains(wanted), wanted.constData());
        QCOMPARE(addressLiteral(u"::1"_s), "[IPv6:::1]"_ba);
        QCOMPARE(addressLiteral(u"192.0.2.1"_s), "[192.0.2.1]"_ba);
        QCOMPARE(addressLiteral(u"x"_s), QByteArray());
    }

    /// Many forms that show the same are one finding, which lists them.
    void openRelayFormsAreOneFinding()
    {
        Script script = Script::hello();
        QList<Script> scripts;
        const qsizetype forms = formsAt();
        for (qsizetype at = 0; at < forms; ++at) {
            if (at % 6 == 0 && at > 0) {
                scripts.append(script.quit());
                script = Script::hello();
            }
            script.answer("MAIL FROM:<"_ba, "250 ok\r\n"_ba)
                .answer("RCPT TO:<"_ba,
                    at == bangAt() || at == forms - 1 ? "250 ok\r\n"_ba : "554 no\r\n"_ba)
                .answer("RSET"_ba, "250 ok\r\n"_ba);
        }
        scripts.append(script.quit());
        FakeRelay relay(scripts);
        const Run ran = run(Check::OpenRelay, groundAt(relay));
        QCOMPARE(relay.problems(), QStringList());
        QCOMPARE(idsOf(ran.result), QByteArrayList {"relay.oddFormTaken"_ba});
        QCOMPARE(ran.result.findings.first().subject, "bang path, " + formsHere().last().name);
        QCOMPARE(ran.result.findings.first().evidence.size(), 2);
    }

    /// Only the bang path is taken: one finding, the rest refused; never DATA, always RSET.
    void openRelay()
    {
        Script script = Script::hello();
        QList<Script> scripts;
        const qsizetype forms = formsAt();
        for (qsizetype at = 0; at < forms; ++at) {
            if (at % 6 == 0 && at > 0) {
                scripts.append(script.quit());
                script = Script::hello();
            }
            const bool taken = bangAt() == at;
            script.answer("MAIL FROM:<"_ba, "250 ok\r\n"_ba)
                .answer("RCPT TO:<"_ba, taken ? "250 ok\r\n"_ba : "554 5.7.1 Relay denied\r\n"_ba)
                .answer("RSET"_ba, "250 ok\r\n"_ba);
        }
        scripts.append(script.quit());
        FakeRelay relay(scripts);
        const Run ran = run(Check::OpenRelay, groundAt(relay));
        QCOMPARE(relay.problems(), QStringList());
        QCOMPARE(relay.connections(), scripts.size());
        QCOMPARE(ran.result.sessions.size(), scripts.size());
        QCOMPARE(ran.result.probes.size(), forms);
        QCOMPARE(idsOf(ran.result), QByteArrayList {"relay.oddFormTaken"_ba});
        QCOMPARE(ran.result.findings.first().subject, "bang path"_ba);
        QCOMPARE(ran.result.findings.first().severity, Base::Severity::Warning);
        QVERIFY(!relay.commands().contains("DATA"_ba));
        QCOMPARE(std::ranges::count(ran.result.probes, Verdict::Ok, &Probe::verdict), forms - 1);
    }

    /// A 421 in the middle: the form that was cut off is asked again, none twice, and it is told.
    void openRelayGoesOnBehindAPause()
    {
        const qsizetype forms = formsAt();
        QList<Script> scripts {Script::hello()
                .answer("MAIL"_ba, "250 ok\r\n"_ba)
                .answer("RCPT"_ba, "554 no\r\n"_ba)
                .answer("RSET"_ba, "250 ok\r\n"_ba)
                .answer("MAIL"_ba, "421 4.7.0 too many errors\r\n"_ba)
                .close()};
        for (qsizetype from = 1; from < forms; from += 6) {
            Script script = Script::hello();
            for (qsizetype at = from; at < std::min(forms, from + 6); ++at)
                script.answer("MAIL"_ba, "250 ok\r\n"_ba)
                    .answer("RCPT"_ba, "554 no\r\n"_ba)
                    .answer("RSET"_ba, "250 ok\r\n"_ba);
            scripts.append(script.quit());
        }
        FakeRelay relay(scripts);
        const Run ran = run(Check::OpenRelay, groundAt(relay));
        QCOMPARE(relay.problems(), QStringList());
        QCOMPARE(ran.result.verdict, Verdict::Ok);
        QCOMPARE(ran.result.probes.size(), forms);
        QCOMPARE(ran.pauses.size(), 1);
        QCOMPARE(ran.pauses.first().reply, "421 4.7.0 too many errors"_ba);
    }

    void busyIsNotTested()
    {
        FakeRelay relay({Script().send("421 4.7.0 later\r\n"_ba).close()});
        const Run ran = run(Check::Postmaster, groundAt(relay));
        QCOMPARE(ran.result.verdict, Verdict::NotTested);
        QCOMPARE(ran.result.reason, "notTested.busy"_ba);
        QCOMPARE(ran.result.detail, "421 4.7.0 later"_ba);
        QCOMPARE(relay.connections(), 3);
        QCOMPARE(ran.pauses.size(), 2);
        QCOMPARE(ran.pauses.at(1).length, std::chrono::milliseconds(2));
    }

    // --- STARTTLS -----------------------------------------------------------------------------

    void injection_data()
    {
        QTest::addColumn<Script>("script");
        QTest::addColumn<Verdict>("verdict");
        QTest::addColumn<QByteArrayList>("findings");
        const QByteArrayList offer {"STARTTLS"_ba};
        const Script asked = Script::hello(offer).expect("STARTTLS"_ba).expect("NOOP"_ba);
        QTest::newRow("forgotten") << Script(asked)
                                          .send("220 go\r\n"_ba)
                                          .startTls()
                                          .answer("EHLO"_ba, "250 fake.example\r\n"_ba)
                                          .quit()
                                   << Verdict::Ok << QByteArrayList();
        QTest::newRow("carried out")
            << Script(asked)
                   .send("220 go\r\n"_ba)
                   .startTls()
                   .send("250 2.0.0 Ok\r\n"_ba)
                   .answer("EHLO"_ba, "250 fake.example\r\n"_ba)
                   .quit()
            << Verdict::Finding << QByteArrayList {"startTls.injection"_ba};
        QTest::newRow("carried out with the next command")
            << Script(asked)
                   .send("220 go\r\n"_ba)
                   .startTls()
                   .answer("EHLO"_ba, "250 2.0.0 Ok\r\n250 fake.example\r\n"_ba)
                   .quit()
            << Verdict::Finding << QByteArrayList {"startTls.injection"_ba};
        QTest::newRow("answered in clear")
            << Script(asked).send("220 go\r\n250 2.0.0 Ok\r\n"_ba).close() << Verdict::Finding
            << QByteArrayList {"startTls.clearAnswer"_ba};
        QTest::newRow("refused")
            << Script(asked).send("554 SMTP synchronization error\r\n"_ba).close() << Verdict::Ok
            << QByteArrayList();
    }

    void injection()
    {
        QFETCH(const Script, script);
        QFETCH(const Verdict, verdict);
        QFETCH(const QByteArrayList, findings);
        FakeRelay relay({script}, Test::testIdentity().identity);
        const Run ran = run(Check::StartTlsInjection, groundAt(relay, TlsMode::StartTls));
        QCOMPARE(idsOf(ran.result), findings);
        QCOMPARE(ran.result.verdict, verdict);
        QVERIFY(relay.receivedInClear().contains("STARTTLS\r\nNOOP\r\n"));
    }

    void enforced_data()
    {
        QTest::addColumn<QByteArray>("mail");
        QTest::addColumn<QByteArray>("auth");
        QTest::addColumn<QByteArrayList>("findings");
        QTest::newRow("both refused") << "530 5.7.0 Must issue STARTTLS first\r\n"_ba
                                      << "538 5.7.11 no\r\n"_ba << QByteArrayList();
        QTest::newRow("AUTH taken")
            << "530 5.7.0 no\r\n"_ba << "334 \r\n"_ba << QByteArrayList {"auth.takenInClear"_ba};
        QTest::newRow("MAIL taken")
            << "250 ok\r\n"_ba << "503 no\r\n"_ba << QByteArrayList {"startTls.mailInClear"_ba};
    }

    void enforced()
    {
        QFETCH(const QByteArray, mail);
        QFETCH(const QByteArray, auth);
        QFETCH(const QByteArrayList, findings);
        Script script = Script::hello({"STARTTLS"_ba}).answer("MAIL FROM:<>"_ba, mail);
        if (mail.startsWith("250"))
            script.answer("RSET"_ba, "250 ok\r\n"_ba);
        script.answer("AUTH PLAIN"_ba, auth);
        if (auth.startsWith("334"))
            script.answer("*"_ba, "501 given up\r\n"_ba);
        FakeRelay relay({script.quit()});
        const Run ran = run(Check::StartTlsEnforced, groundAt(relay, TlsMode::StartTls));
        QCOMPARE(relay.problems(), QStringList());
        QCOMPARE(idsOf(ran.result), findings);
    }

    // --- With consent -------------------------------------------------------------------------

    void nothingWithoutConsent()
    {
        FakeRelay relay({Script::hello().quit()});
        for (const Check check : {Check::Authentication, Check::RecipientLimit, Check::EndOfData}) {
            const Run ran = run(check, groundAt(relay));
            QCOMPARE(ran.result.reason, "notTested.consent"_ba);
        }
        Ground ground = groundAt(relay);
        ground.options.recipient = "me@fake.example"; // but not one's own server
        QCOMPARE(run(Check::EndOfData, ground).result.reason, "notTested.consent"_ba);
        QCOMPARE(relay.connections(), 0);
    }

    void recipientLimit()
    {
        FakeRelay relay({Script::hello()
                .answer("MAIL"_ba, "250 ok\r\n"_ba)
                .answer("RCPT TO:<me@fake.example>"_ba, "250 ok\r\n"_ba)
                .answer("RCPT"_ba, "250 ok\r\n"_ba)
                .answer("RCPT"_ba, "452 4.5.3 too many\r\n"_ba)
                .quit()});
        Ground ground = groundAt(relay);
        ground.options.recipient = "me@fake.example";
        const Run ran = run(Check::RecipientLimit, ground);
        QCOMPARE(relay.problems(), QStringList());
        QCOMPARE(idsOf(ran.result), QByteArrayList {"recipients.tooFew"_ba});
        QCOMPARE(ran.result.findings.first().subject, "2"_ba);
        QCOMPARE(ran.result.probes.first().what, "limit 2"_ba);
    }

    void authentication()
    {
        FakeRelay relay({Script::hello({"AUTH PLAIN"_ba})
                .answer("AUTH PLAIN AGFubgBjNG40cnk="_ba, "535 5.7.8 c4n4ry wrong\r\n"_ba)
                .quit()});
        Ground ground = groundAt(relay);
        ground.options.authenticate = true;
        ground.options.relay.session.auth.user = "ann";
        ground.options.relay.session.auth.password = Base::Secret("c4n4ry");
        ground.options.relay.session.auth.allowWithoutTls = true;
        ground.options.relay.session.tls = Smtp::TlsPolicy::None;
        Test::FakeSessions sessions;
        ground.sessions = &sessions;
        const Run ran = run(Check::Authentication, ground);
        QCOMPARE(relay.problems(), QStringList());
        QCOMPARE(idsOf(ran.result), QByteArrayList {"auth.refused"_ba});
        // Not in the result, and not in what is kept.
        QByteArray all = ran.result.findings.first().subject + ran.result.probes.first().answer
            + ran.result.findings.first().evidence.first().text;
        for (const Transcript::Entry &entry : sessions.storedEntries())
            all += entry.text;
        QVERIFY(all.contains("535 5.7.8"));
        QVERIFY(!all.contains("c4n4ry") && !all.contains("AGFubgBjNG40cnk="));
        QCOMPARE(sessions.records.size(), 1);
        QCOMPARE(sessions.records.first().id, ran.result.sessions.first());
    }

    /// What a session that sends would log in with is no refusal of the credentials.
    void authenticationGoesOn_data()
    {
        QTest::addColumn<Script>("script");
        QTest::addColumn<bool>("inTurn");
        QTest::addColumn<QByteArrayList>("findings");
        QTest::addColumn<QByteArrayList>("probes");
        const QByteArray announced = "AUTH CRAM-MD5 PLAIN"_ba;
        QTest::newRow("504 on the strongest")
            << Script::hello({announced})
                   .answer("AUTH CRAM-MD5"_ba, "504 5.5.4 not here\r\n"_ba)
                   .answer("AUTH PLAIN"_ba, "235 2.7.0 ok\r\n"_ba)
                   .quit()
            << false
            << QByteArrayList {"quirk.authMechanismRefused CRAM-MD5: 504 5.5.4 not here"_ba}
            << QByteArrayList {
                   "AUTH CRAM-MD5: 504 5.5.4 not here"_ba, "AUTH PLAIN: 235 2.7.0 ok"_ba};
        const Script inTurn = Script::hello({announced})
                                  .answer("AUTH CRAM-MD5"_ba, "535 5.7.8 no\r\n"_ba)
                                  .answer("AUTH PLAIN"_ba, "535 5.7.8 nor so\r\n"_ba)
                                  .quit();
        QTest::newRow("in turn")
            << inTurn << true
            << QByteArrayList {"quirk.authMechanismRefused CRAM-MD5: 535 5.7.8 no"_ba,
                   "auth.refused 535 5.7.8 nor so"_ba}
            << QByteArrayList {"AUTH CRAM-MD5: 535 5.7.8 no"_ba, "AUTH PLAIN: 535 5.7.8 nor so"_ba};
    }
    void authenticationGoesOn()
    {
        QFETCH(Script, script);
        QFETCH(bool, inTurn);
        QFETCH(QByteArrayList, findings);
        QFETCH(QByteArrayList, probes);
        FakeRelay relay({script});
        Ground ground = groundAt(relay);
        ground.options.authenticate = true;
        ground.options.relay.session.auth.user = "ann";
        ground.options.relay.session.auth.password = Base::Secret("c4n4ry");
        ground.options.relay.session.auth.allowWithoutTls = true;
        ground.options.relay.session.auth.inTurn = inTurn;
        ground.options.relay.session.tls = Smtp::TlsPolicy::None;
        const Run ran = run(Check::Authentication, ground);
        QCOMPARE(relay.problems(), QStringList());
        QByteArrayList told;
        for (const Finding &finding : ran.result.findings)
            told.append(finding.id + ' ' + finding.subject);
        QCOMPARE(told, findings);
        QByteArrayList asked;
        for (const Probe &probe : ran.result.probes)
            asked.append(probe.what + ": " + probe.answer);
        QCOMPARE(asked, probes);
    }

    /// C11, E1: a look minds no certificate, who gets a password is judged.
    void passwordsGoToNoStranger()
    {
        FakeRelay relay(
            {Script::hello({"STARTTLS"_ba}).upgrade().expectEnd()}, Test::testIdentity().identity);
        Ground ground = groundAt(relay, TlsMode::StartTls);
        ground.step.tls.caPem.clear();
        ground.options.authenticate = true;
        ground.options.relay.session.auth.user = "ann";
        ground.options.relay.session.auth.password = Base::Secret("c4n4ry");
        ground.options.relay.tlsOptions.verify = Tls::VerifyMode::Full;
        const Run ran = run(Check::Authentication, ground);
        QCOMPARE(ran.result.verdict, Verdict::NotTested);
        QCOMPARE(ran.result.reason, "notTested.broken"_ba);
        QVERIFY(!relay.received().contains("AUTH"));
        // TLS is required, and only clear text was found to work.
        FakeRelay stripped({Script::hello({"AUTH PLAIN SCRAM-SHA-256"_ba}).quit()});
        Ground clear = groundAt(stripped);
        clear.options = ground.options;
        clear.options.relay.session.tls = Smtp::TlsPolicy::RequireStartTls;
        QCOMPARE(run(Check::Authentication, clear).result.reason, "notTested.inClear"_ba);
        QCOMPARE(stripped.connections(), 0);
    }

    /// One variant is taken for the end: the line and the dot behind it get replies of their own.
    void endOfData()
    {
        QList<Script> scripts;
        for (const EndVariant &variant : endVariants()) {
            const QByteArray wire = variantMessage(variant);
            QVERIFY(wire.contains("deleted." + variant.bytes + "NOOP\r\n.\r\n"));
            Script script = Script::hello()
                                .answer("MAIL"_ba, "250 ok\r\n"_ba)
                                .answer("RCPT TO:<me@fake.example>"_ba, "250 ok\r\n"_ba)
                                .answer("DATA"_ba, "354 go\r\n"_ba)
                                .expectBytes(wire.size());
            if (variant.name == "LF . CRLF")
                script.send("250 queued\r\n250 ok\r\n500 what\r\n"_ba)
                    .expect("QUIT"_ba)
                    .send("221 bye\r\n"_ba);
            else if (variant.name == "CR . CR")
                script.send("521 5.5.2 bare CR\r\n"_ba).quit();
            else
                script.send("250 queued\r\n"_ba).quit();
            scripts.append(script);
        }
        QCOMPARE(scripts.size(), 12);
        FakeRelay relay(scripts);
        Ground ground = groundAt(relay);
        ground.options.recipient = "me@fake.example";
        ground.options.ownServer = true;
        const Run ran = run(Check::EndOfData, ground);
        QCOMPARE(ran.result.probes.size(), 12);
        QCOMPARE(relay.connections(), 12);
        QCOMPARE(idsOf(ran.result), QByteArrayList {"data.endVariant"_ba});
        QCOMPARE(ran.result.findings.first().subject, "LF . CRLF"_ba);
        QCOMPARE(ran.result.findings.first().severity, Base::Severity::Error);
    }

    // --- Names --------------------------------------------------------------------------------

    void names_data()
    {
        QTest::addColumn<QByteArray>("ptr");
        QTest::addColumn<QByteArrayList>("findings");
        QTest::newRow("confirmed") << "fake.example"_ba << QByteArrayList();
        QTest::newRow("PTR leads elsewhere")
            << "other.example"_ba << QByteArrayList {"names.ptrUnconfirmed"_ba};
        QTest::newRow("no PTR") << ""_ba << QByteArrayList {"names.noPtr"_ba};
    }

    void names()
    {
        QFETCH(const QByteArray, ptr);
        QFETCH(const QByteArrayList, findings);
        FakeRelay relay({Script::hello().quit()});
        FakeZone zone;
        zone.add("fake.example"_ba, QHostAddress(u"127.0.0.1"_s));
        zone.add("other.example"_ba, QHostAddress(u"192.0.2.9"_s));
        if (!ptr.isEmpty())
            zone.records[{"1.0.0.127.in-addr.arpa"_ba, Dns::Type::Ptr}].append(Dns::NameData {ptr});
        Ground ground = groundAt(relay);
        ground.options.makeResolver = zone.make();
        const Run ran = run(Check::Names, ground);
        QCOMPARE(idsOf(ran.result), findings);
        QVERIFY(zone.asked.contains(u"PTR 1.0.0.127.in-addr.arpa"_s));
    }

    void namesWithoutDns()
    {
        FakeRelay relay({Script::hello().quit()});
        FakeZone zone;
        zone.fail("1.0.0.127.in-addr.arpa"_ba, Dns::Type::Ptr, Dns::Status::ServerFailure);
        zone.fail("fake.example"_ba, Dns::Type::A, Dns::Status::Timeout);
        Ground ground = groundAt(relay);
        ground.options.makeResolver = zone.make();
        const Run ran = run(Check::Names, ground);
        QVERIFY(ran.result.findings.isEmpty());
        QCOMPARE(ran.result.probes.at(2).verdict, Verdict::NotTested);
    }

    // --- The offer ----------------------------------------------------------------------------

    void extensions()
    {
        FakeRelay relay({Script::hello({"PIPELINING"_ba, "8BITMIME"_ba, "SMTPUTF8"_ba,
                                           "SIZE 1000"_ba, "ENHANCEDSTATUSCODES"_ba, "DSN"_ba})
                .quit()});
        Ground ground = groundAt(relay);
        ground.cell.inClear = Smtp::Capabilities::fromEhlo(
            {250, {"fake"_ba, "STARTTLS"_ba, "XFOO"_ba}});
        ground.cell.inTls = Smtp::Capabilities::fromEhlo(
            {250, {"fake"_ba, "STARTTLS"_ba, "AUTH PLAIN"_ba}});
        const Run ran = run(Check::Extensions, ground);
        QCOMPARE(idsOf(ran.result),
            (QByteArrayList {"extension.missing"_ba, "extension.startTlsInTls"_ba,
                "extension.lostInTls"_ba, "extension.onlyInTls"_ba}));
        QCOMPARE(ran.result.findings.first().subject, "CHUNKING"_ba);
        QCOMPARE(ran.result.findings.at(2).subject, "XFOO"_ba);
    }

    void authOffer()
    {
        FakeRelay relay({Script::hello({"STARTTLS"_ba, "AUTH PLAIN CRAM-MD5"_ba}).quit()});
        const Run offered = run(Check::AuthOffer, groundAt(relay, TlsMode::StartTls));
        QCOMPARE(idsOf(offered.result), QByteArrayList {"auth.offeredInClear"_ba});
        QCOMPARE(offered.result.findings.first().subject, "PLAIN"_ba);
        FakeRelay bare({Script::hello({"AUTH LOGIN"_ba}).quit()});
        const Run only = run(Check::AuthOffer, groundAt(bare));
        QCOMPARE(idsOf(only.result), QByteArrayList {"auth.onlyInClear"_ba});
        QCOMPARE(only.result.findings.first().severity, Base::Severity::Error);
    }

private:
    static QList<RelayForm> formsHere()
    {
        return relayForms({.sender = "relay-test@example.com",
            .recipient = "relay-test@example.org",
            .host = "fake.example",
            .domain = {},
            .literal = "[127.0.0.1]"});
    }
    static qsizetype formsAt() { return formsHere().size(); }
    static qsizetype bangAt()
    {
        const QList<RelayForm> forms = formsHere();
        return std::ranges::find(forms, "bang path"_ba, &RelayForm::name) - forms.begin();
    }
};

QTEST_GUILESS_MAIN(BehaviourChecksTest)
#include "tst_behaviourchecks.moc"
