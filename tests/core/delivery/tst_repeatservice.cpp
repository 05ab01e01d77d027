// SPDX-License-Identifier: GPL-3.0-or-later
#include "closedport.h"
#include "fakerelay.h"
#include "fakesessions.h"

#include "base/literals.h"
#include "delivery/repeatservice.h"

#include <QTest>

using namespace Mailgauge;
using Base::Error;
using Delivery::RepeatRequest;
using Delivery::RepeatService;
using Delivery::RepeatSummary;
using Test::FakeRelay;
using Test::Script;
using Transcript::WholeOutcome;

namespace {

RepeatRequest repeat(quint16 port, int messages, int sessions)
{
    RepeatRequest repeated {{}, messages, sessions};
    Delivery::SendRequest &request = repeated.request;
    request.target.host = u"127.0.0.1"_s;
    request.target.port = port;
    request.session.ehloName = "tester.example"_ba;
    request.session.tls = Smtp::TlsPolicy::None;
    request.envelope.reversePath = *Smtp::Mailbox::parse("from@example.org");
    request.envelope.forwardPaths = {*Smtp::Mailbox::parse("to@example.org")};
    request.content = Base::Content();
    request.content->bytes = "Subject: x\r\n\r\nbody\r\n"_ba;
    return repeated;
}

Script transactions(int count)
{
    Script script = Script::hello({"PIPELINING"_ba});
    for (int i = 0; i < count; ++i)
        script.transaction();
    return script;
}

class Listener final : public QObject {
    Q_OBJECT

public:
    explicit Listener(RepeatService &service)
    {
        connect(&service, &RepeatService::messagesDone, this,
            [this](const QUuid &, const QList<Delivery::RepeatedMessage> &messages) {
                for (const Delivery::RepeatedMessage &message : messages) {
                    records.append(message.record);
                    transcripts.append(message.entries);
                }
            });
        connect(&service, &RepeatService::finished, this,
            [this](const RepeatSummary &summary) { summaries.append(summary); });
        connect(&service, &RepeatService::storeFailed, this, [this] { storeFailures += 1; });
    }
    QList<Transcript::SessionRecord> records;
    QList<QList<Transcript::Entry>> transcripts;
    QList<RepeatSummary> summaries;
    int storeFailures = 0;
};

} // namespace

class RepeatServiceTest final : public QObject {
    Q_OBJECT

private:
    Base::SystemClock m_clock;

private Q_SLOTS:
    void oneSession()
    {
        FakeRelay relay({transactions(5).quit()});
        Test::FakeSessions repository;
        RepeatService service(&repository, m_clock);
        Listener heard(service);
        service.start(repeat(relay.port(), 5, 1));
        QTRY_COMPARE(heard.summaries.size(), 1);
        QCOMPARE(relay.problems(), QStringList());
        QCOMPARE(relay.connections(), 1);
        const RepeatSummary &summary = heard.summaries.first();
        QCOMPARE(summary.messages, 5);
        QCOMPARE(summary.counts, (Delivery::OutcomeCounts {5, 0, 0, 0, 0}));
        QCOMPARE(summary.verdict, (Delivery::Verdict {WholeOutcome::Accepted, 0}));
        QCOMPARE(summary.latencies.count(), 5);
        QVERIFY(summary.latencyUs(50) > 0);
        QVERIFY(summary.latencyUs(50) <= summary.latencyUs(99));
        QVERIFY(summary.perSecond() > 0);
        QCOMPARE(repository.calls().count("begin"_ba), 5);
        QCOMPARE(repository.calls().count("commit to@example.org"_ba), 5);
        QCOMPARE(repository.calls().count("finish accepted"_ba), 5);
        QCOMPARE(heard.records.size(), 5);
        for (qsizetype i = 0; i < 5; ++i) {
            const auto &record = heard.records[i];
            QCOMPARE(record.queueId, "4F2A"_ba);
            QCOMPARE(record.address, u"127.0.0.1"_s);
            QVERIFY(record.capabilities.has("PIPELINING"));
            // Each transcript is that of its own message.
            QByteArray text;
            for (qsizetype n = 0; n < heard.transcripts[i].size(); ++n) {
                QCOMPARE(heard.transcripts[i][n].n, n);
                text += heard.transcripts[i][n].text + '\n';
            }
            QCOMPARE(text.count("MAIL FROM:"), 1);
            QCOMPARE(text.count("queued as"), 1);
        }
    }

