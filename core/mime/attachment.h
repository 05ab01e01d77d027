// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "mime/draft.h"

#include <QFile>

#include <memory>

namespace Mailgauge::Mime {

/// Opens what is a regular file (or a link to one), unbuffered. Nothing else is opened, let alone
/// read (faults D13): InvalidInput says what it is; Io says why it cannot be opened.
[[nodiscard]] Base::Result<std::unique_ptr<QFile>> openRegularFile(const QString &path);

/// The digest of the whole file, hex; from its start.
[[nodiscard]] Base::Result<QByteArray> sha256Of(QFile *file);

/// InvalidInput where size or time of the open file are not those of the attachment; its digest is
/// sha256Of()'s.
[[nodiscard]] Base::Result<void> checkUnchanged(const QFile &file, const Attachment &attachment);

} // namespace Mailgauge::Mime
