// SPDX-License-Identifier: GPL-3.0-or-later
#include "net/proxyheader.h"

#include "base/literals.h"

#include <QtEndian>

namespace Mailgauge::Net {

namespace {

const QByteArray signature("\r\n\r\n\0\r\nQUIT\n", 12);
constexpr char Local = 0x20;
constexpr char Proxied = 0x21;
constexpr char TcpOver4 = 0x11;
constexpr char TcpOver6 = 0x21;

QByteArray bigEndian(quint16 number)
{
    QByteArray bytes(2, Qt::Uninitialized);
    qToBigEndian(number, bytes.data());
    return bytes;
}

QByteArray octets(const QHostAddress &address)
{
    if (address.protocol() == QAbstractSocket::IPv4Protocol) {
        QByteArray bytes(4, Qt::Uninitialized);
        qToBigEndian(address.toIPv4Address(), bytes.data());
        return bytes;
    }
    const Q_IPV6ADDR v6 = address.toIPv6Address();
    return {reinterpret_cast<const char *>(v6.c), sizeof v6.c};
}

QByteArray textOf(QHostAddress address)
{
    address.setScopeId({}); // no zone in the header
    return address.toString().toLatin1();
}

} // namespace

QByteArray proxyHeader(ProxyHeader version, const Endpoint &source, const Endpoint &destination)
{
    const auto family = source.address.protocol();
    const bool known = family == destination.address.protocol()
        && (family == QAbstractSocket::IPv4Protocol || family == QAbstractSocket::IPv6Protocol);
    const bool v4 = family == QAbstractSocket::IPv4Protocol;
    if (version == ProxyHeader::V1) {
        if (!known)
            return "PROXY UNKNOWN\r\n"_ba;
        return (v4 ? "PROXY TCP4 "_ba : "PROXY TCP6 "_ba) + textOf(source.address) + ' '
            + textOf(destination.address) + ' ' + QByteArray::number(source.port) + ' '
            + QByteArray::number(destination.port) + "\r\n";
    }
    if (!known)
        return signature + Local + QByteArray(1, '\0') + bigEndian(0);
    const QByteArray block = octets(source.address) + octets(destination.address)
        + bigEndian(source.port) + bigEndian(destination.port);
    return signature + Proxied + (v4 ? TcpOver4 : TcpOver6)
        + bigEndian(static_cast<quint16>(block.size())) + block;
}

} // namespace Mailgauge::Net
