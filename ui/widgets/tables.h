// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QTableView>

namespace Mailgauge::Widgets {

/// The look of every plain list in the program: whole rows, no grid, quiet header, one line per
/// row.
void makeList(QTableView *table, const QString &accessibleName);

} // namespace Mailgauge::Widgets
