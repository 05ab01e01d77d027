// SPDX-License-Identifier: GPL-3.0-or-later
// A stored session played again: against a relay, and as the server that a scenario made from it
// is. For every scenario that is shipped a client meets the same replies and outcomes in both.
#include "delivery/replay.h"

#include "base/literals.h"
#include "delivery/repeatservice.h"
#include "delivery/sendservice.h"
#include "fakerepositories.h"
#include "sandbox/sandboxservice.h"
#include "sandbox/scenariocatalogue.h"
#include "sandbox/scenariomaker.h"
#include "sandbox/scenarioparser.h"
#include "sandbox/scenariowriter.h"
#include "storedsessions.h"

#include <QSignalSpy>
#include <QTest>

using namespace Mailgauge;
using namespace std::chrono_literals;
using Delivery::SendRequest;
using Smtp::Stage;
using Smtp::TlsPolicy;
using Transcript::StoredSession;

namespace {

const QByteArray message = "Subject: x\r\n\r\n.dot\r\nbody\r\n"_ba;
/// Differences that a second run on the same machine may have.
const QList<QByteArray> harmless {"tls.renewed", "tls.certificate", "greeting.text"};

struct Row {
    const char *name;
    QByteArray scenario; ///< A shipped one, or JSON of "settings" and "rules".
    TlsPolicy tls = TlsPolicy::RequireStartTls;
    bool trust = true;
    QByteArray mechanism = {};
    QByteArray password = "open-sesame"_ba;
};

QList<Row> rows()
{
    QList<Row> all;
    for (const char *name :
        {"accept-all", "reject-recipients", "greylist", "rate-limit", "reject-content",
            "drop-after-dot", "no-starttls", "expired-certificate", "bounce-later", "demo"})
        all.append(Row {name, name});
    all.append(Row {"drop-after-dot without TLS", "drop-after-dot", TlsPolicy::None});
    all.append(Row {"no-starttls, opportunistic", "no-starttls", TlsPolicy::Opportunistic});
    all.append(Row {
        "expired-certificate, opportunistic", "expired-certificate", TlsPolicy::Opportunistic});
    all.append(Row {"unknown authority", "accept-all", TlsPolicy::RequireStartTls, false});
    all.append(Row {"AUTH LOGIN", "accept-all", TlsPolicy::RequireStartTls, true, "LOGIN"});
    all.append(
        Row {"AUTH refused", "accept-all", TlsPolicy::RequireStartTls, true, "PLAIN", "wrong"});
    all.append(Row {
        "AUTH LOGIN refused", "accept-all", TlsPolicy::RequireStartTls, true, "LOGIN", "wrong"});
    const auto rule = [&all](const char *name, const QByteArray &json) {
        all.append(Row {name, R"("rules":[)" + json + "]"});
    };
    rule("421 at the greeting",
        R"({"stage":"greeting","do":{"reply":{"code":421,"text":"4.3.2 Later"},"drop":"fin"}})");
    rule("554 at the greeting",
        R"({"stage":"greeting","do":{"reply":{"code":554,"text":"5.7.1 Not you"}}})");
    rule("421 at MAIL",
        R"({"stage":"mail","do":{"reply":{"code":421,"text":"4.7.0 Too many"},"drop":"fin"}})");
    rule("421 at RCPT",
        R"({"stage":"rcpt","match":{"nth":2,"per":"session"},"do":{"reply":{"code":421,"text":"4.7.0 Stop"}}})");
    rule("454 to STARTTLS",
        R"({"stage":"starttls","do":{"reply":{"code":454,"text":"4.7.0 Not now"}}})");
    rule("dropped at EHLO", R"({"stage":"helo","do":{"drop":"fin"}})");
    rule("dropped in the handshake", R"({"stage":"tls","do":{"drop":"fin"}})");
    rule(
        "dropped at RCPT", R"({"stage":"rcpt","match":{"recipient":"bob@*"},"do":{"drop":"fin"}})");
    rule("dropped at DATA", R"({"stage":"data","do":{"drop":"fin"}})");
    rule("452 to the dot",
        R"({"stage":"dot","do":{"reply":{"code":452,"text":["4.3.1 Full","4.3.1 Try later"]}}})");
    rule("a line that is no reply", R"({"stage":"mail","do":{"raw":{"text":"hello there\r\n"}}})");
    all.append(Row {"implicit TLS", R"("settings":{"tls":"implicit"})", TlsPolicy::ImplicitTls});
    all.append(Row {"few capabilities",
        R"("settings":{"keywords":["HELP"],"announceSize":false,"auth":["PLAIN"]})"});
    all.append(Row {"AUTH in clear, no TLS", R"("settings":{"tls":"none","authBeforeTls":true})",
        TlsPolicy::None});
    all.append(Row {"self-signed", R"("settings":{"certificate":"selfSigned"})"});
    all.append(Row {"wrong name", R"("settings":{"certificate":"wrongName"})"});
    all.append(Row {"authentication required", R"("settings":{"authRequired":true,"auth":[]})"});
    return all;
}

Sandbox::Scenario scenarioOf(const Row &row)
{
    if (!row.scenario.startsWith('"'))
        return Sandbox::loadScenario(QString::fromLatin1(row.scenario))
            .value_or(Sandbox::Scenario());
    return Sandbox::parseScenario(
        R"({"format":"mailgauge-scenario","version":1,"name":"x","title":"x",)" + row.scenario
        + '}')
        .value_or(Sandbox::Scenario());
}

/// One relay that plays a scenario, and sessions with it.
class Range final {
public:
    explicit Range(const Sandbox::Scenario &scenario)
        : m_sandbox(m_clock)
    {
        QSignalSpy started(&m_sandbox, &Sandbox::SandboxService::started);
        Sandbox::SandboxOptions options;
        options.scenario = scenario;
        m_sandbox.start(options);
        started.wait(Test::Patience);
    }

