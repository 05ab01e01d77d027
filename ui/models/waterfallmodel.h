// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "transcript/stagespans.h"

#include <QAbstractTableModel>

#include <optional>

namespace Mailgauge::Models {

/// Where one session's time went: a row per visit of a stage, in the order in which they began. The
/// last column has the facts for a bar.
class WaterfallModel final : public QAbstractTableModel {
    Q_OBJECT

public:
    enum Column : quint8 {
        StageColumn,
        Start,
        Duration,
        Bar,
        ColumnCount,
    };
    enum Role : int {
        FromRole = Qt::UserRole + 1, ///< Where the bar begins, 0 to 1 of the whole.
        UntilRole, ///< Where it ends.
        StageRole, ///< Smtp::Stage as int.
        FailedRole, ///< bool: the session broke in this visit.
    };
    using QAbstractTableModel::QAbstractTableModel;

    /// `failed`: the stage where the session broke.
    void setSpans(
        const QList<Transcript::StageSpan> &spans, std::optional<Smtp::Stage> failed = {});
    [[nodiscard]] const Transcript::StageSpan &span(int row) const { return m_spans.at(row); }
    /// Microseconds that the whole axis stands for; 0 without rows.
    [[nodiscard]] qint64 totalUs() const { return m_totalUs; }
    /// The row that the line with this Entry::n belongs to; -1: none.
    [[nodiscard]] int rowOf(qint64 line) const;

    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant data(
        const QModelIndex &index, int role = Qt::DisplayRole) const override;
    [[nodiscard]] QVariant headerData(
        int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;

private:
    [[nodiscard]] QString describe(int row) const;

    QList<Transcript::StageSpan> m_spans;
    std::optional<Smtp::Stage> m_failed;
    qint64 m_totalUs = 0;
};

} // namespace Mailgauge::Models
