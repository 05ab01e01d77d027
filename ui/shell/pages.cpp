// SPDX-License-Identifier: GPL-3.0-or-later
#include "shell/pages.h"

#include "base/literals.h"
#include "shell/actions.h"
#include "widgets/emptystate.h"
#include "widgets/navigationrail.h"

#include <QStackedWidget>

#include <utility>

namespace Mailgauge::Shell {

Pages::Pages(Widgets::NavigationRail &rail, QStackedWidget &stack, Actions &actions)
    : QObject(&stack)
    , m_rail(rail)
    , m_stack(stack)
    , m_actions(actions)
{
    connect(&m_rail, &Widgets::NavigationRail::currentChanged, this, &Pages::bringUp);
}

void Pages::add(const PageInfo &info, std::function<QWidget *(QWidget *parent)> factory)
{
    const int index = static_cast<int>(m_pages.size());
    QAction *action = m_actions.add(u"page."_s + info.id, tr("Page"), info.title, info.iconName);
    QString toolTip = info.title;
    if (index < 9) {
        action->setShortcut(QKeySequence(Qt::CTRL | static_cast<Qt::Key>(Qt::Key_1 + index)));
        toolTip += u" (%1)"_s.arg(action->shortcut().toString(QKeySequence::NativeText));
    }
    connect(action, &QAction::triggered, this, [this, id = info.id] { show(id); });
    m_pages.append({info, std::move(factory), nullptr, action});
    m_rail.addItem(info.iconName, info.title, toolTip);
}

int Pages::indexOf(const QString &id) const
{
    for (int i = 0; i < m_pages.size(); ++i) {
        if (m_pages[i].info.id == id)
            return i;
    }
    return -1;
}

void Pages::show(const QString &id)
{
    if (const int index = indexOf(id); index >= 0)
        m_rail.setCurrent(index);
}

QString Pages::current() const
{
    const int index = m_rail.current();
    return index >= 0 ? m_pages[index].info.id : QString();
}

QWidget *Pages::widget(const QString &id) const
{
    const int index = indexOf(id);
    return index >= 0 ? m_pages[index].widget : nullptr;
}

void Pages::hold(const QString &sentence)
{
    if (m_loading == nullptr) {
        m_loading = new Widgets::EmptyState(u"view-history"_s, sentence, &m_stack);
        m_loading->setObjectName(u"pageLoading"_s);
        m_stack.addWidget(m_loading);
    }
    m_loading->setSentence(sentence);
}

void Pages::release()
{
    if (m_loading == nullptr)
        return;
    delete std::exchange(m_loading, nullptr);
    const int index = m_rail.current();
    if (index >= 0 && m_pages[index].widget == nullptr)
        bringUp(index);
}

bool Pages::mayMake(const Page &page) const
{
    return m_loading == nullptr || page.info.early;
}

void Pages::make(Page &page)
{
    page.widget = page.factory(&m_stack);
    page.widget->setObjectName(page.info.id);
    page.widget->setAccessibleName(page.info.title);
    m_stack.addWidget(page.widget);
    Q_EMIT pageMade(page.info.id, page.widget);
}

void Pages::bringUp(int index)
{
    Page &page = m_pages[index];
    if (page.widget == nullptr && mayMake(page))
        make(page);
    m_stack.setCurrentWidget(page.widget != nullptr ? page.widget : m_loading);
    Q_EMIT currentChanged(page.info.id);
}

QList<QAction *> Pages::menuActions() const
{
    QList<QAction *> list;
    for (const Page &page : m_pages)
        list.append(page.action);
    return list;
}

void Pages::setBadge(const QString &id, int number)
{
    if (const int index = indexOf(id); index >= 0)
        m_rail.setBadge(index, number);
}

} // namespace Mailgauge::Shell