    void severalSessions()
    {
        // One message per session, all at once.
        FakeRelay relay({transactions(1).quit()});
        RepeatService service(nullptr, m_clock);
        Listener heard(service);
        service.start(repeat(relay.port(), 3, 3));
        QTRY_COMPARE(heard.summaries.size(), 1);
        QCOMPARE(heard.summaries.first().counts.accepted, 3);
        QCOMPARE(relay.connections(), 3);
    }

    // B20, B30: the session ends between messages; each message is sent once all the same.
    void sessionsThatEnd_data()
    {
        QTest::addColumn<Script>("first");
        QTest::newRow("B30 FIN between messages") << transactions(2).cut();
        QTest::newRow("B30 RST between messages") << transactions(2).reset();
        QTest::newRow("B20 421 after two messages")
            << transactions(2).answer("MAIL"_ba, "421 4.3.2 enough\r\n"_ba).close();
        QTest::newRow("B30 dies at RCPT")
            << transactions(2).answer("MAIL"_ba, "250 ok\r\n"_ba).reset();
    }
    void sessionsThatEnd()
    {
        QFETCH(Script, first);
        FakeRelay relay({first, transactions(2).quit()});
        RepeatService service(nullptr, m_clock);
        Listener heard(service);
        service.start(repeat(relay.port(), 4, 1));
        QTRY_COMPARE(heard.summaries.size(), 1);
        QCOMPARE(relay.connections(), 2);
        QCOMPARE(heard.summaries.first().counts, (Delivery::OutcomeCounts {4, 0, 0, 0, 0}));
        QCOMPARE(heard.summaries.first().verdict.exitCode, 0);
    }

    // What a server announces, or says when it is too late, is kept to; nobody is skipped or
    // doubled.
    void limits_data()
    {
        QTest::addColumn<QList<Script>>("scripts");
        QTest::addColumn<int>("recipients");
        QTest::addColumn<int>("connections");
        QTest::addColumn<QByteArrayList>("commits");
        const QByteArray tooMany = "452 4.5.3 too many\r\n"_ba;
        const QByteArrayList each {"commit a@x", "commit b@x", "commit a@x", "commit b@x"};
        const QByteArrayList both {"commit a@x b@x", "commit a@x b@x"};
        QTest::newRow("MAILMAX")
            << QList {Script::hello({"LIMITS MAILMAX=1"_ba}).transaction(2).quit()} << 2 << 2
            << both;
        QTest::newRow("RCPTMAX") << QList {Script::hello({"LIMITS RCPTMAX=1"_ba})
                .transaction()
                .transaction()
                .transaction()
                .transaction()
                .quit()} << 2 << 1
                                 << each;
        QTest::newRow("RCPTMAX and MAILMAX")
            << QList {Script::hello({"LIMITS RCPTMAX=1 MAILMAX=3"_ba})
                          .transaction()
                          .transaction()
                          .transaction()
                          .quit(),
                   Script::hello({"LIMITS RCPTMAX=1 MAILMAX=3"_ba}).transaction().quit()}
            << 2 << 2 << each;
        Script full = Script::hello();
        for (int i = 0; i < 2; ++i)
            full.answer("MAIL"_ba, "250 ok\r\n"_ba)
                .answer("RCPT"_ba, "250 ok\r\n"_ba)
                .answer("RCPT"_ba, tooMany)
                .answer("DATA"_ba, "354 go\r\n"_ba)
                .expectContent()
                .send("250 ok\r\n"_ba)
                .transaction();
        QTest::newRow("B20 452") << QList {full.quit()} << 2 << 1 << each;
        QTest::newRow("B20 421 between the transactions of a message")
            << QList {Script::hello({"LIMITS RCPTMAX=1"_ba})
                          .transaction()
                          .answer("MAIL"_ba, "421 enough\r\n"_ba)
                          .close(),
                   Script::hello().transaction().transaction(2).quit()}
            << 2 << 2 << QByteArrayList {"commit a@x", "commit b@x", "commit a@x b@x"};
    }
    void limits()
    {
        QFETCH(QList<Script>, scripts);
        QFETCH(int, recipients);
        QFETCH(int, connections);
        QFETCH(QByteArrayList, commits);
        FakeRelay relay(scripts);
        Test::FakeSessions repository;
        RepeatService service(&repository, m_clock);
        Listener heard(service);
        RepeatRequest repeated = repeat(relay.port(), 2, 1);
        repeated.request.envelope.forwardPaths = {
            *Smtp::Mailbox::parse("a@x"), *Smtp::Mailbox::parse("b@x")};
        service.start(repeated);
        QTRY_COMPARE(heard.summaries.size(), 1);
        QCOMPARE(relay.problems(), QStringList());
        QCOMPARE(relay.connections(), connections);
        QCOMPARE(heard.summaries.first().counts.accepted, 2 * recipients);
        QByteArrayList calls = repository.calls();
        calls.removeIf([](const QByteArray &call) { return !call.startsWith("commit"); });
        QCOMPARE(calls, commits);
        for (const QList<Transcript::Entry> &entries : std::as_const(heard.transcripts))
            QVERIFY(std::ranges::is_sorted(entries, {}, &Transcript::Entry::us));
    }

