// SPDX-License-Identifier: GPL-3.0-or-later
#include "explain/replyreason.h"

#include "base/literals.h"
#include "explain/knowledge.h"
#include "explain/sentence.h"

namespace Mailgauge::Explain {

ReplyReason reasonOf(int code, std::optional<Smtp::EnhancedStatusCode> enhanced,
    const QByteArray &text, std::optional<Smtp::Stage> stage, const QByteArray &provider)
{
    Situation situation;
    situation.code = code;
    const int replyClass = code >= 100 ? code / 100 : enhanced ? enhanced->klass : 0;
    situation.replyClass = replyClass;
    situation.enhanced = enhanced;
    situation.text = matchable(text);
    situation.provider = provider;
    if (stage)
        situation.stage = Smtp::stageName(*stage).toByteArray();
    const Entry *entry = findReply(std::move(situation)).entry;
    if (!entry || entry->reason.isEmpty())
        return {.reason = "undefined"_ba, .hard = {}, .rule = "none"_ba};
    const QByteArray by = entry->match ? "text:"_ba
        : !entry->enhanced.isEmpty()   ? "enhanced:"_ba
        : !entry->codes.isEmpty()      ? "code:"_ba
                                       : "class:"_ba;
    // A 4yz says that it may work later, whatever the reason.
    return {.reason = entry->reason,
        .hard = replyClass == 5 && entry->hard.value_or(false),
        .rule = by + entry->id};
}

} // namespace Mailgauge::Explain
