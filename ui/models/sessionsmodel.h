// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/roles.h"
#include "transcript/sessionrecord.h"

#include <QAbstractTableModel>

namespace Mailgauge::Models {

/// Stored sessions, newest first, as many as were read so far: the view asks for more when it
/// comes to the end. Answers OutcomeRole, IdRole and SortRole.
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
        Marks, ///< Tags and note.
        ColumnCount,
    };

    using QAbstractTableModel::QAbstractTableModel;

    /// Takes this list over, changing no more rows than it has to, so that a selection stays.
    /// `more`: there are further ones behind it.
    void setSessions(const QList<Transcript::SessionRecord> &sessions, bool more = false);
    void appendSessions(const QList<Transcript::SessionRecord> &sessions, bool more);
    [[nodiscard]] bool hasMore() const { return m_more; }
    /// Whether one of them has a tag or a note.
    [[nodiscard]] bool hasMarks() const;
    [[nodiscard]] const Transcript::SessionRecord &session(int row) const
    {
        return m_sessions.at(row);
    }
    [[nodiscard]] int rowOf(const QUuid &id) const;

    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant data(
        const QModelIndex &index, int role = Qt::DisplayRole) const override;
    [[nodiscard]] QVariant headerData(
        int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;
    [[nodiscard]] bool canFetchMore(const QModelIndex &parent) const override;
    void fetchMore(const QModelIndex &parent) override;

Q_SIGNALS:
    /// Answer with appendSessions().
    void moreWanted();

private:
    [[nodiscard]] bool mergeSessions(const QList<Transcript::SessionRecord> &sessions);
    [[nodiscard]] QString text(const Transcript::SessionRecord &record, int column) const;

    QList<Transcript::SessionRecord> m_sessions;
    bool m_more = false;
    bool m_asked = false; ///< For more; the answer is awaited.
};

} // namespace Mailgauge::Models