    // Under TLS the refusal and the end arrive in one piece; the refusal stands.
    void refusedAndClosed()
    {
        const Script hello = Script::hello({"STARTTLS"_ba}).upgrade();
        FakeRelay relay({Script(hello).answer("MAIL"_ba, "550 5.7.1 no\r\n"_ba).close(),
                            Script(hello).transaction().quit()},
            Test::testIdentity().identity);
        RepeatService service(nullptr, m_clock);
        Listener heard(service);
        RepeatRequest repeated = repeat(relay.port(), 2, 1);
        repeated.request.session.tls = Smtp::TlsPolicy::RequireStartTls;
        repeated.request.tlsOptions.caPem = Test::testIdentity().caPem;
        service.start(repeated);
        QTRY_COMPARE(heard.summaries.size(), 1);
        QCOMPARE(relay.connections(), 2);
        QCOMPARE(heard.summaries.first().counts.rejected, 1);
        QCOMPARE(heard.summaries.first().counts.accepted, 1);
        QCOMPARE(heard.records.first().outcome, WholeOutcome::Rejected);
        QCOMPARE(heard.records.first().exitCode, 69);
    }

    // R4: behind the dot there is no second try.
    void lostAfterTheDot()
    {
        Script lost = Script::hello()
                          .answer("MAIL"_ba, "250 ok\r\n"_ba)
                          .answer("RCPT"_ba, "250 ok\r\n"_ba)
                          .answer("DATA"_ba, "354 go\r\n"_ba)
                          .expectContent()
                          .cut();
        FakeRelay relay({lost, transactions(1).quit()});
        RepeatService service(nullptr, m_clock);
        Listener heard(service);
        service.start(repeat(relay.port(), 2, 1));
        QTRY_COMPARE(heard.summaries.size(), 1);
        QCOMPARE(relay.connections(), 2);
        QCOMPARE(heard.summaries.first().counts, (Delivery::OutcomeCounts {1, 0, 0, 1, 0}));
        QCOMPARE(heard.summaries.first().verdict.exitCode, 80);
    }

    // H12: a relay that is down is asked twice, not a thousand times.
    void noRelay()
    {
        const Test::ClosedPort closed;
        const quint16 port = closed.port();
        RepeatService service(nullptr, m_clock);
        Listener heard(service);
        service.start(repeat(port, 1000, 1));
        QTRY_COMPARE(heard.summaries.size(), 1);
        QCOMPARE(heard.summaries.first().messages, 1);
        QCOMPARE(heard.summaries.first().verdict.exitCode, 75);
        QCOMPARE(heard.summaries.first().latencies.count(), 0); // none was sent
    }

    // A broken handshake says nothing about the mail: one more session, then all in clear, told.
    void opportunisticFallsBackOnce()
    {
        FakeRelay relay({Script::hello({"STARTTLS"_ba})
                             .answer("STARTTLS"_ba, "220 go\r\n"_ba)
                             .expectBytes(5)
                             .send("no TLS at all\r\n"_ba)
                             .hang(),
            Script::hello({"STARTTLS"_ba}).transaction().transaction().transaction().quit()});
        RepeatService service(nullptr, m_clock);
        Listener heard(service);
        Delivery::RepeatRequest request = repeat(relay.port(), 3, 1);
        request.request.session.tls = Smtp::TlsPolicy::Opportunistic;
        request.request.tlsOptions.verify = Tls::VerifyMode::None;
        service.start(request);
        QTRY_COMPARE(heard.summaries.size(), 1);
        QCOMPARE(heard.summaries.first().counts.accepted, 3);
        QCOMPARE(relay.connections(), 2);
        QTRY_COMPARE(heard.records.size(), 3);
        const auto has = [](const Transcript::SessionRecord &record, const char *id) {
            return std::ranges::any_of(
                record.findings, [id](const auto &finding) { return finding.id == id; });
        };
        QVERIFY(has(heard.records.first(), "tls.fallback"));
        for (const Transcript::SessionRecord &record : std::as_const(heard.records))
            QVERIFY(has(record, "tls.none"));
    }

