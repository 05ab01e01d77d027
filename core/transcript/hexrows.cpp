// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcript/hexrows.h"

#include <algorithm>

namespace Mailgauge::Transcript {

QByteArray hexRows(
    QByteArrayView bytes, qsizetype perRow, QByteArrayView prefix, QByteArrayView unprintable)
{
    QByteArray out;
    for (qsizetype at = 0; at < bytes.size(); at += perRow) {
        const QByteArray row = bytes.sliced(at, std::min(perRow, bytes.size() - at)).toByteArray();
        out += prefix;
        out += QByteArray::number(at, 16).rightJustified(4, '0') + "  "
            + row.toHex(' ').leftJustified(3 * perRow, ' ') + ' ';
        for (const char c : row) {
            if (c >= ' ' && c <= '~')
                out += c;
            else
                out += unprintable;
        }
        out += '\n';
    }
    return out;
}

} // namespace Mailgauge::Transcript
