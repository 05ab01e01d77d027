// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/sessionsmodel.h"

#include "base/literals.h"
#include "models/outcometext.h"

#include <QLocale>

#include <algorithm>

namespace Mailgauge::Models {

namespace {

/// The code that tells most: of the worst recipient, else of the final reply.
int decidingCode(const Transcript::SessionRecord &record)
{
    int code = record.finalReply ? record.finalReply->code : 0;
    for (const Smtp::RecipientOutcome &recipient : record.recipients) {
        if (recipient.reply)
            code = qMax(code, recipient.reply->code);
    }
    return code;
}

} // namespace

void SessionsModel::setSessions(const QList<Transcript::SessionRecord> &sessions)
{
    beginResetModel();
    m_sessions = sessions;
    endResetModel();
}

int SessionsModel::rowOf(const QUuid &id) const
{
    const auto found = std::ranges::find(m_sessions, id, &Transcript::SessionRecord::id);
    return found == m_sessions.end() ? -1 : static_cast<int>(found - m_sessions.begin());
}

Transcript::SessionRecord SessionsModel::take(int row)
{
    beginRemoveRows({}, row, row);
    Transcript::SessionRecord record = m_sessions.takeAt(row);
    endRemoveRows();
    return record;
}

void SessionsModel::insert(int row, const Transcript::SessionRecord &record)
{
    row = qMin(row, static_cast<int>(m_sessions.size()));
    beginInsertRows({}, row, row);
    m_sessions.insert(row, record);
    endInsertRows();
}

int SessionsModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_sessions.size());
}

int SessionsModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QString SessionsModel::text(const Transcript::SessionRecord &record, int column) const
{
    switch (static_cast<Column>(column)) {
    case Outcome:
        return OutcomeText::symbol(record.outcome) + u"  "_s + OutcomeText::of(record.outcome);
    case Started:
        return QLocale().toString(record.startedAt.toLocalTime(), QLocale::ShortFormat);
    case Subject:
        return record.subject.isEmpty() ? tr("(no subject)") : record.subject;
    case Recipients:
        if (record.recipients.size() == 1)
            return QString::fromUtf8(record.recipients.first().recipient.address());
        return tr("%n recipient(s)", nullptr, static_cast<int>(record.recipients.size()));
    case Relay:
        if (!record.profileName.isEmpty())
            return record.profileName;
        return record.port == 0 ? record.host : u"%1:%2"_s.arg(record.host).arg(record.port);
    case Code: {
        const int code = decidingCode(record);
        return code == 0 ? u"–"_s : QString::number(code);
    }
    case Duration:
        return OutcomeText::duration(record.totalUs);
    case ColumnCount:
        break;
    }
    return {};
}

QVariant SessionsModel::data(const QModelIndex &index, int role) const
{
    if (!index.isValid())
        return {};
    const Transcript::SessionRecord &record = m_sessions.at(index.row());
    switch (role) {
    case Qt::DisplayRole:
        return text(record, index.column());
    case Qt::ToolTipRole:
        return index.column() == Subject || index.column() == Relay
            ? QVariant(u"<qt>%1</qt>"_s.arg(text(record, index.column()).toHtmlEscaped()))
            : QVariant();
    case Qt::TextAlignmentRole:
        return int(index.column() == Duration ? Qt::AlignRight | Qt::AlignVCenter
                                              : Qt::AlignLeft | Qt::AlignVCenter);
    case OutcomeRole:
        return static_cast<int>(toRecipientOutcome(record.outcome));
    case IdRole:
        return record.id;
    case SortRole:
        if (index.column() == Started)
            return record.startedAt;
        if (index.column() == Duration)
            return record.totalUs;
        return text(record, index.column());
    default:
        return {};
    }
}

QVariant SessionsModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole)
        return {};
    switch (static_cast<Column>(section)) {
    case Outcome:
        return tr("Outcome");
    case Started:
        return tr("Started");
    case Subject:
        return tr("Subject");
    case Recipients:
        return tr("Recipients");
    case Relay:
        return tr("Relay");
    case Code:
        return tr("Code");
    case Duration:
        return tr("Duration");
    case ColumnCount:
        break;
    }
    return {};
}

} // namespace Mailgauge::Models
