// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "relay/route.h"

#include <QByteArray>
#include <QHostAddress>

#include <optional>

namespace Mailgauge::Net {

/// A header before the first byte that tells a server behind a load balancer who connected.
using Relay::ProxyHeader;

/// An end of a connection; a null address where it is not known.
using Endpoint = Relay::SocketName;

/// The header; UNKNOWN (v1) or LOCAL (v2) where the two are not of one family.
[[nodiscard]] QByteArray proxyHeader(
    ProxyHeader version, const Endpoint &source, const Endpoint &destination);

} // namespace Mailgauge::Net
