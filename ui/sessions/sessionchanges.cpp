// SPDX-License-Identifier: GPL-3.0-or-later
#include "sessions/sessionchanges.h"

#include <QUndoCommand>

#include <algorithm>

namespace Mailgauge::Sessions {

/// Tags and note of one session, before and after.
class MarkCommand final : public QUndoCommand {
public:
    struct Marks {
        QStringList tags;
        QString note;
    };

    MarkCommand(SessionChanges &changes, QUuid session, Marks before, Marks after)
        : m_changes(changes)
        , m_session(session)
        , m_before(std::move(before))
        , m_after(std::move(after))
    {
        setText(m_before.tags != m_after.tags ? SessionChanges::tr("change of tags")
                                              : SessionChanges::tr("change of a note"));
    }
    void redo() override { set(m_before, m_after); }
    void undo() override { set(m_after, m_before); }

private:
    void set(const Marks &from, const Marks &to)
    {
        if (from.tags != to.tags)
            m_changes.storeTags(m_session, to.tags);
        if (from.note != to.note)
            m_changes.storeNote(m_session, to.note);
    }

    SessionChanges &m_changes;
    QUuid m_session;
    Marks m_before;
    Marks m_after;
};

/// Into the bin or out of it.
class MoveCommand final : public QUndoCommand {
public:
    MoveCommand(SessionChanges &changes, QList<QUuid> sessions, bool toBin)
        : m_changes(changes)
        , m_sessions(std::move(sessions))
        , m_toBin(toBin)
    {
        setText(toBin ? SessionChanges::tr("deletion of sessions")
                      : SessionChanges::tr("restoring of sessions"));
    }
    void redo() override { m_changes.move(m_sessions, m_toBin); }
    void undo() override { m_changes.move(m_sessions, !m_toBin); }
    [[nodiscard]] bool deletes(const QList<QUuid> &sessions) const
    {
        const QSet<QUuid> mine(m_sessions.begin(), m_sessions.end());
        return m_toBin && std::ranges::all_of(sessions, [&mine](const QUuid &one) {
            return mine.contains(one);
        });
    }

private:
    SessionChanges &m_changes;
    QList<QUuid> m_sessions;
    bool m_toBin;
};

SessionChanges::SessionChanges(Transcript::SessionLibrary &library, QObject *parent)
    : QObject(parent)
    , m_library(library)
{
    m_stack.setUndoLimit(200);
}

void SessionChanges::setTags(const Transcript::SessionRecord &session, const QStringList &tags)
{
    m_stack.push(
        new MarkCommand(*this, session.id, {session.tags, session.note}, {tags, session.note}));
}

void SessionChanges::setNote(const Transcript::SessionRecord &session, const QString &note)
{
    m_stack.push(
        new MarkCommand(*this, session.id, {session.tags, session.note}, {session.tags, note}));
}

void SessionChanges::trash(const QList<QUuid> &sessions)
{
    QList<QUuid> staying = sessions;
    staying.removeIf([this](const QUuid &one) { return m_leaving.contains(one); });
    if (!staying.isEmpty())
        m_stack.push(new MoveCommand(*this, staying, true));
}

void SessionChanges::restore(const QList<QUuid> &sessions)
{
    m_stack.push(new MoveCommand(*this, sessions, false));
}

void SessionChanges::takeBack(const QList<QUuid> &sessions)
{
    const auto *last = m_stack.index() > 0
        ? dynamic_cast<const MoveCommand *>(m_stack.command(m_stack.index() - 1))
        : nullptr;
    if (last && last->deletes(sessions))
        m_stack.undo();
    else
        restore(sessions);
}

void SessionChanges::storeTags(const QUuid &session, const QStringList &tags)
{
    m_library.setTags(session, tags).then(this, [this](const Base::Result<void> &done) {
        if (!done)
            Q_EMIT failed(done.error());
        Q_EMIT changed();
    });
}

void SessionChanges::storeNote(const QUuid &session, const QString &note)
{
    m_library.setNote(session, note).then(this, [this](const Base::Result<void> &done) {
        if (!done)
            Q_EMIT failed(done.error());
        Q_EMIT changed();
    });
}

void SessionChanges::move(const QList<QUuid> &sessions, bool toBin)
{
    if (toBin)
        m_leaving.unite(QSet<QUuid>(sessions.begin(), sessions.end()));
    auto moved = toBin ? m_library.trash(sessions, QDateTime::currentDateTimeUtc())
                       : m_library.restore(sessions);
    moved.then(this, [this, sessions, toBin](const Base::Result<QList<QUuid>> &done) {
        if (toBin && done) {
            tellTrashed(sessions, *done);
            return;
        }
        if (toBin)
            m_leaving.subtract(QSet<QUuid>(sessions.begin(), sessions.end()));
        if (done)
            Q_EMIT restored(*done, sessions.size() - done->size());
        else
            Q_EMIT failed(done.error());
        Q_EMIT changed();
    });
}

// Of those that did not go, the ones that are still kept run.
void SessionChanges::tellTrashed(const QList<QUuid> &asked, const QList<QUuid> &moved)
{
    using Transcript::SessionTerm;
    using Found = QFuture<Base::Result<QList<Transcript::SessionRecord>>>;
    const QSet<QUuid> went(moved.begin(), moved.end());
    QList<Found> looks;
    for (const QUuid &one : asked) {
        if (!went.contains(one))
            looks.append(m_library.list({.terms = {{.field = SessionTerm::Field::Id,
                                             .text = one.toString(QUuid::WithoutBraces)}},
                .limit = 1}));
    }
    QtFuture::whenAll(looks.begin(), looks.end())
        .then(this, [this, asked, moved](const QList<Found> &found) {
            const qsizetype running = std::ranges::count_if(found, [](const Found &one) {
                const auto kept = one.result();
                return kept && !kept->isEmpty();
            });
            m_leaving.subtract(QSet<QUuid>(asked.begin(), asked.end()));
            Q_EMIT trashed(moved, running, found.size() - running);
            Q_EMIT changed();
        });
}

} // namespace Mailgauge::Sessions
