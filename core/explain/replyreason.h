// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "smtp/reply.h"
#include "smtp/stage.h"

#include <QByteArray>

#include <optional>

namespace Mailgauge::Explain {

/// Why a server refused, as one word: what charts count and bounces are sorted by. Text decides
/// before the enhanced status code, that before the reply code: texts name causes, codes often do
/// not.
struct ReplyReason {
    QByteArray reason; ///< "userUnknown", "mailboxFull" …; "undefined" where nothing is known.
    std::optional<bool> hard; ///< The address will not work again; none for replies below 400.
    QByteArray rule; ///< "text:…", "enhanced:…", "code:…", "class:…" with the entry's id.
};

/// `code` 0: not known, the enhanced code's class counts. `provider` is the id of the one whose
/// server said so (provider.h); empty: not known. Never fails.
[[nodiscard]] ReplyReason reasonOf(int code, std::optional<Smtp::EnhancedStatusCode> enhanced,
    const QByteArray &text, std::optional<Smtp::Stage> stage = std::nullopt,
    const QByteArray &provider = {});

} // namespace Mailgauge::Explain
