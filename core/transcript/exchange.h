// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "smtp/reply.h"
#include "transcript/entry.h"

#include <optional>

namespace Mailgauge::Transcript {

/// One step of a session: a command with its reply, or what has no command (the greeting, the TLS
/// handshake) or no reply (message data). All lines of one AUTH attempt are one exchange, and its
/// reply is the one that ended it.
struct Exchange {
    Smtp::Stage stage = Smtp::Stage::Greeting;
    int connection = 0; ///< From 0; opportunistic TLS may need a second one.
    int transaction = 0; ///< From 0: which MAIL it belongs to, or comes before.
    bool tls = false; ///< It travelled inside TLS.
    QByteArray command; ///< As in its entry; of an event, its text; empty for the greeting.
    std::optional<Smtp::Reply> reply; ///< None: there was none, or it was lost.
    int challenges = 0; ///< Replies 334 before the last one.
    QList<QByteArray> strayLines; ///< What the server sent that is no reply, or one too many.
    qint64 commandEntry = -1; ///< Entry::n; -1: none.
    qint64 replyEntry = -1; ///< Of the last reply's first line; -1: none.
    qint64 us = 0; ///< When it began, since the session's start.
    qint64 tookUs = 0; ///< Until the last line of the reply.

    bool operator==(const Exchange &) const = default;
};

/// The steps of a session in the order of their commands; replies to pipelined commands are joined
/// to the commands they answer.
[[nodiscard]] QList<Exchange> exchangesOf(const QList<Entry> &entries);

/// The address in a MAIL or RCPT command, without brackets; none where there is no path.
[[nodiscard]] std::optional<QByteArray> pathOf(const QByteArray &command);
/// What stands behind the path, by words: "SIZE=120", "BODY=8BITMIME".
[[nodiscard]] QList<QByteArray> pathParametersOf(const QByteArray &command);
/// The second word of an AUTH command in upper case.
[[nodiscard]] QByteArray authMechanismOf(const QByteArray &command);

} // namespace Mailgauge::Transcript
