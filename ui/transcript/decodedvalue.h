// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "transcript/entry.h"

#include <QString>

namespace Mailgauge::Transcript {

/// Something in a line that people cannot read as it stands, and what it says.
struct DecodedValue {
    QString label;
    QString value;

    bool operator==(const DecodedValue &) const = default;
};

/// Where a line stands in its reply: the first of an EHLO reply names the server, the others its
/// capabilities (RFC 5321 4.1.1.1).
enum class LinePlace : quint8 {
    First,
    Later,
};

/// Base64 of an AUTH exchange, encoded words, the numbers of a capability, IDNA domains, what was
/// cut out and which stretch of the message was sent. Values hold no control characters.
[[nodiscard]] QList<DecodedValue> decodedValues(const Entry &entry, LinePlace place);

/// The keyword of a line of an EHLO reply; empty for every other line.
[[nodiscard]] QByteArray capabilityKeyword(const Entry &entry, LinePlace place);

/// Offset, bytes in hex, and the printable ones as text, `perRow` in a row.
[[nodiscard]] QString hexDump(QByteArrayView bytes, int perRow);

} // namespace Mailgauge::Transcript
