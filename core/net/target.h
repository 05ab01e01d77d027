// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "dns/resolver.h"
#include "net/proxy.h"
#include "net/proxyheader.h"
#include "relay/route.h"

#include <QAbstractSocket>
#include <QHostAddress>
#include <QString>

#include <optional>

namespace Mailgauge::Net {

using Relay::Pin;
using Relay::RouteBy;

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
