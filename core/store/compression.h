// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"

#include <QByteArray>

namespace Mailgauge::Store {

/// One zstd frame with a checksum, so that damage is noticed instead of shown.
[[nodiscard]] QByteArray compress(QByteArrayView bytes);

/// Corrupt for what is no frame, is damaged, or would become longer than `limit` bytes.
[[nodiscard]] Base::Result<QByteArray> decompress(QByteArrayView frame, qint64 limit);

} // namespace Mailgauge::Store
