// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "transcript/linefacts.h"

namespace Mailgauge::Transcript {

/// The base64 of a line of an AUTH exchange (RFC 4954 4): behind "334 ", behind the mechanism, or
/// the whole line; empty for other lines.
[[nodiscard]] QByteArray authPayload(const Entry &entry, const QByteArray &text);

/// What a decoded message of a SASL mechanism says. For lineFacts(), which bounds and hides.
[[nodiscard]] QList<LineFact> authFacts(
    Direction direction, const QByteArray &message, const LineContext &context);

} // namespace Mailgauge::Transcript
