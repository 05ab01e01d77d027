// SPDX-License-Identifier: GPL-3.0-or-later
#include "net/socks5.h"

#include "base/literals.h"

#include <QHostAddress>
#include <QtEndian>

#include <array>
#include <utility>

namespace Mailgauge::Net {

namespace {

using Base::Error;

constexpr char Version = 5;
constexpr char CredentialsVersion = 1; // RFC 1929 2
constexpr uchar NoAuthentication = 0;
constexpr uchar UserPassword = 2;
constexpr uchar NoneAcceptable = 0xff;
constexpr uchar Ip4 = 1;
constexpr uchar Name = 3;
constexpr uchar Ip6 = 4;

// RFC 1928 6, from 1.
constexpr std::array refusals {"general failure", "not allowed by its rules", "network unreachable",
    "host unreachable", "connection refused", "TTL expired", "command not supported",
    "address type not supported"};
constexpr uchar CommandNotSupported = 7;

uchar octet(const QByteArray &bytes, qsizetype at)
{
    return static_cast<uchar>(bytes.at(at));
}

/// Evidence only of what came before a secret was told: a proxy may say back what it heard.
std::unexpected<Error> broken(const QString &what, const QByteArray &bytes = {})
{
    return Base::fail(Error::Kind::MalformedReply, u"proxy: "_s + what, bytes.left(16));
}

QByteArray counted(const QByteArray &text)
{
    return static_cast<char>(text.size()) + text;
}

} // namespace

Socks5::Socks5(QByteArray host, quint16 port, QByteArray user, Base::Secret password)
    : m_host(std::move(host))
    , m_port(port)
    , m_user(std::move(user))
    , m_password(std::move(password))
{
}

QByteArray Socks5::start()
{
    QByteArray methods(1, static_cast<char>(NoAuthentication));
    if (!m_user.isEmpty())
        methods += static_cast<char>(UserPassword);
    return Version + counted(methods);
}

Base::Result<QByteArray> Socks5::receive(QByteArrayView bytes)
{
    m_buffer += bytes;
    QByteArray toSend;
    while (!m_done) {
        const Step before = m_step;
        auto more = m_step == Step::Method ? onMethod()
            : m_step == Step::Credentials  ? onCredentials()
                                           : onConnect();
        if (!more)
            return more;
        toSend += *more;
        if (m_step == before)
            break; // more bytes are needed
    }
    return toSend;
}

Base::Result<QByteArray> Socks5::onMethod()
{
    if (!m_buffer.isEmpty() && m_buffer.front() != Version)
        return broken(u"not SOCKS version 5"_s, m_buffer);
    if (m_buffer.size() < 2)
        return QByteArray();
    const uchar method = octet(m_buffer, 1);
    if (method == NoneAcceptable)
        return Base::fail(
            Error::Kind::Denied, u"proxy: it accepts none of our ways to authenticate"_s);
    const bool offered = method == NoAuthentication
        || (method == UserPassword && !m_user.isEmpty());
    if (!offered)
        return broken(u"it chose a method that was not offered"_s, m_buffer);
    m_buffer.remove(0, 2);
    if (method == NoAuthentication) {
        m_step = Step::Connect;
        return request();
    }
    m_step = Step::Credentials;
    return CredentialsVersion + counted(m_user) + counted(m_password.reveal());
}

Base::Result<QByteArray> Socks5::onCredentials()
{
    if (!m_buffer.isEmpty() && m_buffer.front() != CredentialsVersion)
        return broken(u"not an answer to the user name and password"_s);
    if (m_buffer.size() < 2)
        return QByteArray();
    if (octet(m_buffer, 1) != 0)
        return Base::fail(Error::Kind::Denied, u"proxy: user name or password refused"_s);
    m_buffer.remove(0, 2);
    m_step = Step::Connect;
    return request();
}

QByteArray Socks5::request()
{
    QByteArray bytes("\x05\x01\x00", 3);
    const QHostAddress address(QString::fromLatin1(m_host));
    if (address.isNull()) {
        bytes += static_cast<char>(Name) + counted(m_host);
    } else if (address.protocol() == QAbstractSocket::IPv4Protocol) {
        QByteArray octets(4, Qt::Uninitialized);
        qToBigEndian(address.toIPv4Address(), octets.data());
        bytes += static_cast<char>(Ip4) + octets;
    } else {
        const Q_IPV6ADDR octets = address.toIPv6Address();
        bytes += static_cast<char>(Ip6)
            + QByteArray(reinterpret_cast<const char *>(octets.c), sizeof octets.c);
    }
    QByteArray port(2, Qt::Uninitialized);
    qToBigEndian(m_port, port.data());
    return bytes + port;
}

Base::Result<QByteArray> Socks5::onConnect()
{
    if (!m_buffer.isEmpty() && m_buffer.front() != Version)
        return broken(u"not an answer to the connect request"_s);
    if (m_buffer.size() < 2)
        return QByteArray();
    // Refused: some proxies send nothing sensible behind the code, or nothing at all.
    if (const uchar code = octet(m_buffer, 1); code != 0) {
        m_aboutDestination = code < CommandNotSupported;
        const QString words = code <= refusals.size() ? QString::fromLatin1(refusals[code - 1U])
                                                      : u"code %1"_s.arg(code);
        return Base::fail(Error::Kind::Connect,
            u"proxy: %1 for %2:%3"_s.arg(words, QLatin1StringView(m_host)).arg(m_port));
    }
    if (m_buffer.size() < 5)
        return QByteArray();
    const uchar type = octet(m_buffer, 3);
    qsizetype addressSize = 0;
    if (type == Ip4)
        addressSize = 4;
    else if (type == Ip6)
        addressSize = 16;
    else if (type == Name)
        addressSize = 1 + octet(m_buffer, 4);
    else
        return broken(u"an unknown type of address"_s);
    const qsizetype size = 4 + addressSize + 2;
    if (m_buffer.size() < size)
        return QByteArray();
    m_buffer.remove(0, size);
    m_done = true;
    return QByteArray();
}

} // namespace Mailgauge::Net
