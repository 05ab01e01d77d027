// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/messagestack.h"

#include <QVBoxLayout>

#include <algorithm>

namespace Mailgauge::Widgets {

MessageStack::MessageStack(QWidget *parent)
    : QWidget(parent)
    , m_layout(new QVBoxLayout(this))
{
    m_layout->setContentsMargins(0, 0, 0, 0);
    m_layout->setSpacing(1);
    // Not Maximum: that would cut a sentence that wraps at the height of the wide window.
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Minimum);
}

MessageBar *MessageStack::post(const QString &name, MessageBar::Kind kind, const QString &text,
    const QList<QAction *> &actions)
{
    MessageBar *bar = m_bars.value(name);
    if (bar == nullptr) {
        if (m_order.size() >= Most)
            makeRoom();
        bar = new MessageBar(this);
        m_bars.insert(name, bar);
        m_order.append(name);
        m_layout->addWidget(bar);
        connect(bar, &MessageBar::dismissed, this, [this, name] { withdraw(name); });
    }
    for (QAction *action : actions)
        action->setParent(bar);
    bar->showMessage(kind, text, actions);
    return bar;
}

void MessageStack::makeRoom()
{
    const auto oldest = std::ranges::find_if(m_order, [this](const QString &name) {
        return m_bars.value(name)->kind() < MessageBar::Kind::Warning;
    });
    if (oldest != m_order.end())
        withdraw(QString(*oldest));
}

void MessageStack::withdraw(const QString &name)
{
    MessageBar *bar = m_bars.take(name);
    if (bar == nullptr)
        return;
    m_order.removeOne(name);
    bar->hide();
    bar->deleteLater();
}

} // namespace Mailgauge::Widgets
