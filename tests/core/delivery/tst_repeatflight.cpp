// SPDX-License-Identifier: GPL-3.0-or-later
#include "fakerelay.h"
#include "fakesessions.h"

#include "base/literals.h"
#include "delivery/repeatservice.h"
#include "sandbox/sandboxservice.h"

#include <QSignalSpy>
#include <QTest>

using namespace Mailgauge;
using Delivery::OutcomeCounts;
using Delivery::RepeatRequest;
using Delivery::RepeatService;
using Delivery::RepeatSummary;
using Test::FakeRelay;
using Test::Script;

namespace {

const QByteArray Content = "Subject: x\r\n\r\nbody\r\n"_ba;
const QByteArray MailOk = "250 2.1.0 ok\r\n"_ba;
const QByteArray RcptOk = "250 2.1.5 ok\r\n"_ba;
const QByteArray Queued = "250 2.0.0 Ok: queued as 4F2A\r\n"_ba;
const QByteArray ResetOk = "250 2.0.0 ok\r\n"_ba;

RepeatRequest repeat(quint16 port, int messages, const QByteArrayList &recipients)
{
    RepeatRequest repeated {{}, messages, 1};
    Delivery::SendRequest &request = repeated.request;
    request.target.host = u"127.0.0.1"_s;
    request.target.port = port;
    request.session.ehloName = "tester.example"_ba;
    request.session.tls = Smtp::TlsPolicy::None;
    request.session.chunking = Smtp::Chunking::WhereOffered;
    request.envelope.reversePath = *Smtp::Mailbox::parse("from@x");
    for (const QByteArray &recipient : recipients)
        request.envelope.forwardPaths.append(*Smtp::Mailbox::parse(recipient));
    request.content = Base::Content();
    request.content->bytes = Content;
    return repeated;
}

/// What a client says for one message, in these pieces.
Script &expectEnvelope(Script &script, const QByteArrayList &recipients)
{
    script.expect("MAIL FROM:<from@x>"_ba);
    for (const QByteArray &recipient : recipients)
        script.expect("RCPT TO:<" + recipient + '>');
    return script;
}

Script &expectChunk(Script &script)
{
    return script.expect("BDAT 20 LAST"_ba).expectBytes(Content.size());
}

QByteArray taken(const QByteArrayList &recipients)
{
    return MailOk + RcptOk.repeated(recipients.size());
}

/// One message that waits for its replies.
Script &single(Script &script, const QByteArrayList &recipients)
{
    expectEnvelope(script, recipients).send(taken(recipients));
    return expectChunk(script).send(Queued);
}

/// Greeting, two messages, the second unanswered, and `flying` more behind it.
Script flight(int flying, const QByteArrayList &recipients)
{
    Script script = Script::hello({"PIPELINING"_ba, "CHUNKING"_ba});
    single(script, recipients);
    expectEnvelope(script, recipients).send(taken(recipients));
    expectChunk(script);
    for (int i = 0; i < flying; ++i) {
        if (i > 0)
            script.expect("RSET"_ba);
        expectEnvelope(script, recipients);
        expectChunk(script);
    }
    return script;
}

struct Listener final {
    explicit Listener(RepeatService &service)
    {
        QObject::connect(&service, &RepeatService::messagesDone, &context,
            [this](const QUuid &, const QList<Delivery::RepeatedMessage> &batch) {
                messages.append(batch);
            });
        QObject::connect(&service, &RepeatService::finished, &context,
            [this](const RepeatSummary &summary) { summaries.append(summary); });
        QObject::connect(&service, &RepeatService::storeFailed, &context,
            [this](const Base::Error &error) { storeErrors.append(error); });
    }
    QObject context;
    QList<Delivery::RepeatedMessage> messages;
    QList<RepeatSummary> summaries;
    QList<Base::Error> storeErrors;
};

/// Is slow with the commit of the third message and the begin of the fourth.
class SlowSessions final : public Test::FakeSessions {
public:
    Test::Done begin(Transcript::SessionRecord record, Base::Content content) override
    {
        holdBegin = ++m_begun == 4;
        return FakeSessions::begin(std::move(record), std::move(content));
    }
    Test::Done commit(QUuid session, QList<QByteArray> recipients) override
    {
        holdCommit = ++m_committed == 3;
        return FakeSessions::commit(session, std::move(recipients));
    }

private:
    int m_begun = 0;
    int m_committed = 0;
};

QByteArray textOf(const QList<Transcript::Entry> &entries)
{
    QByteArray text;
    for (const Transcript::Entry &entry : entries)
        text += entry.text + '\n';
    return text;
}

} // namespace

