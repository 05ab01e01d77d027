// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "mime/draft.h"

class QIODevice;

namespace Mailgauge::Mime {

/// Builds the message: text and HTML as multipart/alternative, inline images as multipart/related,
/// attachments as multipart/mixed; encoded words within 75 octets, quoted-printable or base64 as
/// needed, lines within 998 octets, CRLF. `Bcc` is never written. InvalidInput for a CR, LF or NUL
/// in a field (faults D3), for a field name that is none, and for an attachment that changed since
/// it was chosen; Io where one cannot be read; Full where there is no room for the temporary file.
/// From is needed; fields that the draft has members for, and Content-*, are refused among the
/// further ones. The result is 7-bit, except where an address needs RFC 6532. Attachments above 8
/// MiB in all are built into a temporary file, so that memory stays small.
[[nodiscard]] Base::Result<BuiltMessage> build(
    const MessageDraft &draft, const QByteArray &idDomain);

/// Raw octets as the user gave them, for `--data`: LF becomes CRLF, nothing else is touched. A bare
/// CR or a NUL is InvalidInput (faults D6); the offset is in `detail`. Streams: constant memory.
[[nodiscard]] Base::Result<Base::Content> rawFromFile(const QString &path);
[[nodiscard]] Base::Result<Base::Content> rawFromBytes(const QByteArray &bytes);
/// A regular file whose octets nobody may touch, for BINARYMIME (RFC 3030 3): NUL, CR or LF alone
/// and lines of any length are part of it.
[[nodiscard]] Base::Result<Base::Content> octetsFromFile(const QString &path);
/// The same as rawFromFile() from standard input or a pipe, read to its end; above 1 MiB into a
/// temporary file.
[[nodiscard]] Base::Result<Base::Content> rawFromDevice(QIODevice *device);

} // namespace Mailgauge::Mime
