// SPDX-License-Identifier: GPL-3.0-or-later
#include "net/transport.h"

#include "base/literals.h"

#include <QtEndian>

#include <cerrno>
#include <utility>

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

namespace Mailgauge::Net {

namespace {

// Enough to keep a fast network busy; an endless line costs no more memory than this (Q2).
constexpr qsizetype ReadSize = 64 * 1024;

bool isForLater(int error)
{
    return error == EAGAIN || error == EWOULDBLOCK || error == EINTR;
}

Endpoint endpoint(int descriptor, int (*name)(int, sockaddr *, socklen_t *))
{
    sockaddr_storage storage {};
    socklen_t size = sizeof storage;
    auto *address = reinterpret_cast<sockaddr *>(&storage);
    if (name(descriptor, address, &size) != 0 || storage.ss_family == AF_UNIX)
        return {};
    quint16 port = 0;
    if (storage.ss_family == AF_INET6)
        port = qFromBigEndian(reinterpret_cast<const sockaddr_in6 *>(&storage)->sin6_port);
    else
        port = qFromBigEndian(reinterpret_cast<const sockaddr_in *>(&storage)->sin_port);
    return {QHostAddress(address), port};
}

// A notifier must not die while it calls us.
void dispose(std::unique_ptr<QSocketNotifier> &notifier)
{
    if (!notifier)
        return;
    notifier->setEnabled(false);
    notifier.release()->deleteLater();
}

} // namespace

Transport::Transport(QObject *parent)
    : QObject(parent)
{
    connect(&m_connector, &Connector::connected, this, &Transport::adopt);
    connect(&m_connector, &Connector::failed, this, &Transport::openFailed);
}

Transport::~Transport()
{
    abort();
}

void Transport::open(const QHostAddress &address, quint16 port, const Endpoint &local)
{
    abort();
    m_connector.start(address, port, local);
}

void Transport::open(const QString &socketPath)
{
    abort();
    m_connector.start(socketPath);
}

void Transport::adopt(int descriptor)
{
    m_descriptor = descriptor;
    m_readable = std::make_unique<QSocketNotifier>(descriptor, QSocketNotifier::Read);
    m_writable = std::make_unique<QSocketNotifier>(descriptor, QSocketNotifier::Write);
    m_writable->setEnabled(false);
    connect(m_readable.get(), &QSocketNotifier::activated, this, &Transport::read);
    connect(m_writable.get(), &QSocketNotifier::activated, this, &Transport::writable);
    Q_EMIT opened();
}

void Transport::read()
{
    if (m_buffer.isEmpty())
        m_buffer = QByteArray(ReadSize, Qt::Uninitialized);
    const auto got = ::recv(m_descriptor, m_buffer.data(), static_cast<std::size_t>(ReadSize), 0);
    if (got > 0 && m_tls) {
        receivedSecured(QByteArrayView(m_buffer).first(got));
    } else if (got > 0) {
        Q_EMIT received(m_buffer.first(got));
    } else if (got == 0) {
        end("read", 0);
    } else if (!isForLater(errno)) {
        end("read", errno);
    }
}

Base::Result<void> Transport::secure(const Tls::ClientOptions &options)
{
    auto stream = Tls::TlsStream::client(options);
    if (!stream)
        return std::unexpected(stream.error());
    m_tls.emplace(std::move(*stream));
    writeRaw(m_tls->takeEncrypted());
    return {};
}

void Transport::receivedSecured(QByteArrayView bytes)
{
    using State = Tls::TlsStream::State;
    const bool wasHandshaking = m_tls->state() == State::Handshaking;
    m_tls->receiveEncrypted(bytes);
    writeRaw(m_tls->takeEncrypted());
    const State state = m_tls->state();
    if (wasHandshaking && (state == State::Established || state == State::PeerClosed))
        Q_EMIT secured(m_tls->facts());
    while (m_tls && isOpen()) { // whoever is told may abort
        const QByteArray plain = m_tls->readPlain();
        if (plain.isEmpty())
            break;
        Q_EMIT received(plain);
    }
    if (!m_tls || !isOpen())
        return;
    writeRaw(m_tls->takeEncrypted()); // what reading gave rise to
    if (!isOpen())
        return;
    if (m_tls->state() == State::Failed)
        end(m_tls->error());
    else if (m_tls->state() == State::PeerClosed)
        end(std::nullopt);
}

qsizetype Transport::sendSome(QByteArrayView bytes)
{
    qsizetype done = 0;
    while (done < bytes.size()) {
        const auto sent = ::send(m_descriptor, bytes.data() + done,
            static_cast<std::size_t>(bytes.size() - done), MSG_NOSIGNAL);
        if (sent < 0 && !isForLater(errno)) {
            end("write", errno);
            break;
        }
        if (sent < 0)
            break;
        done += sent;
    }
    return done;
}

void Transport::write(const QByteArray &bytes)
{
    if (!m_tls)
        return writeRaw(bytes);
    if (!isOpen() || m_closing || !m_tls->write(bytes))
        return;
    writeRaw(m_tls->takeEncrypted());
}

void Transport::writeRaw(const QByteArray &bytes)
{
    if (!isOpen() || m_closing || bytes.isEmpty())
        return;
    if (!m_unwritten.isEmpty()) {
        m_unwritten += bytes;
        return;
    }
    const qsizetype done = sendSome(bytes);
    m_unwritten = bytes.sliced(done);
    if (!m_ended && !m_unwritten.isEmpty())
        m_writable->setEnabled(true);
}

void Transport::writable()
{
    if (!isOpen())
        return;
    m_unwritten.remove(0, sendSome(m_unwritten));
    if (m_ended)
        return;
    m_writable->setEnabled(!m_unwritten.isEmpty());
    if (m_closing && m_unwritten.isEmpty())
        end("close", 0);
    else
        Q_EMIT progressed();
}

void Transport::closeAfterWriting()
{
    if (!isOpen())
        return;
    if (m_tls) {
        m_tls->shutDown();
        writeRaw(m_tls->takeEncrypted());
        if (!isOpen())
            return; // it ended in there
    }
    m_closing = true;
    if (m_unwritten.isEmpty())
        end("close", 0);
}

void Transport::end(const char *call, int error)
{
    if (error == 0)
        return end(std::nullopt);
    end(Base::Error {Base::Error::Kind::ConnectionClosed,
        QLatin1StringView(call) + u": "_s + qt_error_string(error), {}});
}

void Transport::end(std::optional<Base::Error> error)
{
    m_ended = true;
    dispose(m_readable);
    dispose(m_writable);
    m_rest.clear();
    m_endError = std::move(error);
    if (m_endError) {
        // The reply that tells why may lie unread behind a write that failed.
        QByteArray buffer(ReadSize, Qt::Uninitialized);
        const auto got = ::recv(
            m_descriptor, buffer.data(), static_cast<std::size_t>(buffer.size()), MSG_DONTWAIT);
        m_rest = buffer.first(qMax(got, 0));
        if (m_tls) {
            m_tls->receiveEncrypted(std::exchange(m_rest, {}));
            for (QByteArray plain; !(plain = m_tls->readPlain()).isEmpty();)
                m_rest += plain;
        }
    }
    // Queued: whoever is writing is not done yet.
    QMetaObject::invokeMethod(this, &Transport::reportEnd, Qt::QueuedConnection);
}

void Transport::reportEnd()
{
    if (!m_ended)
        return; // aborted meanwhile
    if (!m_rest.isEmpty())
        Q_EMIT received(std::exchange(m_rest, {}));
    if (!m_ended)
        return; // aborted by the receiver
    const auto error = std::exchange(m_endError, {});
    abort();
    Q_EMIT ended(error);
}

void Transport::abort()
{
    m_connector.abort();
    dispose(m_readable);
    dispose(m_writable);
    m_tls.reset();
    m_unwritten.clear();
    m_rest.clear();
    m_closing = false;
    m_ended = false;
    if (m_descriptor >= 0)
        ::close(std::exchange(m_descriptor, -1));
}

Endpoint Transport::localEndpoint() const
{
    return endpoint(m_descriptor, &::getsockname);
}

Endpoint Transport::peerEndpoint() const
{
    return endpoint(m_descriptor, &::getpeername);
}

QString Transport::localName() const
{
    const Endpoint local = localEndpoint();
    if (local.address.isNull())
        return {};
    const bool v6 = local.address.protocol() == QAbstractSocket::IPv6Protocol;
    return (v6 ? u"[%1]:%2"_s : u"%1:%2"_s).arg(local.address.toString()).arg(local.port);
}

} // namespace Mailgauge::Net

#include "moc_transport.cpp"