/// Messages that leave before their turn, by BDAT.
class RepeatFlightTest final : public QObject {
    Q_OBJECT

private:
    Base::SystemClock m_clock;
    const QByteArrayList m_one {"to@x"_ba};

private Q_SLOTS:
    void eachHasItsOwn()
    {
        FakeRelay relay({flight(4, m_one)
                .send(
                    Queued + taken(m_one) + Queued + (ResetOk + taken(m_one) + Queued).repeated(3))
                .quit()});
        Test::FakeSessions repository;
        RepeatService service(&repository, m_clock);
        Listener heard(service);
        service.start(repeat(relay.port(), 6, m_one));
        QTRY_COMPARE(heard.summaries.size(), 1);
        QCOMPARE(relay.problems(), QStringList());
        QCOMPARE(heard.summaries.first().counts, (OutcomeCounts {6, 0, 0, 0, 0}));
        QCOMPARE(heard.summaries.first().latencies.count(), 6);
        for (const auto &call : {"begin"_ba, "commit to@x"_ba, "finish accepted"_ba})
            QCOMPARE(repository.calls().count(call), 6);
        QSet<QUuid> ids;
        for (const Delivery::RepeatedMessage &message : std::as_const(heard.messages)) {
            const QByteArray text = textOf(message.entries);
            for (const char *once : {"MAIL FROM", "RCPT TO", "BDAT 20 LAST", "queued as"})
                QCOMPARE(text.count(once), 1);
            const auto content = std::ranges::find_if(
                message.entries, [](const auto &entry) { return entry.content.has_value(); });
            QVERIFY(content != message.entries.end());
            QCOMPARE(content->content,
                (Transcript::ContentRange {message.record.message, 0, Content.size()}));
            QCOMPARE(message.record.queueId, "4F2A"_ba);
            ids.insert(message.record.id);
        }
        QCOMPARE(ids.size(), 6);
    }

    // R4: what may be there is never sent again; what was told refused, or not sent, is.
    void sessionsThatEnd_data()
    {
        QTest::addColumn<Script>("first");
        QTest::addColumn<OutcomeCounts>("counts");
        QTest::addColumn<int>("second"); // messages on the second connection
        const QByteArray no = "503 5.5.1 no\r\n"_ba;
        const QByteArray enough = "421 4.3.2 enough\r\n"_ba;
        QTest::newRow("B26 FIN behind the chunks")
            << flight(4, m_one).cut() << OutcomeCounts {1, 0, 0, 5, 0} << 0;
        QTest::newRow("B26 RST behind the chunks")
            << flight(4, m_one).reset() << OutcomeCounts {1, 0, 0, 5, 0} << 0;
        QTest::newRow("B28 half a reply") << flight(4, m_one).send(Queued + "250-2.1.0"_ba).cut()
                                          << OutcomeCounts {2, 0, 0, 4, 0} << 0;
        QTest::newRow("B12 garbage") << flight(4, m_one).send("garbage\r\n"_ba).expectEnd()
                                     << OutcomeCounts {1, 0, 0, 5, 0} << 0;
        QTest::newRow("B10 a reply too many") << flight(4, m_one).send(Queued + Queued).expectEnd()
                                              << OutcomeCounts {2, 0, 0, 4, 0} << 0;
        QTest::newRow("B20 421, then the end")
            << flight(4, m_one).send(Queued + enough).close() << OutcomeCounts {3, 0, 0, 3, 0} << 1;
        QTest::newRow("B20 421 to each")
            << flight(4, m_one)
                   .send(Queued + enough + no + no + (ResetOk + enough + no + no).repeated(3))
                   .expectEnd()
            << OutcomeCounts {6, 0, 0, 0, 0} << 4;
        QTest::newRow("B18 450 to MAIL is no reason to come again")
            << flight(4, m_one)
                   .send(Queued + "450 4.7.1 later\r\n" + no + no
                       + (ResetOk + taken(m_one) + Queued).repeated(3))
                   .quit()
            << OutcomeCounts {5, 1, 0, 0, 0} << 0;
    }
    void sessionsThatEnd()
    {
        QFETCH(Script, first);
        QFETCH(OutcomeCounts, counts);
        QFETCH(int, second);
        Script further = Script::hello({"PIPELINING"_ba});
        for (int i = 0; i < second; ++i)
            further.transaction();
        FakeRelay relay({first, further.quit()});
        Test::FakeSessions repository;
        RepeatService service(&repository, m_clock);
        Listener heard(service);
        service.start(repeat(relay.port(), 6, m_one));
        QTRY_COMPARE(heard.summaries.size(), 1);
        QCOMPARE(relay.problems(), QStringList());
        QCOMPARE(relay.connections(), second > 0 ? 2 : 1);
        QCOMPARE(heard.summaries.first().counts, counts);
        QCOMPARE(heard.summaries.first().messages, 6);
        QCOMPARE(repository.calls().count("begin"_ba), 6);
    }

