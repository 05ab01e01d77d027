// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "smtp/commandparser.h"
#include "smtp/stage.h"

#include <algorithm>
#include <array>
#include <optional>

namespace Mailgauge::Smtp {

/// Where a server session is.
enum class ServerState : quint8 {
    Connected, ///< Before the greeting.
    AwaitTls, ///< The handshake goes on below us.
    AwaitHello,
    Ready,
    Auth, ///< A response to a 334 is awaited.
    Transaction, ///< Behind MAIL.
    Content,
    Chunk, ///< Octets that a BDAT counted.
    Closed,
};

/// Which command is in order in which state (RFC 5321 4.1.4), and the stage of its reply.
struct ServerRule {
    Verb verb;
    std::optional<Stage> stage; ///< None: the reply is never asked for.
    bool beforeHello;
    bool whenReady;
    bool inTransaction;
    bool alone; ///< Nothing may stand behind it before its reply (RFC 2920 3.1, RFC 3207 4).
};

inline constexpr std::array serverRules {
    ServerRule {Verb::Ehlo, Stage::Helo, true, true, true, true},
    ServerRule {Verb::Helo, Stage::Helo, true, true, true, true},
    ServerRule {Verb::Lhlo, Stage::Helo, true, true, true, true},
    ServerRule {Verb::StartTls, Stage::StartTls, false, true, false, true},
    ServerRule {Verb::Auth, Stage::Auth, false, true, false, true},
    ServerRule {Verb::Mail, Stage::Mail, false, true, false, false},
    ServerRule {Verb::Rcpt, Stage::Rcpt, false, false, true, false},
    ServerRule {Verb::Data, Stage::Data, false, false, true, true},
    ServerRule {Verb::Bdat, std::nullopt, true, true, true, false}, // refused behind its octets
    ServerRule {Verb::Rset, Stage::Rset, true, true, true, false},
    ServerRule {Verb::Noop, std::nullopt, true, true, true, false},
    ServerRule {Verb::Vrfy, std::nullopt, true, true, true, false},
    ServerRule {Verb::Help, std::nullopt, true, true, true, false},
    ServerRule {Verb::Quit, Stage::Quit, true, true, true, false},
};

[[nodiscard]] constexpr std::optional<ServerRule> serverRule(Verb verb)
{
    const auto found = std::ranges::find(serverRules, verb, &ServerRule::verb);
    return found == serverRules.end() ? std::nullopt : std::optional(*found);
}

[[nodiscard]] constexpr bool isInOrder(Verb verb, ServerState state)
{
    const std::optional<ServerRule> rule = serverRule(verb);
    if (!rule)
        return false;
    switch (state) {
    case ServerState::AwaitHello:
        return rule->beforeHello;
    case ServerState::Ready:
        return rule->whenReady;
    case ServerState::Transaction:
        return rule->inTransaction;
    case ServerState::Connected:
    case ServerState::AwaitTls:
    case ServerState::Auth:
    case ServerState::Content:
    case ServerState::Chunk:
    case ServerState::Closed:
        break;
    }
    return false;
}

static_assert(!isInOrder(Verb::Mail, ServerState::AwaitHello));
static_assert(!isInOrder(Verb::Mail, ServerState::Transaction));
static_assert(!isInOrder(Verb::StartTls, ServerState::Transaction));
static_assert(isInOrder(Verb::Rset, ServerState::AwaitHello));
static_assert(!isInOrder(Verb::Data, ServerState::Ready));
static_assert(!isInOrder(Verb::Quit, ServerState::Content));

} // namespace Mailgauge::Smtp
