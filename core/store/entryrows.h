// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "store/sql.h"
#include "transcript/sessionlibrary.h"

namespace Mailgauge::Store {

/// The table `entries`: a transcript in compressed chunks, so small that one is unpacked at once.

[[nodiscard]] Base::Result<void> appendEntries(
    Connection &connection, qint64 session, const QList<Transcript::Entry> &entries);
[[nodiscard]] Base::Result<QList<Transcript::Entry>> allEntries(
    Connection &connection, qint64 session);
/// Whole chunks from number `from` on, about `count` entries.
[[nodiscard]] Base::Result<Transcript::EntryPage> entriesFrom(
    Connection &connection, qint64 session, qint64 from, int count);

} // namespace Mailgauge::Store
