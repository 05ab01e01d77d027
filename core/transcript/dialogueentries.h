// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "transcript/dialogue.h"
#include "transcript/sessionrecord.h"

namespace Mailgauge::Transcript {

/// A dialogue as the rest of the program knows sessions: every line with its stage, no secret in
/// any of them, message data as one entry.
struct DialogueEntries {
    QList<Entry> entries;
    QUuid message; ///< Null: no message data was in it.
    QByteArray content; ///< Octets, CRLF, dots unstuffed; of the first message.
    int messages = 0; ///< With data in the text; only the first one's octets are kept.
};

/// Cuts out whatever AUTH carried, there and wherever else the same bytes stand, and what looks
/// like a password in lines that are no dialogue. Replies are joined to commands in their order, so
/// that pipelined ones get the right stages.
[[nodiscard]] DialogueEntries entriesOf(const Dialogue &dialogue);

} // namespace Mailgauge::Transcript
