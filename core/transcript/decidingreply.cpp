// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcript/decidingreply.h"

namespace Mailgauge::Transcript {

std::optional<Smtp::Reply> decidingReply(const SessionRecord &record)
{
    std::optional<Smtp::Reply> deciding = record.finalReply;
    for (const Smtp::RecipientOutcome &recipient : record.recipients) {
        if (recipient.reply && (!deciding || recipient.reply->code > deciding->code))
            deciding = recipient.reply;
    }
    return deciding;
}

} // namespace Mailgauge::Transcript
