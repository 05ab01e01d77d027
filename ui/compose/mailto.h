// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "mime/draft.h"

class QUrl;

namespace Mailgauge::Compose {

/// A draft from a `mailto:` address (RFC 6068): to, cc, bcc, subject, body, in-reply-to. Anything
/// else is ignored, above all `attach=` and header fields that would change where the mail goes
/// (faults D12). Line breaks in fields become spaces.
[[nodiscard]] Mime::MessageDraft draftFromMailto(const QUrl &url);

} // namespace Mailgauge::Compose