    [[nodiscard]] SendRequest base(const Row &row) const
    {
        SendRequest request;
        request.target.host = u"127.0.0.1"_s;
        request.target.port = m_sandbox.address()->port;
        if (row.trust)
            request.tlsOptions.caPem = m_sandbox.address()->caPem;
        if (row.tls == TlsPolicy::Opportunistic)
            request.tlsOptions.verify = Tls::VerifyMode::None;
        request.session.ehloName = "tester.example"_ba;
        request.session.tls = row.tls;
        if (!row.mechanism.isEmpty()) {
            request.session.auth.need = Smtp::AuthOptions::Need::Required;
            request.session.auth.mechanisms = {row.mechanism};
            request.session.auth.user = "sandbox"_ba;
            request.session.auth.password = Base::Secret(row.password);
        }
        return request;
    }

    [[nodiscard]] StoredSession play(SendRequest request)
    {
        StoredSession session;
        Delivery::SendService service(&m_store, m_clock);
        QSignalSpy finished(&service, &Delivery::SendService::finished);
        QObject::connect(&service, &Delivery::SendService::entriesRecorded, &service,
            [&session](const QUuid &, const QList<Transcript::Entry> &entries) {
                session.entries += entries;
            });
        service.send(std::move(request));
        if (finished.wait(20'000))
            session.record = finished.first().first().value<Transcript::SessionRecord>();
        return session;
    }

    [[nodiscard]] Test::FakeSessions &store() { return m_store; }

private:
    Base::SystemClock m_clock;
    Sandbox::SandboxService m_sandbox;
    Test::FakeSessions m_store;
};

SendRequest withEnvelope(SendRequest request)
{
    request.envelope.reversePath = *Smtp::Mailbox::parse("from@example.org");
    for (const char *address : {"anna@example.net", "unknown.bob@example.net", "bob@cedar.example",
             "former.carl@cedar.example", "full@example.net"})
        request.envelope.forwardPaths.append(*Smtp::Mailbox::parse(address));
    request.content = Base::Content();
    request.content->bytes = message;
    request.messageId = "id@example.org"_ba;
    return request;
}

QByteArray listed(const QList<Transcript::Difference> &differences)
{
    QByteArray text;
    for (const Transcript::Difference &one : differences) {
        if (!harmless.contains(one.id))
            text += one.id + ' ' + one.subject + ": " + one.left + " | " + one.right + '\n';
    }
    return text;
}

} // namespace

class TestReplay final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void sameAgain_data()
    {
        QTest::addColumn<int>("row");
        int i = 0;
        for (const Row &row : rows())
            QTest::newRow(row.name) << i++;
    }