    // A mailbox takes the second message of one Message-ID for the first.
    void messageIdsAreTheirOwn_data()
    {
        QTest::addColumn<bool>("made");
        QTest::newRow("made") << true;
        QTest::newRow("given") << false;
    }
    void messageIdsAreTheirOwn()
    {
        QFETCH(bool, made);
        FakeRelay relay({Script::hello().transaction().transaction().transaction().quit()});
        RepeatService service(nullptr, m_clock);
        Listener heard(service);
        Delivery::RepeatRequest request = repeat(relay.port(), 3, 1);
        const QByteArray id = "01234567-89ab-4cde-8f01-23456789abcd@x.example"_ba;
        request.request.content->bytes = "Message-ID: <" + id + ">\r\n\r\nsee <" + id + ">\r\n";
        request.request.messageId = id;
        request.request.madeMessageId = made;
        service.start(request);
        QTRY_COMPARE(heard.records.size(), 3);
        QSet<QByteArray> told;
        for (const Transcript::SessionRecord &record : std::as_const(heard.records)) {
            told.insert(record.messageId);
            QVERIFY(relay.received().contains("Message-ID: <" + record.messageId + ">\r\n"));
        }
        QCOMPARE(told.size(), made ? 3 : 1);
        QVERIFY(told.contains(id));
        QCOMPARE(relay.received().count("see <" + id + '>'), 3);
    }

    /// Of a template each message is its own, with its own size.
    void madeAnew()
    {
        FakeRelay relay({Script::hello({"SIZE 1000"_ba})
                .answer("MAIL FROM:<a@x.example> SIZE=12"_ba, "250 ok\r\n"_ba)
                .answer("RCPT"_ba, "250 ok\r\n"_ba)
                .answer("DATA"_ba, "354 go\r\n"_ba)
                .expectContent()
                .send("250 ok\r\n"_ba)
                .answer("MAIL FROM:<a@x.example> SIZE=14"_ba, "250 ok\r\n"_ba)
                .answer("RCPT"_ba, "250 ok\r\n"_ba)
                .answer("DATA"_ba, "354 go\r\n"_ba)
                .expectContent()
                .send("250 ok\r\n"_ba)
                .quit()});
        RepeatService service(nullptr, m_clock);
        Listener heard(service);
        Delivery::RepeatRequest request = repeat(relay.port(), 2, 1);
        request.request.envelope.reversePath = Smtp::Mailbox::parse("a@x.example").value();
        request.request.content->bytes = "A: 1\r\n\r\nx1\r\n";
        request.request.makeAnew = [] {
            Base::Content content;
            content.bytes = "A: 22\r\n\r\nx22\r\n";
            return Delivery::ReadyMessage {content, "two@x"_ba, u"Two"_s, false};
        };
        service.start(request);
        QTRY_COMPARE(heard.records.size(), 2);
        QCOMPARE(relay.problems(), QStringList());
        QCOMPARE(heard.records.last().messageId, "two@x"_ba);
        QCOMPARE(heard.records.last().subject, u"Two"_s);
        QVERIFY(heard.records.first().messageId != "two@x");
        QVERIFY(relay.received().contains("x22\r\n"));
    }

    void cannotBeMadeAnew()
    {
        FakeRelay relay({Script::hello({"PIPELINING"_ba}).transaction().quit()});
        RepeatService service(nullptr, m_clock);
        Listener heard(service);
        Delivery::RepeatRequest request = repeat(relay.port(), 3, 1);
        request.request.makeAnew = []() -> Base::Result<Delivery::ReadyMessage> {
            return Base::fail(Base::Error::Kind::InvalidInput, u"a.html: gone"_s);
        };
        service.start(request);
        QTRY_COMPARE(heard.summaries.size(), 1);
        QCOMPARE(relay.problems(), QStringList());
        QCOMPARE(heard.summaries.first().counts.accepted, 1);
        QCOMPARE(heard.records.size(), 2);
        QVERIFY(heard.records.last().failure);
        QCOMPARE(heard.records.last().failure->error.detail, u"a.html: gone"_s);
    }

