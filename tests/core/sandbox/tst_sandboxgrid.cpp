// SPDX-License-Identifier: GPL-3.0-or-later
// The fault grid of faults.md (R1) seen from the client's side: every cell is a scenario file, and
// a raw client meets that fault at that stage.
#include "base/literals.h"
#include "faultgrid.h"
#include "rawclient.h"
#include "sandbox/sandboxservice.h"
#include "sandbox/scenarioparser.h"

#include <QSignalSpy>
#include <QTest>

using namespace Mailgauge;
using namespace Mailgauge::Sandbox;
using Smtp::Stage;
using Test::Fault;
using Test::RawClient;

namespace {

const QByteArray goAhead = "220 2.0.0 Ready to start TLS\r\n"_ba;

struct Step {
    QByteArray send;
    QByteArray reply; ///< What the reply begins with.
};

/// What leads to the stage; the last step's reply is where the fault strikes.
QList<Step> stepsTo(Stage stage)
{
    const Step greeting {{}, "220 "_ba};
    const Step hello {"EHLO client.example\r\n"_ba, "250-"_ba};
    const Step mail {"MAIL FROM:<a@x.example>\r\n"_ba, "250 "_ba};
    const Step rcpt {"RCPT TO:<b@y.example>\r\n"_ba, "250 "_ba};
    const Step data {"DATA\r\n"_ba, "354 "_ba};
    switch (stage) {
    case Stage::Helo:
        return {greeting, hello};
    case Stage::StartTls:
        return {greeting, hello, {"STARTTLS\r\n"_ba, "220 "_ba}};
    case Stage::Tls:
        return {greeting, hello, {"STARTTLS\r\n"_ba, {}}};
    case Stage::Auth:
        return {greeting, hello,
            {"AUTH PLAIN " + "\0sandbox\0open-sesame"_ba.toBase64() + "\r\n", "235 "_ba}};
    case Stage::Mail:
        return {greeting, hello, mail};
    case Stage::Rcpt:
        return {greeting, hello, mail, rcpt};
    case Stage::Data:
        return {greeting, hello, mail, rcpt, data};
    case Stage::Content:
        return {greeting, hello, mail, rcpt, data, {"Subject: x\r\n\r\nx"_ba, {}}};
    case Stage::Dot:
        return {greeting, hello, mail, rcpt, data, {"Subject: x\r\n\r\nx\r\n.\r\n"_ba, "250 "_ba}};
    case Stage::Rset:
        return {greeting, hello, mail, {"RSET\r\n"_ba, "250 "_ba}};
    case Stage::Quit:
        return {greeting, hello, {"QUIT\r\n"_ba, "221 "_ba}};
    default:
        return {greeting};
    }
}

} // namespace

class TestSandboxGrid : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void cell_data();
    void cell();

private:
    void meets(Fault fault, Stage stage, const QByteArray &reply, RawClient &client);
};

void TestSandboxGrid::cell_data()
{
    QTest::addColumn<Stage>("stage");
    QTest::addColumn<int>("fault");
    for (const Stage stage : Test::gridStages) {
        for (std::size_t i = 0; i < Test::gridFaults().size(); ++i)
            QTest::addRow("R1 %s, %s", Smtp::stageName(stage).data(), Test::gridFaults()[i].name)
                << stage << static_cast<int>(i);
    }
}

void TestSandboxGrid::cell()
{
    QFETCH(const Stage, stage);
    QFETCH(const int, fault);
    const Test::GridFault &name = Test::gridFaults()[static_cast<std::size_t>(fault)];
    const auto scenario = parseScenario(Test::gridScenario(stage, name));
    QVERIFY2(scenario, qPrintable(scenario ? QString() : scenario.error().detail));

    const Base::SystemClock clock;
    SandboxService service(clock);
    QSignalSpy started(&service, &SandboxService::started);
    QSignalSpy sessions(&service, &SandboxService::sessionCountChanged);
    SandboxOptions options;
    options.scenario = *scenario;
    service.start(options);
    QVERIFY(started.wait(Test::Patience));

    RawClient client(service.address()->port);
    client.keepAtMost(64 * 1024);
    QList<Step> steps = stepsTo(stage);
    const Step last = steps.takeLast();
    for (const Step &step : std::as_const(steps)) {
        client.clear();
        client.send(step.send);
        QTRY_VERIFY2(client.received().startsWith(step.reply) && client.endsWith("\r\n"),
            client.received().constData());
    }
    client.clear();
    client.send(last.send);
    if (stage == Stage::Tls && (name.fault == Fault::Trickle || name.fault == Fault::Extra)) {
        QTRY_COMPARE(client.received(), goAhead);
        client.clear();
        client.startTls(service.address()->caPem);
    }
    meets(name.fault, stage, last.reply, client);
    if (QTest::currentTestFailed())
        return;
    // Whatever happened, nothing of it stays behind.
    client.abort();
    QTRY_COMPARE(sessions.last(), (QList<QVariant> {0, 1}));
}

