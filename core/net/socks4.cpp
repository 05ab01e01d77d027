// SPDX-License-Identifier: GPL-3.0-or-later
#include "net/socks4.h"

#include "base/literals.h"

#include <QHostAddress>
#include <QtEndian>

#include <utility>

namespace Mailgauge::Net {

namespace {

using Base::Error;

constexpr qsizetype AnswerSize = 8;
constexpr uchar Granted = 90;
constexpr uchar Rejected = 91;
constexpr uchar NoIdentd = 92;
constexpr uchar OtherUser = 93;
constexpr quint32 NameFollows = 1; // 0.0.0.1: no address of anybody, SOCKS 4A

} // namespace

Socks4::Socks4(QByteArray host, quint16 port, QByteArray user)
    : m_host(std::move(host))
    , m_port(port)
    , m_user(std::move(user))
{
}

QByteArray Socks4::start()
{
    const QHostAddress address(QString::fromLatin1(m_host));
    QByteArray bytes("\x04\x01", 2);
    bytes.resize(8);
    qToBigEndian(m_port, bytes.data() + 2);
    qToBigEndian(address.isNull() ? NameFollows : address.toIPv4Address(), bytes.data() + 4);
    bytes += m_user + '\0';
    return address.isNull() ? bytes + m_host + '\0' : bytes;
}

Base::Result<QByteArray> Socks4::receive(QByteArrayView bytes)
{
    m_buffer += bytes;
    // Its version is 0: that of the answer, not of the protocol.
    if (!m_buffer.isEmpty() && m_buffer.front() != 0)
        return Base::fail(
            Error::Kind::MalformedReply, u"proxy: not SOCKS version 4"_s, m_buffer.left(16));
    if (m_buffer.size() < 2)
        return QByteArray();
    const auto place = [this] {
        return u" for %1:%2"_s.arg(QLatin1StringView(m_host)).arg(m_port);
    };
    // Refused: some proxies send nothing behind the code.
    switch (const uchar code = static_cast<uchar>(m_buffer.at(1))) {
    case Granted:
        break;
    case Rejected:
        m_aboutDestination = true;
        return Base::fail(Error::Kind::Connect, u"proxy: rejected or failed"_s + place());
    case NoIdentd:
        return Base::fail(
            Error::Kind::Denied, u"proxy: it asked this machine's identd in vain"_s + place());
    case OtherUser:
        return Base::fail(
            Error::Kind::Denied, u"proxy: this machine's identd names another user"_s + place());
    default:
        return Base::fail(Error::Kind::MalformedReply,
            u"proxy: an answer that SOCKS version 4 has not, code %1"_s.arg(code),
            m_buffer.left(16));
    }
    if (m_buffer.size() < AnswerSize)
        return QByteArray();
    m_buffer.remove(0, AnswerSize);
    m_done = true;
    return QByteArray();
}

} // namespace Mailgauge::Net
