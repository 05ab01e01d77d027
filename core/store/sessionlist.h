// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "store/sql.h"
#include "transcript/sessionquery.h"
#include "transcript/sessionrecord.h"

namespace Mailgauge::Store {

/// A statement with its values.
struct BoundStatement {
    QString sql;
    QVariantList values;
};

/// What lists those sessions, as listSessions() runs it.
[[nodiscard]] BoundStatement listStatement(const Transcript::SessionQuery &query);

[[nodiscard]] Base::Result<QList<Transcript::SessionRecord>> listSessions(
    Connection &connection, const Transcript::SessionQuery &query);

[[nodiscard]] Base::Result<Transcript::SessionRecord> readSession(
    Connection &connection, const QUuid &session);

} // namespace Mailgauge::Store
