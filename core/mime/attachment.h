// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/filejobs.h"
#include "mime/draft.h"

#include <QFile>

#include <memory>

namespace Mailgauge::Mime {

/// Attachments are regular files only (faults D13).
using Base::openRegularFile;

/// The digest of the whole file, hex; from its start.
[[nodiscard]] Base::Result<QByteArray> sha256Of(QFile *file);

/// InvalidInput where size or time of the open file are not those of the attachment; its digest is
/// sha256Of()'s.
[[nodiscard]] Base::Result<void> checkUnchanged(const QFile &file, const Attachment &attachment);

} // namespace Mailgauge::Mime
