// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QList>
#include <QObject>

class QTableView;

namespace Mailgauge::Widgets {

struct ColumnWidth {
    int preferred = 100;
    int least = 60; ///< What is narrower says nothing.
};

/// Columns that share the width of their table: column `stretch` takes what is left over,
/// the others give way down to their least width before anything has to be scrolled. Hidden ones
/// take no part. Once the user sets a width, the widths are the user's.
class ColumnFit final : public QObject {
    Q_OBJECT

public:
    /// Belongs to the table. One width for each column.
    ColumnFit(QTableView *table, const QList<ColumnWidth> &widths, int stretch);

protected:
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    void fit();
    void fitAgain(); ///< Unless the user chose.

    QTableView *m_table;
    QList<ColumnWidth> m_widths;
    int m_stretch;
    bool m_fitting = false;
    bool m_chosen = false; ///< By the user.
};

} // namespace Mailgauge::Widgets
