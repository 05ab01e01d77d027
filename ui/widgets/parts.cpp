// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/parts.h"

#include <QLabel>
#include <QToolButton>

namespace Mailgauge::Widgets {

QLabel *plainLabel(QWidget *parent, const QString &objectName, Qt::TextInteractionFlags interaction)
{
    auto *label = new QLabel(parent);
    label->setObjectName(objectName);
    label->setTextFormat(Qt::PlainText);
    label->setWordWrap(true);
    label->setTextInteractionFlags(interaction);
    return label;
}

QToolButton *toolButton(QAction *action, QWidget *parent)
{
    auto *button = new QToolButton(parent);
    button->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    button->setDefaultAction(action);
    button->setAutoRaise(true);
    button->setFocusPolicy(Qt::TabFocus);
    return button;
}

} // namespace Mailgauge::Widgets
