// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnose/cell.h"
#include "diagnose/finding.h"
#include "transcript/sessionrecord.h"

namespace Mailgauge::Diagnose {

/// What a finished session says about the cell that it was for. Pure.
[[nodiscard]] Cell judgedCell(const CellKey &key, const Transcript::SessionRecord &record,
    const QList<Transcript::Entry> &entries);

/// A server that waits for TLS says nothing in clear. That this is why, and not that it is slow or
/// broken, shows only in another cell of its port and family: where implicit TLS works there, cells
/// in clear that got no greeting become TlsExpected.
void compareCells(QList<Cell> &cells);

/// The reply that came last in an order to slow down: a 421, or a 4yz to a step on the way to a
/// ready session. None where nothing of the kind was said.
[[nodiscard]] std::optional<Smtp::Reply> slowDownIn(const QList<Transcript::Entry> &entries);

/// The last line that the server said in that session.
[[nodiscard]] std::optional<Evidence> lastLineOf(
    const QUuid &session, const QList<Transcript::Entry> &entries);

/// What the grid as a whole shows; `host` as asked for. Evidence is taken from the transcripts.
using Transcripts = QHash<QUuid, QList<Transcript::Entry>>;
[[nodiscard]] QList<Finding> findingsOf(const QList<Cell> &cells, const Transcripts &transcripts);

} // namespace Mailgauge::Diagnose