void TestSandboxGrid::meets(Fault fault, Stage stage, const QByteArray &reply, RawClient &client)
{
    // What precedes the handshake is no part of it.
    const auto got = [&client, stage] {
        const QByteArray &received = client.received();
        return stage == Stage::Tls && received.startsWith(goAhead) ? received.sliced(goAhead.size())
                                                                   : received;
    };
    switch (fault) {
    case Fault::Rst:
        QTRY_VERIFY(client.isOver());
        QVERIFY(client.wasReset() && got().isEmpty());
        break;
    case Fault::Fin:
        QTRY_VERIFY(client.isOver());
        QVERIFY(!client.wasReset() && got().isEmpty());
        break;
    case Fault::Silence:
        client.send("NOOP\r\n"_ba);
        QTRY_VERIFY(client.isOver());
        // By a reset or in order: that depends on whether the NOOP came before the end.
        QVERIFY(got().isEmpty());
        break;
    case Fault::Transient:
        QTRY_COMPARE(got(), "451 4.3.0 Later\r\n"_ba);
        break;
    case Fault::Permanent:
        QTRY_COMPARE(got(), "550 5.3.0 No\r\n"_ba);
        break;
    case Fault::ClosingDown:
        QTRY_VERIFY(client.isOver());
        QVERIFY(!client.wasReset());
        QCOMPARE(got(), "421 4.3.2 Closing\r\n"_ba);
        break;
    case Fault::Garbage:
        QTRY_COMPARE(got(), "@!# garbage\r\n"_ba);
        break;
    case Fault::Nul:
        QTRY_COMPARE(got(), "250 \0ok\r\n"_ba);
        break;
    case Fault::HugeLine: {
        const qint64 before = client.total();
        QTRY_VERIFY_WITH_TIMEOUT(client.total() - before >= 100'000'000 - 64 * 1024, 30'000);
        QVERIFY(!got().contains('\n'));
        break;
    }
    case Fault::Endless:
        QTRY_VERIFY(client.total() > 4'000'000);
        QVERIFY(got().startsWith("250-more\r\n250-more\r\n"));
        QVERIFY(!got().contains("250 "));
        break;
    case Fault::Trickle:
        if (stage == Stage::Tls)
            QTRY_VERIFY(client.isEstablished());
        else if (stage == Stage::Helo)
            QTRY_VERIFY(got().contains("250 AUTH") && client.endsWith("\r\n"));
        else
            QTRY_VERIFY(got().startsWith(reply) && client.endsWith("\r\n"));
        // Connect has no bytes of its own: the greeting comes as usual.
        if (stage != Stage::Connect) {
            const qint64 pauses = stage == Stage::Tls ? 60 : client.received().size();
            QVERIFY2(client.duration() > pauses * 5 / 2,
                QByteArray::number(client.duration()).constData());
        }
        break;
    case Fault::Extra:
        QTRY_VERIFY2(got().contains("250 2.0.0 Extra\r\n"), got().constData());
        if (stage == Stage::Connect)
            QTRY_VERIFY(got().endsWith("220 localhost ESMTP Mailgauge sandbox\r\n"));
        else
            QVERIFY(got().startsWith(reply) && client.endsWith("250 2.0.0 Extra\r\n"));
        QCOMPARE(client.isEstablished(), stage == Stage::Tls);
        break;
    }
}

QTEST_GUILESS_MAIN(TestSandboxGrid)
#include "tst_sandboxgrid.moc"
