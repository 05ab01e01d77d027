// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractSocket>
#include <QHostAddress>
#include <QString>

#include <optional>

namespace Mailgauge::Net {

/// Where to connect, decided before: a host and port, or a UNIX socket.
struct Target {
    QString host; ///< Name, address, or socket path when `unixSocket`.
    quint16 port = 587;
    bool unixSocket = false;
    std::optional<QHostAddress> pinnedAddress; ///< Use this address for `host` (`--resolve`).
    std::optional<QHostAddress> localAddress;
    std::optional<QAbstractSocket::NetworkLayerProtocol> family; ///< -4, -6.
};

} // namespace Mailgauge::Net
