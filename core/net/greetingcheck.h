// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"

#include <QByteArrayView>

#include <optional>

namespace Mailgauge::Net {

/// Recognises by the first bytes in clear a peer that does not speak SMTP: TLS, HTTP, SSH, IMAP,
/// POP3 (faults A7). Kind MalformedReply; none while it may still be SMTP.
[[nodiscard]] std::optional<Base::Error> checkGreeting(QByteArrayView firstBytes);

/// No more than these are needed.
inline constexpr qsizetype GreetingHeadSize = 512;

} // namespace Mailgauge::Net
