// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "mime/draft.h"

namespace Mailgauge::Compose {

/// The beginning of a built message, and how large the whole is.
struct MessageSource {
    QByteArray head;
    qint64 size = 0;
};

/// All are slow for large messages: run them off the GUI thread.

/// Builds the message and gives its first `max` octets.
[[nodiscard]] Base::Result<MessageSource> messageSource(
    const Mime::MessageDraft &draft, qint64 max);

/// Builds the message into a file. Error kinds of Mime::build() and Base::FileWriter.
[[nodiscard]] Base::Result<void> saveMessage(const Mime::MessageDraft &draft, const QString &path);

/// Reads a message file as a draft; attachments are written below `directory`. InvalidInput for
/// what is no regular file, Full above MaxFile.
inline constexpr qint64 MaxFile = qint64(64) << 20;
[[nodiscard]] Base::Result<Mime::MessageDraft> openMessage(
    const QString &path, const QString &directory);
/// The same from octets. Full where text or HTML are more than an editor can hold.
[[nodiscard]] Base::Result<Mime::MessageDraft> draftFromBytes(
    const QByteArray &bytes, const QString &directory);

/// An HTML file for the body: UTF-8, with or without its mark. Full where it is more than an editor
/// can hold, InvalidInput for another encoding and for nothing.
[[nodiscard]] Base::Result<QString> readHtml(const QString &path);

} // namespace Mailgauge::Compose
