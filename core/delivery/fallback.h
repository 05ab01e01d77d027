// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "delivery/recordbuilder.h"
#include "net/connection.h"

namespace Mailgauge::Delivery {

/// A handshake that failed says nothing about the mail: another session may go on in clear, as
/// opportunistic means. What needs TLS for its secret is refused there by the session. But who
/// asked for a check of the certificate does not want its failure answered with less.
[[nodiscard]] bool mayFallBack(Smtp::TlsPolicy policy,
    const std::optional<Smtp::Event::Failed> &failed, const RecordBuilder &builder);

/// What is published is asked for again: in clear only `host` goes on, whose handshake failed.
void goInClear(Net::ConnectionOptions &options, const QString &host);

} // namespace Mailgauge::Delivery
