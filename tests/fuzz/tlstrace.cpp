// SPDX-License-Identifier: GPL-3.0-or-later
#include "tls/tlstrace.h"

#include "check.h"

#include <algorithm>

using namespace Mailgauge;
using Direction = Tls::TlsTrace::Direction;

/// The input is what two peers say: of each message first whose it is (its lowest bit) and what it
/// is (the next two), then its length in two octets.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Tls::TlsTrace trace;
    trace.setEverything(true);
    QByteArrayView rest(data, static_cast<qsizetype>(size));
    while (rest.size() >= 3) {
        const auto head = static_cast<unsigned char>(rest[0]);
        const auto length = qMin<qsizetype>(
            static_cast<unsigned char>(rest[1]) * 256 + static_cast<unsigned char>(rest[2]),
            rest.size() - 3);
        const QByteArrayView message = rest.sliced(3, length);
        const Direction direction = head & 1 ? Direction::Received : Direction::Sent;
        switch (head >> 1 & 3) {
        case 0:
            trace.alert(direction, message);
            break;
        case 1:
            trace.changeCipherSpec(direction);
            break;
        default:
            trace.message(direction, message);
        }
        const QStringList notes = trace.take();
        check(notes.size() <= 1);
        for (const QString &note : notes) {
            check(note.size() <= Tls::TlsTrace::LongestNote);
            check(std::ranges::all_of(
                note, [](QChar c) { return c.unicode() >= 0x20 && c.unicode() < 0x7f; }));
        }
        rest = rest.sliced(3 + length);
    }
    return 0;
}
