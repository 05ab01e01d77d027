// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/formscroll.h"

#include <QAbstractSpinBox>
#include <QComboBox>
#include <QEvent>
#include <QScrollArea>

namespace Mailgauge::Widgets {

namespace {

class WheelFilter final : public QObject {
public:
    using QObject::QObject;

    void watch(QWidget *field)
    {
        if (field->focusPolicy() == Qt::WheelFocus)
            field->setFocusPolicy(Qt::StrongFocus);
        field->installEventFilter(this);
    }

protected:
    bool eventFilter(QObject *watched, QEvent *event) override
    {
        if (event->type() != QEvent::Wheel || static_cast<QWidget *>(watched)->hasFocus())
            return false;
        event->ignore(); // It goes on to whom the field stands in.
        return true;
    }
};

} // namespace

QScrollArea *formScroll(QWidget *form, QWidget *parent)
{
    auto *scroll = new QScrollArea(parent);
    scroll->setWidget(form);
    scroll->setWidgetResizable(true);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    auto *filter = new WheelFilter(scroll);
    for (auto *field : form->findChildren<QAbstractSpinBox *>())
        filter->watch(field);
    for (auto *field : form->findChildren<QComboBox *>())
        filter->watch(field);
    return scroll;
}

} // namespace Mailgauge::Widgets
