// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "mime/draft.h"

#include <QByteArray>
#include <QList>

namespace Mailgauge::Mime {

/// A header section as it stands, read without GMime, which cuts values at a NUL.
struct RawHeader {
    /// A field's octets, unfolded: line ends removed, white space as it is, trimmed.
    struct Field {
        QByteArray name;
        QByteArray value;
    };
    QList<Field> fields;
    qint64 bodyOffset = 0; ///< Behind the empty line; the size of the input where there is none.
    bool tooLong = false; ///< Fields beyond the limits are left out.
    bool strayLine = false; ///< A line that is neither field nor continuation.
    bool hasNul = false;
};

/// Linear; at most 10,000 fields and 4 MiB are kept (faults G10).
[[nodiscard]] RawHeader readHeader(QByteArrayView bytes);

/// The value of a field for people: encoded words and addresses decoded.
[[nodiscard]] QString decodeField(QByteArrayView name, const QByteArray &value);

} // namespace Mailgauge::Mime
