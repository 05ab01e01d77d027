// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/chartdata.h"

#include <QAbstractTableModel>

namespace Mailgauge::Widgets {

/// The numbers behind a chart: one row per category, one column per series. A chart has no
/// accessible interface, this has.
class ChartTableModel final : public QAbstractTableModel {
    Q_OBJECT

public:
    using QAbstractTableModel::QAbstractTableModel;

    void setData(const ChartData &data);
    [[nodiscard]] const ChartData &chart() const { return m_data; }
    using QAbstractTableModel::setData;

    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant data(
        const QModelIndex &index, int role = Qt::DisplayRole) const override;
    [[nodiscard]] QVariant headerData(
        int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;

private:
    ChartData m_data;
};

} // namespace Mailgauge::Widgets
