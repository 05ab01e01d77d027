// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "transcript/sequence.h"

#include <QAbstractListModel>

namespace Mailgauge::Models {

/// The conversation of one session, an arrow per row, in plain words.
class SequenceModel final : public QAbstractListModel {
    Q_OBJECT

public:
    using QAbstractListModel::QAbstractListModel;

    void setSequence(
        const QList<Transcript::SequenceArrow> &arrows, const Transcript::SessionRecord &record);
    [[nodiscard]] const Transcript::SequenceArrow &arrow(int row) const { return m_arrows.at(row); }
    [[nodiscard]] const Transcript::SessionRecord &record() const { return m_record; }
    /// The row whose arrow the line with this Entry::n belongs to; -1: none.
    [[nodiscard]] int rowOf(qint64 line) const;

    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant data(
        const QModelIndex &index, int role = Qt::DisplayRole) const override;

private:
    QList<Transcript::SequenceArrow> m_arrows;
    Transcript::SessionRecord m_record;
};

} // namespace Mailgauge::Models
