// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tls/tlsstream.h"

#include <QByteArray>

namespace Mailgauge::Test {

/// Moves bytes between two streams, `chunk` at a time, until neither has more to say.
inline void shuttle(Tls::TlsStream &a, Tls::TlsStream &b, qsizetype chunk = 64 * 1024)
{
    const auto feed = [chunk](Tls::TlsStream &to, const QByteArray &bytes) {
        for (qsizetype at = 0; at < bytes.size(); at += chunk)
            to.receiveEncrypted(QByteArrayView(bytes).sliced(at, qMin(chunk, bytes.size() - at)));
    };
    for (;;) {
        const QByteArray fromA = a.takeEncrypted();
        const QByteArray fromB = b.takeEncrypted();
        if (fromA.isEmpty() && fromB.isEmpty())
            return;
        feed(b, fromA);
        feed(a, fromB);
    }
}

} // namespace Mailgauge::Test
