// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractTableModel>
#include <QStringList>

namespace Mailgauge::Models {

/// A table with one value per row, whose columns have fixed headers. A model derived from it says
/// what a cell tells: data().
template <typename Row>
class RowsModel : public QAbstractTableModel {
public:
    RowsModel(const QStringList &headers, QObject *parent)
        : QAbstractTableModel(parent)
        , m_headers(headers)
    {
    }

    void setRows(const QList<Row> &rows)
    {
        beginResetModel();
        m_rows = rows;
        endResetModel();
    }
    void append(const Row &row)
    {
        const int at = static_cast<int>(m_rows.size());
        beginInsertRows({}, at, at);
        m_rows.append(row);
        endInsertRows();
    }
    void replace(int row, const Row &value)
    {
        m_rows[row] = value;
        Q_EMIT dataChanged(index(row, 0), index(row, columnCount() - 1));
    }
    [[nodiscard]] const QList<Row> &rows() const { return m_rows; }
    [[nodiscard]] const Row &row(const QModelIndex &index) const { return m_rows.at(index.row()); }

    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override
    {
        return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
    }
    [[nodiscard]] int columnCount(const QModelIndex &parent = {}) const override
    {
        return parent.isValid() ? 0 : static_cast<int>(m_headers.size());
    }
    [[nodiscard]] QVariant headerData(
        int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override
    {
        if (orientation != Qt::Horizontal || role != Qt::DisplayRole)
            return {};
        return m_headers.value(section);
    }

private:
    QStringList m_headers;
    QList<Row> m_rows;
};

} // namespace Mailgauge::Models
