// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/inboxmodel.h"

#include "base/literals.h"
#include "transcript/entry.h"

#include <QLocale>
#include <QSet>

#include <algorithm>

namespace Mailgauge::Models {

namespace {

QString text(const Sandbox::InboxMessage &message, int column)
{
    switch (static_cast<InboxModel::Column>(column)) {
    case InboxModel::Arrived:
        return QLocale().toString(message.arrivedAt.toLocalTime(), QLocale::ShortFormat);
    case InboxModel::From:
        return message.reversePath.isEmpty() ? u"<>"_s
                                             : Transcript::visibleText(message.reversePath);
    case InboxModel::To:
        return Transcript::visibleText(message.forwardPaths.join(", "));
    case InboxModel::Subject:
        return message.subject.isEmpty() ? InboxModel::tr("(no subject)") : message.subject;
    case InboxModel::Size:
        return QLocale().formattedDataSize(message.size);
    case InboxModel::Transport:
        // A report that the scenario made came by no session.
        if (message.heloName.isEmpty())
            return InboxModel::tr("made here");
        if (message.user.isEmpty())
            return message.tls ? u"TLS"_s : InboxModel::tr("clear");
        return (message.tls ? u"TLS, "_s : InboxModel::tr("clear, "))
            + Transcript::visibleText(message.user);
    case InboxModel::ColumnCount:
        break;
    }
    return {};
}

} // namespace

void InboxModel::setMessages(const QList<Sandbox::InboxMessage> &messages)
{
    beginResetModel();
    m_messages = messages;
    endResetModel();
}

void InboxModel::merge(const QList<Sandbox::InboxMessage> &messages)
{
    QSet<QUuid> known;
    for (const Sandbox::InboxMessage &message : std::as_const(m_messages))
        known.insert(message.id);
    QList<Sandbox::InboxMessage> all = m_messages;
    for (const Sandbox::InboxMessage &message : messages) {
        if (!known.contains(message.id))
            all.append(message);
    }
    std::ranges::stable_sort(all, std::ranges::greater(), &Sandbox::InboxMessage::arrivedAt);
    setMessages(all);
}

void InboxModel::prepend(const Sandbox::InboxMessage &message)
{
    beginInsertRows({}, 0, 0);
    m_messages.prepend(message);
    endInsertRows();
    if (m_messages.size() > Sandbox::InboxRepository::Limit) {
        const int last = static_cast<int>(m_messages.size()) - 1;
        beginRemoveRows({}, last, last);
        m_messages.removeLast();
        endRemoveRows();
    }
}

int InboxModel::rowOf(const QUuid &message) const
{
    const auto found = std::ranges::find(m_messages, message, &Sandbox::InboxMessage::id);
    return found == m_messages.end() ? -1 : static_cast<int>(found - m_messages.begin());
}

int InboxModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_messages.size());
}

int InboxModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant InboxModel::data(const QModelIndex &index, int role) const
{
    if (!index.isValid())
        return {};
    const Sandbox::InboxMessage &message = m_messages.at(index.row());
    switch (role) {
    case Qt::DisplayRole:
        return text(message, index.column());
    case Qt::TextAlignmentRole:
        return int(index.column() == Size ? Qt::AlignRight | Qt::AlignVCenter
                                          : Qt::AlignLeft | Qt::AlignVCenter);
    case IdRole:
        return message.id;
    case SortRole:
        if (index.column() == Arrived)
            return message.arrivedAt;
        if (index.column() == Size)
            return message.size;
        return text(message, index.column());
    default:
        return {};
    }
}

QVariant InboxModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole)
        return {};
    switch (static_cast<Column>(section)) {
    case Arrived:
        return tr("Arrived");
    case From:
        return tr("From");
    case To:
        return tr("To");
    case Subject:
        return tr("Subject");
    case Size:
        return tr("Size");
    case Transport:
        return tr("Came by");
    case ColumnCount:
        break;
    }
    return {};
}

} // namespace Mailgauge::Models
