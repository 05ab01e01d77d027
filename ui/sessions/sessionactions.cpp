// SPDX-License-Identifier: GPL-3.0-or-later
#include "sessions/sessionactions.h"

#include <QAction>
#include <QMenu>

namespace Mailgauge::Sessions {

namespace {

bool isEnough(Needs needs, qsizetype selected)
{
    switch (needs) {
    case Needs::Nothing:
        return true;
    case Needs::One:
        return selected == 1;
    case Needs::Two:
        return selected == 2;
    case Needs::Some:
        return selected > 0;
    }
    Q_UNREACHABLE_RETURN(false);
}

} // namespace

SessionActions::SessionActions(QWidget *parent)
    : QObject(parent)
    , m_menu(new QMenu(parent))
{
}

void SessionActions::add(QAction *action, Needs needs)
{
    m_menu->addAction(action);
    m_items.append({action, needs});
    update(m_items.constLast());
}

void SessionActions::addSeparator()
{
    m_menu->addSeparator();
}

void SessionActions::setSelected(qsizetype count)
{
    m_selected = count;
    m_items.removeIf([](const Item &item) { return item.action.isNull(); });
    for (const Item &item : std::as_const(m_items))
        update(item);
}

void SessionActions::update(const Item &item) const
{
    item.action->setEnabled(isEnough(item.needs, m_selected));
}

} // namespace Mailgauge::Sessions
