// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnose/cell.h"

#include <QAbstractTableModel>

namespace Mailgauge::Models {

/// The connectivity grid: a row per host, port and family, a column per way to be secure. Answers
/// MeaningRole and IdRole (the cell's session, null where there is none); combinations that were
/// not asked for are empty cells.
class ConnectivityModel final : public QAbstractTableModel {
    Q_OBJECT

public:
    enum Role : int {
        StateRole = Qt::UserRole + 400, ///< "✓ Works"
        TimeRole, ///< "12.4 ms"; empty before the cell is over.
        SummaryRole, ///< The second line; may be empty.
    };

    using QAbstractTableModel::QAbstractTableModel;

    void setCells(const QList<Diagnose::Cell> &cells);
    /// Of a cell that is not there, nothing happens.
    void setCell(const Diagnose::Cell &cell);
    /// Null: that combination was not asked for.
    [[nodiscard]] const Diagnose::Cell *cell(const QModelIndex &index) const;
    [[nodiscard]] QModelIndex indexOf(const Diagnose::CellKey &key) const;

    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant data(
        const QModelIndex &index, int role = Qt::DisplayRole) const override;
    [[nodiscard]] QVariant headerData(
        int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;
    [[nodiscard]] Qt::ItemFlags flags(const QModelIndex &index) const override;

private:
    struct Row {
        qsizetype host; ///< Which of m_hosts.
        quint16 port;
        Diagnose::Family family;
        auto operator<=>(const Row &) const = default;
    };

    [[nodiscard]] QString title(const Row &row) const;

    QStringList m_hosts; ///< In their order; of a relay that was named one, empty.
    QList<Row> m_rows;
    QList<Diagnose::TlsMode> m_modes;
    QList<Diagnose::Cell> m_cells;
};

} // namespace Mailgauge::Models
