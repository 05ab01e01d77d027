// SPDX-License-Identifier: GPL-3.0-or-later
#include "closedport.h"
#include "fakerelay.h"
#include "fakesessions.h"

#include "base/literals.h"
#include "delivery/relaytestservice.h"
#include "delivery/sendservice.h"

#include <QElapsedTimer>
#include <QLoggingCategory>
#include <QMutex>
#include <QScopeGuard>
#include <QSignalSpy>
#include <QTemporaryFile>
#include <QTest>

#ifdef MAILGAUGE_SANITIZED
extern "C" std::size_t __sanitizer_get_current_allocated_bytes(); // GCC installs no header for it
#else
#include <malloc.h>
#endif

using namespace Mailgauge;
using namespace std::chrono_literals;
using Base::Error;
using Delivery::SendRequest;
using Delivery::SendService;
using Smtp::Outcome;
using Smtp::Stage;
using Smtp::TlsPolicy;
using Test::FakeRelay;
using Test::Script;
using Transcript::Entry;
using Transcript::SessionRecord;
using Transcript::WholeOutcome;

namespace {

const QByteArray canary = "c4n4ry-s3cr3t"_ba;
const QByteArrayList tlsCaps {"STARTTLS"_ba, "PIPELINING"_ba};

SendRequest requestTo(quint16 port, const QByteArrayList &recipients = {"to@example.org"_ba})
{
    SendRequest request;
    request.target.host = u"127.0.0.1"_s;
    request.target.port = port;
    request.tlsOptions.caPem = Test::testIdentity().caPem;
    request.session.ehloName = "tester.example"_ba;
    request.session.tls = TlsPolicy::None;
    request.envelope.reversePath = *Smtp::Mailbox::parse("from@example.org");
    for (const QByteArray &recipient : recipients)
        request.envelope.forwardPaths.append(*Smtp::Mailbox::parse(recipient));
    request.content = Base::Content();
    request.content->bytes = "Subject: x\r\n\r\n.dot\r\nbody\r\n"_ba;
    request.messageId = "id@example.org"_ba;
    request.subject = u"x"_s;
    return request;
}

void authenticate(SendRequest &request)
{
    request.session.auth.need = Smtp::AuthOptions::Need::Required;
    request.session.auth.user = "ann"_ba;
    request.session.auth.password = Base::Secret(canary);
}

std::size_t allocatedBytes()
{
#ifdef MAILGAUGE_SANITIZED
    return __sanitizer_get_current_allocated_bytes();
#else
    return mallinfo2().uordblks;
#endif
}

bool writeLines(QFile &file, qint64 size)
{
    const QByteArray megabyte = (QByteArray(1022, 'x') + "\r\n").repeated(1024);
    for (qint64 done = 0; done < size; done += megabyte.size()) {
        if (file.write(megabyte) != megabyte.size())
            return false;
    }
    return file.flush();
}

QMutex logMutex;
QByteArrayList logLines;

// From any thread: sessions have their own.
void keepLog(QtMsgType, const QMessageLogContext &context, const QString &text)
{
    const QMutexLocker lock(&logMutex);
    logLines.append(QByteArray(context.category) + ": " + text.toUtf8());
}

/// Everything a service said about its sessions.
class Listener final : public QObject {
    Q_OBJECT

public:
    explicit Listener(SendService &service)
    {
        connect(&service, &SendService::started, this, [this] { started += 1; });
        connect(&service, &SendService::entriesRecorded, this,
            [this](const QUuid &, const QList<Entry> &list) {
                entries += list;
                batches += 1;
            });
        connect(&service, &SendService::stageEntered, this,
            [this](const QUuid &, Stage stage) { stages.append(stage); });
        connect(&service, &SendService::recipientDecided, this,
            [this](const QUuid &, const Smtp::RecipientOutcome &o) { decided.append(o); });
        connect(&service, &SendService::contentProgress, this,
            [this](const QUuid &, qint64 written, qint64 total) {
                progress.append({written, total});
            });
        connect(&service, &SendService::storeFailed, this,
            [this](const Error &error) { storeErrors.append(error); });
        connect(&service, &SendService::finished, this,
            [this](const SessionRecord &record) { records.append(record); });
    }
    [[nodiscard]] QByteArray text() const
    {
        QByteArray all;
        for (const Entry &entry : entries)
            all += Transcript::directionName(entry.direction).toByteArray() + ' ' + entry.text
                + '\n';
        return all;
    }
    int started = 0;
    int batches = 0;
    QList<Entry> entries;
    QList<Stage> stages;
    QList<Smtp::RecipientOutcome> decided;
    QList<std::pair<qint64, qint64>> progress;
    QList<Error> storeErrors;
    QList<SessionRecord> records;
};

} // namespace

