// SPDX-License-Identifier: GPL-3.0-or-later
#include "sandbox/sandboxsession.h"

#include "base/literals.h"
#include "sandbox/scenariocatalogue.h"
#include "sandbox/scenarioparser.h"

#include <QTest>

using namespace Mailgauge;
using namespace Mailgauge::Sandbox;
using namespace std::chrono_literals;

namespace {

Scenario withRules(const QByteArray &rules, const QByteArray &settings = {})
{
    const auto scenario = parseScenario(
        R"({"format":"mailgauge-scenario","version":1,"name":"x","title":"X","settings":{)"
        + settings + R"(},"rules":[)" + rules + "]}");
    return scenario ? *scenario : Scenario {};
}

/// Drives a session on a clock of its own; TLS is assumed to succeed.
struct Driver {
    explicit Driver(const Scenario &scenario)
        : session(std::make_shared<ScenarioPlayer>(scenario), {})
    {
        session.start(now);
        pull();
    }
    void feed(const QByteArray &bytes)
    {
        session.receive(bytes, now);
        pull();
    }
    void advance(std::chrono::milliseconds by)
    {
        now += by;
        session.timeoutExpired(now);
        pull();
    }
    void pull()
    {
        while (auto event = session.next(4096, now))
            std::visit([this](const auto &e) { on(e); }, *event);
    }
    void on(const SandboxEvent::Write &write) { sent += write.bytes; }
    void on(const SandboxEvent::StartTls &) { sent += "[tls]"; }
    void on(const SandboxEvent::Accepted &one) { accepted += one; }
    void on(const SandboxEvent::Close &close)
    {
        sent += close.how == OutputQueue::Mark::Close ? "[close]"
            : close.how == OutputQueue::Mark::Fin     ? "[fin]"
                                                      : "[rst]";
    }
    QByteArray take() { return std::exchange(sent, {}); }

    Base::TimePoint now {1h};
    SandboxSession session;
    QByteArray sent;
    QList<SandboxEvent::Accepted> accepted;
};

const QByteArray hello = "EHLO client.example\r\n"_ba;
const QByteArray envelope
    = "MAIL FROM:<a@x.example>\r\nRCPT TO:<b@y.example>\r\nRCPT TO:<c@z.example>\r\nDATA\r\n"_ba;

} // namespace

class TestSandboxSession : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void silentClientIsSentAway();
    void delayHoldsTheReply();
    void bytesDuringADelayAreSeen();
    void stopReading();
    void withheldReplyStillAccepts();
    void bouncesAreGrouped();
    void repliesNobodyReads();
    void demoHasEveryOutcome();
};

void TestSandboxSession::silentClientIsSentAway()
{
    Driver driver(withRules({}, R"("idleMs":1000)"));
    driver.take();
    driver.feed(hello);
    driver.advance(999ms);
    QVERIFY(!driver.take().contains("421"));
    QCOMPARE(*driver.session.deadline(), driver.now + 1ms);
    driver.advance(1ms);
    QCOMPARE(driver.take(), "421 4.4.2 Nothing heard for too long, closing\r\n[close]"_ba);
    // A2: during a handshake nothing can be said.
    Driver tls(withRules({}, R"("idleMs":1000)"));
    tls.feed(hello);
    tls.take();
    tls.feed("STARTTLS\r\n"_ba);
    tls.advance(1000ms);
    QCOMPARE(tls.take(), "220 2.0.0 Ready to start TLS\r\n[tls][rst]"_ba);
}

void TestSandboxSession::delayHoldsTheReply()
{
    Driver driver(withRules(R"({"stage":"helo","do":{"delayMs":5000}})", R"("idleMs":1000)"));
    driver.take();
    driver.feed(hello);
    QCOMPARE(*driver.session.deadline(), driver.now + 5000ms);
    driver.advance(4999ms);
    QVERIFY(driver.take().isEmpty());
    driver.advance(1ms); // the wait was ours: the client is not idle
    QVERIFY(driver.take().startsWith("250-localhost"));
}

void TestSandboxSession::bytesDuringADelayAreSeen()
{
    // C3 with a slow server: what comes before the 220 was said ends the session.
    Driver driver(withRules(R"({"stage":"starttls","do":{"delayMs":100}})"));
    driver.feed(hello);
    driver.take();
    driver.feed("STARTTLS\r\n"_ba);
    driver.feed("EHLO evil\r\n"_ba);
    driver.advance(100ms);
    QCOMPARE(driver.take(), "554 5.5.1 You sent more before my reply; closing\r\n[close]"_ba);
}

void TestSandboxSession::stopReading()
{
    Driver driver(withRules(R"({"stage":"data","do":{"stopReading":true}})"));
    driver.feed(hello);
    driver.take();
    driver.feed(envelope);
    QVERIFY(driver.take().endsWith("354 End with CRLF.CRLF\r\n"));
    QVERIFY(!driver.session.wantsBytes());
    driver.advance(15min);
    QCOMPARE(driver.take(), "[rst]"_ba);
}

