// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "dns/record.h"

#include <QList>

namespace Mailgauge::Dns {

/// What the answer section of a DNS message (RFC 1035 4.1) holds of the types known here.
struct Message {
    /// More of them are not read (faults A5).
    static constexpr qsizetype MaxRecords = 100;

    int code = 0; ///< RCODE.
    QList<Record> answers;
    qsizetype malformed = 0; ///< Records whose data is not what their type demands; left out.
    bool cut = false; ///< There were more than MaxRecords.
};

/// Nothing where the frame itself is broken: shorter than it says.
[[nodiscard]] std::optional<Message> readMessage(QByteArrayView packet);

} // namespace Mailgauge::Dns
