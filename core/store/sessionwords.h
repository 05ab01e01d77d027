// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "store/sql.h"
#include "transcript/sessionrecord.h"

namespace Mailgauge::Store {

/// What a search looks at: one row of `session_words` per session, same row id, a column per field,
/// a line per fact, so that no hit spans two of them.

[[nodiscard]] Base::Result<void> insertSessionWords(
    Connection &connection, qint64 row, const Transcript::SessionRecord &record);
/// All but tags and note, which the session does not know.
[[nodiscard]] Base::Result<void> updateSessionWords(
    Connection &connection, qint64 row, const Transcript::SessionRecord &record);
/// For every session anew, from its record, after a migration: the words, and whether lines are
/// marked.
[[nodiscard]] Base::Result<void> readRecordsAgain(Connection &connection);

} // namespace Mailgauge::Store
