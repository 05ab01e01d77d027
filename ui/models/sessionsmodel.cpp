// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/sessionsmodel.h"

#include "base/literals.h"
#include "models/outcometext.h"
#include "transcript/decidingreply.h"

#include <QLocale>
#include <QSet>

#include <algorithm>

namespace Mailgauge::Models {

void SessionsModel::setSessions(const QList<Transcript::SessionRecord> &sessions, bool more)
{
    m_more = more;
    m_asked = false;
    if (mergeSessions(sessions))
        return;
    beginResetModel();
    m_sessions = sessions;
    endResetModel();
}

// False where the order changed, which sessions in the order of time never do.
bool SessionsModel::mergeSessions(const QList<Transcript::SessionRecord> &sessions)
{
    QSet<QUuid> wanted;
    for (const Transcript::SessionRecord &record : sessions)
        wanted.insert(record.id);
    if (std::ranges::none_of(m_sessions,
            [&wanted](const Transcript::SessionRecord &one) { return wanted.contains(one.id); }))
        return false;
    for (int row = rowCount() - 1; row >= 0; --row) {
        if (wanted.contains(m_sessions.at(row).id))
            continue;
        beginRemoveRows({}, row, row);
        m_sessions.removeAt(row);
        endRemoveRows();
    }
    QSet<QUuid> kept;
    for (const Transcript::SessionRecord &record : std::as_const(m_sessions))
        kept.insert(record.id);
    for (int row = 0; row < sessions.size(); ++row) {
        const Transcript::SessionRecord &record = sessions.at(row);
        if (row < rowCount() && m_sessions.at(row).id == record.id) {
            if (m_sessions.at(row) != record) {
                m_sessions[row] = record;
                Q_EMIT dataChanged(index(row, 0), index(row, ColumnCount - 1));
            }
        } else if (kept.contains(record.id)) {
            return false;
        } else {
            beginInsertRows({}, row, row);
            m_sessions.insert(row, record);
            endInsertRows();
        }
    }
    return true;
}

void SessionsModel::appendSessions(const QList<Transcript::SessionRecord> &sessions, bool more)
{
    m_more = more;
    m_asked = false;
    if (sessions.isEmpty())
        return;
    beginInsertRows({}, rowCount(), rowCount() + static_cast<int>(sessions.size()) - 1);
    m_sessions += sessions;
    endInsertRows();
}

bool SessionsModel::hasMarks() const
{
    return std::ranges::any_of(m_sessions, [](const Transcript::SessionRecord &one) {
        return !one.tags.isEmpty() || !one.note.isEmpty();
    });
}

bool SessionsModel::canFetchMore(const QModelIndex &parent) const
{
    return !parent.isValid() && m_more && !m_asked;
}

void SessionsModel::fetchMore(const QModelIndex &parent)
{
    if (!canFetchMore(parent))
        return;
    m_asked = true;
    Q_EMIT moreWanted();
}

int SessionsModel::rowOf(const QUuid &id) const
{
    const auto found = std::ranges::find(m_sessions, id, &Transcript::SessionRecord::id);
    return found == m_sessions.end() ? -1 : static_cast<int>(found - m_sessions.begin());
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
        if (record.message.isNull() && record.recipients.isEmpty())
            return tr("(no message)");
        return record.subject.isEmpty() ? tr("(no subject)") : record.subject;
    case Recipients:
        if (record.recipients.isEmpty())
            return u"–"_s;
        if (record.recipients.size() == 1)
            return QString::fromUtf8(record.recipients.first().recipient.address());
        return tr("%n recipient(s)", nullptr, static_cast<int>(record.recipients.size()));
    case Relay:
        if (!record.profileName.isEmpty())
            return record.profileName;
        return record.port == 0 ? record.host : u"%1:%2"_s.arg(record.host).arg(record.port);
    case Code: {
        const auto reply = Transcript::decidingReply(record);
        return reply ? QString::number(reply->code) : u"–"_s;
    }
    case Duration:
        return OutcomeText::duration(record.totalUs);
    case Marks: {
        QStringList marks;
        for (const QString &tag : record.tags)
            marks.append(u'#' + tag);
        if (!record.note.isEmpty())
            marks.append(record.note);
        return marks.join(u"  "_s);
    }
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
        return index.column() == Subject || index.column() == Relay || index.column() == Marks
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
    case Marks:
        return tr("Tags and note");
    case ColumnCount:
        break;
    }
    return {};
}

} // namespace Mailgauge::Models
