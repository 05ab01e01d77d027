// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"

#include <QByteArray>
#include <QFuture>

namespace Mailgauge::Tls {

/// Certificates to trust: the file as it is, or of a directory every certificate in PEM form that
/// its files hold, once each; what is none is left out. Io where it cannot be read, InvalidInput
/// where a directory has none; names the path.
[[nodiscard]] Base::Result<QByteArray> readRoots(const QString &path);
/// On another thread: no window waits for a disk.
[[nodiscard]] QFuture<Base::Result<QByteArray>> readRootsLater(const QString &path);

} // namespace Mailgauge::Tls