class SendServiceTest final : public QObject {
    Q_OBJECT

private:
    Base::SystemClock m_clock;

private Q_SLOTS:
    void success()
    {
        FakeRelay relay({Script::hello({"SIZE 1000000"_ba, "PIPELINING"_ba}).transaction().quit()});
        Test::FakeSessions repository;
        SendService service(&repository, m_clock);
        Listener heard(service);
        const QUuid id = service.send(requestTo(relay.port()));
        QVERIFY(!id.isNull());
        QCOMPARE(service.running(), 1);
        QTRY_COMPARE(heard.records.size(), 1);
        QCOMPARE(service.running(), 0);
        QCOMPARE(relay.problems(), QStringList());
        QCOMPARE(relay.content(), "Subject: x\r\n\r\n..dot\r\nbody\r\n"_ba);

        const SessionRecord &record = heard.records.first();
        QCOMPARE(record.id, id);
        QCOMPARE(record.outcome, WholeOutcome::Accepted);
        QCOMPARE(record.exitCode, 0);
        QCOMPARE(record.queueId, "4F2A"_ba);
        QCOMPARE(record.finalReply->code, 250);
        QCOMPARE(record.greeting, "fake.example ESMTP"_ba);
        QVERIFY(record.capabilities.has("SIZE"));
        QCOMPARE(record.address, u"127.0.0.1"_s);
        QCOMPARE(record.recipients.size(), 1);
        QCOMPARE(record.recipients.first().outcome, Outcome::Accepted);
        QCOMPARE(record.stage, Stage::Quit);
        QVERIFY(!record.failure);
        QVERIFY(!record.tls);
        QVERIFY(record.totalUs > 0);
        for (const Stage stage : {Stage::Resolve, Stage::Connect, Stage::Greeting, Stage::Helo,
                 Stage::Mail, Stage::Rcpt, Stage::Data, Stage::Content, Stage::Dot, Stage::Quit})
            QVERIFY2(record.timings.contains(stage), Smtp::stageName(stage).data());
        qint64 sum = 0;
        for (const qint64 us : record.timings)
            sum += us;
        QVERIFY(sum <= record.totalUs);

        QCOMPARE(heard.started, 1);
        QCOMPARE(heard.decided.size(), 1);
        QCOMPARE(heard.progress.last(), (std::pair<qint64, qint64>(26, 26)));
        for (qsizetype i = 0; i < heard.entries.size(); ++i)
            QCOMPARE(heard.entries[i].n, i);
        const auto content = std::ranges::find_if(
            heard.entries, [](const Entry &e) { return e.content.has_value(); });
        QVERIFY(content != heard.entries.end());
        QCOMPARE(content->text, "message data, 26 bytes"_ba);
        QCOMPARE(content->content->message, record.message);
        QCOMPARE(content->content->to, 26);

        // The ledger: claimed, committing, decided.
        QCOMPARE(repository.calls(),
            (QByteArrayList {"begin"_ba, "commit to@example.org"_ba, "finish accepted"_ba}));
        QCOMPARE(repository.storedEntries(), heard.entries);
    }

    void startTlsAndAuth()
    {
        FakeRelay relay({Script::hello(tlsCaps)
                                .upgrade({"AUTH PLAIN"_ba})
                                .answer("AUTH PLAIN "_ba, "235 2.7.0 ok\r\n"_ba)
                                .transaction()
                                .quit()},
            Test::testIdentity().identity);
        SendService service(nullptr, m_clock);
        Listener heard(service);
        SendRequest request = requestTo(relay.port());
        request.session.tls = TlsPolicy::RequireStartTls;
        authenticate(request);
        service.send(request);
        QTRY_COMPARE(heard.records.size(), 1);
        QCOMPARE(relay.problems(), QStringList());
        const SessionRecord &record = heard.records.first();
        QCOMPARE(record.outcome, WholeOutcome::Accepted);
        QCOMPARE(record.authMechanism, "PLAIN"_ba);
        QVERIFY(record.tls);
        QCOMPARE(record.tls->version, "TLSv1.3"_ba);
        QVERIFY(record.tls->accepted);
        QVERIFY(!relay.receivedInClear().contains("MAIL"));
        // E1: cut out where the bytes are produced, with the words that tell what it was.
        const QByteArray plain = QByteArray("\0ann\0", 5) + canary;
        for (const QByteArray &form : {canary, canary.toBase64(), plain.toBase64(), canary.toHex()})
            QVERIFY(!heard.text().contains(form));
        QVERIFY(heard.text().contains("client AUTH PLAIN <redacted: AUTH PLAIN>\n"));
        for (const Entry &entry : std::as_const(heard.entries)) {
            if (entry.stage == Stage::StartTls)
                QVERIFY(!entry.tls);
            if (entry.stage == Stage::Auth || entry.stage == Stage::Mail)
                QVERIFY(entry.tls);
            for (const auto &redaction : entry.redactions)
                QVERIFY(redaction.kept.isEmpty());
        }
    }

    void implicitTls()
    {
        FakeRelay relay({Script().startTls().then(Script::hello().transaction().quit())},
            Test::testIdentity().identity);
        SendService service(nullptr, m_clock);
        Listener heard(service);
        SendRequest request = requestTo(relay.port());
        request.session.tls = TlsPolicy::ImplicitTls;
        service.send(request);
        QTRY_COMPARE(heard.records.size(), 1);
        QCOMPARE(relay.problems(), QStringList());
        QCOMPARE(heard.records.first().outcome, WholeOutcome::Accepted);
        QCOMPARE(relay.receivedInClear(), QByteArray());
    }

    void manyRecipients()
    {
        FakeRelay relay({Script::hello({"PIPELINING"_ba})
                .answer("MAIL"_ba, "250 ok\r\n"_ba)
                .answer("RCPT TO:<a@"_ba, "250 ok\r\n"_ba)
                .answer("RCPT TO:<b@"_ba, "550 5.1.1 unknown\r\n"_ba)
                .answer("RCPT TO:<c@"_ba, "452 4.2.2 full\r\n"_ba)
                .answer("DATA"_ba, "354 go\r\n"_ba)
                .expectContent()
                .send("250 2.0.0 Ok: queued as Q1\r\n"_ba)
                .quit()});
        Test::FakeSessions repository;
        SendService service(&repository, m_clock);
        Listener heard(service);
        service.send(
            requestTo(relay.port(), {"a@x.example"_ba, "b@x.example"_ba, "c@x.example"_ba}));
        QTRY_COMPARE(heard.records.size(), 1);
        QCOMPARE(relay.problems(), QStringList());
        const SessionRecord &record = heard.records.first();
        QCOMPARE(record.outcome, WholeOutcome::Partial);
        QCOMPARE(record.exitCode, 79);
        QCOMPARE(record.recipients[0].outcome, Outcome::Accepted);
        QCOMPARE(record.recipients[1].outcome, Outcome::Rejected);
        QCOMPARE(record.recipients[1].reply->code, 550);
        QCOMPARE(record.recipients[2].outcome, Outcome::Deferred);
        // Only those to whom it may be delivered are committing.
        QVERIFY(repository.calls().contains("commit a@x.example"_ba));
    }