    // A content that does not fit into one piece is still on its way when the connection breaks.
    void brokenWhileOneLeaves_data()
    {
        QTest::addColumn<bool>("reset");
        QTest::newRow("B27 RST inside a chunk that left before its turn") << true;
        QTest::newRow("B27 FIN inside a chunk that left before its turn") << false;
    }
    void brokenWhileOneLeaves()
    {
        QFETCH(bool, reset);
        const QByteArray large = "Subject: x\r\n\r\n" + QByteArray("0123456789\r\n").repeated(8000);
        Script script = Script::hello({"PIPELINING"_ba, "CHUNKING"_ba});
        expectEnvelope(script, m_one)
            .send(taken(m_one))
            .expect("BDAT "_ba + QByteArray::number(large.size()) + " LAST")
            .expectBytes(large.size())
            .send(Queued);
        expectEnvelope(script, m_one).send(taken(m_one));
        if (reset)
            script.reset();
        else
            script.close();
        FakeRelay relay({script});
        Test::FakeSessions repository;
        RepeatService service(&repository, m_clock);
        Listener heard(service);
        RepeatRequest repeated = repeat(relay.port(), 6, m_one);
        repeated.request.content->bytes = large;
        service.start(repeated);
        QTRY_COMPARE(heard.summaries.size(), 1);
        const OutcomeCounts counts = heard.summaries.first().counts;
        // One a connection, and nobody is told accepted whose end was not seen.
        QVERIFY(counts.accepted >= 1 && counts.accepted <= relay.connections());
        QCOMPARE(counts.rejected, 0);
    }

    // B20: who found no room in a message that left before its turn comes when the flight is over.
    void noRoomForAll()
    {
        const QByteArrayList both {"a@x"_ba, "b@x"_ba};
        Script script = flight(3, both).send(Queued + MailOk + RcptOk + "452 4.5.3 too many\r\n"
            + Queued + (ResetOk + taken(both) + Queued).repeated(2));
        FakeRelay relay({single(script, {"b@x"_ba}).quit()});
        Test::FakeSessions repository;
        RepeatService service(&repository, m_clock);
        Listener heard(service);
        service.start(repeat(relay.port(), 5, both));
        QTRY_COMPARE(heard.summaries.size(), 1);
        QCOMPARE(relay.problems(), QStringList());
        QCOMPARE(heard.summaries.first().counts, (OutcomeCounts {10, 0, 0, 0, 0}));
        QCOMPARE(repository.calls().count("commit a@x b@x"_ba), 5);
        QCOMPARE(repository.calls().count("commit b@x"_ba), 1);
    }

    // Nobody waits for the commit of a message that was refused before the ledger answered.
    void refusedBeforeTheAnswer()
    {
        Script script = flight(0, m_one).send(Queued);
        expectEnvelope(script, m_one)
            .send(MailOk + "450 4.2.1 later\r\n")
            .answer("RSET"_ba, ResetOk);
        FakeRelay relay({single(script, m_one).quit()});
        SlowSessions repository;
        RepeatService service(&repository, m_clock);
        Listener heard(service);
        service.start(repeat(relay.port(), 4, m_one));
        QTRY_VERIFY(repository.calls().contains("finish deferred"_ba));
        repository.releaseCommit();
        repository.releaseBegin();
        QTRY_COMPARE(heard.summaries.size(), 1);
        QCOMPARE(relay.problems(), QStringList());
        QCOMPARE(heard.summaries.first().counts, (OutcomeCounts {3, 1, 0, 0, 0}));
    }

