// SPDX-License-Identifier: GPL-3.0-or-later
// Behind the content: the replies that decide, and what becomes of those whom none decides.
#include "smtp/sessionprivate.h"

#include "base/literals.h"

#include <algorithm>
#include <utility>

namespace Mailgauge::Smtp {

using Base::Error;

RecipientOutcome undecidedOutcome(const Mailbox &recipient, const Event::Failed &failed)
{
    const Stage stage = failed.failure.stage;
    RecipientOutcome outcome {recipient, Outcome::Failed, stage, failed.reply, failed.failure};
    if (failed.reply) {
        const bool aboutSession = stage == Stage::StartTls || stage == Stage::Tls
            || stage == Stage::Auth;
        if (failed.reply->code == 421 || stage == Stage::Rset)
            outcome.outcome = Outcome::Deferred;
        else if (!aboutSession)
            outcome.outcome = outcomeOfReply(*failed.reply);
        if (outcome.outcome != Outcome::Failed)
            outcome.failure.reset(); // The reply decided.
        return outcome;
    }
    switch (failed.failure.error.kind) {
    case Error::Kind::Connect:
    case Error::Kind::Timeout:
    case Error::Kind::ConnectionClosed:
        outcome.outcome = Outcome::Deferred;
        break;
    case Error::Kind::Cancelled:
        outcome.outcome = Outcome::Stopped;
        break;
    case Error::Kind::Resolve:
    case Error::Kind::TlsHandshake:
    case Error::Kind::MalformedReply:
    case Error::Kind::ReplyTooLong:
    case Error::Kind::InvalidInput:
    case Error::Kind::Io:
    case Error::Kind::Full:
    case Error::Kind::Corrupt:
    case Error::Kind::Denied:
    case Error::Kind::Unsupported:
        break;
    }
    return outcome;
}

/// All but the end of the content is out. Who was to leave before its turn may have been asked for.
void Session::Private::askCommit()
{
    m_state = State::Committing;
    m_deadline.reset(); // The wait is for our own store.
    if (m_running->withdrawn)
        endWithdrawn();
    else if (m_running->flight == Flight::Cleared)
        commitNow();
    else if (m_running->flight == Flight::None)
        m_events.emplace_back(Event::Commit {});
}

void Session::Private::committed()
{
    if (m_running && m_running->flight == Flight::Asked) {
        m_running->flight = Flight::Cleared;
        if (m_state == State::Committing)
            commitNow();
        return;
    }
    if (m_state == State::Committing)
        return commitNow();
    const auto asked = std::ranges::find(m_followers, Flight::Asked, &Running::flight);
    if (asked == m_followers.end())
        return;
    asked->flight = Flight::Cleared;
    launch();
}

void Session::Private::withdraw(int ahead, Error why)
{
    if (m_state == State::Over || m_state == State::AwaitQuit)
        return;
    // Who was asked for has said nothing yet, and those behind it neither.
    m_followers.resize(qMin(m_followers.size(), static_cast<std::size_t>(qMax(ahead - 1, 0))));
    if (ahead > 0 || !m_running)
        return;
    m_running->withdrawn = std::move(why);
    if (m_state == State::Committing)
        endWithdrawn();
}

void Session::Private::endWithdrawn()
{
    Error why = *std::exchange(m_running->withdrawn, {});
    if (!m_running->chunked) // RFC 5321 4.1.1.4: any end but that of the transport commits it.
        return fail(std::move(why), End::Abort);
    const Failure failure {std::move(why), m_stage};
    decideRest({failure, {}});
    finishTransaction({}, failure);
}

void Session::Private::commitNow()
{
    // B12: what came too early must not be taken for the reply to the dot.
    if (m_parser.isInsideReply())
        return outOfStep(
            u"the server spoke before the final dot"_s, m_parser.unread().toByteArray());
    if (m_running->chunked)
        return sendLastChunk();
    enterStage(Stage::Dot);
    if (haltsBefore(Stage::Dot))
        halt(Command::emptyContent());
    else
        sendDot();
}

void Session::Private::sendDot()
{
    armDeadline();
    m_events.emplace_back(Event::Send {m_stuffer.finish(), {}, Stage::Dot});
    expectFinal();
    if (stopsAfter(Stage::Dot) && m_options.stop->how == StopRule::How::DropAfterSend)
        m_dropWhenWritten = true;
}

/// Everything is sent: what is owed now.
void Session::Private::expectFinal()
{
    m_owed.clear();
    armDeadline();
    if (m_options.protocol == Protocol::Lmtp) {
        m_state = State::AwaitEach;
        oweEach();
    } else {
        m_state = m_running->prdr ? State::AwaitVerdicts : State::AwaitFinal;
        m_owed.push_back({Stage::Dot});
        sendAhead();
    }
}

void Session::Private::onFinal(const Reply &reply)
{
    const bool permanent = reply.replyClass() == ReplyClass::Permanent;
    if (m_running->chunked)
        noteUnknownBdat(reply);
    for (qsizetype i = 0; i < m_running->decided.size(); ++i) {
        // PRDR: who was deferred alone stays so, unless the message is refused for good.
        const auto own = m_running->verdicts.value(i);
        if (!m_running->decided[i])
            decideByReply(i, own && !own->isPositive() && !permanent ? *own : reply, Stage::Dot);
    }
    if (m_running->flies() || (m_running->chunked && isBdatUnknown(reply)))
        return landed(reply);
    learn(Stage::Dot, reply);
    endTransaction(reply);
}

void Session::Private::oweEach()
{
    for (qsizetype i = 0; i < m_running->decided.size(); ++i) {
        if (!m_running->decided[i] || m_running->others.value(i))
            m_owed.push_back({Stage::Dot, i});
    }
}

void Session::Private::onVerdicts(const Reply &reply)
{
    // Without 353 the one reply counts for all.
    if (reply.replyClass() != ReplyClass::Intermediate)
        return onFinal(reply);
    if (reply.code != 353)
        return outOfStep(u"PRDR needs 353"_s, reply.oneLine());
    m_state = State::AwaitEach;
    m_running->verdicts.resize(m_running->decided.size());
    oweEach();
    m_owed.push_back({Stage::Dot}); // the reply for the whole message
}

void Session::Private::onEach(const Owed &owed, const Reply &reply)
{
    if (reply.code == 421)
        m_running->closing = true;
    if (m_running->prdr) {
        // A refusal stands; the rest waits for the overall reply.
        if (reply.replyClass() == ReplyClass::Permanent && !m_running->decided[owed.recipient])
            decideByReply(owed.recipient, reply, Stage::Dot);
        else
            m_running->verdicts[owed.recipient] = reply;
        if (m_owed.front().recipient < 0)
            m_state = State::AwaitFinal;
        return;
    }
    if (!m_running->decided[owed.recipient])
        decideByReply(owed.recipient, reply, Stage::Dot);
    auto &final = m_running->finalReply;
    if (!final || (reply.isPositive() && !final->isPositive()))
        final = reply;
    if (m_owed.empty())
        endTransaction(std::exchange(final, {}));
}

/// Every final reply is there.
void Session::Private::endTransaction(const std::optional<Reply> &finalReply)
{
    const bool closing = m_running->closing;
    if (closing)
        isLast();
    finishTransaction(finalReply);
    if (closing) // RFC 5321 3.8: a 421 to one recipient closes the channel all the same.
        close(false);
    else if (m_state == State::Ready && stopsAfter(Stage::Dot))
        stop(true);
}

void Session::Private::decide(qsizetype recipient, RecipientOutcome outcome)
{
    Q_ASSERT(!m_running->decided[recipient]);
    m_running->decided[recipient] = true;
    --m_running->undecided;
    m_events.emplace_back(Event::RecipientDecided {std::move(outcome)});
}

void Session::Private::decideByReply(qsizetype recipient, const Reply &reply, Stage stage)
{
    decide(recipient,
        {m_running->transaction.envelope.forwardPaths[recipient], outcomeOfReply(reply), stage,
            reply, {}});
}

void Session::Private::decideRestByReply(const Reply &reply, Stage stage)
{
    for (qsizetype i = 0; i < m_running->decided.size(); ++i) {
        if (!m_running->decided[i])
            decideByReply(i, reply, stage);
    }
}

/// What the driver has not handed out, nobody can have taken; unless the server says so.
bool Session::Private::mayBeCommitted(const Base::Error &error) const
{
    const bool early = error.kind == Error::Kind::MalformedReply;
    if (m_running->flies())
        return isGone(*m_running) || early;
    return isCommitted(m_state)
        || (m_state == State::LastChunk && (m_running->unwritten == 0 || early));
}

void Session::Private::decideRest(const Event::Failed &failed)
{
    for (qsizetype i = 0; i < m_running->decided.size(); ++i) {
        if (m_running->decided[i])
            continue;
        RecipientOutcome outcome = undecidedOutcome(
            m_running->transaction.envelope.forwardPaths[i], failed);
        const auto own = m_running->verdicts.value(i);
        if (own && !own->isPositive()) {
            outcome = {outcome.recipient, outcomeOfReply(*own), Stage::Dot, own, {}};
        } else if (mayBeCommitted(failed.failure.error)) {
            // B26 to B28: the dot is out, and no complete reply says what became of it.
            outcome.outcome = Outcome::Uncertain;
            outcome.reply.reset(); // to another command
            outcome.failure = failed.failure;
        }
        decide(i, std::move(outcome));
    }
}

void Session::Private::decideRestStopped(Stage stage)
{
    const bool dotSent = isCommitted(m_state);
    for (qsizetype i = 0; i < m_running->decided.size(); ++i) {
        if (!m_running->decided[i])
            decide(i,
                {m_running->transaction.envelope.forwardPaths[i],
                    dotSent ? Outcome::Uncertain : Outcome::Stopped, stage, {}, {}});
    }
}

void Session::Private::finishTransaction(
    const std::optional<Reply> &finalReply, const std::optional<Failure> &failure)
{
    // RFC 5321 4.1.1.4 clears the buffers behind the final dot; before it they need RSET.
    m_needsReset = m_running->flies()
        ? m_state == State::Draining
        : m_running->mailAccepted && !isCommitted(m_state) && m_state != State::AwaitLoneDot;
    m_running.reset();
    m_state = State::Ready;
    m_deadline.reset();
    m_events.emplace_back(Event::TransactionDone {finalReply, failure});
    takeTurn();
    if (m_closing && !m_running)
        return close(false);
    if (m_quitAsked && m_state == State::Ready)
        quit();
}

} // namespace Mailgauge::Smtp
