// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/roles.h"
#include "transcript/sessionrecord.h"

#include <QAbstractTableModel>

namespace Mailgauge::Models {

/// Stored sessions, newest first. Answers OutcomeRole, IdRole and SortRole.
class SessionsModel final : public QAbstractTableModel {
    Q_OBJECT

public:
    enum Column : quint8 {
        Outcome,
        Started,
        Subject,
        Recipients,
        Relay,
        Code,
        Duration,
        ColumnCount,
    };

    using QAbstractTableModel::QAbstractTableModel;

    void setSessions(const QList<Transcript::SessionRecord> &sessions);
    [[nodiscard]] const Transcript::SessionRecord &session(int row) const
    {
        return m_sessions.at(row);
    }
    [[nodiscard]] int rowOf(const QUuid &id) const;
    /// Takes a row out of sight; the record is returned so that it can be put back.
    Transcript::SessionRecord take(int row);
    void insert(int row, const Transcript::SessionRecord &record);

    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant data(
        const QModelIndex &index, int role = Qt::DisplayRole) const override;
    [[nodiscard]] QVariant headerData(
        int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;

private:
    [[nodiscard]] QString text(const Transcript::SessionRecord &record, int column) const;

    QList<Transcript::SessionRecord> m_sessions;
};

} // namespace Mailgauge::Models