    void failures_data()
    {
        QTest::addColumn<Script>("script");
        QTest::addColumn<TlsPolicy>("policy");
        QTest::addColumn<bool>("auth");
        QTest::addColumn<Outcome>("outcome");
        QTest::addColumn<int>("code");
        QTest::addColumn<Stage>("stage");
        const auto none = TlsPolicy::None;
        const auto starttls = TlsPolicy::RequireStartTls;
        const auto row = [](const char *name, const Script &script, TlsPolicy policy, bool auth,
                             Outcome outcome, int code, Stage stage) {
            QTest::newRow(name) << script << policy << auth << outcome << code << stage;
        };
        row("B1 554 greeting", Script().send("554 no\r\n"_ba).quit(), none, false,
            Outcome::Rejected, 69, Stage::Greeting);
        row("A7 HTTP", Script().send("HTTP/1.1 400 Bad Request\r\n\r\n"_ba).hang(), none, false,
            Outcome::Failed, 76, Stage::Greeting);
        row("A7 TLS alert", Script().send(QByteArray("\x15\x03\x03\0\x02\x02\x50", 7)).hang(), none,
            false, Outcome::Failed, 76, Stage::Greeting);
        row("A7 TLS spoken to a plain port", Script().send("220 plain\r\n"_ba).hang(),
            TlsPolicy::ImplicitTls, false, Outcome::Failed, 78, Stage::Tls);
        row("B7 no reply", Script().send("22X what\r\n"_ba).hang(), none, false, Outcome::Failed,
            76, Stage::Greeting);
        row("C1 STARTTLS missing", Script::hello().quit(), starttls, false, Outcome::Failed, 78,
            Stage::StartTls);
        row("C2 STARTTLS refused",
            Script::hello(tlsCaps).answer("STARTTLS"_ba, "454 4.7.0 no\r\n"_ba).quit(), starttls,
            false, Outcome::Failed, 78, Stage::StartTls);
        row("C3 injection behind STARTTLS",
            Script::hello(tlsCaps)
                .answer("STARTTLS"_ba, "220 go\r\n250-INJECTED\r\n250 AUTH PLAIN\r\n"_ba)
                .hang(),
            starttls, false, Outcome::Failed, 76, Stage::StartTls);
        row("C4 fragment behind STARTTLS",
            Script::hello(tlsCaps).answer("STARTTLS"_ba, "220 go\r\n250-INJ"_ba).hang(), starttls,
            false, Outcome::Failed, 76, Stage::StartTls);
        row("C12 RST in the handshake",
            Script::hello(tlsCaps).answer("STARTTLS"_ba, "220 go\r\n"_ba).expectBytes(10).reset(),
            starttls, false, Outcome::Failed, 78, Stage::Tls);
        row("C12 garbage in the handshake",
            Script::hello(tlsCaps)
                .answer("STARTTLS"_ba, "220 go\r\n"_ba)
                .expectBytes(10)
                .send("\x16\x03\x03\xff\xff nonsense"_ba)
                .hang(),
            starttls, false, Outcome::Failed, 78, Stage::Tls);
        row("wrong password",
            Script::hello(tlsCaps)
                .upgrade({"AUTH PLAIN"_ba})
                .answer("AUTH PLAIN"_ba, "535 5.7.8 bad password " + canary + "\r\n")
                .quit(),
            starttls, true, Outcome::Failed, 77, Stage::Auth);
        row("B18 421 to MAIL",
            Script::hello().answer("MAIL"_ba, "421 4.3.2 closing\r\n"_ba).close(), none, false,
            Outcome::Deferred, 75, Stage::Mail);
        row("B19 all refused",
            Script::hello()
                .answer("MAIL"_ba, "250 ok\r\n"_ba)
                .answer("RCPT"_ba, "550 5.1.1 no\r\n"_ba)
                .quit(),
            none, false, Outcome::Rejected, 69, Stage::Rcpt);
        row("B21 554 to the dot",
            Script::hello()
                .answer("MAIL"_ba, "250 ok\r\n"_ba)
                .answer("RCPT"_ba, "250 ok\r\n"_ba)
                .answer("DATA"_ba, "354 go\r\n"_ba)
                .expectContent()
                .send("554 5.7.1 spam\r\n"_ba)
                .quit(),
            none, false, Outcome::Rejected, 69, Stage::Dot);
        row("B26 FIN after the dot",
            Script::hello()
                .answer("MAIL"_ba, "250 ok\r\n"_ba)
                .answer("RCPT"_ba, "250 ok\r\n"_ba)
                .answer("DATA"_ba, "354 go\r\n"_ba)
                .expectContent()
                .cut(),
            none, false, Outcome::Uncertain, 80, Stage::Dot);
        row("B26 RST after the dot",
            Script::hello()
                .answer("MAIL"_ba, "250 ok\r\n"_ba)
                .answer("RCPT"_ba, "250 ok\r\n"_ba)
                .answer("DATA"_ba, "354 go\r\n"_ba)
                .expectContent()
                .reset(),
            none, false, Outcome::Uncertain, 80, Stage::Dot);
        row("B28 half a reply to the dot",
            Script::hello()
                .answer("MAIL"_ba, "250 ok\r\n"_ba)
                .answer("RCPT"_ba, "250 ok\r\n"_ba)
                .answer("DATA"_ba, "354 go\r\n"_ba)
                .expectContent()
                .send("250-ok\r\n25"_ba)
                .cut(),
            none, false, Outcome::Uncertain, 80, Stage::Dot);
        row("B29 RST instead of 221", Script::hello().transaction().expect("QUIT"_ba).reset(), none,
            false, Outcome::Accepted, 0, Stage::Quit);
        row("lost at RCPT", Script::hello().answer("MAIL"_ba, "250 ok\r\n"_ba).reset(), none, false,
            Outcome::Deferred, 75, Stage::Rcpt);
    }
    void failures()
    {
        QFETCH(Script, script);
        QFETCH(TlsPolicy, policy);
        QFETCH(bool, auth);
        QFETCH(Outcome, outcome);
        QFETCH(int, code);
        QFETCH(Stage, stage);
        FakeRelay relay({script}, Test::testIdentity().identity);
        Test::FakeSessions repository;
        SendService service(&repository, m_clock);
        Listener heard(service);
        SendRequest request = requestTo(relay.port());
        request.session.tls = policy;
        if (auth)
            authenticate(request);
        service.send(request);
        QTRY_COMPARE(heard.records.size(), 1);
        const SessionRecord &record = heard.records.first();
        QCOMPARE(record.recipients.first().outcome, outcome);
        QCOMPARE(record.exitCode, code);
        QCOMPARE(record.stage, stage);
        QVERIFY(!heard.text().contains(canary));
        // R9: nothing of the message leaves in clear where TLS is required.
        if (policy != TlsPolicy::None)
            QVERIFY(!relay.receivedInClear().contains("MAIL"));
        const bool dotSent = record.timings.contains(Stage::Dot);
        QCOMPARE(repository.calls().contains("commit to@example.org"_ba), dotSent);
        if (record.failure && record.failure->stage == Stage::StartTls && code == 76)
            QVERIFY(record.failure->error.evidence.contains("250-INJ"));
    }