void TestSandboxSession::withheldReplyStillAccepts()
{
    for (const QByteArray &action :
        {R"("drop":"fin")"_ba, R"("silence":true)"_ba, R"("raw":{"text":"25"})"_ba}) {
        Driver driver(withRules(R"({"stage":"dot","do":{)" + action + "}}"));
        driver.feed(hello);
        driver.feed(envelope);
        driver.take();
        driver.feed("x\r\n.\r\n"_ba);
        QVERIFY(!driver.take().contains("250"));
        QCOMPARE(driver.accepted.size(), 1); // B26, B28: the client cannot know
    }
    Driver refusing(withRules(R"({"stage":"dot","do":{"reply":{"code":451},"drop":"fin"}})"));
    refusing.feed(hello);
    refusing.feed(envelope);
    refusing.take();
    refusing.feed("x\r\n.\r\nQUIT\r\n"_ba);
    QCOMPARE(refusing.take(), "451 \r\n[fin]"_ba);
    QVERIFY(refusing.accepted.isEmpty());
}

void TestSandboxSession::bouncesAreGrouped()
{
    Driver driver(withRules(
        R"({"stage":"rcpt","match":{"recipient":"*@y.example"},"do":{"bounce":{"afterMs":5,"status":"5.2.2"}}},
           {"stage":"dot","do":{"bounce":{"afterMs":9}}})"));
    driver.feed(hello);
    driver.feed(envelope);
    driver.feed("x\r\n.\r\n"_ba);
    QCOMPARE(driver.accepted.size(), 1);
    const QList<PlannedBounce> &bounces = driver.accepted[0].bounces;
    QCOMPARE(bounces.size(), 2);
    QCOMPARE(bounces[0].after, 5ms);
    QCOMPARE(bounces[0].recipients[0].address, "b@y.example"_ba);
    QCOMPARE(bounces[0].recipients[0].status, "5.2.2"_ba);
    QCOMPARE(bounces[1].recipients[0].address, "c@z.example"_ba);
    // The next transaction starts without them; the null reverse-path never gets one.
    driver.feed("MAIL FROM:<>\r\nRCPT TO:<b@y.example>\r\nDATA\r\n"_ba);
    driver.feed("x\r\n.\r\n"_ba);
    QCOMPARE(driver.accepted.size(), 2);
    QVERIFY(driver.accepted[1].bounces.isEmpty());
}

void TestSandboxSession::repliesNobodyReads()
{
    // A client that only writes gets no further replies made: memory stays bounded.
    auto player = std::make_shared<ScenarioPlayer>(Scenario {});
    SandboxSession session(player, {});
    const Base::TimePoint now {1h};
    session.start(now);
    session.receive(hello, now);
    qsizetype fed = 0;
    while (session.wantsBytes() && fed < 50'000'000) {
        session.receive("HELP\r\n"_ba.repeated(1000), now);
        fed += 6000;
    }
    QVERIFY2(fed < 1'000'000, QByteArray::number(fed).constData());
}

void TestSandboxSession::demoHasEveryOutcome()
{
    const auto scenario = loadScenario(u"demo"_s);
    QVERIFY(scenario);
    const QList<std::pair<QByteArray, QList<QByteArray>>> members {
        {"alpine.example"_ba,
            {"anna"_ba, "bruno"_ba, "clara"_ba, "david"_ba, "elena"_ba, "felix"_ba, "greta"_ba}},
        {"birch.example"_ba,
            {"hugo"_ba, "ida"_ba, "jonas"_ba, "karla"_ba, "leo"_ba, "mira"_ba, "nils"_ba}},
        {"cedar.example"_ba,
            {"former.olga"_ba, "paul"_ba, "unknown.quinn"_ba, "rosa"_ba, "typo.samm"_ba, "tilda"_ba,
                "uwe"_ba}},
        {"delta.example"_ba,
            {"vera"_ba, "willi"_ba, "xenia"_ba, "yann"_ba, "zoe"_ba, "amir"_ba, "bella"_ba}},
        {"elm.example"_ba, {"carlo"_ba, "dora"_ba, "emil"_ba, "fanny"_ba, "gino"_ba, "hanna"_ba}},
        {"fjord.example"_ba,
            {"ivar"_ba, "jette"_ba, "knut"_ba, "lene"_ba, "morten"_ba, "nora"_ba}}};
    ScenarioPlayer player(*scenario);
    QMap<QByteArray, QMap<int, int>> codes; // 1: bounces later
    for (const auto &[domain, names] : members) {
        for (const QByteArray &name : names) {
            Occasion occasion;
            occasion.sender = "news@bergfreunde.example"_ba;
            occasion.recipients = {name + '@' + domain};
            int code = 250;
            for (const Smtp::Stage stage : {Smtp::Stage::Rcpt, Smtp::Stage::Dot}) {
                occasion.stage = stage;
                const Actions *actions = code == 250 ? player.decide(occasion) : nullptr;
                if (actions && actions->reply)
                    code = actions->reply->code;
                else if (actions && actions->bounce)
                    ++codes[domain][1];
            }
            ++codes[domain][code];
        }
    }
    qInfo() << codes;
    QCOMPARE(codes["alpine.example"_ba], (QMap<int, int> {{250, 7}}));
    for (const auto &[domain, code] : {std::pair {"birch.example"_ba, 451},
             std::pair {"cedar.example"_ba, 550}, std::pair {"delta.example"_ba, 452},
             std::pair {"fjord.example"_ba, 554}, std::pair {"elm.example"_ba, 1}}) {
        QVERIFY2(codes[domain][code] > 0, domain.constData());
        QVERIFY2(codes[domain][250] > 0, domain.constData());
    }
}

QTEST_GUILESS_MAIN(TestSandboxSession)
#include "tst_sandboxsession.moc"
