// SPDX-License-Identifier: GPL-3.0-or-later
#include "compose/addressedit.h"

#include "base/literals.h"

#include <QAbstractItemView>
#include <QCompleter>
#include <QKeyEvent>
#include <QScopedValueRollback>

namespace Mailgauge::Compose {

AddressEdit::AddressEdit(QAbstractItemModel &addresses, QWidget *parent)
    : QLineEdit(parent)
    , m_completer(new QCompleter(&addresses, this))
{
    // An address reads from left to right in any language.
    setLayoutDirection(Qt::LeftToRight);
    m_completer->setWidget(this);
    m_completer->setCaseSensitivity(Qt::CaseInsensitive);
    m_completer->setFilterMode(Qt::MatchContains);
    m_completer->setMaxVisibleItems(8);
    connect(this, &QLineEdit::textEdited, this, &AddressEdit::offer);
    connect(
        m_completer, qOverload<const QString &>(&QCompleter::activated), this, &AddressEdit::take);
}

qsizetype AddressEdit::itemStart() const
{
    qsizetype start = 0;
    bool quoted = false;
    const QString before = text().left(cursorPosition());
    for (qsizetype i = 0; i < before.size(); ++i) {
        if (before[i] == u'"')
            quoted = !quoted;
        else if (before[i] == u',' && !quoted)
            start = i + 1;
    }
    return start;
}

void AddressEdit::offer()
{
    if (m_taking)
        return;
    const qsizetype start = itemStart();
    const QString prefix = text().mid(start, cursorPosition() - start).trimmed();
    if (prefix.isEmpty()) {
        m_completer->popup()->hide();
        return;
    }
    m_completer->setCompletionPrefix(prefix);
    m_completer->complete();
}

void AddressEdit::take(const QString &completion)
{
    const qsizetype start = itemStart();
    const QString head = text().left(start) + (start > 0 ? u" "_s : QString());
    // As typed, so that Undo takes it back.
    const QScopedValueRollback taking(m_taking, true);
    setSelection(0, cursorPosition());
    insert(head + completion);
}

void AddressEdit::keyPressEvent(QKeyEvent *event)
{
    // The list of completions takes these keys while it is open.
    if (m_completer->popup()->isVisible()
        && (event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter
            || event->key() == Qt::Key_Escape || event->key() == Qt::Key_Tab)) {
        event->ignore();
        return;
    }
    QLineEdit::keyPressEvent(event);
}

} // namespace Mailgauge::Compose