    void certificateRefused()
    {
        FakeRelay relay(
            {Script::hello(tlsCaps).upgrade().transaction().quit()}, Test::testIdentity().identity);
        SendService service(nullptr, m_clock);
        Listener heard(service);
        SendRequest request = requestTo(relay.port());
        request.session.tls = TlsPolicy::RequireStartTls;
        request.tlsOptions.caPem.clear();
        service.send(request);
        QTRY_COMPARE(heard.records.size(), 1);
        const SessionRecord &record = heard.records.first();
        QCOMPARE(record.exitCode, 78);
        QVERIFY(record.tls);
        QVERIFY(!record.tls->accepted);
        QVERIFY(record.tls->nameMatches);
        QCOMPARE(record.tls->reasons.first().kind, Tls::VerifyReason::Kind::Untrusted);
        QVERIFY(record.failure->error.detail.startsWith("certificate not accepted"_L1));
    }

    // Opportunistic TLS goes on in clear, and says so.
    void fallsBack()
    {
        FakeRelay relay(
            {Script::hello(tlsCaps).answer("STARTTLS"_ba, "220 go\r\n"_ba).expectBytes(10).reset(),
                Script::hello(tlsCaps).transaction().quit()},
            Test::testIdentity().identity);
        SendService service(nullptr, m_clock);
        Listener heard(service);
        SendRequest request = requestTo(relay.port());
        request.session.tls = TlsPolicy::Opportunistic;
        service.send(request);
        QTRY_COMPARE(heard.records.size(), 1);
        QCOMPARE(relay.problems(), QStringList());
        QCOMPARE(relay.connections(), 2);
        const SessionRecord &record = heard.records.first();
        QCOMPARE(record.outcome, WholeOutcome::Accepted);
        QVERIFY(!record.failure);
        QCOMPARE(record.findings.first().id, "tls.fallback"_ba);
        for (qsizetype i = 0; i < heard.entries.size(); ++i) {
            QCOMPARE(heard.entries[i].n, i);
            QVERIFY(i == 0 || heard.entries[i].us >= heard.entries[i - 1].us);
        }
    }

    // Who asked for a check of the certificate gets no clear text instead.
    void opportunisticButVerified()
    {
        FakeRelay relay(
            {Script::hello(tlsCaps).upgrade().transaction().quit()}, Test::testIdentity().identity);
        SendService service(nullptr, m_clock);
        Listener heard(service);
        SendRequest request = requestTo(relay.port());
        request.session.tls = TlsPolicy::Opportunistic;
        request.tlsOptions.caPem.clear();
        service.send(request);
        QTRY_COMPARE(heard.records.size(), 1);
        QCOMPARE(relay.connections(), 1);
        QCOMPARE(heard.records.first().exitCode, 75);

        heard.records.clear();
        request.id = {};
        request.tlsOptions.verify = Tls::VerifyMode::None;
        service.send(request);
        QTRY_COMPARE(heard.records.size(), 1);
        const SessionRecord &record = heard.records.first();
        QCOMPARE(record.outcome, WholeOutcome::Accepted);
        QCOMPARE(record.findings.value(0).id, "certificate.untrusted"_ba);
    }

    // A handshake that fails is no reason to speak in clear where STARTTLS must work once offered.
    void opportunisticStrictFallsBackToNothing()
    {
        const auto broken = [] {
            return Script::hello(tlsCaps)
                .answer("STARTTLS"_ba, "220 go\r\n"_ba)
                .expectBytes(5) // a record begins
                .send("no TLS at all\r\n"_ba)
                .hang();
        };
        for (const TlsPolicy policy : {TlsPolicy::OpportunisticStrict, TlsPolicy::Opportunistic}) {
            FakeRelay relay({broken(), Script::hello().transaction().quit()});
            SendService service(nullptr, m_clock);
            Listener heard(service);
            SendRequest request = requestTo(relay.port());
            request.session.tls = policy;
            request.tlsOptions.verify = Tls::VerifyMode::None;
            service.send(request);
            QTRY_COMPARE(heard.records.size(), 1);
            const bool strict = policy == TlsPolicy::OpportunisticStrict;
            QCOMPARE(heard.records.first().outcome,
                strict ? WholeOutcome::Failed : WholeOutcome::Accepted);
            QCOMPARE(relay.connections(), strict ? 1 : 2);
        }
    }

    // C15: where TLS is offered but refused or absent, an opportunistic session says so.
    void opportunisticInClear()
    {
        FakeRelay relay({Script::hello().transaction().quit()});
        SendService service(nullptr, m_clock);
        Listener heard(service);
        SendRequest request = requestTo(relay.port());
        request.session.tls = TlsPolicy::Opportunistic;
        service.send(request);
        QTRY_COMPARE(heard.records.size(), 1);
        QCOMPARE(heard.records.first().outcome, WholeOutcome::Accepted);
        QCOMPARE(heard.records.first().findings.value(0).id, "tls.none"_ba);
    }