    void rejections()
    {
        Script script = Script::hello();
        for (int i = 0; i < 3; ++i) {
            script.answer("MAIL"_ba, "250 ok\r\n"_ba).answer("RCPT"_ba, "550 5.1.1 no\r\n"_ba);
            if (i < 2)
                script.answer("RSET"_ba, "250 ok\r\n"_ba);
        }
        FakeRelay relay({script.quit()});
        RepeatService service(nullptr, m_clock);
        Listener heard(service);
        service.start(repeat(relay.port(), 3, 1));
        QTRY_COMPARE(heard.summaries.size(), 1);
        QCOMPARE(relay.problems(), QStringList());
        QCOMPARE(heard.summaries.first().counts.rejected, 3);
        QCOMPARE(heard.summaries.first().verdict.exitCode, 69);
    }

    void transcriptsOfTheFirst()
    {
        const int count = RepeatRequest::KeptTranscripts + 5;
        FakeRelay relay({transactions(count).quit()});
        RepeatService service(nullptr, m_clock);
        Listener heard(service);
        service.start(repeat(relay.port(), count, 1));
        QTRY_COMPARE_WITH_TIMEOUT(heard.summaries.size(), 1, 20'000);
        QCOMPARE(heard.records.size(), count);
        for (qsizetype i = 0; i < count; ++i)
            QCOMPARE(heard.transcripts[i].isEmpty(), i >= RepeatRequest::KeptTranscripts);
    }

    void ledgerRefuses()
    {
        FakeRelay relay({transactions(1).quit()});
        Test::FakeSessions repository;
        repository.beginError = Error {Error::Kind::Full, u"store: disk full"_s, {}};
        RepeatService service(&repository, m_clock);
        Listener heard(service);
        service.start(repeat(relay.port(), 10, 2));
        QTRY_COMPARE(heard.summaries.size(), 1);
        QCOMPARE(heard.storeFailures, 1);
        QCOMPARE(heard.summaries.first().verdict.exitCode, 74);
        QCOMPARE(heard.summaries.first().counts.accepted, 0);
    }

    void cancel()
    {
        FakeRelay relay({Script::hello().transaction().hang()});
        RepeatService service(nullptr, m_clock);
        Listener heard(service);
        const QUuid run = service.start(repeat(relay.port(), 100, 2));
        QTRY_COMPARE(heard.records.size(), 2);
        service.cancel(run);
        QTRY_COMPARE(heard.summaries.size(), 1);
        QCOMPARE(heard.summaries.first().counts.accepted, 2);
        QCOMPARE(heard.summaries.first().counts.others, 2);
    }

    void destroyWhileRunning()
    {
        FakeRelay relay({Script::hello().transaction().hang()});
        Test::FakeSessions repository;
        auto service = std::make_unique<RepeatService>(&repository, m_clock);
        auto heard = std::make_unique<Listener>(*service);
        service->start(repeat(relay.port(), 100, 2));
        QTRY_COMPARE(heard->records.size(), 2);
        service.reset();
        QCOMPARE(repository.calls().count("begin"_ba),
            repository.calls().count("finish accepted"_ba)
                + repository.calls().count("finish stopped"_ba));
    }

    void percentiles()
    {
        RepeatSummary summary;
        QCOMPARE(summary.latencyUs(50), 0);
        for (qint64 i = 1; i <= 200; ++i)
            summary.latencies.add(std::chrono::microseconds(i));
        QCOMPARE(summary.latencyUs(50), 100);
        QCOMPARE(summary.latencyUs(95), 190);
        QCOMPARE(summary.latencyUs(99), 198);
        QCOMPARE(summary.latencyUs(100), 200);
        // Above that to within 1 %, and never less than it was.
        for (qint64 us = 201; us < 40'000'000'000; us = us * 9 / 8) {
            Delivery::Latencies one;
            one.add(std::chrono::microseconds(us));
            QVERIFY(one.percentile(50) >= us);
            QVERIFY(one.percentile(50) <= us + us / 100);
        }
    }

    // The envelope of the next message leaves with the end of the one before it; where the session
    // breaks there, that message goes out on the next one as if nothing had been.
    void envelopeInFlight_data()
    {
        QTest::addColumn<Script>("first");
        QTest::addColumn<Delivery::OutcomeCounts>("counts");
        QTest::addColumn<QByteArrayList>("ledger");
        QTest::addColumn<QList<qsizetype>>("envelopes"); // in each transcript
        const Script toDot = Script::hello({"PIPELINING"_ba})
                                 .answer("MAIL"_ba, "250 ok\r\n"_ba)
                                 .answer("RCPT"_ba, "250 ok\r\n"_ba)
                                 .answer("DATA"_ba, "354 go\r\n"_ba)
                                 .expectContent();
        const Script inFlight = Script(toDot).expect("MAIL"_ba).expect("RCPT"_ba).expect("DATA"_ba);
        const auto row = [&](const char *name, const Script &script, Delivery::OutcomeCounts counts,
                             const char *first) {
            // What was sent for the next is shown where it went down with the session.
            QTest::newRow(name) << script << counts
                                << QByteArrayList {"finish "_ba + first, "finish accepted"_ba,
                                       "finish accepted"_ba}
                                << QList<qsizetype> {2, 1, 1};
        };
        row("B26 FIN", Script(inFlight).cut(), {2, 0, 0, 1, 0}, "uncertain");
        row("B26 RST", Script(inFlight).reset(), {2, 0, 0, 1, 0}, "uncertain");
        row("B12 garbage", Script(inFlight).send("garbage\r\n"_ba).expectEnd(), {2, 0, 0, 1, 0},
            "uncertain");
        row("B18 421", Script(inFlight).send("421 closing\r\n"_ba).close(), {2, 1, 0, 0, 0},
            "deferred");
        QTest::newRow("B30 FIN behind the reply")
            << Script(inFlight).send("250 ok\r\n"_ba).cut()
            << Delivery::OutcomeCounts {3, 0, 0, 0, 0} << QByteArrayList(3, "finish accepted"_ba)
            << QList<qsizetype> {1, 2, 1};
    }
    void envelopeInFlight()
    {
        QFETCH(Script, first);
        QFETCH(Delivery::OutcomeCounts, counts);
        QFETCH(QByteArrayList, ledger);
        QFETCH(QList<qsizetype>, envelopes);
        FakeRelay relay({first, transactions(2).quit(), transactions(1).quit()});
        Test::FakeSessions repository;
        RepeatService service(&repository, m_clock);
        Listener heard(service);
        service.start(repeat(relay.port(), 3, 1));
        QTRY_COMPARE(heard.summaries.size(), 1);
        QCOMPARE(relay.problems(), QStringList());
        QCOMPARE(relay.connections(), 2);
        QCOMPARE(heard.summaries.first().counts, counts);
        QCOMPARE(heard.summaries.first().messages, 3);
        QByteArrayList finished = repository.calls();
        finished.removeIf([](const QByteArray &call) { return !call.startsWith("finish"); });
        QCOMPARE(finished, ledger);
        for (qsizetype i = 0; i < 3; ++i) {
            QByteArray text;
            for (const Transcript::Entry &entry : heard.transcripts[i])
                text += entry.text + '\n';
            QCOMPARE(text.count("DATA\n"), envelopes[i]);
        }
    }

    // B20: whom the transaction had no room for comes before the next message, not behind it.
    void noRoomForAll()
    {
        const auto taken = [](Script script, const QByteArrayList &recipients) {
            script.answer("MAIL"_ba, "250 ok\r\n"_ba);
            for (const QByteArray &one : recipients)
                script.answer("RCPT TO:<" + one.first(1),
                    one.endsWith('!') ? "452 4.5.3 too many\r\n"_ba : "250 ok\r\n"_ba);
            return script.answer("DATA"_ba, "354 go\r\n"_ba)
                .expectContent()
                .send("250 2.0.0 Ok: queued as 4F2A\r\n"_ba);
        };
        Script script = Script::hello({"PIPELINING"_ba});
        for (int i = 0; i < 2; ++i)
            script = taken(taken(script, {"a"_ba, "b!"_ba}), {"b"_ba});
        FakeRelay relay({script.quit()});
        Test::FakeSessions repository;
        RepeatService service(&repository, m_clock);
        Listener heard(service);
        RepeatRequest repeated = repeat(relay.port(), 2, 1);
        repeated.request.envelope.forwardPaths = {
            *Smtp::Mailbox::parse("a@example.org"), *Smtp::Mailbox::parse("b@example.org")};
        service.start(repeated);
        QTRY_COMPARE(heard.summaries.size(), 1);
        QCOMPARE(relay.problems(), QStringList());
        QCOMPARE(heard.summaries.first().counts, (Delivery::OutcomeCounts {4, 0, 0, 0, 0}));
        QCOMPARE(repository.calls().count("commit a@example.org"_ba), 2);
        QCOMPARE(repository.calls().count("commit b@example.org"_ba), 2);
    }
};

QTEST_GUILESS_MAIN(RepeatServiceTest)
#include "tst_repeatservice.moc"
