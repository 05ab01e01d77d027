// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "transcript/sessionrecord.h"

namespace Mailgauge::Transcript {

/// One arrow of a session told as a conversation: who says what kind of thing to whom, and how it
/// went. Values only; the window has the words.
struct SequenceArrow {
    enum class From : quint8 {
        We,
        Relay,
        Nobody, ///< Something that happened: TLS, the end.
    };
    enum class Kind : quint8 {
        LookUp,
        Call, ///< Connecting; `name` is the host.
        Proxy,
        Greeting,
        Hello, ///< We: `name` is the name we gave.
        AskTls,
        Tls, ///< Nobody's: encrypted from here on, or not.
        Login, ///< `name` is the mechanism.
        Challenge,
        Proof,
        Sender, ///< `addresses` has the reverse-path, none for `<>`.
        Recipients, ///< `addresses` of all that this arrow is about.
        AskToSend, ///< DATA
        Message, ///< `octets` of it; the relay's is the final reply.
        Reset,
        Goodbye,
        Other, ///< `name` is the command's verb.
        Lost, ///< What broke the session; `name` has the noted text.
        Closed,
    };
    enum class Tone : quint8 {
        Neutral,
        Good,
        Deferred,
        Bad,
        Uncertain,
    };

    From from = From::We;
    Kind kind = Kind::Other;
    Tone tone = Tone::Neutral;
    QByteArray name;
    QList<QByteArray> addresses;
    std::optional<Smtp::Reply> reply; ///< The relay's; of several that are alike, the first.
    qint64 octets = 0;
    int count = 1; ///< How many lines or replies it stands for.
    int step = 0; ///< Arrows of one exchange share it, from 1.
    bool tls = false;
    qint64 us = 0; ///< Of its first line, since the session started.
    qint64 first = 0; ///< Entry::n of the line that it leads to.

    bool operator==(const SequenceArrow &) const = default;
};

/// The conversation, one step per exchange: commands of a pipelined group each with their replies
/// behind them, recipients together and their replies by outcome, the rounds of a login as one.
/// Pure, any thread; linear but for recipients that are answered alike.
[[nodiscard]] QList<SequenceArrow> sequenceOf(
    const QList<Entry> &entries, const SessionRecord &record);

} // namespace Mailgauge::Transcript