    // C16: the password is not shown without TLS.
    void noSecretInClear()
    {
        FakeRelay relay({Script::hello({"AUTH PLAIN LOGIN"_ba}).quit()});
        SendService service(nullptr, m_clock);
        Listener heard(service);
        SendRequest request = requestTo(relay.port());
        request.session.tls = TlsPolicy::Opportunistic;
        authenticate(request);
        service.send(request);
        QTRY_COMPARE(heard.records.size(), 1);
        QVERIFY(!relay.received().contains("AUTH"));
        QCOMPARE(heard.records.first().exitCode, 77);
        QCOMPARE(heard.records.first().recipients.first().outcome, Outcome::Failed);
    }

    // The same address twice is two recipients, each with its own outcome.
    void repeatedRecipient()
    {
        FakeRelay relay({Script::hello()
                .answer("MAIL"_ba, "250 ok\r\n"_ba)
                .answer("RCPT"_ba, "250 ok\r\n"_ba)
                .answer("RCPT"_ba, "452 again\r\n"_ba)
                .answer("DATA"_ba, "354 go\r\n"_ba)
                .expectContent()
                .send("250 ok\r\n"_ba)
                .quit()});
        SendService service(nullptr, m_clock);
        Listener heard(service);
        service.send(requestTo(relay.port(), {"a@x.example"_ba, "a@x.example"_ba}));
        QTRY_COMPARE(heard.records.size(), 1);
        const SessionRecord &record = heard.records.first();
        QCOMPARE(record.exitCode, 79);
        QVERIFY(record.recipients[0].outcome != record.recipients[1].outcome);
    }

    void stopRules_data()
    {
        QTest::addColumn<Stage>("stage");
        QTest::addColumn<Script>("script");
        QTest::newRow("quit after helo") << Stage::Helo << Script::hello().quit();
        QTest::newRow("quit after rcpt") << Stage::Rcpt
                                         << Script::hello()
                                                .answer("MAIL"_ba, "250 ok\r\n"_ba)
                                                .answer("RCPT"_ba, "250 ok\r\n"_ba)
                                                .quit();
    }
    void stopRules()
    {
        QFETCH(Stage, stage);
        QFETCH(Script, script);
        FakeRelay relay({script});
        SendService service(nullptr, m_clock);
        Listener heard(service);
        SendRequest request = requestTo(relay.port());
        request.session.stop = Smtp::StopRule {Smtp::StopRule::How::QuitAfter, stage};
        service.send(request);
        QTRY_COMPARE(heard.records.size(), 1);
        QCOMPARE(relay.problems(), QStringList());
        const SessionRecord &record = heard.records.first();
        QCOMPARE(record.outcome, WholeOutcome::Stopped);
        QCOMPARE(record.exitCode, 0);
        QCOMPARE(record.stage, stage);
        QCOMPARE(record.recipients.first().outcome, Outcome::Stopped);
    }

    void noRelay()
    {
        const Test::ClosedPort closed;
        const quint16 port = closed.port();
        SendService service(nullptr, m_clock);
        Listener heard(service);
        QElapsedTimer timer;
        timer.start();
        service.send(requestTo(port));
        QTRY_COMPARE(heard.records.size(), 1);
        QVERIFY(timer.elapsed() < 1000); // A1
        const SessionRecord &record = heard.records.first();
        QCOMPARE(record.exitCode, 75);
        QCOMPARE(record.outcome, WholeOutcome::Deferred);
        QCOMPARE(record.recipients.first().outcome, Outcome::Deferred);
        QCOMPARE(record.failure->error.detail,
            u"127.0.0.1 port %1: connect: Connection refused"_s.arg(port));
    }

    // D1, D2: never on the wire.
    void refusedBeforeConnecting()
    {
        FakeRelay relay({Script::hello()});
        SendService service(nullptr, m_clock);
        Listener heard(service);
        SendRequest badName = requestTo(relay.port());
        badName.session.ehloName = "x\r\nRSET"_ba;
        SendRequest badParameter = requestTo(relay.port());
        badParameter.mailParameters = {"SIZE=1\r\nRSET"_ba};
        for (const SendRequest &request : {badName, badParameter}) {
            service.send(request);
            QTRY_COMPARE(heard.records.size(), 1);
            QCOMPARE(heard.records.first().exitCode, 65);
            heard.records.clear();
        }
        QCOMPARE(relay.connections(), 0);
    }

    // H4: without the ledger nothing is sent.
    void ledgerRefuses_data()
    {
        QTest::addColumn<bool>("atBegin");
        QTest::newRow("H4 begin") << true;
        QTest::newRow("H4 commit") << false;
    }
    void ledgerRefuses()
    {
        QFETCH(bool, atBegin);
        FakeRelay relay({Script::hello()
                .answer("MAIL"_ba, "250 ok\r\n"_ba)
                .answer("RCPT"_ba, "250 ok\r\n"_ba)
                .answer("DATA"_ba, "354 go\r\n"_ba)
                .hang()});
        Test::FakeSessions repository;
        const Error full {Error::Kind::Full, u"store: disk full"_s, {}};
        (atBegin ? repository.beginError : repository.commitError) = full;
        SendService service(&repository, m_clock);
        Listener heard(service);
        service.send(requestTo(relay.port()));
        QTRY_COMPARE(heard.records.size(), 1);
        const SessionRecord &record = heard.records.first();
        QCOMPARE(record.exitCode, 74);
        QCOMPARE(record.outcome, WholeOutcome::Failed);
        QCOMPARE(record.recipients.first().outcome, Outcome::Failed);
        QCOMPARE(record.failure->error.detail, u"store: disk full"_s);
        QCOMPARE(heard.storeErrors, QList {full});
        QVERIFY(relay.connections() == 0 || !relay.received().endsWith("\r\n.\r\n"));
        QVERIFY(relay.connections() == 0 || atBegin == !relay.received().contains("MAIL"));
        QCOMPARE(repository.calls().last(), "finish failed"_ba);
    }

