// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/charttablemodel.h"

#include <QLocale>

namespace Mailgauge::Widgets {

void ChartTableModel::setData(const ChartData &data)
{
    if (data == m_data)
        return;
    beginResetModel();
    m_data = data;
    endResetModel();
}

int ChartTableModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_data.categories.size());
}

int ChartTableModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_data.series.size()) + 1;
}

QVariant ChartTableModel::data(const QModelIndex &index, int role) const
{
    if (!index.isValid())
        return {};
    const bool isName = index.column() == 0;
    switch (role) {
    case Qt::DisplayRole:
        if (isName)
            return m_data.categories.at(index.row());
        return QLocale().toString(
            m_data.series.at(index.column() - 1).values.value(index.row()), 'f', m_data.decimals);
    case Qt::TextAlignmentRole:
        return int(isName ? Qt::AlignLeft | Qt::AlignVCenter : Qt::AlignRight | Qt::AlignVCenter);
    default:
        return {};
    }
}

QVariant ChartTableModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal)
        return {};
    if (role == Qt::TextAlignmentRole && section == 0)
        return int(Qt::AlignLeft | Qt::AlignVCenter);
    if (role != Qt::DisplayRole)
        return {};
    return section == 0 ? m_data.categoryTitle : m_data.series.at(section - 1).name;
}

} // namespace Mailgauge::Widgets
