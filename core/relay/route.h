// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"

#include <QByteArray>
#include <QHostAddress>
#include <QList>
#include <QString>

#include <chrono>
#include <optional>

namespace Mailgauge::Relay {

/// How the hosts to try come from what was asked for.
enum class RouteBy : quint8 {
    Host, ///< It is the host.
    Mx, ///< A mail domain: its mail exchangers (RFC 5321 5.1).
    Srv, ///< A mail domain: its submission servers (RFC 6186, RFC 8314 5.1).
};

/// Which submission servers SRV is asked for.
enum class SrvServices : quint8 {
    Both,
    Submissions, ///< Implicit TLS only.
    Submission, ///< STARTTLS only.
};

enum class Family : quint8 {
    Any,
    IPv4,
    IPv6,
};

/// HAProxy's PROXY protocol ("The PROXY protocol versions 1 and 2", 2020).
enum class ProxyHeader : quint8 {
    V1, ///< One line of text.
    V2, ///< Binary.
};

/// An end of a connection as a PROXY header names it.
struct SocketName {
    QHostAddress address; ///< Null: the header says that it knows neither end (UNKNOWN, LOCAL).
    quint16 port = 0;
    bool operator==(const SocketName &) const = default;
};

/// Use this address for this host and port (`--resolve`).
struct Pin {
    QString host;
    quint16 port = 0;
    QHostAddress address;
    bool operator==(const Pin &) const = default;
};

/// A proxy that connects for us. Its password is no part of it: see SecretKind::ProxyPassword.
struct ProxyServer {
    enum class Kind : quint8 {
        Socks5, ///< RFC 1928, with user and password by RFC 1929.
        HttpConnect, ///< RFC 9110 9.3.6, with user and password by RFC 7617 (Basic).
        Socks4, ///< With a user id, without passwords; IPv4, and names where `remoteNames` (4A).
        HttpsConnect, ///< HttpConnect inside TLS to the proxy.
    };
    Kind kind = Kind::Socks5;
    QString host {};
    quint16 port = 1080;
    QByteArray user {}; ///< Empty: no authentication.
    /// The proxy looks names up, so that no question about them leaves this machine; else it is
    /// given addresses.
    bool remoteNames = true;
    /// PEM: who vouches for the certificate of HttpsConnect; empty: the system's roots. It is no
    /// part of proxyText().
    QString caFile {};

    bool operator==(const ProxyServer &) const = default;
};

/// Whether its user has a password.
[[nodiscard]] bool asksPassword(const ProxyServer &proxy);
[[nodiscard]] bool asksPassword(const std::optional<ProxyServer> &proxy);

/// By which way a relay is reached. The default is: its host, as this machine sees it.
struct Route {
    RouteBy by = RouteBy::Host; ///< Else the profile's host is the domain.
    SrvServices srv = SrvServices::Both;
    Family family = Family::Any;
    std::optional<QHostAddress> localAddress;
    quint16 localPort = 0; ///< 0: as the system chooses.
    QList<Pin> pins;
    QString resolver; ///< "192.0.2.53:53", "[::1]:53"; empty: the system's.
    std::optional<std::chrono::milliseconds> dnsTimeout; ///< Of one question.
    QString anchorFile; ///< DS or DNSKEY records; empty: the root's.
    std::optional<ProxyServer> proxy;
    std::optional<ProxyHeader> proxyHeader;
    std::optional<SocketName> proxySource; ///< Whom the header names as the client; none: us.
    std::optional<SocketName> proxyDestination; ///< And as the server; none: the server.
    QString xclient; ///< Attributes as typed, see Smtp::parseXclient(); empty: for ourselves.
    bool xclientBeforeTls = false; ///< In clear, instead of behind STARTTLS.

    bool operator==(const Route &) const = default;
};

/// A server as it is typed.
struct HostAndPort {
    QString host;
    std::optional<quint16> port;

    bool operator==(const HostAndPort &) const = default;
};

// The forms in which a route is typed, stored and shown. What is none of them is InvalidInput, and
// `detail` tells what was expected.

/// HOST, HOST:PORT, [IPv6], [IPv6]:PORT, or an IPv6 address alone.
[[nodiscard]] Base::Result<HostAndPort> parseServer(const QByteArray &text);

/// socks4://, socks4a://, socks5://, socks5h:// (4a and 5h: the proxy looks names up), http:// or
/// https://, [USER@]HOST[:PORT] (unless given 443 for https, else 1080, as curl has it). A password
/// is refused: it would be shown and stored with the rest.
[[nodiscard]] Base::Result<ProxyServer> parseProxy(const QByteArray &text);
[[nodiscard]] QByteArray proxyText(const ProxyServer &proxy);

/// HOST:PORT:ADDR; addresses may stand in brackets.
[[nodiscard]] Base::Result<Pin> parsePin(const QByteArray &text);
[[nodiscard]] QByteArray pinText(const Pin &pin);

/// ADDR:PORT, [IPv6]:PORT, or "unknown".
[[nodiscard]] Base::Result<SocketName> parseSocketName(const QByteArray &text);
[[nodiscard]] QByteArray socketNameText(const SocketName &name);

/// ADDR[:PORT] (53 unless given), to the form of Route::resolver.
[[nodiscard]] Base::Result<QString> parseResolver(const QByteArray &text);

} // namespace Mailgauge::Relay
