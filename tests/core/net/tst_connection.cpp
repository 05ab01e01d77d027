// SPDX-License-Identifier: GPL-3.0-or-later
#include "fakerelay.h"

#include "base/literals.h"
#include "net/connection.h"

#include <QElapsedTimer>
#include <QLocalServer>
#include <QLocalSocket>
#include <QPromise>
#include <QTemporaryDir>
#include <QTest>

#include <arpa/inet.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

using namespace Mailgauge;
using namespace std::chrono_literals;
using Base::Error;
using Net::Connection;
using Smtp::Outcome;
using Smtp::Stage;
using Smtp::TlsPolicy;
using Test::FakeRelay;
using Test::Script;
using Addresses = QList<QHostAddress>;
using Answer = Base::Result<Addresses>;

namespace {

const QHostAddress loopback(QHostAddress::LocalHost);

class BytesSource final : public Base::ContentSource {
public:
    explicit BytesSource(QByteArray bytes)
        : m_bytes(std::move(bytes))
    {
    }
    Base::Result<QByteArray> read(qint64 max) override
    {
        const QByteArray chunk = m_bytes.mid(m_at, max);
        m_at += chunk.size();
        return chunk;
    }
    Base::Result<void> rewind() override
    {
        m_at = 0;
        return {};
    }
    qint64 size() const override { return m_bytes.size(); }

private:
    QByteArray m_bytes;
    qsizetype m_at = 0;
};

/// Fails in the middle, as a file on a broken disk does.
class BrokenSource final : public Base::ContentSource {
public:
    Base::Result<QByteArray> read(qint64) override
    {
        if (m_read)
            return Base::fail(Error::Kind::Io, u"read: Input/output error"_s);
        m_read = true;
        return "half a mess"_ba;
    }
    Base::Result<void> rewind() override { return {}; }
    qint64 size() const override { return 100; }

private:
    bool m_read = false;
};

Net::ConnectionOptions optionsFor(quint16 port)
{
    Net::ConnectionOptions options;
    options.target.host = u"127.0.0.1"_s;
    options.target.port = port;
    options.tls.caPem = Test::testIdentity().caPem;
    options.session.ehloName = "tester.example"_ba;
    options.session.tls = TlsPolicy::None;
    return options;
}

/// Drives one message (or several) over a connection and keeps what it said.
class Driver final : public QObject {
    Q_OBJECT

public:
    explicit Driver(Net::ConnectionOptions options)
        : connection(std::move(options), m_clock)
    {
        connect(&connection, &Connection::happened, this, &Driver::happened);
        connect(&connection, &Connection::closed, this, [this] { closed += 1; });
        connect(
            &connection, &Connection::connected, this, [this](const QString &to) { address = to; });
        connect(&connection, &Connection::entriesRecorded, this,
            [this](const QList<Transcript::Entry> &list) { entries += list; });
    }

    [[nodiscard]] QByteArray text() const
    {
        QByteArray all;
        for (const Transcript::Entry &entry : entries)
            all += entry.text + '\n';
        return all;
    }

