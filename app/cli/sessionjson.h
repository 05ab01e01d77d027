// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

/// Session records as the JSON that scripts rely on: keys, their order, names of error kinds.

#include "json.h"
#include "problem.h"

#include "delivery/repeatservice.h"
#include "transcript/sessionrecord.h"

namespace Mailgauge::Cli {

/// {"code","enhanced","lines"}; null for none.
[[nodiscard]] Json replyJson(const std::optional<Smtp::Reply> &reply);

/// One object per recipient, in envelope order: {"address","outcome","reply"}.
[[nodiscard]] Json recipientsJson(const QList<Smtp::RecipientOutcome> &recipients);

/// An object with one list of parameters per keyword, in the server's order.
[[nodiscard]] Json capabilitiesJson(const Smtp::Capabilities &capabilities);

[[nodiscard]] Json tlsJson(const std::optional<Tls::TlsFacts> &facts);

/// {"kind","stage","detail"}
[[nodiscard]] Json errorJson(const Smtp::Failure &failure);
[[nodiscard]] Json errorJson(const Problem &problem);

/// What a line by hand was answered; without secrets.
struct CommandAnswer {
    QByteArray line;
    Smtp::Reply reply;
};

/// The answer of `send`. `stored`: the session can be found again under its id. `problem`: what
/// went wrong around the session (its transcript could not be written); its exit code then counts.
[[nodiscard]] Json sessionJson(const Transcript::SessionRecord &record, bool stored,
    const std::optional<Problem> &problem = {}, const QList<CommandAnswer> &commands = {});

/// The answer of `send` where no session began: every recipient as typed, failed.
[[nodiscard]] Json problemJson(const Problem &problem, const QList<QByteArray> &recipients);

/// The answer of `send --repeat`.
[[nodiscard]] Json summaryJson(const Delivery::RepeatSummary &summary);

/// The exit code of a session whose surroundings may have failed too.
[[nodiscard]] int exitCodeOf(
    const Transcript::SessionRecord &record, const std::optional<Problem> &problem);

} // namespace Mailgauge::Cli
