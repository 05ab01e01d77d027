// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "store/sql.h"
#include "transcript/sessionrecord.h"

namespace Mailgauge::Store {

/// The marks and notes on a session's lines live in its record; inside the caller's transaction.

[[nodiscard]] Base::Result<void> setLineMarks(
    Connection &connection, qint64 row, const QMap<qint64, Transcript::LineMark> &marks);
/// None where the record cannot be read.
[[nodiscard]] QMap<qint64, Transcript::LineMark> lineMarks(Connection &connection, qint64 row);

} // namespace Mailgauge::Store
