// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/filewriter.h"

#include <QFile>
#include <QFuture>

#include <memory>

class QThreadPool;

namespace Mailgauge::Base {

/// Opens what is a regular file (or a link to one), unbuffered. Nothing else is opened, let alone
/// read (faults D13): InvalidInput says what it is; Io says why it cannot be opened.
[[nodiscard]] Result<std::unique_ptr<QFile>> openRegularFile(const QString &path);

/// All of a regular file. InvalidInput and Io as openRegularFile(); InvalidInput above `most`
/// bytes.
[[nodiscard]] Result<QByteArray> readRegularFile(const QString &path, qint64 most);

/// Of its own: a network drive that hangs must not keep what is computed elsewhere. Ends when the
/// program does, and waits for what is still being written.
[[nodiscard]] QThreadPool &filePool();

/// readRegularFile() and writeFile() on threads of their own: no window waits for a disk. The
/// future completes there; continue with a context object.
[[nodiscard]] QFuture<Result<QByteArray>> readFileLater(const QString &path, qint64 most);
[[nodiscard]] QFuture<Result<void>> writeFileLater(const QString &path, const QByteArray &bytes);

} // namespace Mailgauge::Base