    // Never sent: the session ended before their turn, so that another one takes them.
    void neverSent()
    {
        Script first = Script::hello({"PIPELINING"_ba, "CHUNKING"_ba});
        single(first, m_one);
        expectEnvelope(first, m_one).cut();
        FakeRelay relay({first,
            Script::hello({"PIPELINING"_ba}).transaction().transaction().transaction().quit()});
        Test::FakeSessions repository;
        RepeatService service(&repository, m_clock);
        Listener heard(service);
        service.start(repeat(relay.port(), 4, m_one));
        QTRY_COMPARE(heard.summaries.size(), 1);
        QCOMPARE(relay.problems(), QStringList());
        QCOMPARE(heard.summaries.first().counts, (OutcomeCounts {4, 0, 0, 0, 0}));
        QCOMPARE(repository.calls().count("finish accepted"_ba), 4);
    }

    // H1: what is on the wire is in the ledger before.
    void ledgerFirst()
    {
        Test::FakeSessions repository;
        repository.holdCommit = true;
        FakeRelay relay({Script::hello({"PIPELINING"_ba, "CHUNKING"_ba})
                .answer("MAIL"_ba, MailOk)
                .answer("RCPT"_ba, RcptOk)
                .hang()});
        RepeatService service(&repository, m_clock);
        Listener heard(service);
        const QUuid run = service.start(repeat(relay.port(), 3, m_one));
        QTRY_COMPARE(repository.calls().count("commit to@x"_ba), 1);
        QVERIFY(!relay.received().contains("BDAT"));
        service.cancel(run);
        QTRY_COMPARE(heard.summaries.size(), 1);
        QVERIFY(!relay.received().contains("BDAT"));
        QCOMPARE(heard.summaries.first().counts.accepted, 0);
    }

    // H4: what the ledger refuses does not leave, and takes no reply from what has left.
    void ledgerRefuses_data()
    {
        QTest::addColumn<Script>("script");
        QTest::addColumn<int>("messages");
        QTest::addColumn<int>("recipients"); // told to the relay before the first answer
        QTest::addColumn<QList<int>>("answers"); // of the two that are asked for while one runs:
                                                 // which, and negative where it is refused
        QTest::addColumn<OutcomeCounts>("counts");
        QTest::addColumn<QByteArrayList>("finished");
        const QByteArray accepted = "finish accepted"_ba;
        const QByteArray failed = "finish failed"_ba;
        const QByteArray no = "550 5.1.1 no\r\n"_ba;
        QTest::newRow("H4 the second behind the running one")
            << flight(1, m_one).send(Queued + taken(m_one) + Queued).quit() << 5 << 2
            << QList<int> {-2, 1} << OutcomeCounts {3, 0, 0, 0, 1}
            << QByteArrayList {accepted, failed, accepted, accepted, "finish stopped"_ba};
        // Its turn has come, and the ledger was not heard of yet.
        Script turn = flight(0, m_one).send(Queued);
        expectEnvelope(turn, m_one).send(taken(m_one));
        QTest::newRow("H4 the one that runs by now")
            << turn.quit() << 4 << 3 << QList<int> {-1} << OutcomeCounts {2, 0, 0, 0, 1}
            << QByteArrayList {accepted, accepted, failed, "finish stopped"_ba};
        Script refused = flight(0, m_one).send(Queued);
        expectEnvelope(refused, m_one).send(MailOk + no).expect("RSET"_ba).send(ResetOk);
        expectEnvelope(refused, m_one).send(taken(m_one));
        QTest::newRow("R4 a late yes is nobody else's")
            << Script(refused).quit() << 4 << 4 << QList<int> {1, -2}
            << OutcomeCounts {2, 0, 1, 0, 1}
            << QByteArrayList {accepted, accepted, "finish rejected"_ba, failed};
        QTest::newRow("R4 a late no is nobody else's")
            << expectChunk(refused).send(Queued).quit() << 4 << 4 << QList<int> {-1, 2}
            << OutcomeCounts {3, 0, 1, 0, 0}
            << QByteArrayList {accepted, accepted, "finish rejected"_ba, accepted};
    }
    void ledgerRefuses()
    {
        QFETCH(Script, script);
        QFETCH(int, messages);
        QFETCH(int, recipients);
        QFETCH(QList<int>, answers);
        QFETCH(OutcomeCounts, counts);
        QFETCH(QByteArrayList, finished);
        FakeRelay relay({script});
        Test::FakeSessions repository;
        repository.holdCommit = true;
        RepeatService service(&repository, m_clock);
        Listener heard(service);
        const auto asked = [&repository] { return repository.calls().count("commit to@x"_ba); };
        service.start(repeat(relay.port(), messages, m_one));
        for (const int one : {1, 2}) {
            QTRY_COMPARE(asked(), one);
            repository.releaseCommit();
        }
        QTRY_COMPARE(asked(), messages);
        QTRY_COMPARE(relay.received().count("RCPT"), recipients);
        const Base::Error full {Base::Error::Kind::Full, u"store: disk full"_s, {}};
        QList<int> open {1, 2};
        for (const int answer : std::as_const(answers)) {
            const qsizetype behind = open.indexOf(qAbs(answer));
            open.removeAt(behind);
            repository.releaseCommit(
                static_cast<std::size_t>(behind), answer < 0 ? std::optional(full) : std::nullopt);
            if (answer < 0)
                QTRY_COMPARE(heard.storeErrors, QList {full});
        }
        QTRY_COMPARE(heard.summaries.size(), 1);
        QCOMPARE(relay.problems(), QStringList());
        QCOMPARE(relay.connections(), 1);
        QCOMPARE(heard.summaries.first().counts, counts);
        QCOMPARE(heard.summaries.first().verdict.exitCode, 79);
        QByteArrayList told = repository.calls();
        told.removeIf([](const QByteArray &call) { return !call.startsWith("finish"); });
        QCOMPARE(told, finished);
    }