    void sameAgain()
    {
        QFETCH(int, row);
        const Row played = rows().at(row);
        Range field(scenarioOf(played));
        const StoredSession original = field.play(withEnvelope(field.base(played)));
        QVERIFY(!original.record.id.isNull());

        const Sandbox::MadeScenario made = Sandbox::scenarioFrom(original);
        const QByteArray file = Sandbox::writeScenario(made.scenario);
        const auto parsed = Sandbox::parseScenario(file);
        QVERIFY2(parsed, parsed ? "" : qPrintable(parsed.error().detail));
        QVERIFY2(*parsed == made.scenario, file.constData());

        Range range(*parsed);
        const auto replay = Delivery::replay(original, message, range.base(played));
        QVERIFY(replay);
        const StoredSession again = range.play(replay->request);
        QVERIFY(!again.record.id.isNull());
        QVERIFY(again.record.id != original.record.id);
        const Transcript::Comparison comparison = Transcript::compare(
            original, again, {.timing = 60s});
        QVERIFY2(listed(comparison.differences).isEmpty(),
            (listed(comparison.differences) + file).constData());
        QCOMPARE(again.record.exitCode, original.record.exitCode);
        QCOMPARE(again.record.recipients.size(), original.record.recipients.size());
        // And once more: a scenario made from a session is the same for every session.
        const StoredSession third = range.play(replay->request);
        QVERIFY2(listed(Transcript::compare(again, third, {.timing = 60s}).differences).isEmpty(),
            listed(Transcript::compare(again, third, {.timing = 60s}).differences).constData());
    }

    void delaysAreKeptOnDemand()
    {
        Range field(Sandbox::parseScenario(
            R"({"format":"mailgauge-scenario","version":1,"name":"x","title":"x",
                "rules":[{"stage":"mail","do":{"delayMs":150}}]})")
                .value_or(Sandbox::Scenario()));
        const Row plain {"", "", TlsPolicy::None};
        const StoredSession original = field.play(withEnvelope(field.base(plain)));
        const auto delayOf = [&original](bool delays) {
            const auto made = Sandbox::scenarioFrom(original, {.delays = delays});
            for (const Sandbox::Rule &rule : made.scenario.rules) {
                if (rule.stages.contains(Stage::Mail))
                    return rule.actions.delay;
            }
            return 0ms;
        };
        QCOMPARE(delayOf(false), 0ms);
        QVERIFY2(delayOf(true) >= 150ms, QByteArray::number(delayOf(true).count()).constData());
    }

    void fourthMessageOfASession()
    {
        const auto scenario = Sandbox::loadScenario(u"rate-limit"_s);
        QVERIFY(scenario);
        // As a log would have it: the transactions of one session.
        QList<QByteArray> lines {
            ">greeting", "S: 220 localhost hi", ">helo", "C: EHLO me", "S: 250 localhost"};
        for (int i = 0; i < 3; ++i)
            lines += {">mail", "C: MAIL FROM:<a@x.example>", "S: 250 2.1.0 Ok", ">rcpt",
                "C: RCPT TO:<b@y.example>", "S: 250 2.1.5 Ok"};
        lines += {">mail", "C: MAIL FROM:<a@x.example>", "S: 421 4.7.0 Too many messages"};
        StoredSession session;
        session.record.id = QUuid::createUuid();
        session.entries = Test::scriptEntries(lines);
        const auto made = Sandbox::scenarioFrom(session);
        QList<int> places;
        for (const Sandbox::Rule &rule : made.scenario.rules) {
            if (rule.stages == QList {Stage::Mail}) {
                places.append(rule.match.n);
                QCOMPARE(rule.match.scope, Sandbox::Match::Scope::Session);
                QCOMPARE(rule.actions.reply->code, rule.match.n == 4 ? 421 : 250);
            }
        }
        QCOMPARE(places, (QList<int> {1, 2, 3, 4}));
        const auto replayed = Delivery::replay(session, std::nullopt, {});
        QVERIFY(replayed);
        QVERIFY(replayed->notes.contains(
            Delivery::ReplayNote {Delivery::ReplayNote::Kind::FurtherTransactions, "3"_ba}));
    }

