// SPDX-License-Identifier: GPL-3.0-or-later
#include "fakerelay.h"
#include "fakesessions.h"

#include "base/literals.h"
#include "delivery/sendservice.h"

#include <QSignalSpy>
#include <QTest>

using namespace Mailgauge;
using Delivery::SendRequest;
using Delivery::SendService;
using Test::FakeRelay;
using Test::Script;
using Transcript::SessionRecord;

namespace {

SendRequest requestTo(quint16 port)
{
    SendRequest request;
    request.target.host = u"127.0.0.1"_s;
    request.target.port = port;
    request.session.ehloName = "tester.example"_ba;
    request.session.tls = Smtp::TlsPolicy::None;
    for (const char *address : {"a@x", "b@x", "c@y"})
        request.envelope.forwardPaths.append(*Smtp::Mailbox::parse(address));
    request.content = Base::Content();
    request.content->bytes = "Subject: x\r\n\r\nbody\r\n"_ba;
    return request;
}

Script hello(const QByteArray &limits)
{
    return Script::hello({"LIMITS " + limits});
}

} // namespace

/// LIMITS (RFC 9422): one message in several transactions, and sessions.
class LimitsTest final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void play_data()
    {
        QTest::addColumn<QList<Script>>("scripts");
        QTest::addColumn<QByteArrayList>("calls");
        QTest::addColumn<QByteArray>("outcomes");
        QTest::addColumn<int>("connections");
        const QByteArrayList each {
            "begin", "commit a@x", "commit b@x", "commit c@y", "finish accepted"};
        const QByteArray accepted = "accepted accepted accepted"_ba;
        const Script one = hello("RCPTMAX=1"_ba).transaction();
        QTest::newRow("no limits")
            << QList {Script::hello().transaction(3).quit()}
            << QByteArrayList {"begin", "commit a@x b@x c@y", "finish accepted"} << accepted << 1;
        QTest::newRow("RCPTMAX") << QList {Script(one).transaction().transaction().quit()} << each
                                 << accepted << 1;
        QTest::newRow("MAILMAX") << QList {hello("RCPTMAX=1 MAILMAX=1"_ba).transaction().quit()}
                                 << each << accepted << 3;
        QTest::newRow("RCPTDOMAINMAX")
            << QList {hello("RCPTDOMAINMAX=1"_ba).transaction(2).quit(),
                   hello("RCPTDOMAINMAX=1"_ba).transaction().quit()}
            << QByteArrayList {"begin", "commit a@x b@x", "commit c@y", "finish accepted"}
            << accepted << 2;
        QTest::newRow("B26 lost behind the second dot")
            << QList {Script(one)
                       .answer("MAIL"_ba, "250 ok\r\n"_ba)
                       .answer("RCPT"_ba, "250 ok\r\n"_ba)
                       .answer("DATA"_ba, "354 go\r\n"_ba)
                       .expectContent()
                       .close()}
            << QByteArrayList {"begin", "commit a@x", "commit b@x", "finish uncertain"}
            << "accepted uncertain deferred"_ba << 1;
        QTest::newRow("B30 lost at the second MAIL")
            << QList {Script(one).expect("MAIL"_ba).close()}
            << QByteArrayList {"begin", "commit a@x", "finish partial"}
            << "accepted deferred deferred"_ba << 1;
        QTest::newRow("the second session is refused")
            << QList {hello("RCPTMAX=2 MAILMAX=1"_ba).transaction(2).quit(),
                   Script().send("421 enough\r\n"_ba).close()}
            << QByteArrayList {"begin", "commit a@x b@x", "finish partial"}
            << "accepted accepted deferred"_ba << 2;
        QTest::newRow("B30 421 to the second MAIL: a session more") << QList {
            Script(one).answer("MAIL"_ba, "421 enough\r\n"_ba).close(),
            Script(one).transaction().quit()} << each << accepted << 2;
        QTest::newRow("no LIMITS in the second session")
            << QList {hello("RCPTMAX=1 MAILMAX=1"_ba).transaction().quit(),
                   Script::hello().transaction(2).quit()}
            << QByteArrayList {"begin", "commit a@x", "commit b@x c@y", "finish accepted"}
            << accepted << 2;
        QTest::newRow("H12 421 to every MAIL")
            << QList {hello("RCPTMAX=1"_ba).answer("MAIL"_ba, "421 enough\r\n"_ba).close()}
            << QByteArrayList {"begin", "finish deferred"} << "deferred deferred deferred"_ba << 2;
        QTest::newRow("B20 421 to every second MAIL")
            << QList {Script(one).answer("MAIL"_ba, "421 enough\r\n"_ba).close(),
                   Script(one).answer("MAIL"_ba, "421 enough\r\n"_ba).close(), Script(one).quit()}
            << each << accepted << 3;
        QTest::newRow("B18 421 to the first MAIL")
            << QList {Script::hello().answer("MAIL"_ba, "421 enough\r\n"_ba).close()}
            << QByteArrayList {"begin", "finish deferred"} << "deferred deferred deferred"_ba << 1;
        // Those taken go first, the rest follows in the same session.
        const auto taking = [](Script script, int taken, int refused, const QByteArray &refusal) {
            script.answer("MAIL"_ba, "250 ok\r\n"_ba);
            for (int i = 0; i < taken; ++i)
                script.answer("RCPT"_ba, "250 ok\r\n"_ba);
            for (int i = 0; i < refused; ++i)
                script.answer("RCPT"_ba, refusal);
            if (taken > 0)
                script.answer("DATA"_ba, "354 go\r\n"_ba).expectContent().send("250 ok\r\n"_ba);
            return script;
        };
        const QByteArray tooMany = "452 4.5.3 too many\r\n"_ba;
        QTest::newRow("B20 452 behind the first recipient")
            << QList {taking(Script::hello(), 1, 2, tooMany).transaction(2).quit()}
            << QByteArrayList {"begin", "commit a@x", "commit b@x c@y", "finish accepted"}
            << accepted << 1;
        QTest::newRow("B20 452 behind every first recipient") << QList {
            taking(taking(Script::hello(), 1, 2, tooMany), 1, 1, "452 enough\r\n"_ba)
                .transaction()
                .quit()} << each << accepted << 1;
        QTest::newRow("B20 452 to everybody is the last word")
            << QList {taking(Script::hello(), 0, 3, tooMany).quit()}
            << QByteArrayList {"begin", "finish deferred"} << "deferred deferred deferred"_ba << 1;
        QTest::newRow("B20 452 to everybody in the second transaction")
            << QList {taking(taking(Script::hello(), 1, 2, tooMany), 0, 2, tooMany).quit()}
            << QByteArrayList {"begin", "commit a@x", "finish partial"}
            << "accepted deferred deferred"_ba << 1;
        QTest::newRow("452 because a mailbox is full")
            << QList {taking(Script::hello(), 2, 1, "452 4.2.2 full\r\n"_ba).quit()}
            << QByteArrayList {"begin", "commit a@x b@x", "finish partial"}
            << "accepted accepted deferred"_ba << 1;
        QTest::newRow("B20 lost before those with 452 had their turn")
            << QList {taking(Script::hello(), 1, 2, tooMany).expect("MAIL"_ba).close()}
            << QByteArrayList {"begin", "commit a@x", "finish partial"}
            << "accepted deferred deferred"_ba << 1;
    }
    void play()
    {
        QFETCH(QList<Script>, scripts);
        QFETCH(QByteArrayList, calls);
        QFETCH(QByteArray, outcomes);
        QFETCH(int, connections);
        FakeRelay relay(scripts);
        const SessionRecord record = send(requestTo(relay.port()));
        QByteArrayList got;
        for (const Smtp::RecipientOutcome &one : record.recipients)
            got.append(Smtp::outcomeName(one.outcome).toByteArray());
        QCOMPARE(got.join(' '), outcomes);
        QCOMPARE(m_calls, calls);
        QCOMPARE(relay.connections(), connections);
        QCOMPARE(relay.problems(), QStringList());
    }

    /// While the first session says goodbye, the others are still to be sent.
    void cancelledBetweenSessions()
    {
        FakeRelay relay({hello("RCPTMAX=1 MAILMAX=1"_ba).transaction().expect("QUIT"_ba).hang()});
        const Base::SystemClock clock;
        Test::FakeSessions repository;
        SendService service(&repository, clock);
        QSignalSpy finished(&service, &SendService::finished);
        const QUuid id = service.send(requestTo(relay.port()));
        QTRY_VERIFY(relay.commands().contains("QUIT"));
        service.cancel(id);
        QTRY_COMPARE(finished.size(), 1);
        const auto record = finished.first().first().value<SessionRecord>();
        QByteArrayList got;
        for (const Smtp::RecipientOutcome &one : record.recipients)
            got.append(Smtp::outcomeName(one.outcome).toByteArray());
        QCOMPARE(got.join(' '), "accepted stopped stopped"_ba);
        QCOMPARE(relay.connections(), 1);
    }

    void stoppedStaysStopped()
    {
        FakeRelay relay({hello("RCPTMAX=1"_ba)
                .answer("MAIL"_ba, "250 ok\r\n"_ba)
                .answer("RCPT"_ba, "250 ok\r\n"_ba)
                .quit()});
        SendRequest request = requestTo(relay.port());
        request.session.stop = Smtp::StopRule {Smtp::StopRule::How::QuitAfter, Smtp::Stage::Rcpt};
        const SessionRecord record = send(request);
        QCOMPARE(record.outcome, Transcript::WholeOutcome::Stopped);
        QCOMPARE(m_calls, (QByteArrayList {"begin", "finish stopped"}));
        QCOMPARE(relay.connections(), 1);
    }

private:
    SessionRecord send(const SendRequest &request)
    {
        const Base::SystemClock clock;
        Test::FakeSessions repository;
        SendService service(&repository, clock);
        QSignalSpy finished(&service, &SendService::finished);
        service.send(request);
        if (!Test::waitFor([&finished] { return !finished.isEmpty(); }, 20'000))
            return {};
        m_calls = repository.calls();
        return finished.first().first().value<SessionRecord>();
    }

    QByteArrayList m_calls;
};

QTEST_GUILESS_MAIN(LimitsTest)
#include "tst_limits.moc"
