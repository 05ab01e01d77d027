// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "sasl/mechanism.h"

#include <QFuture>

namespace Mailgauge::Net {

/// Mechanism::respond() in a thread of a pool of its own: it may wait for a server of another kind
/// (Kerberos) for many seconds, and the other sessions of this thread go on. The mechanism must not
/// be used until the future is there.
[[nodiscard]] QFuture<Base::Result<Sasl::Response>> respondElsewhere(
    std::shared_ptr<Sasl::Mechanism> mechanism, const QByteArray &challenge);

} // namespace Mailgauge::Net