    void everyShippedScenarioIsWrittenWhole()
    {
        for (const Sandbox::ScenarioInfo &info : Sandbox::shippedScenarios()) {
            const auto scenario = Sandbox::loadScenario(info.name);
            QVERIFY(scenario);
            const auto again = Sandbox::parseScenario(Sandbox::writeScenario(*scenario));
            QVERIFY2(again, again ? "" : qPrintable(again.error().detail));
            QVERIFY2(*again == *scenario, qPrintable(info.name));
        }
    }

    void withoutContentItEndsBehindTheRecipients()
    {
        const Row plain {"", "", TlsPolicy::None};
        Range range {Sandbox::Scenario()};
        const auto replayed = Delivery::replay(Test::submission(), std::nullopt, range.base(plain));
        QVERIFY(replayed);
        QVERIFY(replayed->notes.contains(
            Delivery::ReplayNote {Delivery::ReplayNote::Kind::NoContent, {}}));
        QVERIFY(replayed->notes.contains(
            Delivery::ReplayNote {Delivery::ReplayNote::Kind::NoPassword, "PLAIN"_ba}));
        const StoredSession played = range.play(replayed->request);
        QCOMPARE(played.record.outcome, Transcript::WholeOutcome::Stopped);
        QList<QByteArray> commands;
        for (const Transcript::Entry &entry : played.entries) {
            if (entry.direction == Transcript::Direction::Client)
                commands.append(entry.text.left(12));
        }
        QCOMPARE(commands,
            (QList<QByteArray> {
                "EHLO client.", "MAIL FROM:<n", "RCPT TO:<ann", "RCPT TO:<nob", "QUIT"}));
    }

    void envelopeNameAndPipeliningAreTheFirstOnes()
    {
        SendRequest base;
        base.session.ehloName = "mine.example"_ba;
        const StoredSession original = Test::submission();
        auto replayed = Delivery::replay(original, message, base);
        QVERIFY(replayed);
        QCOMPARE(replayed->request.session.ehloName, "client.example.org"_ba);
        QVERIFY(replayed->request.session.pipelining);
        QCOMPARE(replayed->request.envelope.reversePath->address(), "news@example.org"_ba);
        QCOMPARE(replayed->request.envelope.forwardPaths.size(), 2);
        QCOMPARE(replayed->request.mailParameters, QList<QByteArray>());
        QCOMPARE(replayed->request.content->bytes, message);
        QVERIFY(replayed->request.id.isNull());

        replayed = Delivery::replay(original, message, base, {.ehloName = true});
        QCOMPARE(replayed->request.session.ehloName, "mine.example"_ba);

        QList<QByteArray> lines = Test::submissionLines();
        const qsizetype first = lines.indexOf(">mail");
        lines.remove(first, lines.size() - first);
        lines += {">mail", "C: MAIL FROM:<> RET=HDRS BODY=7BIT", "S: 250 ok", ">rcpt",
            "C: RCPT TO:<anna@example.net> NOTIFY=NEVER", "S: 250 ok", ">rset", "C: RSET",
            "S: 250 ok"};
        StoredSession slow = original;
        slow.record.reversePath.clear();
        slow.record.recipients.removeLast();
        slow.entries = Test::scriptEntries(lines);
        replayed = Delivery::replay(slow, message, base);
        QVERIFY(!replayed->request.session.pipelining);
        QVERIFY(!replayed->request.envelope.reversePath);
        QCOMPARE(replayed->request.mailParameters, QList<QByteArray> {"RET=HDRS"});
        QCOMPARE(replayed->request.rcptParameters, QList<QByteArray> {"NOTIFY=NEVER"});
        QVERIFY(replayed->notes.contains(
            Delivery::ReplayNote {Delivery::ReplayNote::Kind::OtherCommands, "RSET"_ba}));
    }

