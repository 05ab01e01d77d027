// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/navigationrail.h"

#include "widgets/navigationbutton.h"

#include <QButtonGroup>
#include <QKeyEvent>
#include <QPainter>
#include <QVBoxLayout>

using namespace Qt::StringLiterals;

namespace Mailgauge::Widgets {

NavigationRail::NavigationRail(QWidget *parent)
    : QWidget(parent)
    , m_group(new QButtonGroup(this))
    , m_layout(new QVBoxLayout(this))
{
    setAccessibleName(tr("Pages"));
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Expanding);
    m_layout->setContentsMargins(0, 6, 1, 6);
    m_layout->setSpacing(2);
    m_layout->addStretch(1);
    m_group->setExclusive(true);
    connect(m_group, &QButtonGroup::idToggled, this, [this](int id, bool on) {
        if (on)
            Q_EMIT currentChanged(id);
    });
}

int NavigationRail::addItem(const QString &iconName, const QString &title, const QString &toolTip)
{
    auto *button = new NavigationButton(iconName, title, this);
    button->setToolTip(toolTip);
    const int index = count();
    button->setObjectName(u"navigation%1"_s.arg(index));
    m_group->addButton(button, index);
    m_layout->insertWidget(index, button);
    return index;
}

void NavigationRail::setCurrent(int index)
{
    if (QAbstractButton *button = m_group->button(index))
        button->setChecked(true);
}

int NavigationRail::current() const
{
    return m_group->checkedId();
}

int NavigationRail::count() const
{
    return static_cast<int>(m_group->buttons().size());
}

void NavigationRail::setBadge(int index, int number)
{
    if (auto *button = qobject_cast<NavigationButton *>(m_group->button(index)))
        button->setBadge(number);
}

void NavigationRail::keyPressEvent(QKeyEvent *event)
{
    const int step = event->key() == Qt::Key_Down ? 1 : event->key() == Qt::Key_Up ? -1 : 0;
    if (step == 0 || count() == 0) {
        QWidget::keyPressEvent(event);
        return;
    }
    const int next = qBound(0, current() + step, count() - 1);
    setCurrent(next);
    m_group->button(next)->setFocus(Qt::OtherFocusReason);
}

void NavigationRail::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    painter.fillRect(rect(), palette().color(QPalette::Window));
    QColor line = palette().color(QPalette::WindowText);
    line.setAlpha(40);
    const int edge = isRightToLeft() ? 0 : width() - 1;
    painter.fillRect(QRect(edge, 0, 1, height()), line);
}

} // namespace Mailgauge::Widgets
