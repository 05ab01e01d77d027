// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "transcript/sessionrecord.h"

namespace Mailgauge::Transcript {

/// The reply that stands for the whole session in lists and tables: of the replies to its
/// recipients and the final one that with the highest code. None: nothing was decided by a reply.
[[nodiscard]] std::optional<Smtp::Reply> decidingReply(const SessionRecord &record);

} // namespace Mailgauge::Transcript
