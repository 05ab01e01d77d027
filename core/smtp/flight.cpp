// SPDX-License-Identifier: GPL-3.0-or-later
// What leaves before its turn.
//
// Behind a final dot the next envelope (RFC 2920 3.1). By BDAT whole messages: RSET, MAIL, RCPT and
// the one chunk with its octets stand in no group that they would have to end (RFC 3030 4.2), so
// nothing has to be waited for. RSET goes first where it is not known yet whether the message in
// front of it found a recipient: RFC 3030 2 leaves open what a chunk for nobody leaves behind.
//
// All replies to messages in flight may read 250. One reply too many would tell the next message
// accepted before it is, so messages fly only where a message by itself, the first of the session,
// showed that enhanced codes tell an envelope's replies (X.1.X, RFC 3463 3.2) from a content's; and
// a reply in flight that bears the wrong mark is out of step. A message that nobody took grounds
// the flight: the next one to leave waits for its recipients again, so that no content goes out for
// nobody for longer than a flight.
#include "smtp/sessionprivate.h"

#include "base/literals.h"

#include <algorithm>
#include <utility>

namespace Mailgauge::Smtp {

using Base::Error;

namespace {

constexpr int Addressing = 1; // RFC 3463 3.2: X.1.X

bool isAddressing(const Reply &reply)
{
    const auto enhanced = reply.enhanced();
    return enhanced && enhanced->subject == Addressing;
}

} // namespace

/// What could make replies ambiguous (one per recipient, a piece of one that is there already)
/// keeps to itself.
void Session::Private::sendAhead()
{
    if (m_followers.empty() || !canPipeline())
        return;
    const bool isEndSent = m_state == State::AwaitFinal || m_running->flies();
    if (!isEndSent || m_running->prdr)
        return;
    askAhead();
    launch();
    if (!m_running->flies() && m_followers.front().flight == Flight::None)
        sendEnvelopeAhead();
}

void Session::Private::sendEnvelopeAhead()
{
    Running &next = m_followers.front();
    if (next.ahead || m_parser.isInsideReply())
        return;
    auto commands = envelopeCommands(next);
    if (!commands)
        return; // told when it is its turn
    if (!next.chunked)
        commands->append(Command::data());
    say(next, 1, *commands);
    next.ahead = true;
}

/// Decides how it goes, too.
Base::Result<QList<Command>> Session::Private::envelopeCommands(Running &next) const
{
    auto parameters = checkValues(next.transaction).and_then([&] {
        return mailParameters(next.transaction);
    });
    if (!parameters)
        return std::unexpected(parameters.error());
    next.parameters = std::move(*parameters);
    decideHow(next);
    const qsizetype recipients = next.transaction.envelope.forwardPaths.size();
    QList<Command> commands;
    commands.reserve(recipients + 2); // and what follows
    for (qsizetype i = -1; i < recipients; ++i) {
        auto command = i < 0 ? mailCommand(next.transaction, next.parameters, next.domains)
                             : rcptCommand(next.transaction, i, next.domains);
        if (!command)
            return std::unexpected(command.error());
        commands.append(std::move(*command));
    }
    return commands;
}

/// A positive reply to a message that waited for each of its replies.
void Session::Private::learn(Stage stage, const Reply &reply)
{
    if (stage == Stage::Mail)
        m_marksMail = isAddressing(reply);
    else if (stage == Stage::Rcpt)
        m_marksRcpt = isAddressing(reply);
    else if (reply.isPositive())
        m_tellsApart = m_marksMail && m_marksRcpt && reply.enhanced() && !isAddressing(reply);
}

/// Why the reply cannot be the one that is due to a message in flight.
std::optional<QString> Session::Private::disorder(Stage stage, const Reply &reply) const
{
    if (!reply.isPositive())
        return std::nullopt;
    if (stage == Stage::Dot && m_running->flight == Flight::Leaving)
        return u"a message was taken before all of it was sent"_s;
    const bool isEnvelope = stage == Stage::Mail || stage == Stage::Rcpt;
    if (isAddressing(reply) != isEnvelope)
        return u"by its enhanced code the reply does not answer the command of stage %1"_s.arg(
            QString::fromLatin1(stageName(stage)));
    return std::nullopt;
}

bool Session::Private::mayFly(const Running &running) const
{
    if (!canChunk() || !m_tellsApart || m_grounded || m_closing || running.ahead
        || m_options.protocol == Protocol::Lmtp || running.transaction.size > m_options.chunkSize)
        return false;
    int messages = 2; // with this one, and the one that runs
    qint64 octets = m_running->transaction.size + running.transaction.size;
    for (const Running &one : m_followers) {
        if (one.flight == Flight::None)
            break;
        ++messages;
        octets += one.transaction.size;
    }
    return messages <= MaxFlight && octets <= MaxFlightOctets;
}

void Session::Private::askAhead()
{
    for (int i = 0; i < static_cast<int>(m_followers.size()); ++i) {
        Running &next = m_followers[static_cast<std::size_t>(i)];
        if (next.flight != Flight::None)
            continue;
        if (!mayFly(next))
            return;
        auto commands = envelopeCommands(next);
        if (!commands || next.prdr)
            return; // told when it is its turn
        next.commands = std::move(*commands);
        next.flight = Flight::Asked;
        m_events.emplace_back(Event::Commit {i + 1});
    }
}

/// Lets those go that are cleared, one at a time.
void Session::Private::launch()
{
    const bool mayLeave = m_running && (m_state == State::AwaitFinal || m_running->flies());
    if (!mayLeave || m_grounded || m_closing || leaving())
        return;
    for (int i = 0; i < static_cast<int>(m_followers.size()); ++i) {
        const Flight flight = m_followers[static_cast<std::size_t>(i)].flight;
        if (flight == Flight::Away)
            continue;
        if (flight != Flight::Cleared)
            return;
        fly(i + 1);
        if (leaving())
            return;
    }
}

void Session::Private::fly(int ahead)
{
    const auto index = static_cast<std::size_t>(ahead);
    Running &next = m_followers[index - 1];
    const Running &before = ahead == 1 ? *m_running : m_followers[index - 2];
    QList<Command> commands = std::exchange(next.commands, {});
    if (before.flies())
        commands.prepend(Command::rset());
    const qint64 size = next.transaction.size;
    commands.append(Command::bdat(size, Command::Chunk::Last));
    say(next, ahead, commands);
    next.pipelined = true;
    next.unwritten = size;
    next.flight = size > 0 ? Flight::Leaving : Flight::Away;
    if (size > 0)
        m_events.emplace_back(Event::SendContent {size, ahead});
}

void Session::Private::say(Running &running, int ahead, const QList<Command> &commands)
{
    qsizetype recipient = 0;
    for (const Command &command : commands) {
        const Stage stage = command.stage();
        m_events.emplace_back(Event::Send {command.bytes(), command.secrets(), stage, ahead});
        running.owed.push_back({stage, stage == Stage::Rcpt ? recipient++ : -1});
    }
}

Session::Private::Running *Session::Private::leaving()
{
    if (m_running && m_running->flight == Flight::Leaving)
        return &*m_running;
    const auto found = std::ranges::find(m_followers, Flight::Leaving, &Running::flight);
    return found == m_followers.end() ? nullptr : &*found;
}

/// The driver has nothing left of it.
void Session::Private::left()
{
    Running &one = *leaving();
    if (one.unwritten > 0)
        return fail({Error::Kind::Io, u"the content is shorter than announced"_s, {}}, End::Abort);
    one.flight = Flight::Away;
    if (&one == &*m_running && m_owed.empty()) // it was refused meanwhile
        return finishTransaction(std::exchange(m_running->finalReply, {}));
    launch();
}

/// The last reply to a message that left before its turn, or by BDAT to one that knows no BDAT.
void Session::Private::landed(const Reply &reply)
{
    if (isBdatUnknown(reply)) { // D6: what took the octets for commands?
        m_quitAsked = false;
        dropUnsent();
        finishTransaction(reply);
        if (m_state == State::Over)
            return;
        if (!m_running)
            return close(true);
        return outOfStep(u"BDAT is not known any more"_s, reply.oneLine());
    }
    if (m_state == State::Draining && reply.isPositive())
        m_events.emplace_back(Event::QuirkSeen {
            Quirk::ContentForNobody, Stage::Dot, reply.oneLine().left(Error::MaxEvidence)});
    if (m_running->flight == Flight::Leaving) { // what was announced goes out first
        m_running->finalReply = reply;
        m_state = State::Draining;
        return;
    }
    finishTransaction(reply);
}

/// 421 while messages are out: it decides its own, and what is still said of the others counts.
void Session::Private::onClosing(const Reply &reply)
{
    m_closing = true;
    m_quitAsked = false;
    dropUnsent();
    const Owed owed = m_owed.front();
    m_owed.pop_front();
    decideRestByReply(reply, owed.stage);
    if (owed.stage == Stage::Dot)
        landed(reply);
    else
        m_state = State::Draining;
    if (m_state == State::Over || m_owed.empty())
        return;
    enterStage(m_owed.front().stage);
    armDeadline();
}

void Session::Private::dropUnsent()
{
    while (!m_followers.empty() && !m_followers.back().flies())
        m_followers.pop_back();
}

/// Its last octet was handed out: the server may have it.
bool Session::Private::isGone(const Running &running) const
{
    return running.flight == Flight::Away
        || (running.flight == Flight::Leaving && running.unwritten == 0);
}

} // namespace Mailgauge::Smtp
