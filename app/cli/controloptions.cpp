// SPDX-License-Identifier: GPL-3.0-or-later
#include "controloptions.h"

#include "optionvalues.h"

#include <algorithm>

namespace Mailgauge::Cli {

namespace {

using Values = OptionSpec::Values;

Checked<Smtp::BreakRule> breakRuleFrom(const Options &options)
{
    using Smtp::BreakRule;
    BreakRule rule;
    for (const QByteArray &name : splitList(options.values("break"))) {
        if (name == "all")
            return BreakRule::everywhere();
        const auto stage = Smtp::stageFromName(name);
        if (!stage || !std::ranges::contains(BreakRule::Possible, *stage)) {
            QByteArrayList possible;
            for (const Smtp::Stage one : BreakRule::Possible)
                possible.append(Smtp::stageName(one).toByteArray());
            return usage(u"--break %1: expected all, or of %2"_s.arg(
                QString::fromUtf8(name), QString::fromLatin1(possible.join(", "))));
        }
        rule.stages.append(*stage);
    }
    if (rule.stages.isEmpty())
        return usage(u"--break needs a stage, or all"_s);
    return rule;
}

} // namespace

QList<OptionSpec> controlOptions()
{
    return {
        {"command", "LINE", Values::Many,
            "send this line behind AUTH (VRFY, HELP, anything); repeatable; without --to that is "
            "all"},
        {"break", "STAGE[,...]|all", Values::Joined,
            "pause before these commands; then Enter goes on, a line replaces the command, the end "
            "of the input stops"},
    };
}

Checked<void> applyControl(const Options &options, Smtp::SessionOptions &session)
{
    for (const QByteArray &line : options.values("command")) {
        if (const auto checked = Smtp::Session::checkByHand(line); !checked)
            return badInput(u"--command: "_s + checked.error().detail, Smtp::Stage::Rset);
        session.commands.append(line);
    }
    if (!options.has("break"))
        return {};
    const auto rule = breakRuleFrom(options);
    if (!rule)
        return std::unexpected(rule.error());
    session.breaks = *rule;
    return {};
}

} // namespace Mailgauge::Cli
