// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "net/route.h"
#include "net/target.h"
#include "sasl/mechanism.h"
#include "smtp/session.h"

#include <QFuture>

namespace Mailgauge::Net {

/// Mechanism::respond() in a thread of a pool of its own: it may wait for a server of another kind
/// (Kerberos) for many seconds, and the other sessions of this thread go on. The mechanism must not
/// be used until the future is there.
[[nodiscard]] QFuture<Base::Result<Sasl::Response>> respondElsewhere(
    std::shared_ptr<Sasl::Mechanism> mechanism, const QByteArray &challenge);

/// `options` with the server that is connected to, for the mechanisms that name it.
[[nodiscard]] Smtp::AuthOptions authFor(
    Smtp::AuthOptions options, const Target &target, const Hop &hop);

} // namespace Mailgauge::Net
