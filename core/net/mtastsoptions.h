// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "net/target.h"

#include <chrono>

namespace Mailgauge::Net {

/// How MTA-STS policies are fetched, and where they are kept.
struct MtaStsOptions {
    QString directory {}; ///< Where policies are kept, see MtaStsCache; empty: nowhere.
    quint16 port = 443;
    QString caFile {}; ///< As in PolicyFetchOptions.
    QByteArray caPem {};
    std::optional<Proxy> proxy {};
    QList<Pin> pins {}; ///< For "mta-sts.DOMAIN" and the port.
    std::chrono::milliseconds limit {30'000}; ///< Of the fetch.
};

} // namespace Mailgauge::Net
