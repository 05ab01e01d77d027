// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"
#include "net/target.h"

#include <QFuture>
#include <QList>

#include <functional>

namespace Mailgauge::Net {

/// More addresses than these are not tried (faults A5).
inline constexpr qsizetype MaxAddresses = 16;

/// The addresses of a target's host in the order to try them: pinned, literal, or asked from the
/// system (hosts file included) on a thread of its own. Error kind Resolve; one that may pass by
/// itself is temporary in the sense of Base::isTemporary(). Continue with a context object: an
/// answer after it is gone is dropped.
[[nodiscard]] QFuture<Base::Result<QList<QHostAddress>>> lookUp(const Target &target);

/// How a Connection finds addresses: lookUp(), or what a test or another resolver puts there.
using LookUp = std::function<QFuture<Base::Result<QList<QHostAddress>>>(const Target &)>;

/// The error for a code of getaddrinfo().
[[nodiscard]] Base::Error lookupError(const QString &host, int code);

} // namespace Mailgauge::Net
