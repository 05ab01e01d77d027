// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "transcript/entry.h"

namespace Mailgauge::Transcript {

/// One visit of a stage in a session: from what opened it (a command, the end of the stage before)
/// to the last line that belongs to it. Spans overlap where commands were pipelined, as they did on
/// the wire; a stage that was entered twice (EHLO before and behind TLS) has two.
struct StageSpan {
    Smtp::Stage stage = Smtp::Stage::Connect;
    qint64 fromUs = 0; ///< Since the session started.
    qint64 us = 0;
    qint64 first = 0; ///< Entry::n of its first line …
    qint64 last = 0; ///< … and of its last.

    [[nodiscard]] qint64 untilUs() const { return fromUs + us; }
    bool operator==(const StageSpan &) const = default;
};

/// The visits in the order in which they began. Pure, any thread; linear.
[[nodiscard]] QList<StageSpan> stageSpans(const QList<Entry> &entries);

} // namespace Mailgauge::Transcript
