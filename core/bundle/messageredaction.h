// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "transcript/redaction.h"

namespace Mailgauge::Bundle {

/// A message with what `redactor` takes out, everything else byte by byte. Addresses: in header
/// fields and in parts whatever their transfer encoding (RFC 2045 6; the part is encoded anew only
/// where something in it changes) and charset, down into attached messages. Bodies: each part's
/// header fields stay, its content becomes a line with its size. Signatures (DKIM, S/MIME) no
/// longer match then. Hostile input costs linear time.
[[nodiscard]] QByteArray redactMessage(const QByteArray &message, Transcript::Redactor &redactor);

} // namespace Mailgauge::Bundle