    Base::SystemClock m_clock;
    Connection connection;
    QByteArray content = "Subject: x\r\n\r\nbody\r\n"_ba;
    std::unique_ptr<Base::ContentSource> source; // instead of `content`
    int messages = 1;
    QString address;
    QList<Transcript::Entry> entries;
    QList<Smtp::Quirk> quirks;
    QList<Smtp::RecipientOutcome> decided;
    std::optional<Smtp::Event::Failed> failed;
    int closed = 0;

private:
    void happened(const Smtp::SessionEvent &event)
    {
        using namespace Smtp::Event;
        if (std::holds_alternative<Ready>(event)) {
            send();
        } else if (std::holds_alternative<Commit>(event)) {
            connection.committed();
        } else if (std::holds_alternative<TransactionDone>(event)) {
            if (--messages > 0)
                send();
            else
                connection.quit();
        } else if (const auto *outcome = std::get_if<RecipientDecided>(&event)) {
            decided.append(outcome->outcome);
        } else if (const auto *quirk = std::get_if<QuirkSeen>(&event)) {
            quirks.append(quirk->quirk);
        } else if (const auto *end = std::get_if<Failed>(&event)) {
            failed = *end;
        }
    }
    void send()
    {
        Smtp::Transaction transaction;
        transaction.envelope.reversePath = *Smtp::Mailbox::parse("from@example.org");
        transaction.envelope.forwardPaths = {*Smtp::Mailbox::parse("to@example.org")};
        transaction.size = content.size();
        connection.send(transaction,
            source ? std::move(source) : std::make_unique<BytesSource>(content),
            QUuid::createUuid());
    }
};

/// A listening socket whose queue is full: further SYNs get no answer (A2).
class BlackHole {
public:
    BlackHole()
    {
        m_descriptors.append(::socket(AF_INET, SOCK_STREAM, 0));
        sockaddr_in address {};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof address;
        auto *raw = reinterpret_cast<sockaddr *>(&address);
        if (::bind(m_descriptors[0], raw, size) != 0 || ::listen(m_descriptors[0], 0) != 0
            || ::getsockname(m_descriptors[0], raw, &size) != 0)
            qFatal("no black hole");
        m_port = ntohs(address.sin_port);
        for (int i = 0; i < 4; ++i) {
            const int filler = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
            std::ignore = ::connect(filler, raw, size);
            m_descriptors.append(filler);
        }
    }
    ~BlackHole()
    {
        for (const int descriptor : std::as_const(m_descriptors))
            ::close(descriptor);
    }
    Q_DISABLE_COPY_MOVE(BlackHole)
    [[nodiscard]] quint16 port() const { return m_port; }

private:
    QList<int> m_descriptors;
    quint16 m_port = 0;
};

} // namespace

