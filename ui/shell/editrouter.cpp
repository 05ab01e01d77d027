// SPDX-License-Identifier: GPL-3.0-or-later
#include "shell/editrouter.h"

#include "base/literals.h"
#include "shell/actions.h"

#include <QAction>
#include <QApplication>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QTextEdit>

namespace Mailgauge::Shell {

namespace {
QTextDocument *documentOf(QWidget *widget)
{
    if (auto *plain = qobject_cast<QPlainTextEdit *>(widget))
        return plain->document();
    if (auto *rich = qobject_cast<QTextEdit *>(widget))
        return rich->document();
    return nullptr;
}

bool isReadOnly(QWidget *widget)
{
    return widget->property("readOnly").toBool();
}
} // namespace

EditRouter::EditRouter(Actions &actions, QObject *parent)
    : QObject(parent)
{
    const QString group = tr("Edit");
    m_undo = actions.add(u"edit.undo"_s, group, tr("&Undo"), u"edit-undo"_s, {QKeySequence::Undo});
    m_redo = actions.add(u"edit.redo"_s, group, tr("&Redo"), u"edit-redo"_s,
        QKeySequence::keyBindings(QKeySequence::Redo));
    connect(m_undo, &QAction::triggered, this, &EditRouter::undo);
    connect(m_redo, &QAction::triggered, this, &EditRouter::redo);

    QAction *cut = actions.add(u"edit.cut"_s, group, tr("Cu&t"), u"edit-cut"_s);
    QAction *copy = actions.add(u"edit.copy"_s, group, tr("&Copy"), u"edit-copy"_s);
    QAction *paste = actions.add(u"edit.paste"_s, group, tr("&Paste"), u"edit-paste"_s);
    QAction *all = actions.add(u"edit.selectAll"_s, group, tr("Select &All"), u"edit-select-all"_s);
    // The editors handle these keys themselves; a shortcut here would take them away.
    connect(cut, &QAction::triggered, this, [this] { invoke("cut"); });
    connect(copy, &QAction::triggered, this, [this] { invoke("copy"); });
    connect(paste, &QAction::triggered, this, [this] { invoke("paste"); });
    connect(all, &QAction::triggered, this, [this] { invoke("selectAll"); });
    m_menu = {m_undo, m_redo, cut, copy, paste, all};

    connect(qApp, &QApplication::focusChanged, this,
        [this](QWidget *, QWidget *now) { followFocus(now); });
    connect(&m_group, &QUndoGroup::canUndoChanged, this, &EditRouter::updateActions);
    connect(&m_group, &QUndoGroup::canRedoChanged, this, &EditRouter::updateActions);
    updateActions();
}

void EditRouter::followFocus(QWidget *now)
{
    // Menus and the window itself take the focus for a moment: the editor meant stays the same.
    if (now == nullptr || now->inherits("QMenu") || now->inherits("QMenuBar"))
        return;
    for (const QMetaObject::Connection &connection : std::as_const(m_watching))
        disconnect(connection);
    m_watching.clear();
    m_editor.clear();
    if (auto *line = qobject_cast<QLineEdit *>(now); line && !isReadOnly(now)) {
        m_editor = now;
        m_watching = {connect(line, &QLineEdit::textChanged, this, &EditRouter::updateActions)};
    } else if (QTextDocument *document = documentOf(now); document && !isReadOnly(now)) {
        m_editor = now;
        m_watching = {
            connect(document, &QTextDocument::undoAvailable, this, &EditRouter::updateActions),
            connect(document, &QTextDocument::redoAvailable, this, &EditRouter::updateActions)};
    }
    updateActions();
}

void EditRouter::updateActions()
{
    bool canUndo = m_group.canUndo();
    bool canRedo = m_group.canRedo();
    if (auto *line = qobject_cast<QLineEdit *>(m_editor.data())) {
        canUndo = line->isUndoAvailable();
        canRedo = line->isRedoAvailable();
    } else if (const QTextDocument *document = documentOf(m_editor)) {
        canUndo = document->isUndoAvailable();
        canRedo = document->isRedoAvailable();
    }
    m_undo->setEnabled(canUndo);
    m_redo->setEnabled(canRedo);
}

void EditRouter::undo()
{
    if (auto *line = qobject_cast<QLineEdit *>(m_editor.data()))
        line->undo();
    else if (QTextDocument *document = documentOf(m_editor))
        document->undo();
    else
        m_group.undo();
    updateActions();
}

void EditRouter::redo()
{
    if (auto *line = qobject_cast<QLineEdit *>(m_editor.data()))
        line->redo();
    else if (QTextDocument *document = documentOf(m_editor))
        document->redo();
    else
        m_group.redo();
    updateActions();
}

void EditRouter::invoke(const char *slot)
{
    QWidget *target = QApplication::focusWidget();
    if (target != nullptr && target->metaObject()->indexOfMethod((slot + "()"_ba).constData()) >= 0)
        QMetaObject::invokeMethod(target, slot);
}

} // namespace Mailgauge::Shell
