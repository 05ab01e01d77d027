// SPDX-License-Identifier: GPL-3.0-or-later
#include "shell/dropintake.h"

#include <QDropEvent>
#include <QMimeData>
#include <QUrl>
#include <QWidget>

namespace Mailgauge::Shell {

DropIntake::DropIntake(QWidget &window)
    : QObject(&window)
{
    window.setAcceptDrops(true);
    window.installEventFilter(this);
}

QStringList DropIntake::localFiles(const QDropEvent &event)
{
    QStringList paths;
    const QList<QUrl> urls = event.mimeData()->urls();
    for (const QUrl &url : urls) {
        if (url.isLocalFile())
            paths.append(url.toLocalFile());
    }
    return paths;
}

bool DropIntake::eventFilter(QObject *watched, QEvent *event)
{
    if (event->type() == QEvent::DragEnter || event->type() == QEvent::DragMove) {
        auto *move = static_cast<QDropEvent *>(event);
        if (localFiles(*move).isEmpty())
            return false;
        move->setDropAction(Qt::CopyAction);
        move->accept();
        return true;
    }
    if (event->type() == QEvent::Drop) {
        auto *drop = static_cast<QDropEvent *>(event);
        const QStringList paths = localFiles(*drop);
        if (paths.isEmpty())
            return false;
        drop->setDropAction(Qt::CopyAction);
        drop->accept();
        Q_EMIT filesDropped(paths);
        return true;
    }
    return QObject::eventFilter(watched, event);
}

} // namespace Mailgauge::Shell
