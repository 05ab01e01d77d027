// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QHostAddress>

#include <optional>

namespace Mailgauge::Net {

/// HAProxy's PROXY protocol ("The PROXY protocol versions 1 and 2", 2020): a header before the
/// first byte that tells a server behind a load balancer who connected.
enum class ProxyHeader : quint8 {
    V1, ///< One line of text.
    V2, ///< Binary.
};

struct Endpoint {
    QHostAddress address;
    quint16 port = 0;
    bool operator==(const Endpoint &) const = default;
};

/// The header; UNKNOWN (v1) or LOCAL (v2) where the two are not of one family.
[[nodiscard]] QByteArray proxyHeader(
    ProxyHeader version, const Endpoint &source, const Endpoint &destination);

} // namespace Mailgauge::Net