    // D13: the store reads the message before MAIL and is the first to notice.
    void contentThatTheStoreCannotRead_data()
    {
        QTest::addColumn<Error>("error");
        QTest::addColumn<int>("exitCode");
        QTest::newRow("D13 gone") << Error {Error::Kind::Io, u"/m.eml: No such file or directory"_s,
            {}} << 66;
        QTest::newRow("D13 changed")
            << Error {Error::Kind::InvalidInput, u"/m.eml: the file changed"_s, {}} << 65;
    }
    void contentThatTheStoreCannotRead()
    {
        QFETCH(Error, error);
        QFETCH(int, exitCode);
        FakeRelay relay({Script::hello().hang()});
        Test::FakeSessions repository;
        repository.beginError = error;
        SendService service(&repository, m_clock);
        Listener heard(service);
        service.send(requestTo(relay.port()));
        QTRY_COMPARE(heard.records.size(), 1);
        QCOMPARE(heard.records.first().exitCode, exitCode);
        QCOMPARE(heard.records.first().failure->error.detail, error.detail);
        QCOMPARE(heard.storeErrors, QList<Error>());
        QCOMPARE(repository.calls().last(), "finish failed"_ba);
    }

    // What the session met stays what it tells when the store fails behind it.
    void ledgerRefusesTooLate()
    {
        FakeRelay relay({Script().send("554 no\r\n"_ba).quit()});
        Test::FakeSessions repository;
        repository.holdBegin = repository.holdFinish = true;
        repository.beginError = Error {Error::Kind::Full, u"store: disk full"_s, {}};
        SendService service(&repository, m_clock);
        Listener heard(service);
        service.send(requestTo(relay.port()));
        QTRY_VERIFY(repository.calls().contains("finish rejected"_ba));
        repository.releaseBegin();
        QTRY_COMPARE(heard.storeErrors.size(), 1);
        repository.releaseFinish();
        QTRY_COMPARE(heard.records.size(), 1);
        const SessionRecord &record = heard.records.first();
        QCOMPARE(record.exitCode, 69);
        QCOMPARE(record.stage, Stage::Greeting);
        QCOMPARE(record.failure->stage, Stage::Greeting);
    }

    // The claim is durable before MAIL, the commit before the dot.
    void waitsForTheLedger()
    {
        FakeRelay relay({Script::hello().transaction().quit()});
        Test::FakeSessions repository;
        repository.holdBegin = repository.holdCommit = true;
        SendService service(&repository, m_clock);
        Listener heard(service);
        service.send(requestTo(relay.port()));
        QTRY_VERIFY(relay.connections() == 1 && relay.received().contains("EHLO"));
        QTRY_VERIFY(repository.calls().contains("begin"_ba));
        QTest::qWait(50); // time for a wrong MAIL to come
        QVERIFY(!relay.received().contains("MAIL"));
        repository.releaseBegin();
        QTRY_VERIFY(repository.calls().contains("commit to@example.org"_ba));
        QTest::qWait(50);
        QVERIFY(relay.received().endsWith("body\r\n"));
        repository.releaseCommit();
        QTRY_COMPARE(heard.records.size(), 1);
        QCOMPARE(heard.records.first().outcome, WholeOutcome::Accepted);
        QCOMPARE(relay.problems(), QStringList());
    }

    // An id names one session: a second one of the same would take the first one's place.
    void idOfARunningSessionIsRefused()
    {
        FakeRelay relay({Script::hello().transaction().quit()});
        Test::FakeSessions repository;
        repository.holdBegin = true;
        SendService service(&repository, m_clock);
        Listener heard(service);
        SendRequest request = requestTo(relay.port());
        request.id = QUuid::createUuid();
        QCOMPARE(service.send(request), request.id);
        QVERIFY(service.send(request).isNull());
        QTRY_VERIFY(repository.calls().contains("begin"_ba));
        QVERIFY(service.send(request).isNull());
        QCOMPARE(service.running(), 1);
        repository.releaseBegin();
        QTRY_COMPARE(heard.records.size(), 1);
        QCOMPARE(heard.records.first().outcome, WholeOutcome::Accepted);
        QCOMPARE(heard.started, 1);
        QCOMPARE(repository.calls().count("begin"_ba), 1);
        QCOMPARE(relay.connections(), 1);
        QCOMPARE(service.running(), 0);
    }

    // A store that comes late keeps what is sent from then on.
    void storeGivenLaterIsUsed()
    {
        FakeRelay relay({Script::hello().transaction().quit()});
        Test::FakeSessions repository;
        SendService service(nullptr, m_clock);
        Listener heard(service);
        service.send(requestTo(relay.port()));
        service.setRepository(&repository);
        service.send(requestTo(relay.port()));
        QTRY_COMPARE(heard.records.size(), 2);
        QCOMPARE(repository.calls().count("begin"_ba), 1);
        QCOMPARE(repository.records.size(), 1);
    }

    void storeFailsBehindTheMail()
    {
        FakeRelay relay({Script::hello().transaction().quit()});
        Test::FakeSessions repository;
        repository.appendError = Error {Error::Kind::Io, u"store: no"_s, {}};
        SendService service(&repository, m_clock);
        Listener heard(service);
        service.send(requestTo(relay.port()));
        QTRY_COMPARE(heard.records.size(), 1);
        QCOMPARE(heard.records.first().outcome, WholeOutcome::Accepted);
        QCOMPARE(heard.storeErrors.size(), 1);
    }

