// SPDX-License-Identifier: GPL-3.0-or-later
#include "shell/actions.h"

#include <QIcon>

namespace Mailgauge::Shell {

Actions::Actions(QObject *parent)
    : QObject(parent)
{
}

QAction *Actions::add(const QString &id, const QString &group, const QString &text,
    const QString &iconName, const QList<QKeySequence> &shortcuts)
{
    auto *action = new QAction(text, this);
    if (!iconName.isEmpty())
        action->setIcon(QIcon::fromTheme(iconName));
    action->setShortcuts(shortcuts);
    adopt(action, id, group);
    return action;
}

void Actions::adopt(QAction *action, const QString &id, const QString &group)
{
    Q_ASSERT(!m_byId.contains(id));
    action->setObjectName(id);
    m_all.append(action);
    m_byId.insert(id, action);
    m_groups.insert(action, group);
    Q_EMIT changed();
}

} // namespace Mailgauge::Shell
