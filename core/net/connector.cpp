// SPDX-License-Identifier: GPL-3.0-or-later
#include "net/connector.h"

#include "base/literals.h"

#include <QFile>
#include <QtEndian>

#include <cerrno>
#include <cstring>
#include <utility>

#include <net/if.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace Mailgauge::Net {

namespace {

struct SocketAddress {
    sockaddr_storage storage {};
    socklen_t size = 0;
    [[nodiscard]] const sockaddr *get() const
    {
        return reinterpret_cast<const sockaddr *>(&storage);
    }
};

SocketAddress toSystem(const QHostAddress &address, quint16 port)
{
    SocketAddress result;
    if (address.protocol() == QAbstractSocket::IPv4Protocol) {
        sockaddr_in v4 {};
        v4.sin_family = AF_INET;
        v4.sin_port = qToBigEndian(port);
        v4.sin_addr.s_addr = qToBigEndian(address.toIPv4Address());
        result.size = sizeof v4;
        std::memcpy(&result.storage, &v4, sizeof v4);
    } else {
        sockaddr_in6 v6 {};
        v6.sin6_family = AF_INET6;
        v6.sin6_port = qToBigEndian(port);
        const Q_IPV6ADDR octets = address.toIPv6Address();
        std::memcpy(&v6.sin6_addr, octets.c, sizeof octets.c);
        v6.sin6_scope_id = if_nametoindex(address.scopeId().toLatin1().constData());
        if (v6.sin6_scope_id == 0)
            v6.sin6_scope_id = address.scopeId().toUInt();
        result.size = sizeof v6;
        std::memcpy(&result.storage, &v6, sizeof v6);
    }
    return result;
}

} // namespace

Connector::Connector(QObject *parent)
    : QObject(parent)
{
}

Connector::~Connector()
{
    abort();
}

void Connector::abort()
{
    ++m_attempt;
    m_notifier.reset();
    if (m_descriptor >= 0)
        ::close(std::exchange(m_descriptor, -1));
}

void Connector::fail(const char *call, int error)
{
    abort();
    const QString text = QLatin1StringView(call) + u": "_s + qt_error_string(error);
    // Queued: a connection to loopback may be refused within start().
    QMetaObject::invokeMethod(
        this,
        [this, text, attempt = m_attempt] {
            if (attempt == m_attempt)
                Q_EMIT failed({Base::Error::Kind::Connect, text, {}});
        },
        Qt::QueuedConnection);
}

void Connector::start(const QHostAddress &address, quint16 port, const Endpoint &local)
{
    abort();
    const int family = address.protocol() == QAbstractSocket::IPv4Protocol ? AF_INET : AF_INET6;
    m_descriptor = ::socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (m_descriptor < 0)
        return fail("socket", errno);
    // A command and its reply are small: waiting to fill packets would only cost time.
    const int on = 1;
    ::setsockopt(m_descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (!local.address.isNull() || local.port != 0) {
        if (local.port != 0) // The one before may still be in TIME-WAIT.
            ::setsockopt(m_descriptor, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
        const QHostAddress any(family == AF_INET ? QHostAddress::AnyIPv4 : QHostAddress::AnyIPv6);
        const SocketAddress from = toSystem(
            local.address.isNull() ? any : local.address, local.port);
        if (::bind(m_descriptor, from.get(), from.size) != 0)
            return fail("bind", errno);
    }
    const SocketAddress to = toSystem(address, port);
    begin(to.get(), to.size);
}

void Connector::start(const QString &socketPath)
{
    abort();
    sockaddr_un to {};
    to.sun_family = AF_UNIX;
    const QByteArray path = QFile::encodeName(socketPath);
    if (path.isEmpty() || path.size() >= qsizetype(sizeof to.sun_path))
        return fail("connect", ENAMETOOLONG);
    std::memcpy(to.sun_path, path.constData(), static_cast<std::size_t>(path.size()));
    m_descriptor = ::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (m_descriptor < 0)
        return fail("socket", errno);
    begin(reinterpret_cast<const sockaddr *>(&to), sizeof to);
}

void Connector::begin(const sockaddr *address, unsigned size)
{
    if (::connect(m_descriptor, address, size) != 0 && errno != EINPROGRESS)
        return fail("connect", errno);
    m_notifier = std::make_unique<QSocketNotifier>(m_descriptor, QSocketNotifier::Write);
    connect(m_notifier.get(), &QSocketNotifier::activated, this, &Connector::finish);
}

void Connector::finish()
{
    int error = 0;
    socklen_t size = sizeof error;
    if (::getsockopt(m_descriptor, SOL_SOCKET, SO_ERROR, &error, &size) != 0)
        error = errno;
    m_notifier->setEnabled(false);
    m_notifier.release()->deleteLater(); // we are called by it
    if (error != 0)
        return fail("connect", error);
    Q_EMIT connected(std::exchange(m_descriptor, -1));
}

} // namespace Mailgauge::Net

#include "moc_connector.cpp"
