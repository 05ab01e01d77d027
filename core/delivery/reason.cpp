// SPDX-License-Identifier: GPL-3.0-or-later
#include "delivery/reason.h"

namespace Mailgauge::Delivery {

Explain::Explanation reasonOf(const Transcript::SessionRecord &record)
{
    if (record.failure)
        return Explain::explain(*record.failure);
    for (const Smtp::RecipientOutcome &recipient : record.recipients) {
        if (recipient.outcome == Smtp::Outcome::Accepted)
            continue;
        if (recipient.reply)
            return Explain::explain(*recipient.reply, recipient.stage);
        if (recipient.failure)
            return Explain::explain(*recipient.failure);
    }
    return {};
}

} // namespace Mailgauge::Delivery