    void parametersOfRcpt_data()
    {
        using Lines = QList<QByteArray>;
        QTest::addColumn<Lines>("ofEach");
        QTest::addColumn<Lines>("played");
        QTest::addColumn<Lines>("left");
        QTest::newRow("alike") << Lines {"NOTIFY=NEVER", "NOTIFY=NEVER"} << Lines {"NOTIFY=NEVER"}
                               << Lines();
        QTest::newRow("none") << Lines {"", ""} << Lines() << Lines();
        QTest::newRow("the last one's")
            << Lines {"", "NOTIFY=NEVER"} << Lines() << Lines {"NOTIFY=NEVER"};
        QTest::newRow("the first one's")
            << Lines {"NOTIFY=DELAY", ""} << Lines() << Lines {"NOTIFY=DELAY"};
        QTest::newRow("rfc3461 4.2 ORCPT is one recipient's")
            << Lines {"NOTIFY=NEVER ORCPT=rfc822;a@x", "NOTIFY=NEVER orcpt=rfc822;b@x"}
            << Lines {"NOTIFY=NEVER"} << Lines {"ORCPT=rfc822;a@x", "orcpt=rfc822;b@x"};
    }
    void parametersOfRcpt()
    {
        QFETCH(QList<QByteArray>, ofEach);
        QFETCH(QList<QByteArray>, played);
        QFETCH(QList<QByteArray>, left);
        QList<QByteArray> lines {
            ">greeting", "S: 220 hi", ">mail", "C: MAIL FROM:<>", "S: 250 ok", ">rcpt"};
        for (const QByteArray &parameters : std::as_const(ofEach)) {
            lines << ("C: RCPT TO:<anna@example.net> " + parameters).trimmed() << "S: 250 ok"_ba;
        }
        StoredSession session = Test::submission();
        session.entries = Test::scriptEntries(lines);
        const auto replayed = Delivery::replay(session, message, {});
        QVERIFY(replayed);
        QCOMPARE(replayed->request.rcptParameters, played);
        QList<QByteArray> noted;
        for (const Delivery::ReplayNote &note : replayed->notes) {
            if (note.kind == Delivery::ReplayNote::Kind::RecipientParameters)
                noted.append(note.detail);
            QVERIFY(Delivery::noteText(note).endsWith(u'.'));
        }
        QCOMPARE(noted, left);
    }

    void whatAScenarioCannotHold()
    {
        QList<QByteArray> lines = Test::submissionLines();
        for (QByteArray &line : lines) {
            line.replace("No such user here", "caf\xe9 \x1b[31m");
            line.replace("AUTH PLAIN LOGIN", "AUTH PLAIN GSSAPI");
        }
        lines.insert(lines.indexOf(">quit"), "C: NOOP");
        lines.insert(lines.indexOf(">quit"), "S: 250 fine");
        StoredSession session = Test::submission();
        session.record.tls->reasons = {{Tls::VerifyReason::Kind::WeakKey, 0, {}}};
        session.entries = Test::scriptEntries(lines);
        const auto made = Sandbox::scenarioFrom(session);
        QVERIFY(Sandbox::parseScenario(Sandbox::writeScenario(made.scenario)));
        QList<Sandbox::ScenarioNote::Kind> kinds;
        for (const Sandbox::ScenarioNote &note : made.notes) {
            kinds.append(note.kind);
            QVERIFY(Sandbox::noteText(note).endsWith(u'.'));
        }
        using Kind = Sandbox::ScenarioNote::Kind;
        for (const Kind kind :
            {Kind::TextChanged, Kind::AuthUnknown, Kind::FixedReply, Kind::CertificateFault})
            QVERIFY(kinds.contains(kind));
    }

