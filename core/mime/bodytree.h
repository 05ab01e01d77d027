// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "mime/gmimesupport.h"

#include "mime/draft.h"

#include <QFile>

#include <memory>
#include <vector>

namespace Mailgauge::Mime {

/// The body of a draft as GMime objects: mixed(alternative(text, related(html, inline …)),
/// attachment …), as little of it as the draft needs. Holds the attachments open; they are read,
/// and found unchanged or not, when the tree is written.
class BodyTree {
public:
    [[nodiscard]] static Base::Result<BodyTree> create(const MessageDraft &draft);

    /// Content-* fields, empty line, body; CRLF. Once.
    [[nodiscard]] Base::Result<void> write(GMimeStream *out);

private:
    struct OpenAttachment {
        Attachment attachment;
        std::unique_ptr<QFile> file;
    };

    BodyTree() = default;
    [[nodiscard]] Base::Result<GObjectPtr<GMimeObject>> attachmentPart(
        const Attachment &attachment, bool inlined);
    [[nodiscard]] Base::Result<GObjectPtr<GMimeObject>> withInlineParts(
        GObjectPtr<GMimeObject> html, const MessageDraft &draft);

    std::vector<OpenAttachment> m_open;
    GObjectPtr<GMimeObject> m_root;
};

} // namespace Mailgauge::Mime
