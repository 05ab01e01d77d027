// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "transcript/comparison.h"

#include <QAbstractTableModel>

namespace Mailgauge::Models {

/// Facts that both models answer beside their texts.
enum ComparisonRole : int {
    /// Base::Severity as int, the worst of the row; -1: the same on both sides.
    SeverityRole = Qt::UserRole + 200,
    LeftEntryRole, ///< Entry::n, -1: none.
    RightEntryRole,
    NoiseRole, ///< bool: different, and it means nothing.
    SideRole, ///< int: 0 both sides have the row, -1 only the left, 1 only the right.
};

/// The steps of two sessions beside each other.
class ComparisonModel final : public QAbstractTableModel {
    Q_OBJECT

public:
    enum Column : quint8 {
        Step,
        Left,
        Link, ///< Between the two: whether they are the same.
        Right,
        ColumnCount,
    };

    using QAbstractTableModel::QAbstractTableModel;

    void setComparison(const Transcript::Comparison &comparison);
    /// Rows with a difference alone; `noise` counts as one.
    void setFilter(bool differencesOnly, bool noise);

    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant data(
        const QModelIndex &index, int role = Qt::DisplayRole) const override;
    [[nodiscard]] QVariant headerData(
        int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;

private:
    [[nodiscard]] int severityOf(const Transcript::ComparedStep &step) const;
    [[nodiscard]] QString text(const Transcript::ComparedStep &step, int column) const;
    void applyFilter();

    Transcript::Comparison m_comparison;
    QList<qsizetype> m_shown; ///< Indexes of steps.
    bool m_differencesOnly = false;
    bool m_noise = false;
};

/// The differences in the order of the stages, as found; noise at the end, on demand.
class DifferencesModel final : public QAbstractTableModel {
    Q_OBJECT

public:
    enum Column : quint8 {
        SeverityColumn,
        StageColumn,
        Subject,
        Sentence,
        ColumnCount,
    };

    using QAbstractTableModel::QAbstractTableModel;

    void setComparison(const Transcript::Comparison &comparison);
    void setNoise(bool shown);

    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant data(
        const QModelIndex &index, int role = Qt::DisplayRole) const override;
    [[nodiscard]] QVariant headerData(
        int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;

private:
    [[nodiscard]] bool isNoise(int row) const { return row >= m_comparison.differences.size(); }
    [[nodiscard]] const Transcript::Difference &difference(int row) const;

    Transcript::Comparison m_comparison;
    bool m_noise = false;
};

} // namespace Mailgauge::Models
