// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcript/commands.h"

#include <QAction>
#include <QIcon>
#include <QWidget>

#include <algorithm>

namespace Mailgauge::Transcript {

Commands::Commands(QWidget *panel)
    : QObject(panel)
    , m_panel(panel)
{
}

QAction *Commands::add(const QString &id, const QString &text, const QString &icon,
    const QKeySequence &key, Qt::ShortcutContext context)
{
    auto *action = new QAction(QIcon::fromTheme(icon), text, m_panel);
    action->setObjectName(id);
    action->setShortcut(key);
    action->setShortcutContext(context);
    m_panel->addAction(action);
    m_all.append(action);
    return action;
}

void Commands::adopt(QAction *action)
{
    m_all.append(action);
}

QAction *Commands::action(const QString &id) const
{
    const auto found = std::ranges::find(m_all, id, &QObject::objectName);
    Q_ASSERT(found != m_all.end());
    return *found;
}

} // namespace Mailgauge::Transcript
