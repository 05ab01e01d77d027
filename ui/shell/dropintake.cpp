// SPDX-License-Identifier: GPL-3.0-or-later
#include "shell/dropintake.h"

#include "widgets/filedrop.h"

#include <QDropEvent>
#include <QWidget>

namespace Mailgauge::Shell {

DropIntake::DropIntake(QWidget &window)
    : QObject(&window)
{
    window.setAcceptDrops(true);
    window.installEventFilter(this);
}

bool DropIntake::eventFilter(QObject *watched, QEvent *event)
{
    if (event->type() == QEvent::DragEnter || event->type() == QEvent::DragMove) {
        return !Widgets::takeFiles(*static_cast<QDropEvent *>(event)).isEmpty();
    }
    if (event->type() == QEvent::Drop) {
        const QStringList paths = Widgets::takeFiles(*static_cast<QDropEvent *>(event));
        if (paths.isEmpty())
            return false;
        Q_EMIT filesDropped(paths);
        return true;
    }
    return QObject::eventFilter(watched, event);
}

} // namespace Mailgauge::Shell
