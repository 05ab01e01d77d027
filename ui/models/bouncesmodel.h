// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "bounce/report.h"
#include "models/roles.h"

#include <QAbstractTableModel>

namespace Mailgauge::Models {

/// Bounces that came back, newest first. Answers IdRole (of the session, null where unverified) and
/// SortRole.
class BouncesModel final : public QAbstractTableModel {
    Q_OBJECT

public:
    enum Column : quint8 {
        Arrived,
        Recipient,
        Hardness,
        Status,
        Reason,
        Diagnostic,
        Joined,
        ColumnCount,
    };

    using QAbstractTableModel::QAbstractTableModel;

    void setBounces(const QList<Bounce::BounceRecord> &bounces);
    [[nodiscard]] const Bounce::BounceRecord &bounce(int row) const { return m_bounces.at(row); }
    [[nodiscard]] const QList<Bounce::BounceRecord> &bounces() const { return m_bounces; }

    /// -1 where it is not there.
    [[nodiscard]] int rowOf(const QUuid &bounce) const;

    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant data(
        const QModelIndex &index, int role = Qt::DisplayRole) const override;
    [[nodiscard]] QVariant headerData(
        int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;

private:
    QList<Bounce::BounceRecord> m_bounces;
};

} // namespace Mailgauge::Models
