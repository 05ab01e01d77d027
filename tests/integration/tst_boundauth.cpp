// SPDX-License-Identifier: GPL-3.0-or-later
// SCRAM bound to real TLS connections, and what becomes of it when somebody sits in between.
#include "delivery/sendservice.h"
#include "sandbox/sandboxservice.h"
#include "smtp/serversession.h"
#include "tls/certificatemaker.h"

#include "base/literals.h"

#include <QSignalSpy>
#include <QTcpServer>
#include <QTcpSocket>
#include <QTest>

using namespace Mailgauge;
using Transcript::SessionRecord;

namespace {

const QByteArray mechanism = "SCRAM-SHA-256-PLUS"_ba;

/// A root of its own, and what it issued for this machine.
struct Authority {
    QByteArray caPem;
    Tls::Identity identity;
};

Authority newAuthority()
{
    const auto maker = Tls::CertificateMaker::create({.commonName = "Test root"});
    const auto identity = maker->issue(
        {.commonName = "localhost", .names = {"localhost", "127.0.0.1"}});
    return {maker->caPem(), *identity};
}

Tls::ServerOptions serverOptions(const Authority &authority)
{
    Tls::ServerOptions options;
    options.certificatePem = authority.identity.certificatePem;
    options.keyPem = authority.identity.keyPem;
    return options;
}

/// One side of a connection under TLS: what comes in clear goes to `taken`.
class Side final : public QObject {
public:
    Side(QTcpSocket *socket, Tls::TlsStream stream, std::function<void(QByteArray)> taken,
        QObject *parent)
        : QObject(parent)
        , m_socket(socket)
        , m_stream(std::move(stream))
        , m_taken(std::move(taken))
    {
        m_socket->setParent(this);
        connect(m_socket, &QTcpSocket::readyRead, this, &Side::read);
        connect(m_socket, &QTcpSocket::connected, this, &Side::flush);
        flush();
    }
    void write(const QByteArray &plain)
    {
        m_unwritten += plain;
        flush();
    }
    [[nodiscard]] Tls::TlsStream &stream() { return m_stream; }
    std::function<void()> established;

private:
    void read()
    {
        const bool before = m_stream.state() == Tls::TlsStream::State::Handshaking;
        m_stream.receiveEncrypted(m_socket->readAll());
        flush();
        if (before && m_stream.state() == Tls::TlsStream::State::Established && established)
            established();
        for (QByteArray plain = m_stream.readPlain(); !plain.isEmpty();
            plain = m_stream.readPlain())
            m_taken(plain);
        flush();
    }
    void flush()
    {
        if (m_socket->state() != QAbstractSocket::ConnectedState)
            return;
        if (m_stream.state() == Tls::TlsStream::State::Established && !m_unwritten.isEmpty()
            && m_stream.write(m_unwritten))
            m_unwritten.clear();
        m_socket->write(m_stream.takeEncrypted());
    }

    QTcpSocket *m_socket;
    Tls::TlsStream m_stream;
    std::function<void(QByteArray)> m_taken;
    QByteArray m_unwritten;
};

/// Has a certificate that the client trusts, and hands on what both sides say, without one word of
/// the server's.
class Meddler final : public QObject {
public:
    Meddler(
        const Authority &authority, quint16 target, QByteArray version = {}, QByteArray strip = {})
        : m_options(serverOptions(authority))
        , m_target(target)
        , m_version(std::move(version))
        , m_strip(std::move(strip))
    {
        if (!m_server.listen(QHostAddress(QHostAddress::LocalHost), 0))
            qFatal("no port");
        connect(&m_server, &QTcpServer::newConnection, this, &Meddler::accept);
    }
    [[nodiscard]] quint16 port() const { return m_server.serverPort(); }
    QByteArray heard; ///< From the client, in clear: TLS ends here.

private:
    void accept()
    {
        QTcpSocket *down = m_server.nextPendingConnection();
        auto *up = new QTcpSocket;
        Tls::ClientOptions anything;
        anything.verify = Tls::VerifyMode::None;
        anything.minVersion = anything.maxVersion = m_version;
        auto *client = new Side(
            down, *Tls::TlsStream::server(m_options),
            [this](const QByteArray &plain) {
                heard += plain;
                m_upstream->write(plain);
            },
            this);
        m_upstream = new Side(
            up, *Tls::TlsStream::client(anything),
            [this, client](QByteArray plain) {
                if (!m_strip.isEmpty())
                    plain.replace(m_strip, "");
                client->write(plain);
            },
            this);
        up->connectToHost(u"127.0.0.1"_s, m_target);
    }

