// SPDX-License-Identifier: GPL-3.0-or-later
#include "sessions/sessionchanges.h"

#include <QUndoCommand>

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
    m_stack.push(new MoveCommand(*this, sessions, true));
}

void SessionChanges::restore(const QList<QUuid> &sessions)
{
    m_stack.push(new MoveCommand(*this, sessions, false));
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
    auto moved = toBin ? m_library.trash(sessions, QDateTime::currentDateTimeUtc())
                       : m_library.restore(sessions);
    moved.then(
        this, [this, asked = sessions.size(), toBin](const Base::Result<QList<QUuid>> &done) {
            if (!done)
                Q_EMIT failed(done.error());
            else if (toBin)
                Q_EMIT trashed(*done, asked - done->size());
            else
                Q_EMIT restored(*done);
            Q_EMIT changed();
        });
}

} // namespace Mailgauge::Sessions
