// SPDX-License-Identifier: GPL-3.0-or-later
#include "sandbox/sandboxservice.h"

#include "base/literals.h"
#include "rawclient.h"
#include "sandbox/scenariocatalogue.h"
#include "sandbox/scenarioparser.h"

#include <QDir>
#include <QSignalSpy>
#include <QTcpServer>
#include <QTemporaryDir>
#include <QTest>

#include <algorithm>

using namespace Mailgauge;
using namespace Mailgauge::Sandbox;
using Test::RawClient;

namespace {

/// A service that runs, and what arrived.
struct Relay {
    explicit Relay(SandboxOptions options = {})
        : service(clock)
        , started(&service, &SandboxService::started)
        , failed(&service, &SandboxService::failed)
        , arrived(&service, &SandboxService::messageArrived)
        , sessions(&service, &SandboxService::sessionCountChanged)
    {
        service.start(std::move(options));
    }
    bool isUp() { return started.size() > 0 || started.wait(Test::Patience); }
    quint16 port() const { return service.address() ? service.address()->port : quint16(0); }
    /// Open and all sessions, as last told.
    QList<QVariant> counts() const
    {
        return sessions.isEmpty() ? QList<QVariant> {} : sessions.last();
    }
    InboxMessage message(qsizetype i) const { return arrived.at(i).at(0).value<InboxMessage>(); }

    Base::SystemClock clock;
    SandboxService service;
    QSignalSpy started;
    QSignalSpy failed;
    QSignalSpy arrived;
    QSignalSpy sessions;
};

Scenario shipped(const QString &name)
{
    const auto scenario = loadScenario(name);
    return scenario ? *scenario : Scenario {};
}

SandboxOptions playing(const Scenario &scenario)
{
    SandboxOptions options;
    options.scenario = scenario;
    return options;
}

const QByteArray hello = "EHLO client.example\r\n"_ba;
const QByteArray body
    = "Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\r\nMessage-ID: <1@x.example>\r\n\r\n..dot\r\n.\r\n"_ba;

QByteArray envelope(const QByteArray &recipient)
{
    return "MAIL FROM:<a@x.example>\r\nRCPT TO:<" + recipient + ">\r\nDATA\r\n";
}

} // namespace

/// Sends and waits until the reply ends in the line given.
#define SAY(client, bytes, reply)                                                                  \
    do {                                                                                           \
        (client).clear();                                                                          \
        (client).send(bytes);                                                                      \
        QTRY_VERIFY2((client).received().contains(reply) && (client).endsWith("\r\n"),             \
            (client).received().constData());                                                      \
    } while (false)

class TestSandboxService : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void keepsWhatItAccepts();
    void startTls();
    void implicitTls();
    void maildir();
    void portTaken();
    void startStopRace();
    void scenarioChangesForLaterSessions();
    void hostileClients_data();
    void hostileClients();
    void stopWhileSessionsRun();
    void rejectRecipients();
    void greylist();
    void rateLimit();
    void rejectContent();
    void slow();
    void dropAfterDot();
    void noStartTls();
    void expiredCertificate();
    void bounceLater();
    void demo();
};

void TestSandboxService::keepsWhatItAccepts()
{
    Relay relay;
    QVERIFY(relay.isUp());
    QCOMPARE(relay.service.address()->host, u"127.0.0.1"_s);
    RawClient client(relay.port());
    SAY(client, {}, "220 localhost ESMTP");
    SAY(client, hello, "250 STARTTLS");
    QVERIFY(!client.received().contains("AUTH")); // only inside TLS
    SAY(client, envelope("b@y.example"_ba), "354 ");
    SAY(client, body, "250 2.0.0 Ok: queued as ");
    QTRY_COMPARE(relay.arrived.size(), 1);
    const InboxMessage message = relay.message(0);
    QVERIFY(!message.id.isNull());
    QCOMPARE(message.reversePath, "a@x.example"_ba);
    QCOMPARE(message.forwardPaths, QList<QByteArray> {"b@y.example"_ba});
    QCOMPARE(message.heloName, "client.example"_ba);
    QCOMPARE(message.tls, false);
    QCOMPARE(message.subject, u"Grüße"_s);
    QCOMPARE(message.messageId, "1@x.example"_ba);
    QVERIFY(message.bytes.endsWith("\r\n\r\n.dot\r\n"));
    QCOMPARE(message.size, message.bytes.size());
    SAY(client, "QUIT\r\n"_ba, "221 ");
    QTRY_VERIFY(client.isOver());
    QVERIFY(!client.wasReset());
    QTRY_COMPARE(relay.counts(), (QList<QVariant> {0, 1}));
}

