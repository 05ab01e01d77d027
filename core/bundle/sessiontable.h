// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "transcript/sessionrecord.h"

#include <array>

namespace Mailgauge::Bundle {

/// What one row of a table stands for.
enum class TableShape : quint8 {
    Sessions,
    Recipients, ///< Sessions without recipients have no row.
};

inline constexpr std::array allTableShapes {TableShape::Sessions, TableShape::Recipients};

/// "sessions", "recipients".
[[nodiscard]] QByteArrayView tableShapeName(TableShape shape);

/// Sessions as a table for spreadsheets and scripts: CSV as Base::csv() writes it, with a first row
/// that names the columns. They keep their names and their order; later versions add theirs behind
/// them.
///
/// Times are UTC (ISO 8601), durations milliseconds, replies one line with visible escapes (faults
/// B6), codes numbers; what is not known is empty. Nothing is redacted here: Transcript::Redactor
/// takes records.
[[nodiscard]] QByteArray sessionTable(
    const QList<Transcript::SessionRecord> &records, TableShape shape);

} // namespace Mailgauge::Bundle
