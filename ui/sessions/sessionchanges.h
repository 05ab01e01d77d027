// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "transcript/sessionlibrary.h"

#include <QObject>
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
    /// Exactly those.
    void trash(const QList<QUuid> &sessions);
    void restore(const QList<QUuid> &sessions);

Q_SIGNALS:
    /// The store has it.
    void changed();
    void trashed(const QList<QUuid> &sessions, qsizetype refused);
    void restored(const QList<QUuid> &sessions);
    void failed(const Mailgauge::Base::Error &error);

private:
    friend class MoveCommand;
    friend class MarkCommand;
    void storeTags(const QUuid &session, const QStringList &tags);
    void storeNote(const QUuid &session, const QString &note);
    void move(const QList<QUuid> &sessions, bool toBin);

    Transcript::SessionLibrary &m_library;
    QUndoStack m_stack;
};

} // namespace Mailgauge::Sessions
