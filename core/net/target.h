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

/// Where to connect, decided before: a host and port, a domain, a UNIX socket, or a program.
struct Target {
    /// Name, address, domain (`by`), socket path when `unixSocket`, command when `program`.
    QString host;
    quint16 port = 587; ///< SRV brings its own.
    bool unixSocket = false;
    /// A shell command is started; its standard input and output are the connection. Never from a
    /// stored or imported value: it is given on the command line.
    bool program = false;
    std::optional<QHostAddress> pinnedAddress; ///< Use this address for `host` (`--resolve`).
    std::optional<QHostAddress> localAddress;
    quint16 localPort = 0; ///< 0: as the system chooses.
    std::optional<QAbstractSocket::NetworkLayerProtocol> family; ///< -4, -6.

    RouteBy by = RouteBy::Host;
    bool srvImplicitTls = true; ///< Ask for _submissions.
    bool srvStartTls = true; ///< Ask for _submission.
    QList<Pin> pins; ///< For the hosts that a route leads to.
    /// None: routes ask the system's resolver, and plain hosts the system (hosts file included).
    std::optional<Dns::ResolverOptions> resolver;
    std::optional<Proxy> proxy; ///< Connects for us; not for UNIX sockets.
    std::optional<ProxyHeader> proxyHeader; ///< Sent before anything else.
    std::optional<Endpoint> proxySource; ///< What it says instead of our own end.
    std::optional<Endpoint> proxyDestination; ///< And of the server's.
    std::optional<quint32> seed; ///< For the order among equals; none: as chance has it.

    /// For people and records: of a command its first word, since the rest may hold anything.
    [[nodiscard]] QString name() const { return program ? host.section(u' ', 0, 0) : host; }
    /// No network between us: no name to look up, no port, no proxy.
    [[nodiscard]] bool isLocal() const { return unixSocket || program; }
};

} // namespace Mailgauge::Net
