// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "dns/resolver.h"
#include "net/proxy.h"
#include "net/proxyheader.h"

#include <QAbstractSocket>
#include <QHostAddress>
#include <QString>

#include <optional>

namespace Mailgauge::Net {

/// How the hosts to try come from what was asked for.
enum class RouteBy : quint8 {
    Host, ///< It is the host.
    Mx, ///< A mail domain: its mail exchangers (RFC 5321 5.1).
    Srv, ///< A mail domain: its submission servers (RFC 6186, RFC 8314 5.1).
};

/// Use this address for this host and port (`--resolve`).
struct Pin {
    QString host;
    quint16 port = 0;
    QHostAddress address;
    bool operator==(const Pin &) const = default;
};

/// Where to connect, decided before: a host and port, a domain, or a UNIX socket.
struct Target {
    QString host; ///< Name, address, domain (`by`), or socket path when `unixSocket`.
    quint16 port = 587; ///< SRV brings its own.
    bool unixSocket = false;
    std::optional<QHostAddress> pinnedAddress; ///< Use this address for `host` (`--resolve`).
    std::optional<QHostAddress> localAddress;
    std::optional<QAbstractSocket::NetworkLayerProtocol> family; ///< -4, -6.

    RouteBy by = RouteBy::Host;
    bool srvImplicitTls = true; ///< Ask for _submissions.
    bool srvStartTls = true; ///< Ask for _submission.
    QList<Pin> pins; ///< For the hosts that a route leads to.
    /// None: routes ask the system's resolver, and plain hosts the system (hosts file included).
    std::optional<Dns::ResolverOptions> resolver;
    std::optional<Proxy> proxy; ///< Connects for us; not for UNIX sockets.
    std::optional<ProxyHeader> proxyHeader; ///< Sent before anything else.
    std::optional<quint32> seed; ///< For the order among equals; none: as chance has it.
};

} // namespace Mailgauge::Net
