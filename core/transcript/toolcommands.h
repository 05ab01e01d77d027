// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "transcript/sessionrecord.h"

namespace Mailgauge::Transcript {

/// A `swaks` command line that does what this session did: server, port, TLS, EHLO name, envelope,
/// mechanism. It has no secret and asks for none on the command line: swaks prompts. For a POSIX
/// shell; every word is quoted where it must be. Nothing without a server.
[[nodiscard]] std::optional<QString> swaksCommand(
    const SessionRecord &record, const QList<Entry> &entries);

/// An `openssl s_client` command line that opens the same TLS session. Nothing without a server, or
/// where the session neither used nor was offered TLS.
[[nodiscard]] std::optional<QString> opensslCommand(
    const SessionRecord &record, const QList<Entry> &entries);

/// One word for a POSIX shell (2024): as it is, in quotes, or with what hides itself as escapes.
[[nodiscard]] QString shellWord(const QString &word);

} // namespace Mailgauge::Transcript
