// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArrayView>
#include <QString>

namespace Mailgauge::Transcript {

/// Offset, bytes in hex, and the printable ones as text, `perRow` in a row.
[[nodiscard]] QString hexDump(QByteArrayView bytes, int perRow);

} // namespace Mailgauge::Transcript
