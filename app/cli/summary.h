// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console.h"
#include "sessionjson.h"

#include "delivery/repeatservice.h"
#include "transcript/sessionrecord.h"

namespace Mailgauge::Cli {

/// A session in a few lines for people: what became of each recipient and why, what to do, and
/// where it went. `stored`: it can be found again under its id.
void printSummary(const Transcript::SessionRecord &record, bool stored, Console &console);

/// Lines by hand, each with its reply.
void printCommands(const QList<CommandAnswer> &commands, Console &console);

/// A run of many messages in one line.
void printSummary(const Delivery::RepeatSummary &summary, Console &console);

} // namespace Mailgauge::Cli
