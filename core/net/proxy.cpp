// SPDX-License-Identifier: GPL-3.0-or-later
#include "net/proxy.h"

#include "base/literals.h"
#include "net/httpconnect.h"
#include "net/socks4.h"
#include "net/socks5.h"

#include <QHostAddress>
#include <QUrl>

#include <algorithm>

namespace Mailgauge::Net {

namespace {

constexpr qsizetype MaxHost = 255; // one octet holds its length, RFC 1928 5
constexpr qsizetype MaxSocks4User = 255; // no limit is written down; servers have this one

/// ASCII without anything that could end a line or a field.
bool isPlain(const QByteArray &text)
{
    return std::ranges::all_of(text, [](char c) { return c > 0x20 && c < 0x7f; });
}

Base::Result<std::unique_ptr<ProxyHandshake>> socks4(
    const Proxy &proxy, const QByteArray &host, quint16 port)
{
    using ErrorKind = Base::Error::Kind;
    const QHostAddress address(QString::fromLatin1(host));
    if (address.protocol() == QAbstractSocket::IPv6Protocol)
        return std::unexpected(onlyIp4(QString::fromLatin1(host)));
    if (proxy.user.size() > MaxSocks4User || proxy.user.contains('\0'))
        return Base::fail(
            ErrorKind::InvalidInput, u"proxy: a user id that SOCKS version 4 cannot carry"_s);
    return std::make_unique<Socks4>(host, port, proxy.user);
}

} // namespace

Base::Error onlyIp4(const QString &host)
{
    return {Base::Error::Kind::InvalidInput,
        u"proxy: SOCKS version 4 takes IPv4 addresses only, none of %1"_s.arg(host), {}};
}

Base::Result<std::unique_ptr<ProxyHandshake>> ProxyHandshake::create(
    const Proxy &proxy, const QString &host, quint16 port)
{
    using ErrorKind = Base::Error::Kind;
    QByteArray name = host.toUtf8();
    if (QHostAddress(host).isNull() && !isPlain(name))
        name = QUrl::toAce(host);
    if (name.isEmpty() || name.size() > MaxHost || !isPlain(name))
        return Base::fail(
            ErrorKind::InvalidInput, u"proxy: not a host name that it can be given"_s);
    if (proxy.kind == Proxy::Kind::Socks4)
        return socks4(proxy, name, port);
    const QByteArray &password = proxy.password.reveal();
    if (proxy.kind == Proxy::Kind::Socks5) {
        // RFC 1929 2: lengths of one octet, and no empty ones.
        if (proxy.user.size() > 255 || password.size() > 255
            || (!proxy.user.isEmpty() && password.isEmpty()))
            return Base::fail(ErrorKind::InvalidInput,
                u"proxy: user name or password is empty or longer than 255 octets"_s);
        return std::make_unique<Socks5>(name, port, proxy.user, proxy.password);
    }
    if (proxy.user.contains(':')) // RFC 7617 2
        return Base::fail(ErrorKind::InvalidInput, u"proxy: a colon in the user name"_s);
    return std::make_unique<HttpConnect>(name, port, proxy.user, proxy.password);
}

} // namespace Mailgauge::Net
