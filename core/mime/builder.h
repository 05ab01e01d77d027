// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "mime/draft.h"

namespace Mailgauge::Mime {

/// Builds the message: text and HTML as multipart/alternative, inline images as multipart/related,
/// attachments as multipart/mixed; encoded words within 75 octets, quoted-printable or base64 as
/// needed, lines within 998 octets, CRLF. `Bcc` is never written. InvalidInput for a CR, LF or NUL
/// in a field (faults D3), for a field name that is none, and for an attachment that changed since
/// it was chosen; Io where one cannot be read. Attachments above 8 MiB in all are built into a
/// temporary file, so that memory stays small.
[[nodiscard]] Base::Result<BuiltMessage> build(
    const MessageDraft &draft, const QByteArray &idDomain);

/// Raw octets as the user gave them, for `--data`: LF becomes CRLF, nothing else is touched. A bare
/// CR or a NUL is InvalidInput (faults D6); the offset is in `detail`. Streams: constant memory.
[[nodiscard]] Base::Result<Base::Content> rawFromFile(const QString &path);
[[nodiscard]] Base::Result<Base::Content> rawFromBytes(const QByteArray &bytes);

} // namespace Mailgauge::Mime
