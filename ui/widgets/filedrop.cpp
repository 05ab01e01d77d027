// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/filedrop.h"

#include <QDropEvent>
#include <QMimeData>
#include <QUrl>

namespace Mailgauge::Widgets {

QStringList droppedFiles(const QDropEvent &event)
{
    QStringList paths;
    const QList<QUrl> urls = event.mimeData()->urls();
    for (const QUrl &url : urls) {
        if (url.isLocalFile())
            paths.append(url.toLocalFile());
    }
    return paths;
}

QStringList takeFiles(QDropEvent &event)
{
    const QStringList paths = droppedFiles(event);
    if (paths.isEmpty() || !event.possibleActions().testFlag(Qt::CopyAction))
        return {};
    event.setDropAction(Qt::CopyAction);
    event.accept();
    return paths;
}

} // namespace Mailgauge::Widgets