    Tls::ServerOptions m_options;
    quint16 m_target;
    QByteArray m_version;
    QByteArray m_strip;
    QTcpServer m_server;
    Side *m_upstream = nullptr;
};

/// Knows one kind of binding only.
class ParticularServer final : public QObject {
public:
    ParticularServer(const Authority &authority, QByteArray type)
        : m_tls(serverOptions(authority))
        , m_type(std::move(type))
    {
        if (!m_server.listen(QHostAddress(QHostAddress::LocalHost), 0))
            qFatal("no port");
        connect(&m_server, &QTcpServer::newConnection, this, &ParticularServer::accept);
    }
    [[nodiscard]] quint16 port() const { return m_server.serverPort(); }

private:
    void accept()
    {
        Smtp::ServerOptions options;
        options.implicitTls = true;
        options.authMechanisms = {mechanism};
        options.account = {.user = "sandbox", .password = Base::Secret("open-sesame"_ba)};
        auto session = std::make_shared<Smtp::ServerSession>(options);
        auto *side = new Side(
            m_server.nextPendingConnection(), *Tls::TlsStream::server(m_tls),
            [this, session](const QByteArray &plain) {
                session->receive(plain);
                play(*session);
            },
            this);
        m_side = side;
        side->established = [this, session] {
            QList<Base::ChannelBinding> bindings = m_side->stream().channelBindings();
            bindings.removeIf(
                [this](const Base::ChannelBinding &one) { return one.type != m_type; });
            session->tlsEstablished(bindings);
            play(*session);
        };
        session->start();
        play(*session);
    }
    void play(Smtp::ServerSession &session)
    {
        while (const auto event = session.next()) {
            if (const auto *asked = std::get_if<Smtp::ServerEvent::Asked>(&*event))
                session.answer({asked->proposed});
            else if (const auto *send = std::get_if<Smtp::ServerEvent::Send>(&*event))
                m_side->write(send->bytes);
        }
    }

    Tls::ServerOptions m_tls;
    QByteArray m_type;
    QTcpServer m_server;
    Side *m_side = nullptr;
};

struct Heard {
    SessionRecord record;
    QByteArrayList bindings; ///< GS2 headers that we sent: "p=tls-exporter", "y".
};

Heard authenticate(quint16 port, const QByteArray &caPem, const QByteArray &version = {},
    const QByteArrayList &mechanisms = {mechanism})
{
    Delivery::SendRequest request;
    request.target.host = u"127.0.0.1"_s;
    request.target.port = port;
    request.tlsOptions.caPem = caPem;
    request.tlsOptions.minVersion = request.tlsOptions.maxVersion = version;
    request.session.tls = Smtp::TlsPolicy::ImplicitTls;
    request.session.ehloName = "client.example.org";
    request.session.auth.need = Smtp::AuthOptions::Need::Required;
    request.session.auth.mechanisms = mechanisms;
    request.session.auth.user = "sandbox";
    request.session.auth.password = Base::Secret("open-sesame"_ba);
    request.keepSecrets = true; // to see what was bound
    const Base::SystemClock clock;
    Delivery::SendService service(nullptr, clock);
    Heard heard;
    QObject::connect(&service, &Delivery::SendService::entriesRecorded, &service,
        [&heard](const QUuid &, const QList<Transcript::Entry> &more) {
            for (const Transcript::Entry &entry : more) {
                for (const Transcript::Redaction &redaction : entry.redactions) {
                    const QByteArray said = QByteArray::fromBase64(redaction.kept.reveal());
                    if (said.contains("n=sandbox,r="))
                        heard.bindings.append(said.first(said.indexOf(',')));
                }
            }
        });
    QSignalSpy finished(&service, &Delivery::SendService::finished);
    service.send(request);
    if (Test::waitFor([&finished] { return !finished.isEmpty(); }, 30'000))
        heard.record = finished.first().first().value<SessionRecord>();
    return heard;
}

} // namespace

class TestBoundAuth final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        QSignalSpy started(&m_sandbox, &Sandbox::SandboxService::started);
        Sandbox::SandboxOptions options;
        options.tls = Sandbox::TlsMode::Implicit;
        options.scenario.settings.authMechanisms = {mechanism, "SCRAM-SHA-256"_ba};
        m_sandbox.start(options);
        QTRY_COMPARE(started.size(), 1);
    }

