// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcript/hexdump.h"

#include "base/literals.h"

#include <algorithm>

namespace Mailgauge::Transcript {

QString hexDump(QByteArrayView bytes, int perRow)
{
    QString out;
    for (qsizetype row = 0; row < bytes.size(); row += perRow) {
        const QByteArrayView piece = bytes.sliced(
            row, std::min<qsizetype>(perRow, bytes.size() - row));
        out += u"%1  "_s.arg(row, 4, 16, '0'_L1);
        QString text;
        for (qsizetype i = 0; i < perRow; ++i) {
            if (i >= piece.size()) {
                out += u"   "_s;
                continue;
            }
            const auto byte = static_cast<quint8>(piece[i]);
            out += u"%1 "_s.arg(byte, 2, 16, '0'_L1);
            text += byte >= 0x20 && byte < 0x7f ? QChar(u'\0' + byte) : QChar(u'·');
        }
        out += u' ' + text + u'\n';
    }
    return out;
}

} // namespace Mailgauge::Transcript
