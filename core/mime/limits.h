// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArrayView>

#include <cstddef>

namespace Mailgauge::Mime {

/// What a message that others wrote may cost us (faults G10, R13).
namespace Limits {
inline constexpr qsizetype MaxMessage = 64 * 1024 * 1024;
inline constexpr qsizetype MaxParts = 2'000;
inline constexpr std::size_t MaxDepth = 64;
} // namespace Limits

/// How much of the message may go to the parser: cut where more than Limits::MaxParts lines look
/// like delimiters of boundaries named before, or more boundaries than that are named. One linear
/// pass, so that a bomb costs no parsing.
[[nodiscard]] qsizetype saneLength(QByteArrayView bytes);

} // namespace Mailgauge::Mime