    void bound_data()
    {
        QTest::addColumn<QByteArray>("version");
        QTest::addColumn<QByteArray>("bound");
        QTest::newRow("rfc9266 TLS 1.3") << "1.3"_ba << "p=tls-exporter"_ba;
        QTest::newRow("rfc5929 TLS 1.2") << "1.2"_ba << "p=tls-unique"_ba;
    }
    void bound()
    {
        QFETCH(const QByteArray, version);
        QFETCH(const QByteArray, bound);
        const Heard heard = authenticate(
            m_sandbox.address()->port, m_sandbox.address()->caPem, version);
        QCOMPARE(heard.record.authMechanism, mechanism);
        QCOMPARE(heard.bindings, QByteArrayList {bound});
    }

    /// RFC 5802 7: what the server does not know is followed by what it does.
    void endPoint()
    {
        const Authority authority = newAuthority();
        ParticularServer server(authority, "tls-server-end-point"_ba);
        for (const QByteArray &version : {"1.2"_ba, "1.3"_ba}) {
            const Heard heard = authenticate(server.port(), authority.caPem, version);
            QCOMPARE(heard.record.authMechanism, mechanism);
            QCOMPARE(heard.bindings.last(), "p=tls-server-end-point"_ba);
        }
    }

    /// C16: whoever has a certificate that we trust still cannot log in with what we say to them.
    void meddlerIsRefused_data()
    {
        QTest::addColumn<QByteArray>("type");
        QTest::addColumn<QByteArray>("version");
        QTest::newRow("tls-exporter") << "tls-exporter"_ba << "1.3"_ba;
        QTest::newRow("tls-unique") << "tls-unique"_ba << "1.2"_ba;
        QTest::newRow("tls-server-end-point, another certificate")
            << "tls-server-end-point"_ba << "1.3"_ba;
    }
    void meddlerIsRefused()
    {
        QFETCH(const QByteArray, type);
        QFETCH(const QByteArray, version);
        const Authority honest = newAuthority();
        const Authority other = newAuthority();
        ParticularServer server(honest, type);
        Meddler meddler(other, server.port(), version);
        const Heard heard = authenticate(meddler.port(), other.caPem, version);
        QVERIFY(meddler.heard.contains("AUTH " + mechanism)); // it sat in between
        QCOMPARE(heard.bindings.last(), "p=" + type);
        QVERIFY(heard.record.authMechanism.isEmpty());
        QCOMPARE(heard.record.exitCode, 77);
    }

    /// RFC 5802 6: it takes the binding out of the offer, and the server notices.
    void strippedOfferIsNoticed()
    {
        const Authority other = newAuthority();
        Meddler meddler(other, m_sandbox.address()->port, {}, ' ' + mechanism);
        const Heard heard = authenticate(
            meddler.port(), other.caPem, {}, {mechanism, "SCRAM-SHA-256"_ba});
        QVERIFY(meddler.heard.contains("AUTH SCRAM-SHA-256 "));
        QCOMPARE(heard.bindings, QByteArrayList {"y"_ba});
        QVERIFY(heard.record.authMechanism.isEmpty());
        QCOMPARE(heard.record.exitCode, 77);
        // The same in between lets an unbound login through: it is the binding that counts.
        Meddler again(other, m_sandbox.address()->port);
        QCOMPARE(
            authenticate(again.port(), other.caPem, {}, {"SCRAM-SHA-256"_ba}).record.authMechanism,
            "SCRAM-SHA-256"_ba);
    }

private:
    Base::SystemClock m_clock;
    Sandbox::SandboxService m_sandbox {m_clock};
};

QTEST_GUILESS_MAIN(TestBoundAuth)
#include "tst_boundauth.moc"
