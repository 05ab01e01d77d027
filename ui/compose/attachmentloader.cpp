// SPDX-License-Identifier: GPL-3.0-or-later
#include "compose/attachmentloader.h"

#include <QtConcurrentRun>

namespace Mailgauge::Compose {

namespace {
struct Looked {
    QString path;
    Base::Result<Mime::Attachment> result;
};

QList<Looked> look(const QStringList &paths)
{
    QList<Looked> all;
    for (const QString &path : paths)
        all.append({path, Mime::attachmentFromFile(path)});
    return all;
}
} // namespace

void AttachmentLoader::load(const QStringList &paths)
{
    QtConcurrent::run(look, paths).then(this, [this](const QList<Looked> &all) {
        QList<Mime::Attachment> good;
        for (const Looked &one : all) {
            if (one.result)
                good.append(*one.result);
            else
                Q_EMIT failed(one.path, one.result.error());
        }
        if (!good.isEmpty())
            Q_EMIT loaded(good);
    });
}

} // namespace Mailgauge::Compose
