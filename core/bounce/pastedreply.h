// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "smtp/reply.h"
#include "smtp/stage.h"

#include <QByteArray>

#include <optional>

namespace Mailgauge::Bounce {

/// A reply found in a text that somebody copied.
struct PastedReply {
    Smtp::Reply reply;
    std::optional<Smtp::Stage> stage; ///< Where the text says which command was refused.
    QByteArray host; ///< The server that the text names as the one that replied; may be empty.
};

/// The first reply in a text from a transcript, a log or a bounce: its lines are gathered, what
/// stands before the codes (a clock, "S:", "<-", "host … said:") is left out, and so is what a mail
/// system adds behind ("in reply to RCPT TO command"). None where no three digits can be a code.
[[nodiscard]] std::optional<PastedReply> readPastedReply(const QByteArray &text);

} // namespace Mailgauge::Bounce