    // E3, E8: whatever is switched on, the log holds ids, stages and kinds.
    void logWithoutContentE3()
    {
        QLoggingCategory::setFilterRules(u"mailgauge.*=true"_s);
        const auto before = qInstallMessageHandler(keepLog);
        const auto restore = qScopeGuard([before] {
            qInstallMessageHandler(before);
            QLoggingCategory::setFilterRules({});
        });
        FakeRelay relay({Script::hello({"AUTH PLAIN"_ba})
                .answer("AUTH"_ba, "535 5.7.8 no " + canary + " for to@example.org\r\n")
                .quit()});
        Test::FakeSessions repository;
        SendService service(&repository, m_clock);
        Listener heard(service);
        SendRequest request = requestTo(relay.port());
        authenticate(request);
        request.session.auth.allowWithoutTls = true;
        const QByteArray id = service.send(request).toByteArray(QUuid::WithoutBraces);
        QTRY_COMPARE(heard.records.size(), 1);
        const QMutexLocker lock(&logMutex);
        const QByteArray log = logLines.join('\n');
        for (const QByteArray &told : {"mailgauge.smtp: session " + id + " begins, recipients: 1",
                 "session " + id + " stage auth", "session " + id + " fails: denied in stage auth",
                 "session " + id + " ends: failed exit 77 ms",
                 "mailgauge.net: addresses found: 1"_ba})
            QVERIFY2(log.contains(told), log.constData());
        for (const QByteArray &hidden : {canary, canary.toBase64(), "@example.org"_ba,
                 "ann"_ba.toBase64(), "Subject"_ba, "535 "_ba})
            QVERIFY2(!log.contains(hidden), log.constData());
    }

    void keepSecrets()
    {
        FakeRelay relay({Script::hello({"AUTH PLAIN"_ba})
                .answer("AUTH PLAIN "_ba, "235 ok\r\n"_ba)
                .transaction()
                .quit()});
        Test::FakeSessions repository;
        SendService service(&repository, m_clock);
        Listener heard(service);
        SendRequest request = requestTo(relay.port());
        authenticate(request);
        request.session.auth.allowWithoutTls = true;
        request.keepSecrets = true;
        service.send(request);
        QTRY_COMPARE(heard.records.size(), 1);
        QVERIFY(!heard.text().contains(canary.toBase64()));
        const auto kept = [](const QList<Entry> &entries) {
            int count = 0;
            for (const Entry &entry : entries) {
                for (const auto &redaction : entry.redactions)
                    count += redaction.kept.isEmpty() ? 0 : 1;
            }
            return count;
        };
        QCOMPARE(kept(heard.entries), 1);
        QCOMPARE(kept(repository.storedEntries()), 0);
    }

