// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>

namespace Mailgauge::Base {

/// What ties an authentication to the TLS connection that it runs in (RFC 5056): a value that only
/// its two ends know, or that names its server.
struct ChannelBinding {
    QByteArray type; ///< "tls-exporter", "tls-unique" or "tls-server-end-point".
    QByteArray data;

    bool operator==(const ChannelBinding &) const = default;
};

} // namespace Mailgauge::Base
