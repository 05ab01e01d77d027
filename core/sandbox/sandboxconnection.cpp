// SPDX-License-Identifier: GPL-3.0-or-later
#include "sandbox/sandboxconnection.h"

#include <QTcpSocket>

#include <sys/socket.h>

#include <algorithm>
#include <utility>

namespace Mailgauge::Sandbox {

namespace {

constexpr qint64 ReadChunk = 64 * 1024;
/// Written per turn, so that an endless reply leaves the thread to other sessions.
constexpr qsizetype WritePerTurn = 1024 * 1024;
/// How long a client may take to read the rest and to close its half.
constexpr std::chrono::seconds EndLimit {5};

} // namespace

SandboxConnection::SandboxConnection(QTcpSocket *socket, std::shared_ptr<ScenarioPlayer> player,
    const SessionContext &context, Certificates &certificates, const Base::Clock &clock,
    QObject *parent)
    : QObject(parent)
    , m_socket(socket)
    , m_certificates(certificates)
    , m_clock(clock)
    , m_session(std::move(player), context)
{
    m_socket->setParent(this);
    m_socket->setReadBufferSize(MaxBuffered);
    m_socket->setSocketOption(QAbstractSocket::LowDelayOption, 1);
    m_timer.setSingleShot(true);
    m_timer.setTimerType(Qt::PreciseTimer);
    connect(&m_timer, &QTimer::timeout, this, &SandboxConnection::timerFired);
    connect(m_socket, &QTcpSocket::readyRead, this, &SandboxConnection::pump);
    connect(m_socket, &QTcpSocket::bytesWritten, this, &SandboxConnection::pump);
    connect(m_socket, &QTcpSocket::disconnected, this, &SandboxConnection::finish);
}

SandboxConnection::~SandboxConnection() = default;

void SandboxConnection::start()
{
    m_session.start(m_clock.now());
    if (m_socket->state() == QAbstractSocket::ConnectedState)
        pump();
    else
        finish();
}

/// Reads, works and writes until nothing moves. The socket's signals come back in here.
void SandboxConnection::pump()
{
    if (m_pumping) {
        m_pumpAgain = true;
        return;
    }
    m_pumping = true;
    m_writtenThisTurn = 0;
    do {
        m_pumpAgain = false;
        readAll();
        writeAll();
    } while (m_pumpAgain && m_end != End::Over && m_writtenThisTurn < WritePerTurn);
    m_pumping = false;
    if (m_end == End::Over) {
        finish();
        return;
    }
    armTimer();
    if (m_writtenThisTurn >= WritePerTurn)
        QMetaObject::invokeMethod(this, &SandboxConnection::pump, Qt::QueuedConnection);
}

void SandboxConnection::readAll()
{
    if (m_end == End::Over)
        return;
    if (m_end != End::NotYet) {
        // Unread bytes would turn our FIN into a reset.
        m_socket->skip(m_socket->bytesAvailable());
        return;
    }
    if (m_tlsEstablished)
        readPlain(); // what was left when the session had enough
    const auto handshaking = [this] { return m_tls && !m_tlsEstablished; };
    while (m_end == End::NotYet && m_socket->bytesAvailable() > 0
        && (handshaking() || m_session.wantsBytes())) {
        const QByteArray bytes = m_socket->read(ReadChunk);
        if (m_tls)
            readEncrypted(bytes);
        else
            m_session.receive(bytes, m_clock.now());
        // A rule may have closed, started TLS or answered meanwhile.
        writeAll();
    }
}

void SandboxConnection::readEncrypted(QByteArrayView bytes)
{
    m_tls->receiveEncrypted(bytes);
    flushTls();
    if (m_tls->state() == Tls::TlsStream::State::Failed) {
        endSoon(End::Fin);
        return;
    }
    if (!m_tlsEstablished && m_tls->state() != Tls::TlsStream::State::Handshaking) {
        m_tlsEstablished = true;
        m_wireSplit.reset();
        m_session.tlsEstablished(m_clock.now(), m_tls->channelBindings());
    }
    if (m_tlsEstablished)
        readPlain();
}

void SandboxConnection::readPlain()
{
    while (m_end == End::NotYet && m_session.wantsBytes()) {
        const QByteArray plain = m_tls->readPlain(ReadChunk);
        if (plain.isEmpty())
            break;
        m_session.receive(plain, m_clock.now());
        writeAll();
    }
    if (m_tls->state() == Tls::TlsStream::State::PeerClosed) {
        m_tls->shutDown();
        flushTls();
        endSoon(End::Fin);
    } else if (m_tls->state() == Tls::TlsStream::State::Failed) {
        endSoon(End::Fin);
    }
}

qsizetype SandboxConnection::room() const
{
    return static_cast<qsizetype>(
        std::max<qint64>(0, MaxBuffered - m_socket->bytesToWrite() - m_wire.size()));
}

void SandboxConnection::writeAll()
{
    writeWire();
    while (m_end == End::NotYet && m_writtenThisTurn < WritePerTurn) {
        auto event = m_session.next(room(), m_clock.now());
        if (!event)
            break;
        std::visit([this](const auto &e) { on(e); }, *event);
    }
    writeWire();
    if ((m_end == End::Fin || m_end == End::Rst) && m_wire.isEmpty()
        && m_socket->bytesToWrite() == 0) {
        if (m_end == End::Rst) {
            reset();
        } else {
            m_end = End::HalfClosed;
            ::shutdown(static_cast<int>(m_socket->socketDescriptor()), SHUT_WR);
        }
    }
}

void SandboxConnection::on(const SandboxEvent::Write &write)
{
    m_writtenThisTurn += write.bytes.size();
    if (m_tlsEstablished) {
        if (m_tls->write(write.bytes))
            flushTls();
        return;
    }
    m_socket->write(write.bytes);
    // Pieces of a cut reply are to leave one by one.
    m_socket->flush();
}

void SandboxConnection::on(const SandboxEvent::StartTls &startTls)
{
    auto identity = m_certificates.identity(startTls.certificate);
    if (!identity)
        return endSoon(End::Rst);
    Tls::ServerOptions options;
    options.certificatePem = identity->certificatePem;
    options.keyPem = identity->keyPem;
    auto stream = Tls::TlsStream::server(options);
    if (!stream)
        return endSoon(End::Rst);
    m_tls.emplace(std::move(*stream));
    m_wireSplit = startTls.split;
    m_pumpAgain = true; // the ClientHello may have waited
}

void SandboxConnection::on(const SandboxEvent::Accepted &message)
{
    const Smtp::ServerSession &server = m_session.server();
    Q_EMIT accepted(message,
        {server.heloName(), server.isAuthenticated() ? server.user() : QByteArray(),
            m_session.hostName(), server.isTls()});
}

void SandboxConnection::on(const SandboxEvent::Close &close)
{
    if (close.how == OutputQueue::Mark::Close && m_tlsEstablished) {
        m_tls->shutDown();
        flushTls();
    }
    endSoon(close.how == OutputQueue::Mark::Rst ? End::Rst : End::Fin);
}

void SandboxConnection::flushTls()
{
    const QByteArray encrypted = m_tls->takeEncrypted();
    if (!encrypted.isEmpty())
        m_wire.append({{encrypted}}, m_wireSplit);
    writeWire();
}

void SandboxConnection::writeWire()
{
    while (m_end != End::HalfClosed && m_end != End::Over) {
        const qint64 free = MaxBuffered - m_socket->bytesToWrite();
        auto item = m_wire.next(static_cast<qsizetype>(std::max<qint64>(0, free)), m_clock.now());
        if (!item)
            return;
        m_socket->write(std::get<QByteArray>(*item));
        m_socket->flush();
    }
}

void SandboxConnection::endSoon(End how)
{
    if (m_end != End::NotYet)
        return;
    m_end = how;
    m_endBy = m_clock.now() + EndLimit;
    m_pumpAgain = true;
}

void SandboxConnection::reset()
{
    const linger now {.l_onoff = 1, .l_linger = 0};
    ::setsockopt(
        static_cast<int>(m_socket->socketDescriptor()), SOL_SOCKET, SO_LINGER, &now, sizeof now);
    m_socket->abort(); // disconnected() leads to finish()
    m_end = End::Over;
}

/// The transport is gone, by whomever.
void SandboxConnection::finish()
{
    m_end = End::Over;
    m_timer.stop();
    if (!m_pumping && !std::exchange(m_told, true))
        Q_EMIT closed();
}

void SandboxConnection::armTimer()
{
    std::optional<Base::TimePoint> at = m_end == End::NotYet ? m_session.deadline() : m_endBy;
    if (const auto pause = m_wire.deadline(); pause && (!at || *pause < *at))
        at = pause;
    if (!at)
        return;
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(*at - m_clock.now());
    m_timer.start(std::max(left, std::chrono::milliseconds(0)));
}

void SandboxConnection::timerFired()
{
    const Base::TimePoint now = m_clock.now();
    if (m_end == End::NotYet)
        m_session.timeoutExpired(now);
    else if (m_endBy && now >= *m_endBy)
        reset();
    pump();
}

} // namespace Mailgauge::Sandbox

#include "moc_sandboxconnection.cpp"
