// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "net/route.h"
#include "net/target.h"
#include "sasl/mechanism.h"
#include "smtp/session.h"
#include "tls/tlsstream.h"

namespace Mailgauge::Net {

/// What authentication can be bound to on this connection, the best first.
[[nodiscard]] QList<Sasl::ChannelBinding> bindingsOf(const Tls::TlsStream &stream);

/// `options` with the server that is connected to, for the mechanisms that name it.
[[nodiscard]] Smtp::AuthOptions authFor(
    Smtp::AuthOptions options, const Target &target, const Hop &hop);

} // namespace Mailgauge::Net