void TestSandboxService::startTls()
{
    Relay relay;
    QVERIFY(relay.isUp());
    RawClient client(relay.port());
    SAY(client, {}, "220 ");
    SAY(client, hello, "250 STARTTLS");
    SAY(client, "STARTTLS\r\n"_ba, "220 ");
    client.clear();
    client.startTls(relay.service.address()->caPem);
    QTRY_VERIFY(client.isEstablished());
    QVERIFY(client.tls()->facts().accepted);
    SAY(client, hello, "AUTH PLAIN LOGIN CRAM-MD5 SCRAM-SHA-256\r\n");
    QVERIFY(!client.received().contains("STARTTLS"));
    SAY(client, "AUTH PLAIN " + "\0sandbox\0open-sesame"_ba.toBase64() + "\r\n", "235 ");
    SAY(client, envelope("b@y.example"_ba), "354 ");
    SAY(client, body, "250 ");
    QTRY_COMPARE(relay.arrived.size(), 1);
    QCOMPARE(relay.message(0).tls, true);
    QCOMPARE(relay.message(0).user, "sandbox"_ba);
    SAY(client, "QUIT\r\n"_ba, "221 ");
    QTRY_VERIFY(client.isOver());
    QVERIFY(client.tls()->closeNotifyReceived());
}

void TestSandboxService::implicitTls()
{
    SandboxOptions options;
    options.tls = TlsMode::Implicit;
    Relay relay(options);
    QVERIFY(relay.isUp());
    RawClient client(relay.port());
    client.startTls(relay.service.address()->caPem, u"127.0.0.1"_s);
    QTRY_VERIFY(client.received().startsWith("220 "));
    QVERIFY(client.tls()->facts().accepted);
    SAY(client, hello, "AUTH PLAIN");
    SAY(client, "STARTTLS\r\n"_ba, "503 ");
}

void TestSandboxService::maildir()
{
    QTemporaryDir directory;
    SandboxOptions options;
    options.maildir = directory.filePath(u"box"_s);
    Relay relay(options);
    QVERIFY(relay.isUp());
    RawClient client(relay.port());
    SAY(client, {}, "220 ");
    SAY(client, hello, "250 ");
    SAY(client, envelope("b@y.example"_ba), "354 ");
    SAY(client, body, "250 ");
    QTRY_COMPARE(relay.arrived.size(), 1);
    QVERIFY(QDir(options.maildir + u"/tmp"_s).isEmpty());
    const QStringList files = QDir(options.maildir + u"/new"_s).entryList(QDir::Files);
    QCOMPARE(files.size(), 1);
    QFile file(options.maildir + u"/new/"_s + files[0]);
    QVERIFY(file.open(QIODevice::ReadOnly));
    QCOMPARE(file.readAll(),
        "Return-Path: <a@x.example>\r\nDelivered-To: b@y.example\r\n" + relay.message(0).bytes);

    SandboxOptions impossible;
    impossible.maildir = u"/dev/null/box"_s;
    Relay other(impossible);
    QVERIFY(other.failed.wait(Test::Patience));
    QCOMPARE(other.failed[0][0].value<Base::Error>().kind, Base::Error::Kind::Io);
    QVERIFY(!other.service.address());
}

void TestSandboxService::portTaken()
{
    QTcpServer taken;
    QVERIFY(taken.listen(QHostAddress::LocalHost));
    SandboxOptions options;
    options.port = taken.serverPort();
    Relay relay(options);
    QVERIFY(relay.failed.wait(Test::Patience));
    const auto error = relay.failed[0][0].value<Base::Error>();
    QVERIFY2(error.detail.contains(QString::number(options.port)), qPrintable(error.detail));
}

void TestSandboxService::startStopRace()
{
    Relay relay;
    relay.service.stop();
    relay.service.start({});
    QVERIFY(relay.isUp());
    RawClient client(relay.port());
    SAY(client, {}, "220 ");
    QCOMPARE(relay.started.size(), 1);
    relay.service.stop();
    QVERIFY(!relay.service.address());
    QTRY_VERIFY(client.isOver());
}

