// SPDX-License-Identifier: GPL-3.0-or-later
// The fault grid of faults.md (R1) as a sender meets it: the whole engine, sockets and TLS
// included, against the sandbox's hostile scenarios.
#include "faultgrid.h"

#include "base/literals.h"
#include "delivery/sendservice.h"
#include "sandbox/sandboxservice.h"
#include "sandbox/scenarioparser.h"

#include <QTest>

#include <algorithm>

using namespace Mailgauge;
using namespace std::chrono_literals;
using Smtp::Outcome;
using Smtp::Stage;
using Test::Fault;

namespace {

/// What becomes of the one recipient, a letter per fault in their order: accepted, deferred,
/// rejected, failed, uncertain. In the middle of the content (?) it depends on what was out when
/// the fault struck: anything but accepted or stopped.
struct Row {
    Stage stage;
    const char *outcomes;
};

constexpr std::array rows {
    // RST FIN silence 4xx 5xx 421 garbage NUL huge endless trickle extra. The reply with the NUL
    // is a 250, whose text decides nothing (B6).
    Row {Stage::Connect, "DDDDRDFAFFAF"},
    Row {Stage::Greeting, "DDDDRDFAFFAF"},
    Row {Stage::Helo, "DDDDRDFFFFAF"},
    Row {Stage::StartTls, "DDDFFDFFFFAF"},
    Row {Stage::Tls, "FFDFFFFFFFAF"},
    Row {Stage::Auth, "DDDFFDFAFFAF"},
    Row {Stage::Mail, "DDDDRDFAFFAF"},
    Row {Stage::Rcpt, "DDDDRDFAFFAF"},
    Row {Stage::Data, "DDDDRDFFFFAF"},
    Row {Stage::Content, "????????????"},
    Row {Stage::Dot, "UUUDRDUAUUAA"},
    Row {Stage::Rset, "DDDAADFAFFAF"},
    Row {Stage::Quit, "AAAAAAAAAAAA"},
};

static_assert(std::ranges::equal(rows, Test::gridStages, {}, &Row::stage));

char letterOf(Outcome outcome)
{
    switch (outcome) {
    case Outcome::Accepted:
        return 'A';
    case Outcome::Deferred:
        return 'D';
    case Outcome::Rejected:
        return 'R';
    case Outcome::Failed:
        return 'F';
    case Outcome::Uncertain:
        return 'U';
    case Outcome::Stopped:
        return 'S';
    }
    Q_UNREACHABLE_RETURN(' ');
}

} // namespace

class TestFaultGrid final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void cell_data();
    void cell();
};

void TestFaultGrid::cell_data()
{
    QTest::addColumn<Stage>("stage");
    QTest::addColumn<int>("fault");
    QTest::addColumn<char>("outcome");
    for (const Row &row : rows) {
        QCOMPARE(qstrlen(row.outcomes), Test::gridFaults().size());
        for (std::size_t i = 0; i < Test::gridFaults().size(); ++i)
            QTest::addRow(
                "R1 %s, %s", Smtp::stageName(row.stage).data(), Test::gridFaults()[i].name)
                << row.stage << static_cast<int>(i) << row.outcomes[i];
    }
}

void TestFaultGrid::cell()
{
    QFETCH(const Stage, stage);
    QFETCH(const int, fault);
    QFETCH(const char, outcome);
    const Test::GridFault &met = Test::gridFaults()[static_cast<std::size_t>(fault)];
    const auto scenario = Sandbox::parseScenario(Test::gridScenario(stage, met));
    QVERIFY2(scenario, qPrintable(scenario ? QString() : scenario.error().detail));
    const Base::SystemClock clock;
    Sandbox::SandboxService sandbox(clock);
    QSignalSpy started(&sandbox, &Sandbox::SandboxService::started);
    Sandbox::SandboxOptions options;
    options.scenario = *scenario;
    sandbox.start(options);
    QVERIFY(started.wait(Test::Patience));

    Delivery::SendService service(nullptr, clock);
    QSignalSpy finished(&service, &Delivery::SendService::finished);
    QSignalSpy recorded(&service, &Delivery::SendService::entriesRecorded);
    Delivery::SendRequest request;
    request.target.host = u"localhost"_s;
    request.target.pinnedAddress = QHostAddress(QHostAddress::LocalHost);
    request.target.port = sandbox.address()->port;
    request.tlsOptions.caPem = sandbox.address()->caPem;
    request.session.ehloName = "tester.example"_ba;
    request.session.tls = Smtp::TlsPolicy::RequireStartTls;
    request.session.auth.need = Smtp::AuthOptions::Need::Required;
    request.session.auth.user = "sandbox"_ba;
    request.session.auth.password = Base::Secret("open-sesame");
    request.session.auth.mechanisms = {"PLAIN"_ba};
    if (stage == Stage::Rset) // what nobody sends unless there is something to forget
        request.session.commands = {"RSET"_ba};
    if (met.fault == Fault::Silence) {
        for (const Stage one : Smtp::allStages)
            request.session.deadlines.set(one, 1s);
    }
    request.envelope.reversePath = *Smtp::Mailbox::parse("a@x.example");
    request.envelope.forwardPaths = {*Smtp::Mailbox::parse("b@y.example")};
    request.content = Base::Content();
    request.content->bytes = "Subject: x\r\n\r\n"_ba;
    // More than fits on the way, so that the end is not out when the fault strikes.
    request.content->bytes += stage == Stage::Content
        ? QByteArray("0123456789\r\n").repeated(1'000'000)
        : "x\r\n"_ba;
    service.send(request);
    QTRY_COMPARE(finished.size(), 1);
    const auto record = finished.first().first().value<Transcript::SessionRecord>();
    QCOMPARE(record.recipients.size(), 1);
    const char got = letterOf(record.recipients.first().outcome);
    QByteArray told = QByteArray("got ") + got + ": "
        + (record.failure ? record.failure->error.detail.toUtf8() : QByteArray());
    for (const QList<QVariant> &batch : std::as_const(recorded)) {
        for (const Transcript::Entry &entry : batch.at(1).value<QList<Transcript::Entry>>())
            told += '\n' + entry.text.left(200);
    }
    if (outcome == '?')
        QVERIFY2(got != 'A' && got != 'S', told.constData());
    else
        QVERIFY2(got == outcome, told.constData());
    // E1: no fault brings the password out.
    for (const QList<QVariant> &batch : std::as_const(recorded)) {
        for (const Transcript::Entry &entry : batch.at(1).value<QList<Transcript::Entry>>())
            QVERIFY(!entry.text.contains("open-sesame") && !entry.text.contains("b3Blbi1zZXNhbWU")
                && !entry.text.contains("AHNhbmRib3gAb3Blbi1zZXNhbWU="));
    }
}

QTEST_GUILESS_MAIN(TestFaultGrid)
#include "tst_faultgrid.moc"