class ConnectionTest final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    // B9: a whole session gives the same at every cut of what the server sends.
    void everyCut_data()
    {
        QTest::addColumn<qsizetype>("size");
        QTest::addColumn<bool>("tls");
        for (const qsizetype size : {1, 2, 3, 5, 8, 13, 21, 34, 1000}) {
            QTest::addRow("B9 clear, %lld", static_cast<long long>(size)) << size << false;
            QTest::addRow("B9 TLS, %lld", static_cast<long long>(size)) << size << true;
        }
    }
    void everyCut()
    {
        QFETCH(qsizetype, size);
        QFETCH(bool, tls);
        Script script = Script::hello({"PIPELINING"_ba, "STARTTLS"_ba});
        if (tls)
            script.upgrade({"PIPELINING"_ba});
        FakeRelay relay({script.transaction().quit().sliced(size)}, Test::testIdentity().identity);
        Net::ConnectionOptions options = optionsFor(relay.port());
        options.session.tls = tls ? TlsPolicy::RequireStartTls : TlsPolicy::None;
        Driver driver(std::move(options));
        driver.connection.open();
        QTRY_COMPARE(driver.closed, 1);
        QCOMPARE(relay.problems(), QStringList());
        QCOMPARE(driver.decided.first().outcome, Outcome::Accepted);
        QVERIFY(driver.quirks.isEmpty());
        QVERIFY(!driver.failed);
        QVERIFY(driver.text().contains("250 2.0.0 Ok: queued as 4F2A\n"));
    }

    void severalTransactions()
    {
        FakeRelay relay(
            {Script::hello({"PIPELINING"_ba}).transaction().transaction().transaction().quit()});
        Driver driver(optionsFor(relay.port()));
        driver.messages = 3;
        driver.connection.open();
        QTRY_COMPARE(driver.closed, 1);
        QCOMPARE(relay.problems(), QStringList());
        QCOMPARE(driver.decided.size(), 3);
    }

    // A pipelined group leaves in one piece.
    void pipelinedGroupIsOneWrite()
    {
        FakeRelay relay({Script::hello({"PIPELINING"_ba}).transaction().quit()});
        Driver driver(optionsFor(relay.port()));
        driver.connection.open();
        QTRY_COMPARE(driver.closed, 1);
        QVERIFY(relay.received().contains("MAIL FROM:<from@example.org>\r\n"
                                          "RCPT TO:<to@example.org>\r\nDATA\r\n"));
    }

    void unixSocket()
    {
        QTemporaryDir directory;
        const QString path = directory.filePath(u"smtp"_s);
        QLocalServer server;
        QVERIFY(server.listen(path));
        Net::ConnectionOptions options = optionsFor(0);
        options.target.host = path;
        options.target.unixSocket = true;
        Driver driver(std::move(options));
        driver.connection.open();
        QTRY_VERIFY(server.hasPendingConnections());
        QLocalSocket *peer = server.nextPendingConnection();
        peer->write("554 not today\r\n");
        QTRY_COMPARE(peer->bytesAvailable(), 6); // QUIT
        peer->write("221 bye\r\n");
        QTRY_COMPARE(driver.closed, 1);
        QCOMPARE(driver.address, path);
        QCOMPARE(driver.failed->reply->code, 554);
    }

    void unixSocketIsLeftAlone_data()
    {
        QTest::addColumn<Stage>("stage");
        QTest::newRow("resolve") << Stage::Resolve;
        QTest::newRow("connect") << Stage::Connect;
        QTest::newRow("proxy, where there is none") << Stage::Proxy;
    }
    /// A stop rule of these stages is kept before a byte is spoken.
    void unixSocketIsLeftAlone()
    {
        QFETCH(Stage, stage);
        QTemporaryDir directory;
        const QString path = directory.filePath(u"smtp"_s);
        QLocalServer server;
        QVERIFY(server.listen(path));
        Net::ConnectionOptions options = optionsFor(0);
        options.target.host = path;
        options.target.unixSocket = true;
        options.session.stop = Smtp::StopRule {Smtp::StopRule::How::DropAfter, stage};
        Driver driver(std::move(options));
        driver.connection.open();
        QTRY_COMPARE(driver.closed, 1);
        QVERIFY(!driver.failed);
        QCOMPARE(driver.text().contains("connecting to"), stage != Stage::Resolve);
        QCOMPARE(server.waitForNewConnection(0), stage != Stage::Resolve);
    }

    void noSuchUnixSocket()
    {
        Net::ConnectionOptions options = optionsFor(0);
        options.target.host = u"/nonexistent/socket"_s;
        options.target.unixSocket = true;
        Driver driver(std::move(options));
        driver.connection.open();
        QTRY_COMPARE(driver.closed, 1);
        QCOMPARE(driver.failed->failure.error.detail,
            u"/nonexistent/socket: connect: No such file or directory"_s);
    }

    // A4: all addresses are tried, and the transcript shows each.
    void secondAddressA4()
    {
        FakeRelay relay({Script::hello().transaction().quit()});
        Net::ConnectionOptions options = optionsFor(relay.port());
        options.target.host = u"mx.example"_s;
        options.lookUp = [](const Net::Target &) {
            return QtFuture::makeReadyValueFuture(
                Answer(Addresses {QHostAddress(u"::1"_s), QHostAddress(u"127.0.0.9"_s), loopback}));
        };
        Driver driver(std::move(options));
        driver.connection.open();
        QTRY_COMPARE(driver.closed, 1);
        QCOMPARE(driver.decided.size(), 1);
        QCOMPARE(driver.decided.first().outcome, Outcome::Accepted);
        QCOMPARE(driver.address, u"127.0.0.1"_s);
        const QByteArray text = driver.text();
        QVERIFY(text.contains("mx.example is ::1, 127.0.0.9, 127.0.0.1\n"));
        QVERIFY(text.contains("::1 port "));
        QVERIFY(text.contains("127.0.0.9 port "));
        QCOMPARE(text.count(": connect: "), 2);
    }

    // Our own limit ends it, and the next address has its turn.
    void blackHoleA2()
    {
        const BlackHole hole;
        Net::ConnectionOptions options = optionsFor(hole.port());
        options.session.deadlines.connect = 150ms;
        Driver driver(std::move(options));
        QElapsedTimer timer;
        timer.start();
        driver.connection.open();
        QTRY_COMPARE(driver.closed, 1);
        QVERIFY(timer.elapsed() >= 150);
        QCOMPARE(driver.failed->failure.error.kind, Error::Kind::Timeout);
        QCOMPARE(driver.failed->failure.stage, Stage::Connect);
    }

    void cancelInBlackHoleA2()
    {
        const BlackHole hole;
        Driver driver(optionsFor(hole.port()));
        driver.connection.open();
        QTRY_VERIFY(driver.text().contains("connecting to"));
        driver.connection.fail({Error::Kind::Cancelled, u"cancelled"_s, {}});
        QTRY_COMPARE(driver.closed, 1);
        QCOMPARE(driver.failed->failure.error.kind, Error::Kind::Cancelled);
    }

    // A3: an answer that comes after all is over is not heard; nor is one after the limit.
    void lateAnswer_data()
    {
        QTest::addColumn<bool>("cancel");
        QTest::newRow("A3 cancelled") << true;
        QTest::newRow("A3 limit passed") << false;
    }
    void lateAnswer()
    {
        QFETCH(bool, cancel);
        QPromise<Answer> promise;
        promise.start();
        Net::ConnectionOptions options = optionsFor(1);
        options.session.deadlines.connect = 50ms;
        options.lookUp = [&promise](const Net::Target &) { return promise.future(); };
        auto driver = std::make_unique<Driver>(std::move(options));
        driver->connection.open();
        if (cancel)
            driver->connection.fail({Error::Kind::Cancelled, u"cancelled"_s, {}});
        QTRY_COMPARE(driver->closed, 1);
        QCOMPARE(driver->failed->failure.stage, Stage::Resolve);
        QCOMPARE(driver->failed->failure.error.kind,
            cancel ? Error::Kind::Cancelled : Error::Kind::Timeout);
        if (cancel)
            driver.reset();
        promise.addResult(Answer(Addresses {loopback}));
        promise.finish();
        QCoreApplication::processEvents();
        if (driver)
            QVERIFY(!driver->text().contains("connecting"));
    }

    void resolverErrors()
    {
        Net::ConnectionOptions options = optionsFor(1);
        options.lookUp = [](const Net::Target &) {
            return QtFuture::makeReadyValueFuture(
                Answer(Base::fail(Error::Kind::Resolve, u"temporary: mx: SERVFAIL"_s)));
        };
        Driver driver(std::move(options));
        driver.connection.open();
        QTRY_COMPARE(driver.closed, 1);
        QVERIFY(Base::isTemporary(driver.failed->failure.error));
        QVERIFY(driver.text().contains("resolve: temporary: mx: SERVFAIL\n"));
    }

    // A7: silence is hinted at while the wait goes on.
    void silence()
    {
        FakeRelay relay({Script().wait(150ms).send("554 at last\r\n"_ba).quit()});
        Net::ConnectionOptions options = optionsFor(relay.port());
        options.silenceHint = 30ms;
        Driver driver(std::move(options));
        driver.connection.open();
        QTRY_COMPARE(driver.closed, 1);
        QCOMPARE(driver.text().count("no greeting yet"), 1);
        QCOMPARE(driver.failed->reply->code, 554);
    }

    void body_data()
    {
        QTest::addColumn<Script>("script");
        QTest::addColumn<Outcome>("outcome");
        QTest::addColumn<int>("code");
        const Script start = Script::hello()
                                 .answer("MAIL"_ba, "250 ok\r\n"_ba)
                                 .answer("RCPT"_ba, "250 ok\r\n"_ba)
                                 .answer("DATA"_ba, "354 go\r\n"_ba)
                                 .expectBytes(1000);
        QTest::newRow("B22 552 in the body, then RST")
            << Script(start).send("552 5.3.4 too big\r\n"_ba).reset() << Outcome::Rejected << 552;
        QTest::newRow("B22 452 in the body, then FIN")
            << Script(start).send("452 4.3.1 full\r\n"_ba).cut() << Outcome::Deferred << 452;
        QTest::newRow("B23 RST in the body") << Script(start).reset() << Outcome::Deferred << 0;
        QTest::newRow("B24 half close in the body")
            << Script(start).halfClose().hang() << Outcome::Deferred << 0;
    }
    void body()
    {
        QFETCH(Script, script);
        QFETCH(Outcome, outcome);
        QFETCH(int, code);
        FakeRelay relay({script});
        Driver driver(optionsFor(relay.port()));
        driver.content = (QByteArray(998, 'x') + "\r\n").repeated(20'000);
        driver.connection.open();
        QTRY_COMPARE(driver.closed, 1);
        QCOMPARE(driver.decided.size(), 1);
        QCOMPARE(driver.decided.first().outcome, outcome);
        QCOMPARE(driver.decided.first().reply ? driver.decided.first().reply->code : 0, code);
        QVERIFY(driver.text().contains("message data, "));
    }

    void unreadableContent()
    {
        FakeRelay relay({Script::hello()
                .answer("MAIL"_ba, "250 ok\r\n"_ba)
                .answer("RCPT"_ba, "250 ok\r\n"_ba)
                .answer("DATA"_ba, "354 go\r\n"_ba)
                .hang()});
        Driver driver(optionsFor(relay.port()));
        driver.source = std::make_unique<BrokenSource>();
        driver.connection.open();
        QTRY_COMPARE(driver.closed, 1);
        QCOMPARE(driver.decided.first().outcome, Outcome::Failed);
        QCOMPARE(driver.failed->failure.error.kind, Error::Kind::Io);
        QTRY_VERIFY(relay.hasEnded());
        QVERIFY(relay.received().endsWith("half a mess")); // no dot
    }

    // FIN without close_notify inside a reply is a loss, and noted.
    void truncationC13()
    {
        FakeRelay relay(
            {Script::hello({"STARTTLS"_ba}).upgrade().answer("MAIL"_ba, "250-ok\r\n250"_ba).cut()},
            Test::testIdentity().identity);
        Net::ConnectionOptions options = optionsFor(relay.port());
        options.session.tls = TlsPolicy::RequireStartTls;
        Driver driver(std::move(options));
        driver.connection.open();
        QTRY_COMPARE(driver.closed, 1);
        QCOMPARE(driver.quirks, QList {Smtp::Quirk::NoCloseNotify});
        QCOMPARE(driver.decided.first().outcome, Outcome::Deferred);
        QCOMPARE(driver.failed->failure.error.kind, Error::Kind::ConnectionClosed);
    }

    void hungUpForGoodbye_data()
    {
        QTest::addColumn<bool>("tls");
        QTest::addColumn<bool>("orderly");
        QTest::newRow("B29 clear") << false << true;
        QTest::newRow("B29 TLS, close_notify") << true << true;
        QTest::newRow("B29 TLS, cut") << true << false;
    }
    // Who hangs up where QUIT's reply belongs has nothing left to wait for.
    void hungUpForGoodbye()
    {
        QFETCH(const bool, tls);
        QFETCH(const bool, orderly);
        Script script = Script::hello(tls ? QByteArrayList {"STARTTLS"_ba} : QByteArrayList());
        if (tls)
            script.upgrade();
        script.transaction().expect("QUIT"_ba);
        FakeRelay relay({orderly ? script.close() : script.cut()}, Test::testIdentity().identity);
        Net::ConnectionOptions options = optionsFor(relay.port());
        options.session.tls = tls ? TlsPolicy::RequireStartTls : TlsPolicy::None;
        Driver driver(std::move(options));
        driver.connection.open();
        QTRY_COMPARE(driver.closed, 1);
        QCOMPARE(driver.decided.first().outcome, Outcome::Accepted);
        const QByteArray text = driver.text();
        QVERIFY2(text.endsWith("closed\n"), text.constData());
        QVERIFY2(!text.contains("bytes unwritten"), text.constData());
    }

    void orderlyTlsEndIsNoQuirk()
    {
        FakeRelay relay({Script::hello({"STARTTLS"_ba}).upgrade().expect("MAIL"_ba).close()},
            Test::testIdentity().identity);
        Net::ConnectionOptions options = optionsFor(relay.port());
        options.session.tls = TlsPolicy::RequireStartTls;
        Driver driver(std::move(options));
        driver.connection.open();
        QTRY_COMPARE(driver.closed, 1);
        QVERIFY(driver.quirks.isEmpty());
        QCOMPARE(driver.failed->failure.error.kind, Error::Kind::ConnectionClosed);
    }

    // C11: the name checked is the one asked for, unless another is set.
    void checkedNameC11()
    {
        for (const QString &name : {QString(), u"localhost"_s, u"other.example"_s}) {
            FakeRelay relay({Script::hello({"STARTTLS"_ba}).upgrade().transaction().quit()},
                Test::testIdentity().identity);
            Net::ConnectionOptions options = optionsFor(relay.port());
            options.session.tls = TlsPolicy::RequireStartTls;
            options.tls.serverName = name;
            std::optional<Tls::TlsFacts> facts;
            Driver driver(std::move(options));
            connect(&driver.connection, &Connection::tlsJudged, this,
                [&facts](const Tls::TlsFacts &f) { facts = f; });
            driver.connection.open();
            QTRY_COMPARE(driver.closed, 1);
            QVERIFY(facts);
            QCOMPARE(facts->serverName, name.isEmpty() ? u"127.0.0.1"_s : name);
            QCOMPARE(facts->accepted, name != "other.example"_L1);
        }
    }

    // What ended a handshake is told, whoever said it; the rest of it on demand.
    void handshakeInTheTranscript_data()
    {
        QTest::addColumn<bool>("trace");
        QTest::addColumn<QString>("name"); // the certificate's is localhost
        QTest::addColumn<QByteArray>("note");
        QTest::addColumn<bool>("told");
        QTest::newRow("good, not asked for") << false << u"localhost"_s << "TLS sent"_ba << false;
        QTest::newRow("good, asked for")
            << true << u"localhost"_s << "TLS received ServerHello"_ba << true;
        QTest::newRow("the alert that we send")
            << false << u"other.example"_s << "TLS sent alert: fatal bad_certificate (42)"_ba
            << true;
    }
    void handshakeInTheTranscript()
    {
        QFETCH(const bool, trace);
        QFETCH(const QString, name);
        QFETCH(const QByteArray, note);
        QFETCH(const bool, told);
        FakeRelay relay({Script::hello({"STARTTLS"_ba}).upgrade().transaction().quit()},
            Test::testIdentity().identity);
        Net::ConnectionOptions options = optionsFor(relay.port());
        options.session.tls = TlsPolicy::RequireStartTls;
        options.tls.serverName = name;
        options.tls.trace = trace;
        Driver driver(std::move(options));
        driver.connection.open();
        QTRY_COMPARE(driver.closed, 1);
        QCOMPARE(driver.text().contains(note), told);
        for (const Transcript::Entry &entry : driver.entries) {
            if (!entry.text.startsWith("TLS sent") && !entry.text.startsWith("TLS received"))
                continue;
            QCOMPARE(entry.direction, Transcript::Direction::Event);
            // The farewell belongs to the end of the session.
            QCOMPARE(entry.stage, entry.text.contains("close_notify") ? Stage::Quit : Stage::Tls);
        }
        const QByteArray text = driver.text();
        if (trace) { // in its order, in front of what came of it
            QVERIFY(text.indexOf("220 ") < text.indexOf("TLS sent ClientHello"));
            QVERIFY(
                text.indexOf("TLS sent ClientHello") < text.indexOf("TLS received ServerHello"));
            QVERIFY(text.indexOf("TLS sent Finished") < text.indexOf("TLS established"));
        } else if (told) {
            QVERIFY(text.indexOf(note) < text.indexOf("certificate not accepted"));
        }
    }

    // Q1: where QSslSocket would hand out what came before the handshake, we end the session.
    void q1InjectionNeverReachesTheTlsSession()
    {
        const QByteArray injected = "220 go\r\n250-INJECTED\r\n250 AUTH PLAIN\r\n"_ba;
        for (qsizetype cut = 1; cut < injected.size(); ++cut) {
            FakeRelay relay({Script::hello({"STARTTLS"_ba})
                                    .expect("STARTTLS"_ba)
                                    .send(injected.first(cut))
                                    .send(injected.sliced(cut))
                                    .startTls()
                                    .hang()},
                Test::testIdentity().identity);
            Net::ConnectionOptions options = optionsFor(relay.port());
            options.session.tls = TlsPolicy::RequireStartTls;
            Driver driver(std::move(options));
            driver.connection.open();
            QTRY_COMPARE(driver.closed, 1);
            QVERIFY(driver.failed);
            QVERIFY(driver.failed->failure.stage == Stage::StartTls
                || driver.failed->failure.stage == Stage::Tls);
            QVERIFY(driver.decided.isEmpty());
            QVERIFY(!relay.receivedInClear().contains("MAIL"));
        }
    }

    void destroyAtAnyTime()
    {
        for (int turns = 0; turns < 40; ++turns) {
            FakeRelay relay({Script::hello({"STARTTLS"_ba}).upgrade().transaction().quit()},
                Test::testIdentity().identity);
            Net::ConnectionOptions options = optionsFor(relay.port());
            options.session.tls = TlsPolicy::RequireStartTls;
            auto driver = std::make_unique<Driver>(std::move(options));
            driver->connection.open();
            for (int i = 0; i < turns; ++i)
                QCoreApplication::processEvents();
            driver.reset();
            QTRY_VERIFY(relay.connections() == 0 || relay.hasEnded());
        }
    }
};

QTEST_GUILESS_MAIN(ConnectionTest)
#include "tst_connection.moc"
