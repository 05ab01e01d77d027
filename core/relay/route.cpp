// SPDX-License-Identifier: GPL-3.0-or-later
#include "relay/route.h"

#include "base/literals.h"
#include "relay/oneword.h"

#include <algorithm>
#include <array>

namespace Mailgauge::Relay {

namespace {

struct Scheme {
    QByteArrayView name;
    ProxyServer::Kind kind;
    bool remoteNames;
};

/// The first one of a kind is the one that is written.
constexpr std::array schemes {Scheme {"socks5", ProxyServer::Kind::Socks5, false},
    Scheme {"socks5h", ProxyServer::Kind::Socks5, true},
    Scheme {"http", ProxyServer::Kind::HttpConnect, true},
    Scheme {"https", ProxyServer::Kind::HttpsConnect, true},
    Scheme {"socks4", ProxyServer::Kind::Socks4, false},
    Scheme {"socks4a", ProxyServer::Kind::Socks4, true}};

std::unexpected<Base::Error> wrong(const QByteArray &text, const QString &expected)
{
    return Base::fail(Base::Error::Kind::InvalidInput,
        u"%1: expected %2"_s.arg(QString::fromUtf8(text.left(256)), expected));
}

std::unexpected<Base::Error> wrongServer(const QByteArray &text)
{
    return wrong(text, u"HOST, HOST:PORT or [IPv6]:PORT"_s);
}

std::optional<quint16> parsePort(QByteArrayView text)
{
    bool ok = false;
    const uint port = text.toUInt(&ok);
    const bool digits = std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
    return ok && digits && port > 0 && port < 65536 ? std::optional(static_cast<quint16>(port))
                                                    : std::nullopt;
}

QByteArray withoutBrackets(const QByteArray &text)
{
    return text.startsWith('[') && text.endsWith(']') ? text.sliced(1, text.size() - 2) : text;
}

QByteArray withBrackets(const QString &host)
{
    const QByteArray text = host.toUtf8();
    return text.contains(':') ? '[' + text + ']' : text;
}

} // namespace

Base::Result<HostAndPort> parseServer(const QByteArray &text)
{
    const bool bracketed = text.startsWith('[');
    const qsizetype close = text.indexOf(']');
    const qsizetype colon = bracketed ? text.indexOf(':', close) : text.lastIndexOf(':');
    QByteArray host = text;
    std::optional<quint16> port;
    // An IPv6 address alone has more than one colon; then none of them starts a port.
    if (colon >= 0 && (bracketed ? close > 0 : text.count(':') == 1)) {
        host = text.first(colon);
        port = parsePort(QByteArrayView(text).sliced(colon + 1));
        if (!port)
            return wrongServer(text);
    }
    if (bracketed || host.contains(':')) {
        const QHostAddress address(QString::fromUtf8(withoutBrackets(host)));
        if (address.protocol() != QAbstractSocket::IPv6Protocol || bracketed != host.endsWith(']'))
            return wrongServer(text);
        return HostAndPort {QString::fromUtf8(withoutBrackets(host)), port};
    }
    if (!isOneWord(host) || host.contains('/') || host.contains('@'))
        return wrongServer(text);
    return HostAndPort {QString::fromUtf8(host), port};
}

Base::Result<ProxyServer> parseProxy(const QByteArray &text)
{
    const qsizetype slashes = text.indexOf("://");
    const auto scheme = std::ranges::find_if(schemes, [&](const Scheme &one) {
        return text.first(qMax(slashes, 0)).compare(one.name, Qt::CaseInsensitive) == 0;
    });
    // What was typed is not repeated: there may be a password in it.
    if (scheme == schemes.end())
        return Base::fail(Base::Error::Kind::InvalidInput,
            u"expected socks4://, socks4a://, socks5://, socks5h://, http:// or https://, then "_s
            u"[USER@]HOST[:PORT]"_s);
    QByteArray rest = text.sliced(slashes + 3);
    if (rest.endsWith('/'))
        rest.chop(1);
    ProxyServer proxy {.kind = scheme->kind, .remoteNames = scheme->remoteNames};
    if (const qsizetype at = rest.lastIndexOf('@'); at >= 0) {
        if (rest.first(at).contains(':'))
            return Base::fail(Base::Error::Kind::InvalidInput,
                u"a password does not belong here: it is given apart"_s);
        proxy.user = QByteArray::fromPercentEncoding(rest.first(at));
        rest.remove(0, at + 1);
    }
    const auto server = parseServer(rest);
    if (!server)
        return std::unexpected(server.error());
    proxy.host = server->host;
    proxy.port = server->port.value_or(proxy.kind == ProxyServer::Kind::HttpsConnect ? 443 : 1080);
    return proxy;
}

QByteArray proxyText(const ProxyServer &proxy)
{
    const auto scheme = std::ranges::find_if(schemes, [&](const Scheme &one) {
        // Those that take no addresses of ours are what they are, whatever is set.
        const bool isHttp = one.kind == ProxyServer::Kind::HttpConnect
            || one.kind == ProxyServer::Kind::HttpsConnect;
        return one.kind == proxy.kind && (isHttp || one.remoteNames == proxy.remoteNames);
    });
    const QByteArrayView name = scheme->name;
    const QByteArray user = proxy.user.isEmpty() ? QByteArray()
                                                 : proxy.user.toPercentEncoding() + '@';
    return name.toByteArray() + "://" + user + withBrackets(proxy.host) + ':'
        + QByteArray::number(proxy.port);
}

bool asksPassword(const ProxyServer &proxy)
{
    return !proxy.user.isEmpty() && proxy.kind != ProxyServer::Kind::Socks4;
}

bool asksPassword(const std::optional<ProxyServer> &proxy)
{
    return proxy && asksPassword(*proxy);
}

Base::Result<Pin> parsePin(const QByteArray &text)
{
    const qsizetype hostEnd = text.startsWith('[') ? text.indexOf(':', qMax(text.indexOf(']'), 0))
                                                   : text.indexOf(':');
    const qsizetype portEnd = hostEnd < 0 ? -1 : text.indexOf(':', hostEnd + 1);
    if (hostEnd <= 0 || portEnd < 0)
        return wrong(text, u"HOST:PORT:ADDRESS"_s);
    const auto port = parsePort(QByteArrayView(text).sliced(hostEnd + 1, portEnd - hostEnd - 1));
    const QHostAddress address(QString::fromUtf8(withoutBrackets(text.sliced(portEnd + 1))));
    const QByteArray host = withoutBrackets(text.first(hostEnd));
    if (!port || address.isNull() || !isOneWord(host))
        return wrong(text, u"HOST:PORT:ADDRESS"_s);
    return Pin {QString::fromUtf8(host), *port, address};
}

QByteArray pinText(const Pin &pin)
{
    return withBrackets(pin.host) + ':' + QByteArray::number(pin.port) + ':'
        + withBrackets(pin.address.toString());
}

Base::Result<SocketName> parseSocketName(const QByteArray &text)
{
    if (text.toLower() == "unknown")
        return SocketName {};
    const auto parsed = parseServer(text);
    const QHostAddress address(parsed ? parsed->host : QString());
    if (!parsed || !parsed->port || address.isNull())
        return Base::fail(Base::Error::Kind::InvalidInput,
            u"%1: expected ADDRESS:PORT or unknown"_s.arg(QString::fromUtf8(text)));
    return SocketName {address, *parsed->port};
}

QByteArray socketNameText(const SocketName &name)
{
    if (name.address.isNull())
        return "unknown"_ba;
    return withBrackets(name.address.toString()) + ':' + QByteArray::number(name.port);
}

Base::Result<QString> parseResolver(const QByteArray &text)
{
    const auto server = parseServer(text);
    const QHostAddress address(server ? server->host : QString());
    if (address.isNull())
        return wrong(text, u"ADDRESS[:PORT]"_s);
    return QString::fromUtf8(
        withBrackets(server->host) + ':' + QByteArray::number(server->port.value_or(53)));
}

} // namespace Mailgauge::Relay
