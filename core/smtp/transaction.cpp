// SPDX-License-Identifier: GPL-3.0-or-later
#include "smtp/sessionprivate.h"

#include "base/literals.h"
#include "smtp/mailparameters.h"

#include <algorithm>
#include <utility>

namespace Mailgauge::Smtp {

using Base::Error;

void Session::Private::send(Transaction transaction)
{
    if (m_state == State::Over || m_state == State::AwaitQuit) {
        // The session ended while its driver was on the way to here.
        const Event::Failed failed = m_failed.value_or(Event::Failed {
            {{Error::Kind::ConnectionClosed, u"the session is over"_s, {}}, m_stage}, {}});
        // Closed stays the last event, if nobody has seen it yet.
        const bool closing = !m_events.empty()
            && std::holds_alternative<Event::Closed>(m_events.back());
        const auto closed = closing ? std::optional(m_events.back()) : std::nullopt;
        if (closing)
            m_events.pop_back();
        for (const Mailbox &recipient : std::as_const(transaction.envelope.forwardPaths))
            m_events.emplace_back(Event::RecipientDecided {undecidedOutcome(recipient, failed)});
        m_events.emplace_back(Event::TransactionDone {{}, failed.failure});
        if (closed)
            m_events.emplace_back(*closed);
        return;
    }
    Q_ASSERT(m_state == State::Ready);
    m_running = fresh(std::move(transaction));
    m_grounded = false;
    beginTransaction();
}

Session::Private::Running Session::Private::fresh(Transaction transaction)
{
    const qsizetype recipients = transaction.envelope.forwardPaths.size();
    return {.transaction = std::move(transaction),
        .decided = QList<bool>(recipients, false),
        .undecided = recipients};
}

/// Nothing of `m_running` was sent yet.
void Session::Private::beginTransaction()
{
    auto parameters = check(m_running->transaction).and_then([this] {
        return mailParameters(m_running->transaction);
    });
    if (!parameters) {
        const Failure failure {parameters.error(), Stage::Mail};
        decideRest({failure, {}});
        m_running.reset();
        m_state = State::Ready;
        m_events.emplace_back(Event::TransactionDone {{}, failure});
        return takeTurn();
    }
    m_running->parameters = std::move(*parameters);
    if (m_needsReset) {
        m_state = State::AwaitReset;
        sendCommand(Command::rset());
        return;
    }
    m_state = State::AwaitMail;
    (void)sendEnvelope();
}

void Session::Private::follow(Transaction transaction)
{
    if (m_state == State::Over || m_state == State::AwaitQuit || m_closing)
        return; // what its driver was not told yet says that it does not follow
    Q_ASSERT(!m_options.stop && !m_options.breaks);
    m_followers.push_back(fresh(std::move(transaction)));
    if (m_running)
        return sendAhead();
    // The running one is done, and its driver on the way to hear it.
    takeTurn();
}

/// Ready: what was to follow, if anything, runs from here on.
void Session::Private::takeTurn()
{
    if (m_followers.empty())
        return;
    const auto last = std::ranges::find_if(
        m_events.rbegin(), m_events.rend(), [](const SessionEvent &event) {
            return std::holds_alternative<Event::TransactionDone>(event);
        });
    Q_ASSERT(last != m_events.rend());
    std::get<Event::TransactionDone>(*last).follows = true;
    m_running = std::move(m_followers.front());
    m_followers.pop_front();
    m_owed = std::exchange(m_running->owed, {});
    if (!m_running->flies()) // nor do those behind it
        m_grounded = false;
    if (m_owed.empty())
        return beginTransaction();
    noteDowngrades(*m_running);
    m_state = m_owed.front().stage == Stage::Rset ? State::AwaitReset : State::AwaitMail;
    enterStage(m_owed.front().stage);
    armDeadline();
    sendAhead();
}

Base::Result<QList<QByteArray>> Session::Private::mailParameters(
    const Transaction &transaction) const
{
    return Smtp::mailParameters(transaction, m_capabilities, m_options, m_trust);
}

void Session::Private::decideHow(Running &running) const
{
    const bool stopsInside = m_options.stop && m_options.stop->stage >= Stage::Mail
        && m_options.stop->stage <= Stage::Data;
    // A group says more than a stop rule allows.
    running.pipelined = canPipeline() && !stopsInside;
    running.chunked = canChunk();
    running.prdr = m_options.protocol != Protocol::Lmtp && hasParameter(running.parameters, "PRDR");
    running.domains = running.transaction.envelope.needsSmtpUtf8() && !hasSmtpUtf8()
        ? Domains::Ascii
        : Domains::AsGiven;
}

/// False: the session has ended instead.
bool Session::Private::sendEnvelope()
{
    decideHow(*m_running);
    noteDowngrades(*m_running);
    const Envelope &envelope = m_running->transaction.envelope;
    if (!sendCommand(
            mailCommand(m_running->transaction, m_running->parameters, m_running->domains)))
        return false;
    if (!m_running->pipelined)
        return true;
    for (qsizetype i = 0; i < envelope.forwardPaths.size(); ++i) {
        if (!sendRcpt(i))
            return false;
    }
    // The octets of a chunk wait for the recipients.
    return m_running->chunked || sendCommand(Command::data());
}

bool Session::Private::hasSmtpUtf8() const
{
    return usesSmtpUtf8(m_capabilities, m_options);
}

bool Session::Private::canPipeline() const
{
    return m_options.pipelining && m_capabilities.has("PIPELINING");
}

bool Session::Private::canChunk() const
{
    return m_options.chunking != Chunking::Off && m_capabilities.has("CHUNKING");
}

/// What goes out in a lesser form than it was given, or than the server is known to take.
void Session::Private::noteDowngrades(const Running &running)
{
    const auto note = [this](Quirk quirk, const QByteArray &evidence) {
        m_events.emplace_back(Event::QuirkSeen {quirk, Stage::Mail, evidence});
    };
    const Transaction &transaction = running.transaction;
    if (running.domains == Domains::Ascii) {
        QList<Mailbox> paths = transaction.envelope.forwardPaths;
        if (transaction.envelope.reversePath)
            paths.prepend(*transaction.envelope.reversePath);
        const auto utf8 = std::ranges::find_if(paths, &Mailbox::needsSmtpUtf8);
        note(Quirk::DomainToAscii, utf8->withAsciiDomain().value_or(*utf8).domain());
    }
    if (transaction.eightBit && !isBinary(transaction) && !m_capabilities.has("8BITMIME"))
        note(Quirk::EightBitAnyway, {});
    if (transaction.utf8Header && !hasSmtpUtf8())
        note(Quirk::Utf8HeaderAnyway, {});
}

bool Session::Private::sendRcpt(qsizetype recipient)
{
    return sendCommand(
        rcptCommand(m_running->transaction, recipient, m_running->domains), recipient);
}

void Session::Private::onReset(const Reply &reply)
{
    if (!reply.isPositive()) // B31: nobody knows what the server still remembers.
        return refused(u"RSET refused"_s, reply, End::Close);
    m_needsReset = false;
    if (stopsAfter(Stage::Rset))
        return stop(true);
    m_state = State::AwaitMail;
    if (!m_running->flies())
        (void)sendEnvelope();
}

void Session::Private::onMail(const Reply &reply)
{
    if (!reply.isPositive()) {
        decideRestByReply(reply, Stage::Mail);
        return nobodyIsLeft();
    }
    m_running->mailAccepted = true;
    learn(Stage::Mail, reply);
    if (stopsAfter(Stage::Mail))
        return stop(true);
    m_state = State::AwaitRcpt;
    if (!m_running->pipelined)
        sendRcpt(0);
}

void Session::Private::onRcpt(const Owed &owed, const Reply &reply)
{
    if (!hasSwapped(owed.recipient, reply) && !reply.isPositive())
        decideByReply(owed.recipient, reply, Stage::Rcpt);
    if (reply.isPositive())
        learn(Stage::Rcpt, reply);
    nextRcpt(owed.recipient);
}

void Session::Private::nextRcpt(qsizetype recipient)
{
    const qsizetype next = recipient + 1;
    if (next == m_running->decided.size())
        return afterLastRcpt();
    if (!m_running->pipelined)
        sendRcpt(next);
}

/// MAIL, or every recipient, was refused.
void Session::Private::nobodyIsLeft()
{
    m_grounded = true;
    if (m_owed.empty())
        finishTransaction({});
    else
        m_state = State::Draining;
}

void Session::Private::afterLastRcpt()
{
    if (m_running->undecided == 0 && !m_running->others.contains(true))
        return nobodyIsLeft();
    if (m_running->flies()) { // its content is out too
        m_state = State::AwaitFinal;
        return;
    }
    if (stopsAfter(Stage::Rcpt))
        return stop(true);
    if (m_running->chunked)
        return startChunks();
    m_state = State::AwaitData;
    if (!m_running->pipelined)
        sendCommand(Command::data());
}

void Session::Private::onData(const Reply &reply)
{
    if (!reply.isPositive()) {
        decideRestByReply(reply, Stage::Data);
        return finishTransaction({});
    }
    if (stopsAfter(Stage::Data)) // QUIT would be taken for content.
        return stop(false);
    m_state = State::Content;
    m_stuffer = {};
    enterStage(Stage::Content);
    armDeadline();
    m_events.emplace_back(Event::SendContent {});
}

void Session::Private::onDraining(const Owed &owed, const Reply &reply)
{
    if (owed.stage == Stage::Dot && reply.replyClass() != ReplyClass::Intermediate) {
        noteUnknownBdat(reply); // the content left together with its envelope
        return landed(reply);
    }
    const bool data = owed.stage == Stage::Data;
    if ((data && reply.replyClass() == ReplyClass::Completion)
        || (!data && reply.replyClass() == ReplyClass::Intermediate))
        return outOfStep(
            u"the reply %1 does not answer the command of stage %2"_s.arg(
                QString::number(reply.code), QString::fromLatin1(stageName(owed.stage))),
            reply.oneLine());
    if (reply.replyClass() == ReplyClass::Intermediate) {
        // B19: 354 although nobody is left. A lone dot ends it; the body must not leak. What LMTP
        // owes for nobody is one reply or none: there the transport has to go.
        if (m_options.protocol == Protocol::Lmtp) {
            isLast();
            finishTransaction({});
            return close(true);
        }
        m_state = State::AwaitLoneDot;
        sendCommand(Command::emptyContent());
        return;
    }
    if (m_owed.empty())
        finishTransaction({});
}

QByteArray Session::Private::contentChunk(const QByteArray &chunk)
{
    contentProgress();
    if (m_state == State::Content)
        return m_stuffer.stuff(chunk);
    Running *const one = isChunking() ? &*m_running : leaving();
    if (!one)
        return {};
    const QByteArray octets = chunk.left(one->unwritten); // first() would copy all of it
    one->unwritten -= octets.size();
    return octets;
}

void Session::Private::contentProgress()
{
    // While one ahead is being written the limit is that of the reply due next.
    if (m_state == State::Content || isChunking()
        || (m_running && m_running->flight == Flight::Leaving))
        armDeadline();
}

/// Octets of a chunk are owed by the driver, or were until just now.
bool Session::Private::isChunking() const
{
    return m_state == State::Chunk || m_state == State::LastChunk
        || m_state == State::DrainingChunks;
}

void Session::Private::contentFinished()
{
    if (isChunking())
        return chunkFinished();
    if (leaving())
        return left();
    if (m_state != State::Content)
        return;
    if (stopsAfter(Stage::Content))
        return stop(false);
    askCommit();
}

} // namespace Mailgauge::Smtp
