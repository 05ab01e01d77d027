// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "mime/draft.h"

#include <QObject>

namespace Mailgauge::Compose {

/// Looks at files to attach in the background; each that cannot be attached is told by itself.
class AttachmentLoader final : public QObject {
    Q_OBJECT

public:
    using QObject::QObject;

    void load(const QStringList &paths);

Q_SIGNALS:
    void loaded(const QList<Mailgauge::Mime::Attachment> &attachments);
    void failed(const QString &path, const Mailgauge::Base::Error &error);
};

} // namespace Mailgauge::Compose
