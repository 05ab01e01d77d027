// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

/// Building and reading messages, GMime behind one facade: a MessageDraft becomes octets
/// (builder.h), octets become a ParsedMessage (reader.h). Pure functions; run them off the GUI
/// thread for messages that may be large.
#include "base/content.h"
#include "base/error.h"

#include <QByteArray>
#include <QDateTime>
#include <QList>
#include <QString>

namespace Mailgauge::Mime {

/// One header field as the user typed it; the value is Unicode and not folded.
struct HeaderField {
    QByteArray name;
    QString value;

    bool operator==(const HeaderField &) const = default;
};

/// A file to attach, fixed when it was chosen: it must be the same when the message is built
/// (faults D13).
struct Attachment {
    QString path;
    QString fileName; ///< As the recipient sees it.
    QByteArray mimeType; ///< "image/png"
    QByteArray
        contentId; ///< Without brackets; set: an inline part that the HTML refers to by `cid:`.
    qint64 size = 0;
    QDateTime modified;
    QByteArray sha256; ///< Hex.

    bool operator==(const Attachment &) const = default;
};

/// Looks at a file and fixes it as an attachment. InvalidInput for what is no regular file (FIFO,
/// device, directory), Io where it is missing or unreadable. Reads the whole file for the digest.
[[nodiscard]] Base::Result<Attachment> attachmentFromFile(const QString &path);

/// A message as the composer holds it. Address fields are header text ("Ann <ann@example.org>,
/// bob@example.net").
struct MessageDraft {
    QString from;
    QString to;
    QString cc;
    QString bcc; ///< For the envelope only, never written (faults D9).
    QString replyTo;
    QString subject;
    QString text;
    QString html;
    QList<Attachment> attachments;
    QList<HeaderField> headers; ///< Further fields, in their order.
    QByteArray messageId; ///< Without brackets; made where empty.
    QDateTime date; ///< Invalid: now.

    bool operator==(const MessageDraft &) const = default;
};

/// The octets of a message, ready to send.
struct BuiltMessage {
    Base::Content content;
    QByteArray messageId; ///< Without brackets.
};

/// The addr-specs of an address field, without display names, groups resolved, duplicates kept;
/// UTF-8. InvalidInput names the first address that is none.
[[nodiscard]] Base::Result<QList<QByteArray>> addressesOf(const QString &field);

} // namespace Mailgauge::Mime
