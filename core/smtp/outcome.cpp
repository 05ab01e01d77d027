// SPDX-License-Identifier: GPL-3.0-or-later
#include "smtp/outcome.h"

#include <algorithm>

namespace Mailgauge::Smtp {

namespace {
constexpr std::array<const char *, allOutcomes.size()> names {
    "accepted", "deferred", "rejected", "uncertain", "failed", "stopped"};
}

QByteArrayView outcomeName(Outcome outcome)
{
    return names[static_cast<std::size_t>(outcome)];
}

std::optional<Outcome> outcomeFromName(QByteArrayView name)
{
    const auto found = std::ranges::find_if(
        allOutcomes, [name](Outcome o) { return outcomeName(o) == name; });
    return found == allOutcomes.end() ? std::nullopt : std::optional(*found);
}

Outcome outcomeOfReply(const Reply &reply)
{
    switch (reply.replyClass()) {
    case ReplyClass::Completion:
        return Outcome::Accepted;
    case ReplyClass::Transient:
        return Outcome::Deferred;
    case ReplyClass::Permanent:
        return Outcome::Rejected;
    case ReplyClass::Preliminary:
    case ReplyClass::Intermediate:
        break;
    }
    return Outcome::Failed;
}

} // namespace Mailgauge::Smtp
