// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "bundle/versions.h"
#include "transcript/sessionrecord.h"

namespace Mailgauge::Bundle {

/// The files of a bundle that people read. Control characters from the wire are shown as escapes.

/// How it ended for whom, why, what to do about it, and what was found.
[[nodiscard]] QByteArray outcomeText(const Transcript::SessionRecord &record);
/// The handshake and each certificate.
[[nodiscard]] QByteArray tlsText(const Transcript::SessionRecord &record);
/// The chain as sent, leaf first; empty where there is none.
[[nodiscard]] QByteArray chainPem(const Transcript::SessionRecord &record);
/// `name: value`, one a line.
[[nodiscard]] QByteArray factsText(const Facts &facts);

} // namespace Mailgauge::Bundle
