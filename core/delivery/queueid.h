// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "smtp/reply.h"

#include <QByteArray>

namespace Mailgauge::Delivery {

/// The relay's own name for the message, out of its final 250: what its operator looks for in the
/// log. Empty where none is recognised. Knows the words of Postfix, Exim, Sendmail, OpenSMTPD,
/// Exchange, Gmail, Amazon SES and what is like them.
[[nodiscard]] QByteArray queueIdOf(const Smtp::Reply &finalReply);

} // namespace Mailgauge::Delivery
