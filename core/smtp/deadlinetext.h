// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "smtp/session.h"

namespace Mailgauge::Smtp {

/// The longest limit that is taken: a day, far below what milliseconds in an int can hold.
inline constexpr std::chrono::milliseconds LongestDeadline = std::chrono::hours(24);

/// Reads "STAGE=SECONDS", several of them separated by commas, over `base`; seconds may have three
/// decimals. Resolve, connect and proxy are one limit; of those named twice the last counts.
/// InvalidInput names the item that cannot be read, or whose limit is no time up to
/// LongestDeadline.
[[nodiscard]] Base::Result<Deadlines> deadlinesFromText(QByteArrayView text, Deadlines base = {});

/// What of `deadlines` differs from `base`, as deadlinesFromText() reads it: "rcpt=30, dot=0.5".
[[nodiscard]] QByteArray deadlinesToText(const Deadlines &deadlines, const Deadlines &base = {});

} // namespace Mailgauge::Smtp
