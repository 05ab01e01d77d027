// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "mime/draft.h"

namespace Mailgauge::Mime {

struct HeaderSection {
    QByteArray bytes; ///< Folded fields with CRLF; without Content-* and the empty line.
    QByteArray messageId; ///< Without brackets.
};

/// The draft's fields: Date, From, To … first, the further ones in their order, MIME-Version last.
/// InvalidInput as build() says.
[[nodiscard]] Base::Result<HeaderSection> headerSection(
    const MessageDraft &draft, const QByteArray &idDomain);

} // namespace Mailgauge::Mime