void TestSandboxService::scenarioChangesForLaterSessions()
{
    Relay relay;
    QVERIFY(relay.isUp());
    RawClient before(relay.port());
    SAY(before, {}, "220 ");
    relay.service.setScenario(shipped(u"reject-content"_s));
    RawClient after(relay.port());
    SAY(after, {}, "220 ");
    for (RawClient *client : {&before, &after}) {
        SAY(*client, hello, "250 ");
        SAY(*client, envelope("b@y.example"_ba), "354 ");
    }
    SAY(before, body, "250 ");
    SAY(after, body, "554 5.7.1 ");
}

void TestSandboxService::hostileClients_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<QByteArray>("reply");
    QTest::addColumn<bool>("closes");
    const QByteArray start = hello;
    QTest::newRow("B5 NUL") << "NOOP\0\r\n"_ba << "500 "_ba << false;
    QTest::newRow("B3 100 MB line")
        << QByteArray(100'000'000, 'x') << "500 5.5.2 Line without end"_ba << true;
    QTest::newRow("B4 10000 commands") << "RSET\r\n"_ba.repeated(10'000) << "250 "_ba << false;
    QTest::newRow("flood of errors") << "X\r\n"_ba.repeated(10'000) << "421 "_ba << true;
    QTest::newRow("huge AUTH") << "AUTH PLAIN "_ba + QByteArray(1'500'000, 'A') + "\r\n"
                               << "500 "_ba << true;
    QTest::newRow("C3 injection behind STARTTLS") << start + "STARTTLS\r\nEHLO evil\r\n"
                                                  << "554 "_ba << true;
    QTest::newRow("binary") << QByteArray::fromHex("16030100c8010000c40303"_ba) + "\r\n"
                            << "500 "_ba << false;
    QTest::newRow("http") << "POST / HTTP/1.1\r\nContent-Length: 9\r\n\r\nMAIL FROM"_ba << "554 "_ba
                          << true;
}

void TestSandboxService::hostileClients()
{
    QFETCH(const QByteArray, bytes);
    QFETCH(const QByteArray, reply);
    QFETCH(const bool, closes);
    Relay relay;
    QVERIFY(relay.isUp());
    RawClient client(relay.port());
    SAY(client, {}, "220 ");
    client.send(bytes);
    if (closes)
        QTRY_VERIFY(client.isOver());
    QTRY_VERIFY2(client.received().contains(reply), client.received().constData());
    client.abort();
    QTRY_COMPARE(relay.counts(), (QList<QVariant> {0, 1}));
    // And the next one is served.
    RawClient next(relay.port());
    SAY(next, {}, "220 ");
}

void TestSandboxService::stopWhileSessionsRun()
{
    auto relay = std::make_unique<Relay>(playing(shipped(u"slow"_s)));
    QVERIFY(relay->isUp());
    std::vector<std::unique_ptr<RawClient>> clients;
    for (int i = 0; i < 20; ++i)
        clients.push_back(std::make_unique<RawClient>(relay->port()));
    QTRY_COMPARE(relay->counts(), (QList<QVariant> {20, 20}));
    relay.reset();
    for (const auto &client : clients)
        QTRY_VERIFY(client->isOver());
}

void TestSandboxService::rejectRecipients()
{
    Relay relay(playing(shipped(u"reject-recipients"_s)));
    QVERIFY(relay.isUp());
    RawClient client(relay.port());
    SAY(client, {}, "220 ");
    SAY(client, hello, "250 ");
    SAY(client, "MAIL FROM:<a@x.example>\r\n"_ba, "250 ");
    SAY(client, "RCPT TO:<unknown.user@y.example>\r\n"_ba, "550 5.1.1 ");
    SAY(client, "RCPT TO:<full@y.example>\r\n"_ba, "552 5.2.2 ");
    SAY(client, "RCPT TO:<good@y.example>\r\n"_ba, "250 ");
    SAY(client, "RCPT TO:<x@bad.example>\r\n"_ba, "250 ");
    SAY(client, "DATA\r\n"_ba, "354 ");
    SAY(client, body, "250 ");
    QTRY_COMPARE(relay.arrived.size(), 1);
    QCOMPARE(relay.message(0).forwardPaths,
        (QList<QByteArray> {"good@y.example"_ba, "x@bad.example"_ba}));
}

void TestSandboxService::greylist()
{
    Relay relay(playing(shipped(u"greylist"_s)));
    QVERIFY(relay.isUp());
    for (const QByteArray &reply : {"451 4.7.1 "_ba, "250 "_ba}) {
        RawClient client(relay.port());
        SAY(client, {}, "220 ");
        SAY(client, hello, "250 ");
        SAY(client, "MAIL FROM:<a@x.example>\r\n"_ba, "250 ");
        SAY(client, "RCPT TO:<b@y.example>\r\n"_ba, reply);
        SAY(client, "RCPT TO:<c@y.example>\r\n"_ba, reply);
    }
}

void TestSandboxService::rateLimit()
{
    Relay relay(playing(shipped(u"rate-limit"_s)));
    QVERIFY(relay.isUp());
    for (int session = 0; session < 2; ++session) {
        RawClient client(relay.port());
        SAY(client, {}, "220 ");
        SAY(client, hello, "250 ");
        for (int i = 0; i < 3; ++i) {
            SAY(client, envelope("b@y.example"_ba), "354 ");
            SAY(client, body, "250 ");
        }
        SAY(client, "MAIL FROM:<a@x.example>\r\n"_ba, "421 4.7.0 ");
        QTRY_VERIFY(client.isOver());
        QVERIFY(!client.wasReset());
    }
    QTRY_COMPARE(relay.arrived.size(), 6);
}

void TestSandboxService::rejectContent()
{
    Relay relay(playing(shipped(u"reject-content"_s)));
    QVERIFY(relay.isUp());
    RawClient client(relay.port());
    SAY(client, {}, "220 ");
    SAY(client, hello, "250 ");
    SAY(client, envelope("b@y.example"_ba), "354 ");
    SAY(client, body, "554 5.7.1 ");
    SAY(client, "QUIT\r\n"_ba, "221 ");
    QVERIFY(relay.arrived.isEmpty());
}

void TestSandboxService::slow()
{
    Scenario scenario = shipped(u"slow"_s);
    QCOMPARE(scenario.rules.size(), 1);
    QCOMPARE(scenario.rules[0].actions.delay, std::chrono::milliseconds(1000));
    // The same, ten times faster.
    scenario.rules[0].actions.delay /= 10;
    scenario.rules[0].actions.split->interval /= 10;
    Relay relay(playing(scenario));
    QVERIFY(relay.isUp());
    RawClient client(relay.port());
    QTRY_VERIFY(client.endsWith("\r\n"));
    const qsizetype pieces = client.received().size() / 4;
    QVERIFY2(client.lastAt() >= 100 + pieces * 2 - 2, qPrintable(QString::number(client.lastAt())));
    SAY(client, hello, "250 ");
    SAY(client, "QUIT\r\n"_ba, "221 ");
    QTRY_VERIFY(client.isOver());
}

void TestSandboxService::dropAfterDot()
{
    Relay relay(playing(shipped(u"drop-after-dot"_s)));
    QVERIFY(relay.isUp());
    RawClient client(relay.port());
    SAY(client, {}, "220 ");
    SAY(client, hello, "250 ");
    SAY(client, envelope("b@y.example"_ba), "354 ");
    client.clear();
    client.send(body);
    QTRY_VERIFY(client.isOver());
    QVERIFY(client.wasReset());
    QVERIFY(client.received().isEmpty());
    QTRY_COMPARE(relay.arrived.size(), 1); // it was delivered, the client cannot know
}

void TestSandboxService::noStartTls()
{
    Relay relay(playing(shipped(u"no-starttls"_s)));
    QVERIFY(relay.isUp());
    RawClient client(relay.port());
    SAY(client, {}, "220 ");
    SAY(client, hello, "AUTH PLAIN");
    QVERIFY(!client.received().contains("STARTTLS"));
    SAY(client, "STARTTLS\r\n"_ba, "502 ");
}

void TestSandboxService::expiredCertificate()
{
    struct Case {
        CertificateKind kind;
        Tls::VerifyReason::Kind reason;
    };
    for (const Case &one : {Case {CertificateKind::Expired, Tls::VerifyReason::Kind::Expired},
             Case {CertificateKind::WrongName, Tls::VerifyReason::Kind::NameMismatch},
             Case {CertificateKind::SelfSigned, Tls::VerifyReason::Kind::SelfSigned}}) {
        Scenario scenario = shipped(u"expired-certificate"_s);
        QCOMPARE(scenario.settings.certificate, CertificateKind::Expired);
        scenario.settings.certificate = one.kind;
        Relay relay(playing(scenario));
        QVERIFY(relay.isUp());
        RawClient client(relay.port());
        SAY(client, {}, "220 ");
        SAY(client, hello, "250 STARTTLS");
        SAY(client, "STARTTLS\r\n"_ba, "220 ");
        client.startTls(relay.service.address()->caPem);
        QTRY_VERIFY(client.tls()->state() == Tls::TlsStream::State::Failed);
        const auto &reasons = client.tls()->facts().reasons;
        QVERIFY(std::ranges::any_of(
            reasons, [&one](const Tls::VerifyReason &r) { return r.kind == one.reason; }));
        QTRY_VERIFY(client.isOver());
    }
}

void TestSandboxService::bounceLater()
{
    Scenario scenario = shipped(u"bounce-later"_s);
    scenario.rules[0].actions.bounce->after = std::chrono::milliseconds(50);
    Relay relay(playing(scenario));
    QVERIFY(relay.isUp());
    RawClient client(relay.port());
    SAY(client, {}, "220 ");
    SAY(client, hello, "250 ");
    SAY(client, "MAIL FROM:<verp+b=y.example@x.example>\r\nRCPT TO:<b@y.example>\r\nDATA\r\n"_ba,
        "354 ");
    SAY(client, body, "250 ");
    // To the null reverse-path nothing is ever returned.
    SAY(client, "MAIL FROM:<>\r\nRCPT TO:<c@y.example>\r\nDATA\r\n"_ba, "354 ");
    SAY(client, body, "250 ");
    QTRY_COMPARE(relay.arrived.size(), 3);
    QList<InboxMessage> bounces;
    for (int i = 0; i < 3; ++i) {
        if (relay.message(i).reversePath.isEmpty()
            && !relay.message(i).forwardPaths.contains("c@y.example"_ba))
            bounces += relay.message(i);
    }
    QCOMPARE(bounces.size(), 1);
    const InboxMessage &bounce = bounces[0];
    QVERIFY(bounce.reversePath.isEmpty());
    QCOMPARE(bounce.forwardPaths, QList<QByteArray> {"verp+b=y.example@x.example"_ba});
    QCOMPARE(bounce.subject, u"Undelivered Mail Returned to Sender"_s);
    QVERIFY(bounce.bytes.contains(
        "Final-Recipient: rfc822; b@y.example\r\nAction: failed\r\nStatus: 5.1.1\r\n"));
    QVERIFY(bounce.bytes.contains("Message-ID: <1@x.example>\r\n"));
}

void TestSandboxService::demo()
{
    Relay relay(playing(shipped(u"demo"_s)));
    QVERIFY(relay.isUp());
    RawClient client(relay.port());
    SAY(client, {}, "220 ");
    SAY(client, hello, "250 ");
    QHash<QByteArray, QHash<int, int>> codes; // domain, reply code -> how many
    const QList<QByteArray> domains {
        "alpine"_ba, "birch"_ba, "cedar"_ba, "delta"_ba, "elm"_ba, "fjord"_ba};
    for (int i = 0; i < 40; ++i) {
        const QByteArray domain = domains[i % domains.size()];
        SAY(client, "MAIL FROM:<news@x.example>\r\n"_ba, "250 ");
        client.clear();
        client.send("RCPT TO:<"_ba + (i % 12 == 2 ? "unknown" : "reader")
            + QByteArray::number(i + 1) + '@' + domain + ".example>\r\n");
        QTRY_VERIFY(client.endsWith("\r\n"));
        int code = client.received().first(3).toInt();
        if (code == 250) {
            SAY(client, "DATA\r\n"_ba, "354 ");
            client.clear();
            client.send(body);
            QTRY_VERIFY(client.endsWith("\r\n"));
            code = client.received().first(3).toInt();
        } else {
            SAY(client, "RSET\r\n"_ba, "250 ");
        }
        ++codes[domain][code];
    }
    qInfo() << codes;
    QCOMPARE(codes["alpine"_ba].keys(), QList<int> {250});
    QCOMPARE(codes["elm"_ba].keys(), QList<int> {250});
    for (const auto &[domain, code] : {std::pair {"birch"_ba, 451}, std::pair {"cedar"_ba, 550},
             std::pair {"delta"_ba, 452}, std::pair {"fjord"_ba, 554}}) {
        QVERIFY2(codes[domain][code] > 0, domain.constData());
        QVERIFY2(codes[domain][250] > 0, domain.constData());
    }
    int accepted = 0;
    for (const auto &byCode : std::as_const(codes))
        accepted += byCode.value(250);
    // And some come back.
    QTRY_VERIFY(relay.arrived.size() > accepted + 1);
}

QTEST_GUILESS_MAIN(TestSandboxService)
#include "tst_sandboxservice.moc"
