// SPDX-License-Identifier: GPL-3.0-or-later
// The fault grid of faults.md (R1) as a sender meets it: the whole engine, sockets and TLS
// included, against the sandbox's hostile scenarios.
#include "faultgrid.h"

#include "base/literals.h"
#include "delivery/sendservice.h"
#include "sandbox/sandboxservice.h"
#include "sandbox/scenarioparser.h"

#include <QElapsedTimer>
#include <QSignalSpy>
#include <QTest>

#include <algorithm>

using namespace Mailgauge;
using namespace std::chrono_literals;
using Smtp::Outcome;
using Smtp::Stage;
using Test::Fault;

namespace {

/// What becomes of the one recipient, a letter per fault in their order: accepted, deferred,
/// rejected, failed, uncertain. A reply in the middle of the content that takes long itself (x) is
/// either seen to be out of place, failed, or is the reply to the dot by then.
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
    Row {Stage::Content, "DDUDRDFFxxxF"},
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

/// Of each stage, where the fault is silence.
constexpr std::chrono::milliseconds SilenceLimit = 1s;
/// Of each stage elsewhere, and the sandbox's own: longer than the test waits for a cell.
constexpr std::chrono::milliseconds LongWait = 60s;
static_assert(LongWait > std::chrono::milliseconds(Test::Patience));
/// What R1 gives to a cell beyond its limit, on a machine that does nothing else. A cell that takes
/// longer is played again beside a session without a fault, which tells what the machine is worth
/// at that moment: nothing but what waits for a limit that it should not need, or for longer than
/// its own, is too slow each time.
constexpr std::chrono::milliseconds Allowance = 1s;

/// How long a cell waits by its nature.
std::chrono::milliseconds limitOf(Fault fault)
{
    switch (fault) {
    case Fault::Silence:
        return SilenceLimit;
    case Fault::Trickle:
        return 3s; // two replies to EHLO have 400 octets, of 5 ms each
    case Fault::Rst:
    case Fault::Fin:
    case Fault::Transient:
    case Fault::Permanent:
    case Fault::ClosingDown:
    case Fault::Garbage:
    case Fault::Nul:
    case Fault::HugeLine:
    case Fault::Endless:
    case Fault::Extra:
        return 0s;
    }
    Q_UNREACHABLE_RETURN(0s);
}

struct Played {
    std::optional<Transcript::SessionRecord> record;
    QByteArray shortened; ///< The transcript.
    bool leaks = false; ///< The password stands in it.
    std::chrono::milliseconds taken {}; ///< From send() to the outcome.
};

Delivery::SendRequest requestTo(
    const Sandbox::SandboxAddress &address, Stage stage, std::chrono::milliseconds deadline)
{
    Delivery::SendRequest request;
    request.target.host = u"localhost"_s;
    request.target.pinnedAddress = QHostAddress(QHostAddress::LocalHost);
    request.target.port = address.port;
    request.tlsOptions.caPem = address.caPem;
    request.session.ehloName = "tester.example"_ba;
    request.session.tls = Smtp::TlsPolicy::RequireStartTls;
    request.session.auth.need = Smtp::AuthOptions::Need::Required;
    request.session.auth.user = "sandbox"_ba;
    request.session.auth.password = Base::Secret("open-sesame");
    request.session.auth.mechanisms = {"PLAIN"_ba};
    if (stage == Stage::Rset) // what nobody sends unless there is something to forget
        request.session.commands = {"RSET"_ba};
    for (const Stage one : Smtp::allStages)
        request.session.deadlines.set(one, deadline);
    request.envelope.reversePath = *Smtp::Mailbox::parse("a@x.example");
    request.envelope.forwardPaths = {*Smtp::Mailbox::parse("b@y.example")};
    request.content = Base::Content();
    request.content->bytes = "Subject: x\r\n\r\n"_ba;
    // More than fits on the way, so that the end is not out when the fault strikes.
    request.content->bytes += stage == Stage::Content
        ? QByteArray("0123456789\r\n").repeated(1'000'000)
        : "x\r\n"_ba;
    return request;
}

Played play(
    const Sandbox::Scenario &scenario, Stage stage, std::chrono::milliseconds deadline = LongWait)
{
    const Base::SystemClock clock;
    Sandbox::SandboxService sandbox(clock);
    QSignalSpy started(&sandbox, &Sandbox::SandboxService::started);
    Sandbox::SandboxOptions options;
    options.scenario = scenario;
    options.scenario.settings.idle = LongWait;
    sandbox.start(options);
    Played played;
    if (!Test::waitFor([&started] { return !started.isEmpty(); }))
        return played;

    Delivery::SendService service(nullptr, clock);
    QSignalSpy finished(&service, &Delivery::SendService::finished);
    QSignalSpy recorded(&service, &Delivery::SendService::entriesRecorded);
    QElapsedTimer timer;
    timer.start();
    service.send(requestTo(*sandbox.address(), stage, deadline));
    if (!Test::waitFor([&finished] { return !finished.isEmpty(); }))
        return played;
    played.taken = std::chrono::milliseconds(timer.elapsed());
    played.record = finished.first().first().value<Transcript::SessionRecord>();
    for (const QList<QVariant> &batch : std::as_const(recorded)) {
        for (const Transcript::Entry &entry : batch.at(1).value<QList<Transcript::Entry>>()) {
            played.shortened += entry.text.left(200) + '\n';
            played.leaks = played.leaks || entry.text.contains("open-sesame")
                || entry.text.contains("b3Blbi1zZXNhbWU")
                || entry.text.contains("AHNhbmRib3gAb3Blbi1zZXNhbWU=");
        }
    }
    return played;
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
    std::chrono::milliseconds taken {};
    std::chrono::milliseconds plain {};
    int tries = 0;
    do {
        const Played cell = met.fault == Fault::Silence ? play(*scenario, stage, SilenceLimit)
                                                        : play(*scenario, stage);
        QVERIFY2(cell.record, "the sandbox did not start, or the session does not end");
        const Transcript::SessionRecord &record = *cell.record;
        QCOMPARE(record.recipients.size(), 1);
        const char got = letterOf(record.recipients.first().outcome);
        const QByteArray told = QByteArray("got ") + got + ": "
            + (record.failure ? record.failure->error.detail.toUtf8() : QByteArray()) + '\n'
            + cell.shortened;
        const QByteArray right = outcome != 'x' ? QByteArray(1, outcome)
            : met.fault == Fault::Trickle       ? "FR"_ba
                                                : "FU"_ba;
        QVERIFY2(right.contains(got), told.constData());
        // The sandbox would wait longer: it is our own limit that ends it, in that stage.
        if (met.fault == Fault::Silence) {
            QVERIFY2(cell.taken >= SilenceLimit, told.constData());
            if (stage != Stage::Quit) { // nobody needs its reply (B29)
                QVERIFY2(record.failure, told.constData());
                QCOMPARE(record.failure->error.kind, Base::Error::Kind::Timeout);
            }
        }
        // E1: no fault brings the password out.
        QVERIFY(!cell.leaks);
        taken = cell.taken;
        if (taken <= limitOf(met.fault) + Allowance)
            return;
        Sandbox::Scenario faultless = *scenario;
        faultless.rules.clear();
        const Played whole = play(faultless, stage);
        QVERIFY(whole.record);
        QCOMPARE(whole.record->outcome, Transcript::WholeOutcome::Accepted);
        plain = whole.taken;
    } while (taken > limitOf(met.fault) + Allowance + 3 * plain && ++tries < 5);
    QVERIFY2(tries < 5,
        qPrintable(u"ends after %1 ms each time, and a session without a fault after %2 ms"_s
                .arg(taken.count())
                .arg(plain.count())));
}

QTEST_GUILESS_MAIN(TestFaultGrid)
#include "tst_faultgrid.moc"
