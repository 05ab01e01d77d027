// SPDX-License-Identifier: GPL-3.0-or-later
#include "delivery/reason.h"

#include "explain/provider.h"

#include <algorithm>

namespace Mailgauge::Delivery {

Explain::Explanation reasonOf(const Transcript::SessionRecord &record)
{
    const auto explained = [&record](const Smtp::RecipientOutcome &one) {
        return Explain::explain(
            *one.reply, one.stage, Explain::providerOf(record.host, record.greeting));
    };
    const auto refused = [&record](const Smtp::RecipientOutcome &one) {
        return one.reply && one.stage == record.failure->stage;
    };
    if (record.failure) {
        // A refusal that ended the session stands with the recipients, and says more.
        const auto one = std::ranges::find_if(record.recipients, refused);
        return record.failure->error.kind == Base::Error::Kind::Denied
                && one != record.recipients.cend()
            ? explained(*one)
            : Explain::explain(*record.failure);
    }
    for (const Smtp::RecipientOutcome &recipient : record.recipients) {
        if (recipient.outcome == Smtp::Outcome::Accepted)
            continue;
        if (recipient.reply)
            return explained(recipient);
        if (recipient.failure)
            return Explain::explain(*recipient.failure);
    }
    return {};
}

} // namespace Mailgauge::Delivery
