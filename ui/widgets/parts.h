// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

/// Small widgets that several panels make alike.
#include <QString>

class QAction;
class QLabel;
class QToolButton;
class QWidget;

namespace Mailgauge::Widgets {

/// For text of others: never read as markup, and as many lines as it takes.
[[nodiscard]] QLabel *plainLabel(QWidget *parent, const QString &objectName = {},
    Qt::TextInteractionFlags interaction = Qt::NoTextInteraction);

/// The action's icon and text, quiet, in the tab order.
[[nodiscard]] QToolButton *toolButton(QAction *action, QWidget *parent);

} // namespace Mailgauge::Widgets
