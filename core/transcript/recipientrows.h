// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "transcript/linefilter.h"

namespace Mailgauge::Transcript {

/// The rows before `to` of the MAIL and RCPT exchanges of one recipient, in their order: its RCPT
/// commands, the reply to each, and MAIL with its reply of the same transaction. Replies belong to
/// commands by their order (RFC 2920 3.2), so pipelining is no obstacle. `path`: what stands in the
/// forward-path.
[[nodiscard]] QList<quint32> recipientRows(const Snapshot &lines, qsizetype to, const Needle &path,
    const std::atomic_bool *cancelled = nullptr);

/// The forward-path of a RCPT line, without brackets; empty where the line is none.
[[nodiscard]] QByteArrayView forwardPath(QByteArrayView line);

} // namespace Mailgauge::Transcript
