// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "store/sql.h"

#include <QDateTime>
#include <QStringList>

namespace Mailgauge::Store {

/// What the user does with a stored session: tags, note, bin; inside the caller's transaction.

[[nodiscard]] Base::Result<void> setSessionTags(
    Connection &connection, qint64 row, const QStringList &tags);
[[nodiscard]] Base::Result<void> setSessionNote(
    Connection &connection, qint64 row, const QString &note);
[[nodiscard]] Base::Result<QStringList> allTags(Connection &connection);

/// Those that went; running ones and those that are there already do not.
[[nodiscard]] Base::Result<QList<QUuid>> moveToBin(
    Connection &connection, const QList<QUuid> &sessions, const QDateTime &now);
/// Those that came; what a sweep has begun to remove does not.
[[nodiscard]] Base::Result<QList<QUuid>> takeFromBin(
    Connection &connection, const QList<QUuid> &sessions);

} // namespace Mailgauge::Store
