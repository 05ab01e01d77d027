// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "store/sql.h"
#include "transcript/sessionrecord.h"

namespace Mailgauge::Store {

/// The table `sessions` and what is searched in it; inside the caller's transaction.

/// InvalidInput where there is none.
[[nodiscard]] Base::Result<qint64> sessionRow(Connection &connection, const QUuid &session);

/// The session as it begins, with its claimed recipients.
[[nodiscard]] Base::Result<void> insertSession(
    Connection &connection, const Transcript::SessionRecord &record, qint64 owner);

/// A session from elsewhere, whole and outside of the ledger; its row. Its age counts from `now`.
/// InvalidInput where the id is in use.
[[nodiscard]] Base::Result<qint64> insertFinished(
    Connection &connection, const Transcript::SessionRecord &record, const QDateTime &now);

/// The final record; the ledger is decided apart.
[[nodiscard]] Base::Result<void> finishSession(
    Connection &connection, qint64 row, const Transcript::SessionRecord &record);

} // namespace Mailgauge::Store
