// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QPointer>
#include <QUndoGroup>

class QAction;
class QWidget;

namespace Mailgauge::Shell {

class Actions;

/// Undo, cut, copy and their kin, for whatever has the focus: a line, an editor, or the undo stack
/// that the panel in front uses for its lists.
class EditRouter final : public QObject {
    Q_OBJECT

public:
    explicit EditRouter(Actions &actions, QObject *parent = nullptr);

    /// Panels put their undo stacks in here and set the active one.
    [[nodiscard]] QUndoGroup &undoGroup() { return m_group; }
    [[nodiscard]] QList<QAction *> menuActions() const { return m_menu; }

private:
    void followFocus(QWidget *now);
    void updateActions();
    void undo();
    void redo();
    void invoke(const char *slot);

    QUndoGroup m_group;
    QPointer<QWidget> m_editor;
    QList<QMetaObject::Connection> m_watching;
    QAction *m_undo;
    QAction *m_redo;
    QList<QAction *> m_menu;
};

} // namespace Mailgauge::Shell
