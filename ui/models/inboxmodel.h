// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/roles.h"
#include "sandbox/inbox.h"

#include <QAbstractTableModel>

namespace Mailgauge::Models {

/// What arrived in the sandbox, newest first. Answers IdRole and SortRole.
class InboxModel final : public QAbstractTableModel {
    Q_OBJECT

public:
    enum Column : quint8 {
        Arrived,
        From,
        To,
        Subject,
        Size,
        Transport,
        ColumnCount,
    };

    using QAbstractTableModel::QAbstractTableModel;

    void setMessages(const QList<Sandbox::InboxMessage> &messages);
    /// A message that just arrived goes on top.
    void prepend(const Sandbox::InboxMessage &message);
    /// Adds those that are not there yet, each at its time.
    void merge(const QList<Sandbox::InboxMessage> &messages);
    [[nodiscard]] const QList<Sandbox::InboxMessage> &messages() const { return m_messages; }
    /// -1 where it is not there.
    [[nodiscard]] int rowOf(const QUuid &message) const;
    [[nodiscard]] const Sandbox::InboxMessage &message(int row) const { return m_messages.at(row); }

    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant data(
        const QModelIndex &index, int role = Qt::DisplayRole) const override;
    [[nodiscard]] QVariant headerData(
        int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;

private:
    QList<Sandbox::InboxMessage> m_messages;
};

} // namespace Mailgauge::Models