    // H13
    void cancel_data()
    {
        QTest::addColumn<Script>("script");
        QTest::addColumn<Stage>("stage");
        QTest::addColumn<Outcome>("outcome");
        const Script empty;
        QTest::newRow("H13 greeting")
            << Script(empty).hang() << Stage::Greeting << Outcome::Stopped;
        QTest::newRow("H13 helo") << Script().send("220 x\r\n"_ba).hang() << Stage::Helo
                                  << Outcome::Stopped;
        QTest::newRow("H13 mail") << Script::hello().hang() << Stage::Mail << Outcome::Stopped;
        QTest::newRow("H13 rcpt") << Script::hello().answer("MAIL"_ba, "250 ok\r\n"_ba).hang()
                                  << Stage::Rcpt << Outcome::Stopped;
        QTest::newRow("H13 data") << Script::hello()
                                         .answer("MAIL"_ba, "250 ok\r\n"_ba)
                                         .answer("RCPT"_ba, "250 ok\r\n"_ba)
                                         .hang()
                                  << Stage::Data << Outcome::Stopped;
        QTest::newRow("H13 dot") << Script::hello()
                                        .answer("MAIL"_ba, "250 ok\r\n"_ba)
                                        .answer("RCPT"_ba, "250 ok\r\n"_ba)
                                        .answer("DATA"_ba, "354 go\r\n"_ba)
                                        .hang()
                                 << Stage::Dot << Outcome::Uncertain;
        QTest::newRow("H13 quit") << Script::hello().transaction().hang() << Stage::Quit
                                  << Outcome::Accepted;
    }
    void cancel()
    {
        QFETCH(Script, script);
        QFETCH(Stage, stage);
        QFETCH(Outcome, outcome);
        FakeRelay relay({script});
        SendService service(nullptr, m_clock);
        Listener heard(service);
        const QUuid id = service.send(requestTo(relay.port()));
        QTRY_VERIFY(heard.stages.contains(stage));
        QElapsedTimer timer;
        qint64 took = -1;
        connect(
            &service, &SendService::finished, this, [&timer, &took] { took = timer.elapsed(); });
        timer.start();
        service.cancel(id);
        QTRY_COMPARE(heard.records.size(), 1);
        // The limits of what hangs are minutes.
        QVERIFY2(took < 20'000, QByteArray::number(took).constData());
        QCOMPARE(heard.records.first().recipients.first().outcome, outcome);
        service.cancel(id); // once more harms nobody
        QTRY_VERIFY(relay.hasEnded());
    }

    // H13: the service goes away while sessions run, at every stage.
    void destroyWhileRunning_data() { cancel_data(); }
    void destroyWhileRunning()
    {
        QFETCH(Script, script);
        QFETCH(Stage, stage);
        QFETCH(Outcome, outcome);
        FakeRelay relay({script});
        Test::FakeSessions repository;
        auto service = std::make_unique<SendService>(&repository, m_clock);
        auto heard = std::make_unique<Listener>(*service);
        service->send(requestTo(relay.port()));
        QTRY_VERIFY(heard->stages.contains(stage));
        QElapsedTimer timer;
        timer.start();
        service.reset();
        QVERIFY(timer.elapsed() < 1000);
        const QByteArray expected = outcome == Outcome::Uncertain ? "finish uncertain"_ba
            : outcome == Outcome::Accepted                        ? "finish accepted"_ba
                                                                  : "finish stopped"_ba;
        QCOMPARE(repository.calls().last(), expected);
    }

    // B3, Q2: a line without end costs neither memory nor time.
    void endlessLine()
    {
        FakeRelay relay({Script()
                .send("220 "_ba + QByteArray(1024 * 1024 - 4, 'x'))
                .send(QByteArray(1024 * 1024, 'x'), 99)});
        SendService service(nullptr, m_clock);
        Listener heard(service);
        service.send(requestTo(relay.port()));
        QTRY_COMPARE_WITH_TIMEOUT(heard.records.size(), 1, 10'000);
        const SessionRecord &record = heard.records.first();
        QCOMPARE(record.failure->error.kind, Error::Kind::ReplyTooLong);
        QCOMPARE(record.exitCode, 76);
        qsizetype recorded = 0;
        for (const Entry &entry : std::as_const(heard.entries))
            recorded += entry.text.size();
        QVERIFY(recorded < 200'000);
    }

    // B2: one byte now and then does not keep a limit from passing.
    void slowReply()
    {
        FakeRelay relay(
            {Script().trickle("220 slow greeting that takes its time\r\n"_ba, 1, 20ms)});
        SendService service(nullptr, m_clock);
        Listener heard(service);
        SendRequest request = requestTo(relay.port());
        request.session.deadlines.greeting = 150ms;
        service.send(request);
        QTRY_COMPARE(heard.records.size(), 1);
        const SessionRecord &record = heard.records.first();
        QCOMPARE(record.failure->error.kind, Error::Kind::Timeout);
        QVERIFY(record.totalUs >= 150'000);
        QVERIFY(record.totalUs < 1'150'000);
    }

    // G9: memory does not grow with the message.
    void largeMessage()
    {
        constexpr qint64 size = 128 * 1024 * 1024;
        QTemporaryFile file;
        QVERIFY(file.open());
        QVERIFY(writeLines(file, size));
        FakeRelay relay({Script::hello()
                .answer("MAIL"_ba, "250 ok\r\n"_ba)
                .answer("RCPT"_ba, "250 ok\r\n"_ba)
                .answer("DATA"_ba, "354 go\r\n"_ba)
                .swallowContent()
                .send("250 ok\r\n"_ba)
                .quit()});
        SendService service(nullptr, m_clock);
        Listener heard(service);
        SendRequest request = requestTo(relay.port());
        request.content = Base::Content();
        request.content->file = file.fileName();
        request.content->fileSize = size;
        const std::size_t before = allocatedBytes();
        std::size_t most = before;
        connect(&service, &SendService::contentProgress, this,
            [&most] { most = std::max(most, allocatedBytes()); });
        service.send(request);
        QTRY_COMPARE_WITH_TIMEOUT(heard.records.size(), 1, 60'000);
        QCOMPARE(heard.records.first().outcome, WholeOutcome::Accepted);
        QCOMPARE(heard.progress.last(), (std::pair<qint64, qint64>(size, size)));
        QVERIFY(heard.progress.size() > 2);
        QVERIFY2(
            most - before < 8 * 1024 * 1024, QByteArray::number(qint64(most - before)).constData());
    }

    // B25: no progress, no growth, a limit.
    void peerStopsReading()
    {
        constexpr qint64 size = 64 * 1024 * 1024;
        QTemporaryFile file;
        QVERIFY(file.open());
        QVERIFY(writeLines(file, size));
        FakeRelay relay({Script::hello()
                .answer("MAIL"_ba, "250 ok\r\n"_ba)
                .answer("RCPT"_ba, "250 ok\r\n"_ba)
                .answer("DATA"_ba, "354 go\r\n"_ba)
                .stopReading()
                .hang()});
        SendService service(nullptr, m_clock);
        Listener heard(service);
        SendRequest request = requestTo(relay.port());
        request.content = Base::Content();
        request.content->file = file.fileName();
        request.content->fileSize = size;
        request.session.deadlines.content = 300ms;
        service.send(request);
        QTRY_COMPARE_WITH_TIMEOUT(heard.records.size(), 1, 20'000);
        const SessionRecord &record = heard.records.first();
        QCOMPARE(record.failure->error.kind, Error::Kind::Timeout);
        QCOMPARE(record.failure->stage, Stage::Content);
        QCOMPARE(record.recipients.first().outcome, Outcome::Deferred); // the dot was never sent
        QVERIFY(heard.progress.last().first < size);
    }

    void relayTest()
    {
        FakeRelay relay(
            {Script::hello(tlsCaps).upgrade({"SIZE 5"_ba}).quit()}, Test::testIdentity().identity);
        Test::FakeSessions repository;
        SendService service(&repository, m_clock);
        Delivery::RelayTestService tests(service);
        QSignalSpy finished(&tests, &Delivery::RelayTestService::finished);
        Relay::RelayProfile profile;
        profile.host = u"127.0.0.1"_s;
        profile.port = relay.port();
        profile.caPem = Test::testIdentity().caPem;
        profile.ehloName = "tester.example"_ba;
        tests.test(profile, {});
        QTRY_COMPARE(finished.size(), 1);
        QCOMPARE(relay.problems(), QStringList());
        const auto record = finished.first().first().value<SessionRecord>();
        QCOMPARE(record.exitCode, 0);
        QCOMPARE(record.capabilities.sizeLimit(), 5);
        QVERIFY(record.tls && record.tls->accepted);
        // Kept like any session, with nobody in the ledger and no message.
        QCOMPARE(repository.calls(), (QByteArrayList {"begin"_ba, "finish accepted"_ba}));
        QVERIFY(repository.storedEntries().size() > 5);
        QVERIFY(repository.messages.value({}).isEmpty());
    }

    // Many at once: each its own record, all through one thread.
    void severalAtOnce()
    {
        FakeRelay relay({Script::hello().transaction().quit()});
        SendService service(nullptr, m_clock);
        Listener heard(service);
        QSet<QUuid> ids;
        for (int i = 0; i < 20; ++i)
            ids.insert(service.send(requestTo(relay.port())));
        QCOMPARE(service.running(), 20);
        QTRY_COMPARE(heard.records.size(), 20);
        for (const SessionRecord &record : std::as_const(heard.records)) {
            QCOMPARE(record.outcome, WholeOutcome::Accepted);
            QVERIFY(ids.remove(record.id));
        }
        QCOMPARE(service.running(), 0);
    }
};

QTEST_GUILESS_MAIN(SendServiceTest)
#include "tst_sendservice.moc"
