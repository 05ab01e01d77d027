// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "store/sql.h"

#include <QStringList>

namespace Mailgauge::Store {

/// The tables as steps: the first makes version 1 of an empty file, each further one leads to the
/// next version. `PRAGMA user_version` tells which a file has. A step that was released is never
/// changed; a new one is added.
///
/// Ids of sessions, messages, profiles, bounces and inbox messages are UUIDs; row ids stay inside.
/// Times are UTC milliseconds since 1970. Message octets live once, by SHA-256, in `contents` and
/// `content_chunks`, whoever refers to them. `outcomes` is the ledger (faults.md 1.1).
struct SchemaStep {
    QStringList statements;
    /// What no statement can do, in the same transaction.
    Base::Result<void> (*then)(Connection &) = nullptr;
};
using SchemaSteps = QList<SchemaStep>;

inline constexpr qint64 ApplicationId = 0x4d474731; // "MGG1"

[[nodiscard]] const SchemaSteps &schemaSteps();
/// Which tables a file of the newest version must have.
[[nodiscard]] QStringList schemaTables();

/// Runs what is missing, in one transaction; nothing changes where one statement fails.
[[nodiscard]] Base::Result<void> migrate(Connection &connection, const SchemaSteps &steps);

} // namespace Mailgauge::Store