    /// None of which had a reply that could be everybody's.
    void manyRecipientsWithoutReplies()
    {
        QList<QByteArray> lines {
            ">greeting", "S: 220 hi", ">mail", "C: MAIL FROM:<a@x.example>", "S: 250 ok", ">rcpt"};
        for (int i = 0; i < 400; ++i) {
            lines += "C: RCPT TO:<u" + QByteArray::number(i) + "@y.example>";
            lines += "S: 150 wait " + QByteArray::number(i);
        }
        StoredSession session;
        session.record.id = QUuid::createUuid();
        session.entries = Test::scriptEntries(lines);
        for (Transcript::Entry &entry : session.entries)
            entry.us = entry.n * 2000;
        const auto made = Sandbox::scenarioFrom(session, {.delays = true});
        QCOMPARE(made.notes,
            (QList<Sandbox::ScenarioNote> {{Sandbox::ScenarioNote::Kind::LeftOut, "100"_ba}}));
        QVERIFY(Sandbox::noteText(made.notes.first()).contains(u"100"_s));
        QVERIFY(Sandbox::parseScenario(Sandbox::writeScenario(made.scenario)));
    }

    void manyRepliesOfOneKind()
    {
        QList<QByteArray> lines {">greeting", "S: 220 hi", ">mail"};
        for (int i = 0; i < 400; ++i) {
            lines += "C: MAIL FROM:<a@x.example>";
            lines += "S: 450 later " + QByteArray::number(i);
        }
        StoredSession session;
        session.record.id = QUuid::createUuid();
        session.entries = Test::scriptEntries(lines);
        const auto made = Sandbox::scenarioFrom(session);
        QCOMPARE(made.notes,
            (QList<Sandbox::ScenarioNote> {{Sandbox::ScenarioNote::Kind::LeftOut, "100"_ba}}));
    }

    /// What is written can be read again.
    void longRepliesOfMany()
    {
        QList<QByteArray> lines {
            ">greeting", "S: 220 hi", ">mail", "C: MAIL FROM:<a@x.example>", "S: 250 ok", ">rcpt"};
        for (int i = 0; i < 250; ++i) {
            lines += "C: RCPT TO:<u" + QByteArray::number(i) + "@y.example>";
            for (int line = 0; line < 20; ++line)
                lines += (line < 19 ? "S: 550-" : "S: 550 ") + QByteArray::number(i)
                    + QByteArray(400, 'x');
        }
        StoredSession session;
        session.record.id = QUuid::createUuid();
        session.entries = Test::scriptEntries(lines);
        const auto made = Sandbox::scenarioFrom(session);
        QCOMPARE(made.notes.size(), 1);
        QCOMPARE(made.notes.first().kind, Sandbox::ScenarioNote::Kind::LeftOut);
        QVERIFY(!made.scenario.rules.isEmpty());
        QVERIFY(Sandbox::parseScenario(Sandbox::writeScenario(made.scenario)));
    }

    void tenThousandRecipients()
    {
        QList<QByteArray> lines {
            ">greeting", "S: 220 hi", ">mail", "C: MAIL FROM:<a@x.example>", "S: 250 ok", ">rcpt"};
        for (int i = 0; i < 10'000; ++i) {
            lines += "C: RCPT TO:<u" + QByteArray::number(i) + "@y.example>";
            lines += i % 100 == 0 ? "S: 550 no"_ba : "S: 250 ok"_ba;
        }
        StoredSession session;
        session.record.id = QUuid::createUuid();
        session.entries = Test::scriptEntries(lines);
        const auto made = Sandbox::scenarioFrom(session);
        const QByteArray file = Sandbox::writeScenario(made.scenario);
        QVERIFY(Sandbox::parseScenario(file));
        QVERIFY(made.notes.isEmpty());
        QCOMPARE(made.scenario.rules.last().name, u"everybody else"_s);
        QCOMPARE(made.scenario.rules.last().actions.reply->code, 250);
        QVERIFY(made.scenario.rules.size() > 100 && made.scenario.rules.size() < 110);
    }
};

QTEST_GUILESS_MAIN(TestReplay)
#include "tst_replay.moc"
