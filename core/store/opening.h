// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "store/openreport.h"
#include "store/schema.h"

namespace Mailgauge::Store {

/// SQLite's number for `PRAGMA auto_vacuum = INCREMENTAL`.
inline constexpr qint64 IncrementalVacuum = 2;

/// Makes sure that a sound file of the newest version is at `path`. Call with the opening lock
/// held.
///
/// A file that is empty, no database, another program's, or damaged (quick_check) is moved to
/// `PATH.corrupt-TIMESTAMP`, with its -wal and -shm, before anything wrote to it. A newer version
/// is Unsupported and stays as it is. An older one is copied to `PATH.backup-vN-TIMESTAMP` and
/// migrated.
[[nodiscard]] Base::Result<OpenReport> prepareFile(
    const QString &path, const SchemaSteps &steps = schemaSteps(), const TellStep &tell = {});

/// Whether the file can be read at all, for read-only use: errors as prepareFile(), and Corrupt
/// instead of moving.
[[nodiscard]] Base::Result<void> checkFile(Connection &connection, const SchemaSteps &steps);

/// Marks the file as suspect after an error of kind Corrupt, so that the next opening checks all of
/// it.
void markSuspect(const QString &path);

} // namespace Mailgauge::Store
