// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArrayView>

namespace Mailgauge::Transcript {

/// Offset, octets in hexadecimal, and the printable ones as text, `perRow` in a row:
/// "0000  32 35 30 20 ...  250 Ok". `prefix` goes before each row; `unprintable` stands for the
/// other octets.
[[nodiscard]] QByteArray hexRows(
    QByteArrayView bytes, qsizetype perRow, QByteArrayView prefix, QByteArrayView unprintable);

} // namespace Mailgauge::Transcript
