// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnose/tlsinspection.h"

namespace Mailgauge::Diagnose {

/// A certificate that ends within so many days should be renewed by now.
inline constexpr int ExpiresSoonDays = 14;
/// A prime below this many bits is within reach of those who have the means (RFC 8270).
inline constexpr int MinDhBits = 2048;

/// What an inspection found that somebody should know, the worst first. Nothing is said about what
/// was not tested, but that it was not.
[[nodiscard]] QList<Finding> tlsFindings(const TlsInspection &inspection, const QDateTime &now);

} // namespace Mailgauge::Diagnose
