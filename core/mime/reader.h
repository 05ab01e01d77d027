// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "mime/draft.h"

namespace Mailgauge::Mime {

/// One leaf of a message.
struct Part {
    QByteArray mimeType; ///< Lower case.
    QByteArray charset;
    QString fileName;
    QByteArray contentId; ///< Without brackets.
    QByteArray disposition; ///< "inline", "attachment" or empty.
    QByteArray body; ///< Transfer encoding undone.
    qint64 offset = 0; ///< Of the part's header in the message's octets.

    bool operator==(const Part &) const = default;
};

/// A message read. Malformed input gives what could be read, and says so; it never fails or crashes
/// (faults G10, G12).
struct ParsedMessage {
    QList<HeaderField> headers; ///< Decoded, in their order.
    QList<HeaderField> rawHeaders; ///< As they stand, unfolded, bytes above 127 as Latin-1.
    QString text; ///< The first text/plain.
    QString html; ///< The first text/html.
    QList<Part>
        parts; ///< All leaves in order, message/rfc822 and message/delivery-status as leaves.
    QString malformed; ///< Empty, or what was wrong.

    /// The first field of that name (any case), decoded; empty where there is none.
    [[nodiscard]] QString header(QByteArrayView name) const;
};

/// The id in a field such as Message-ID, without brackets; of several the last: in References it is
/// the nearest.
[[nodiscard]] QByteArray messageIdOf(const QString &field);

/// True where a part of that type is meant to be read, not saved.
[[nodiscard]] bool isShownText(const Part &part, QByteArrayView mimeType);

/// Reads at most 64 MiB, 2,000 parts and 64 levels; what is beyond is told in `malformed`. Linear
/// time.
[[nodiscard]] ParsedMessage parse(const QByteArray &bytes);

/// A draft that would build the same message again as far as the composer can show it; attachments
/// are written to `directory` (made where missing) because drafts refer to files; nothing there is
/// overwritten. Trace fields and signatures are left out. Io, Full.
[[nodiscard]] Base::Result<MessageDraft> toDraft(
    const ParsedMessage &message, const QString &directory);

} // namespace Mailgauge::Mime
