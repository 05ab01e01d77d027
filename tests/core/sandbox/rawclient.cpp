// SPDX-License-Identifier: GPL-3.0-or-later
#include "rawclient.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>

namespace Mailgauge::Test {

RawClient::RawClient(quint16 port)
    : m_fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0))
{
    sockaddr_in address {};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    // To loopback this neither blocks nor takes time: the backlog takes it.
    if (::connect(m_fd, reinterpret_cast<const sockaddr *>(&address), sizeof address) != 0) {
        over(true);
        return;
    }
    ::fcntl(m_fd, F_SETFL, ::fcntl(m_fd, F_GETFL) | O_NONBLOCK);
    m_timer.start();
    m_readable.emplace(m_fd, QSocketNotifier::Read);
    m_writable.emplace(m_fd, QSocketNotifier::Write);
    m_writable->setEnabled(false);
    connect(&*m_readable, &QSocketNotifier::activated, this, &RawClient::read);
    connect(&*m_writable, &QSocketNotifier::activated, this, &RawClient::write);
}

RawClient::~RawClient()
{
    over(false);
}

void RawClient::clear()
{
    m_received.clear();
    m_pieces = 0;
    m_firstAt = -1;
}

void RawClient::send(const QByteArray &bytes)
{
    if (!m_tls)
        m_out += bytes;
    else if (m_tls->write(bytes))
        m_out += m_tls->takeEncrypted();
    write();
}

void RawClient::startTls(const QByteArray &caPem, const QString &name)
{
    Tls::ClientOptions options;
    options.serverName = name;
    options.caPem = caPem;
    auto stream = Tls::TlsStream::client(options);
    if (!stream)
        return;
    m_tls.emplace(std::move(*stream));
    m_out += m_tls->takeEncrypted();
    write();
}

void RawClient::write()
{
    if (m_over)
        return;
    while (!m_out.isEmpty()) {
        const ssize_t sent = ::send(
            m_fd, m_out.constData(), static_cast<std::size_t>(m_out.size()), MSG_NOSIGNAL);
        if (sent <= 0)
            break; // full, or gone: reading tells
        m_out.remove(0, static_cast<qsizetype>(sent));
    }
    m_writable->setEnabled(!m_out.isEmpty() && errno != EPIPE);
}

void RawClient::read()
{
    std::array<char, 65536> buffer;
    const ssize_t got = ::recv(m_fd, buffer.data(), buffer.size(), 0);
    if (got < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (got <= 0) {
        over(got < 0);
        return;
    }
    m_total += got;
    ++m_pieces;
    m_lastAt = m_timer.elapsed();
    if (m_firstAt < 0)
        m_firstAt = m_lastAt;
    take(QByteArray(buffer.data(), static_cast<qsizetype>(got)));
}

void RawClient::take(const QByteArray &bytes)
{
    if (!m_tls) {
        m_received += bytes.first(qBound(0, m_keep - m_received.size(), bytes.size()));
        return;
    }
    m_tls->receiveEncrypted(bytes);
    m_out += m_tls->takeEncrypted();
    write();
    for (QByteArray plain = m_tls->readPlain(); !plain.isEmpty(); plain = m_tls->readPlain())
        m_received += plain;
}

void RawClient::closeHalf()
{
    ::shutdown(m_fd, SHUT_WR);
}

void RawClient::abort()
{
    const linger now {.l_onoff = 1, .l_linger = 0};
    if (!m_over)
        ::setsockopt(m_fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
    over(false);
}

void RawClient::over(bool reset)
{
    if (m_over)
        return;
    m_over = true;
    m_reset = reset;
    m_readable.reset();
    m_writable.reset();
    ::close(m_fd);
}

} // namespace Mailgauge::Test