    // The question goes with its message: nobody waits for an answer that is nobody's.
    void answerThatNeverComes()
    {
        const QByteArrayList both {"a@x"_ba, "b@x"_ba};
        const QByteArray no = "550 5.1.1 no\r\n"_ba;
        Script script = flight(1, both).send(
            Queued + MailOk + RcptOk + "452 4.5.3 too many\r\n" + Queued);
        expectEnvelope(script, both).send(MailOk + no + no).expect("RSET"_ba).send(ResetOk);
        FakeRelay relay({single(script, {"b@x"_ba}).quit()});
        Test::FakeSessions repository;
        repository.holdCommit = true;
        RepeatService service(&repository, m_clock);
        Listener heard(service);
        const auto asked = [&repository] { return repository.calls().count("commit a@x b@x"_ba); };
        service.start(repeat(relay.port(), 4, both));
        for (const int one : {1, 2, 4}) {
            QTRY_COMPARE(asked(), one);
            repository.releaseCommit();
        }
        QTRY_COMPARE(repository.calls().count("commit b@x"_ba), 1);
        repository.releaseCommit(1);
        QTRY_COMPARE(heard.summaries.size(), 1);
        QCOMPARE(relay.problems(), QStringList());
        QCOMPARE(heard.summaries.first().counts, (OutcomeCounts {6, 0, 2, 0, 0}));
    }

    void cancel()
    {
        FakeRelay relay({flight(4, m_one).hang()});
        RepeatService service(nullptr, m_clock);
        Listener heard(service);
        const QUuid run = service.start(repeat(relay.port(), 6, m_one));
        QTRY_COMPARE(relay.connections(), 1);
        QTRY_COMPARE(relay.received().count(Content), 6);
        service.cancel(run);
        QTRY_COMPARE(heard.summaries.size(), 1);
        QCOMPARE(heard.summaries.first().counts, (OutcomeCounts {1, 0, 0, 5, 0}));
    }

    // Everything that is told accepted is there, once, and nothing else.
    void sandbox()
    {
        constexpr int Messages = 500;
        Sandbox::SandboxService sandbox(m_clock);
        QSignalSpy started(&sandbox, &Sandbox::SandboxService::started);
        QSignalSpy arrived(&sandbox, &Sandbox::SandboxService::messageArrived);
        Sandbox::SandboxOptions options;
        options.tls = Sandbox::TlsMode::None;
        options.scenario.settings.keywords.append("CHUNKING"_ba);
        sandbox.start(options);
        QVERIFY(started.size() > 0 || started.wait(Test::Patience));
        RepeatService service(nullptr, m_clock);
        Listener heard(service);
        RepeatRequest repeated = repeat(sandbox.address()->port, Messages, m_one);
        repeated.sessions = 2;
        service.start(repeated);
        QTRY_COMPARE_WITH_TIMEOUT(heard.summaries.size(), 1, 60'000);
        QCOMPARE(heard.summaries.first().counts, (OutcomeCounts {Messages, 0, 0, 0, 0}));
        QTRY_COMPARE_WITH_TIMEOUT(arrived.size(), Messages, 60'000);
        // Some left before their turn.
        const bool flew = std::ranges::any_of(heard.messages,
            [](const auto &message) { return textOf(message.entries).contains("RSET\n"); });
        QVERIFY(flew);
    }
};

QTEST_GUILESS_MAIN(RepeatFlightTest)
#include "tst_repeatflight.moc"
