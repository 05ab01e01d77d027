// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "smtp/reply.h"

#include <QtTypes>

#include <array>
#include <optional>

/// The state table of the client session: which class of reply may come in which state, and where
/// it leads. What is not in the table is out of step or unexpected and ends the session. A 421 is
/// looked at before the table: it ends the session in every state.
namespace Mailgauge::Smtp {

enum class State : quint8 {
    Created,
    AwaitGreeting,
    AwaitEhlo,
    AwaitHelo,
    AwaitXclient, ///< Its 220 is a new greeting.
    Greeted, ///< Hello is behind: decide on TLS, AUTH. Never rests here.
    AwaitStartTls,
    Handshake, ///< Bytes belong to TLS.
    AskMechanism, ///< Our part of AUTH is being made elsewhere; the server has nothing to say.
    AwaitAuth,
    Ready, ///< Between transactions.
    AwaitByHand, ///< A command that the user typed; any reply is a result.
    Prompted, ///< 334 or 354 to one: the server waits for the user's next line.
    AwaitReplaced, ///< The same for a line that took the place of one of ours at a breakpoint.
    AwaitReset,
    AwaitMail,
    AwaitRcpt,
    AwaitData,
    Draining, ///< Nobody is left to send to, but replies of the pipelined group are still to come.
    Content, ///< The body is on its way.
    Chunk, ///< Octets of a BDAT that is not the last are on their way; replies may come meanwhile.
    AwaitChunk, ///< Chunks are sent, their replies are owed.
    DrainingChunks, ///< A chunk was refused; announced octets and owed replies still go their way.
    LastChunk, ///< Octets of BDAT LAST are on their way: committed with the last of them.
    Committing, ///< All but the dot (or the last chunk) is written; the driver records that.
    AwaitFinal, ///< The dot is sent: a loss is uncertain from here on.
    AwaitVerdicts, ///< The same with PRDR asked for: 353 announces a reply per recipient.
    AwaitEach, ///< Behind the dot, a reply per recipient (LMTP, PRDR); losses are uncertain too.
    AwaitLoneDot, ///< 354 without recipients: a dot and nothing else was sent.
    AwaitQuit,
    Refused, ///< The reply ends the session politely. Never rests here.
    Over,
};

struct Transition {
    State from;
    ReplyClass reply;
    State to;
};

inline constexpr std::array transitions {
    Transition {State::AwaitGreeting, ReplyClass::Completion, State::AwaitEhlo},
    Transition {State::AwaitGreeting, ReplyClass::Transient, State::Refused},
    Transition {State::AwaitGreeting, ReplyClass::Permanent, State::Refused},
    Transition {State::AwaitEhlo, ReplyClass::Completion, State::Greeted},
    Transition {State::AwaitEhlo, ReplyClass::Transient, State::Refused},
    Transition {State::AwaitEhlo, ReplyClass::Permanent, State::AwaitHelo}, // or Refused, by need
    Transition {State::AwaitHelo, ReplyClass::Completion, State::Greeted},
    Transition {State::AwaitHelo, ReplyClass::Transient, State::Refused},
    Transition {State::AwaitHelo, ReplyClass::Permanent, State::Refused},
    Transition {State::AwaitXclient, ReplyClass::Completion, State::AwaitEhlo}, // 220 only
    Transition {State::AwaitXclient, ReplyClass::Transient, State::Refused},
    Transition {State::AwaitXclient, ReplyClass::Permanent, State::Refused},
    Transition {State::AwaitStartTls, ReplyClass::Completion, State::Handshake}, // 220 only
    Transition {
        State::AwaitStartTls, ReplyClass::Transient, State::Greeted}, // or Refused, by policy
    Transition {State::AwaitStartTls, ReplyClass::Permanent, State::Greeted},
    Transition {State::AwaitAuth, ReplyClass::Completion, State::Ready},
    Transition {State::AwaitAuth, ReplyClass::Intermediate, State::AwaitAuth},
    Transition {State::AwaitAuth, ReplyClass::Transient, State::Refused},
    Transition {State::AwaitAuth, ReplyClass::Permanent, State::Refused}, // or the next mechanism
    Transition {State::AwaitByHand, ReplyClass::Completion, State::Ready},
    Transition {State::AwaitByHand, ReplyClass::Intermediate, State::Prompted},
    Transition {State::AwaitByHand, ReplyClass::Transient, State::Ready},
    Transition {State::AwaitByHand, ReplyClass::Permanent, State::Ready},
    Transition {State::AwaitReplaced, ReplyClass::Completion, State::Ready}, // by what it was
    Transition {State::AwaitReplaced, ReplyClass::Intermediate, State::Over},
    Transition {State::AwaitReplaced, ReplyClass::Transient, State::Ready},
    Transition {State::AwaitReplaced, ReplyClass::Permanent, State::Ready},
    Transition {State::AwaitReset, ReplyClass::Completion, State::AwaitMail},
    Transition {State::AwaitReset, ReplyClass::Transient, State::Refused},
    Transition {State::AwaitReset, ReplyClass::Permanent, State::Refused},
    Transition {State::AwaitMail, ReplyClass::Completion, State::AwaitRcpt},
    Transition {State::AwaitMail, ReplyClass::Transient, State::Ready}, // Draining in a group
    Transition {State::AwaitMail, ReplyClass::Permanent, State::Ready},
    Transition {
        State::AwaitRcpt, ReplyClass::Completion, State::AwaitRcpt}, // AwaitData behind the last
    Transition {State::AwaitRcpt, ReplyClass::Transient, State::AwaitRcpt},
    Transition {State::AwaitRcpt, ReplyClass::Permanent, State::AwaitRcpt},
    Transition {State::AwaitData, ReplyClass::Intermediate, State::Content},
    Transition {State::AwaitData, ReplyClass::Transient, State::Ready},
    Transition {State::AwaitData, ReplyClass::Permanent, State::Ready},
    Transition {State::Draining, ReplyClass::Completion, State::Draining}, // RCPT only
    Transition {State::Draining, ReplyClass::Intermediate, State::AwaitLoneDot}, // DATA only
    Transition {State::Draining, ReplyClass::Transient, State::Draining},
    Transition {State::Draining, ReplyClass::Permanent, State::Draining},
    Transition {State::Content, ReplyClass::Transient, State::Over},
    Transition {State::Content, ReplyClass::Permanent, State::Over},
    Transition {State::Chunk, ReplyClass::Completion, State::Chunk},
    Transition {State::Chunk, ReplyClass::Transient, State::DrainingChunks},
    Transition {State::Chunk, ReplyClass::Permanent, State::DrainingChunks},
    Transition {State::AwaitChunk, ReplyClass::Completion, State::AwaitChunk},
    Transition {State::AwaitChunk, ReplyClass::Transient, State::DrainingChunks},
    Transition {State::AwaitChunk, ReplyClass::Permanent, State::DrainingChunks},
    Transition {State::DrainingChunks, ReplyClass::Completion, State::DrainingChunks},
    Transition {State::DrainingChunks, ReplyClass::Transient, State::DrainingChunks},
    Transition {State::DrainingChunks, ReplyClass::Permanent, State::DrainingChunks},
    Transition {State::LastChunk, ReplyClass::Transient, State::DrainingChunks},
    Transition {State::LastChunk, ReplyClass::Permanent, State::DrainingChunks},
    Transition {State::Committing, ReplyClass::Transient, State::Over},
    Transition {State::Committing, ReplyClass::Permanent, State::Over},
    Transition {State::AwaitFinal, ReplyClass::Completion, State::Ready},
    Transition {State::AwaitFinal, ReplyClass::Transient, State::Ready},
    Transition {State::AwaitFinal, ReplyClass::Permanent, State::Ready},
    Transition {State::AwaitVerdicts, ReplyClass::Completion, State::Ready},
    Transition {State::AwaitVerdicts, ReplyClass::Intermediate, State::AwaitEach}, // 353 only
    Transition {State::AwaitVerdicts, ReplyClass::Transient, State::Ready},
    Transition {State::AwaitVerdicts, ReplyClass::Permanent, State::Ready},
    Transition {State::AwaitEach, ReplyClass::Completion, State::AwaitEach}, // Ready behind the
    Transition {State::AwaitEach, ReplyClass::Transient, State::AwaitEach}, // last one, with PRDR
    Transition {State::AwaitEach, ReplyClass::Permanent, State::AwaitEach}, // AwaitFinal
    Transition {State::AwaitLoneDot, ReplyClass::Completion, State::Ready},
    Transition {State::AwaitLoneDot, ReplyClass::Transient, State::Ready},
    Transition {State::AwaitLoneDot, ReplyClass::Permanent, State::Ready},
    Transition {State::AwaitQuit, ReplyClass::Completion, State::Over},
    Transition {State::AwaitQuit, ReplyClass::Transient, State::Over},
    Transition {State::AwaitQuit, ReplyClass::Permanent, State::Over},
};

/// The same, to be looked up: every reply asks several times.
inline constexpr auto nextStates = [] {
    constexpr std::size_t States = static_cast<std::size_t>(State::Over) + 1;
    constexpr std::size_t Classes = static_cast<std::size_t>(ReplyClass::Permanent) + 1;
    std::array<std::array<std::optional<State>, Classes>, States> next {};
    for (const Transition &one : transitions)
        next[static_cast<std::size_t>(one.from)][static_cast<std::size_t>(one.reply)] = one.to;
    return next;
}();

[[nodiscard]] constexpr std::optional<State> nextState(State from, ReplyClass reply)
{
    return nextStates[static_cast<std::size_t>(from)][static_cast<std::size_t>(reply)];
}

/// A reply is owed in this state (by the table; Content, LastChunk and Committing only tolerate a
/// refusal; the limit of Chunk is that of its octets).
[[nodiscard]] constexpr bool isAwaiting(State state)
{
    return state != State::Content && state != State::Committing && state != State::Chunk
        && state != State::DrainingChunks
        && (nextState(state, ReplyClass::Completion) || nextState(state, ReplyClass::Intermediate));
}

/// The message may be the server's by now: without a complete reply nobody knows.
[[nodiscard]] constexpr bool isCommitted(State state)
{
    return state == State::AwaitFinal || state == State::AwaitVerdicts || state == State::AwaitEach;
}

namespace TableRules {
constexpr bool eachPairOnce()
{
    for (std::size_t i = 0; i < transitions.size(); ++i) {
        for (std::size_t j = i + 1; j < transitions.size(); ++j) {
            if (transitions[i].from == transitions[j].from
                && transitions[i].reply == transitions[j].reply)
                return false;
        }
    }
    return true;
}

/// RFC 5321 4.2.1: no command of ours has preliminary replies.
constexpr bool noPreliminary()
{
    for (const Transition &transition : transitions) {
        if (transition.reply == ReplyClass::Preliminary)
            return false;
    }
    return true;
}

/// Whoever waits for a reply can be refused, temporarily and for good.
constexpr bool refusalsEverywhere()
{
    for (const Transition &transition : transitions) {
        if (!nextState(transition.from, ReplyClass::Transient)
            || !nextState(transition.from, ReplyClass::Permanent))
            return false;
    }
    return true;
}
} // namespace TableRules

static_assert(TableRules::eachPairOnce());
static_assert(TableRules::noPreliminary());
static_assert(TableRules::refusalsEverywhere());
static_assert(nextState(State::AwaitData, ReplyClass::Intermediate) == State::Content);
static_assert(!nextState(State::AwaitData, ReplyClass::Completion));
static_assert(!nextState(State::AwaitGreeting, ReplyClass::Intermediate));
static_assert(!nextState(State::AwaitMail, ReplyClass::Intermediate));
static_assert(!nextState(State::AwaitFinal, ReplyClass::Intermediate));
static_assert(!nextState(State::AwaitEach, ReplyClass::Intermediate));
static_assert(!nextState(State::Content, ReplyClass::Completion));
static_assert(!nextState(State::LastChunk, ReplyClass::Completion));
static_assert(!nextState(State::Committing, ReplyClass::Completion));
static_assert(!isAwaiting(State::Created) && !isAwaiting(State::Ready) && !isAwaiting(State::Over));
static_assert(!isAwaiting(State::Prompted));
static_assert(!isAwaiting(State::Handshake) && !isAwaiting(State::Content));

} // namespace Mailgauge::Smtp
