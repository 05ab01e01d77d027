// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "transcript/sessionlibrary.h"

#include <QObject>
#include <QSet>
#include <QUndoStack>

namespace Mailgauge::Sessions {

/// What the user changes in the library, each with a way back: one undo stack for the page.
class SessionChanges final : public QObject {
    Q_OBJECT

public:
    explicit SessionChanges(Transcript::SessionLibrary &library, QObject *parent = nullptr);

    [[nodiscard]] QUndoStack &stack() { return m_stack; }
    void setTags(const Transcript::SessionRecord &session, const QStringList &tags);
    void setNote(const Transcript::SessionRecord &session, const QString &note);
    /// Exactly those, without the ones that are on their way already.
    void trash(const QList<QUuid> &sessions);
    /// Undoes their deletion where that was the last change, else restores them.
    void takeBack(const QList<QUuid> &sessions);
    void restore(const QList<QUuid> &sessions);

Q_SIGNALS:
    /// The store has it.
    void changed();
    /// `running` stay, `gone` were deleted before.
    void trashed(const QList<QUuid> &sessions, qsizetype running, qsizetype gone);
    /// `missing` were not in the bin any more.
    void restored(const QList<QUuid> &sessions, qsizetype missing);
    void failed(const Mailgauge::Base::Error &error);

private:
    friend class MoveCommand;
    friend class MarkCommand;
    void storeTags(const QUuid &session, const QStringList &tags);
    void storeNote(const QUuid &session, const QString &note);
    void move(const QList<QUuid> &sessions, bool toBin);
    void tellTrashed(const QList<QUuid> &asked, const QList<QUuid> &moved);

    Transcript::SessionLibrary &m_library;
    QUndoStack m_stack;
    QSet<QUuid> m_leaving; ///< To the bin; the store has not answered yet.
};

} // namespace Mailgauge::Sessions
