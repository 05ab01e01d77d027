// SPDX-License-Identifier: GPL-3.0-or-later
#include "net/httpconnect.h"

#include "base/literals.h"

#include <algorithm>
#include <array>
#include <utility>

namespace Mailgauge::Net {

namespace {

using Base::Error;

// Of the server behind it, not of the proxy itself (RFC 9110 15.6).
constexpr std::array aboutDestination {403, 404, 502, 503, 504};

/// Where the empty line behind the head ends; a bare LF ends a line too (RFC 9112 2.2).
qsizetype endOfHead(QByteArrayView bytes)
{
    for (qsizetype at = bytes.indexOf('\n'); at >= 0; at = bytes.indexOf('\n', at + 1)) {
        const QByteArrayView next = bytes.sliced(at + 1);
        if (next.startsWith('\n'))
            return at + 2;
        if (next.startsWith("\r\n"))
            return at + 3;
    }
    return -1;
}

} // namespace

HttpConnect::HttpConnect(
    const QByteArray &host, quint16 port, QByteArray user, Base::Secret password)
    : m_authority((host.contains(':') ? '[' + host + ']' : host) + ':' + QByteArray::number(port))
    , m_user(std::move(user))
    , m_password(std::move(password))
{
    if (m_user.isEmpty())
        return;
    m_mask.add(m_password, "proxy password"_ba);
    m_mask.add(Base::Secret((m_user + ':' + m_password.reveal()).toBase64()), "proxy password"_ba);
}

QByteArray HttpConnect::start()
{
    QByteArray request = "CONNECT " + m_authority + " HTTP/1.1\r\nHost: " + m_authority + "\r\n";
    if (!m_user.isEmpty())
        request += "Proxy-Authorization: Basic " + (m_user + ':' + m_password.reveal()).toBase64()
            + "\r\n";
    return request + "\r\n";
}

Base::Result<QByteArray> HttpConnect::receive(QByteArrayView bytes)
{
    m_buffer += bytes;
    while (!m_done) {
        constexpr QByteArrayView name = "HTTP/1.";
        if (m_buffer.left(name.size()) != name.first(qMin(name.size(), m_buffer.size())))
            return Base::fail(Error::Kind::MalformedReply, u"proxy: the answer is not HTTP/1"_s,
                m_mask.apply(m_buffer).left(Error::MaxEvidence));
        const qsizetype end = endOfHead(m_buffer);
        if (end > MaxHead || (end < 0 && m_buffer.size() > MaxHead))
            return Base::fail(Error::Kind::ReplyTooLong,
                u"proxy: the head of the answer is longer than %1 octets"_s.arg(MaxHead),
                m_mask.apply(m_buffer).left(Error::MaxEvidence));
        if (end < 0)
            break;
        const QByteArray statusLine = m_buffer.left(m_buffer.indexOf('\n')).trimmed();
        m_buffer.remove(0, end);
        if (const auto done = onHead(statusLine); !done)
            return std::unexpected(done.error());
    }
    return QByteArray();
}

Base::Result<void> HttpConnect::onHead(const QByteArray &statusLine)
{
    // HTTP/1.x SP 3DIGIT [SP reason], RFC 9112 4
    bool isNumber = false;
    const int code = statusLine.mid(9, 3).toInt(&isNumber);
    const QByteArray shown = m_mask.apply(statusLine).left(Error::MaxEvidence);
    const bool framed = statusLine.size() >= 12 && statusLine.at(8) == ' '
        && (statusLine.size() == 12 || statusLine.at(12) == ' ');
    if (!framed || !isNumber || code < 100 || code > 599)
        return Base::fail(Error::Kind::MalformedReply, u"proxy: not a status line"_s, shown);
    if (code >= 200 && code < 300) { // whatever its header says, there is no content
        m_done = true;
        return {};
    }
    if (code < 200) {
        if (code != 101 && ++m_interim <= MaxInterim)
            return {};
        return Base::fail(Error::Kind::MalformedReply, u"proxy: an answer out of place"_s, shown);
    }
    m_aboutDestination = std::ranges::contains(aboutDestination, code);
    // 401 is for servers, but tinyproxy says it to a wrong password.
    const bool denied = code == 407 || code == 401;
    return Base::fail(denied ? Error::Kind::Denied : Error::Kind::Connect,
        u"proxy: %1 for %2"_s.arg(
            QString::fromUtf8(shown.sliced(9).left(200)), QLatin1StringView(m_authority)),
        shown);
}

} // namespace Mailgauge::Net
