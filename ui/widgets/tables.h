// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QTableView>

class QAbstractItemModel;
class QLineEdit;
class QSortFilterProxyModel;

namespace Mailgauge::Widgets {

/// The look of every plain list in the program: whole rows, no grid, quiet header, one line per
/// row.
void makeList(QTableView *table, const QString &accessibleName);

/// Puts `source` into a list, filtered by what is typed into `filter`, in any column and any case;
/// it sorts by Models::SortRole, and one row can be selected.
[[nodiscard]] QSortFilterProxyModel *showFiltered(
    QTableView *table, QLineEdit *filter, QAbstractItemModel *source);

} // namespace Mailgauge::Widgets
