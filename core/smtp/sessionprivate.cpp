// SPDX-License-Identifier: GPL-3.0-or-later
#include "smtp/sessionprivate.h"

#include "base/literals.h"

#include <algorithm>
#include <utility>

namespace Mailgauge::Smtp {

using Base::Error;

namespace {

/// The codes that RFC 5321 4.3.2, RFC 3207 and RFC 4954 list for success.
bool isListed(Stage stage, int code)
{
    switch (stage) {
    case Stage::Greeting:
    case Stage::StartTls:
        return code == 220;
    case Stage::Auth:
        return code == 235 || code == 334;
    case Stage::Rcpt:
        return code == 250 || code == 251;
    case Stage::Data:
        return code == 354;
    case Stage::Quit:
        return code == 221;
    case Stage::Dot:
        return code == 250 || code == 353;
    case Stage::Helo:
    case Stage::Mail:
    case Stage::Content: // BDAT
    case Stage::Rset:
        return code == 250;
    case Stage::Resolve:
    case Stage::Connect:
    case Stage::Proxy:
    case Stage::Tls:
        return false;
    }
    Q_UNREACHABLE_RETURN(false);
}

QString seconds(std::chrono::milliseconds limit)
{
    return QString::number(static_cast<double>(limit.count()) / 1000.0) + u" s"_s;
}

} // namespace

Session::Private::Private(SessionOptions options)
    : m_options(std::move(options))
{
    hide(m_options.auth.password, "password"_ba);
    hide(m_options.auth.token, "token"_ba);
    m_commands = m_options.commands;
    if (m_options.breaks) // A group says more than a breakpoint allows.
        m_options.pipelining = false;
}

void Session::Private::start()
{
    Q_ASSERT(m_state == State::Created);
    if (auto checked = check(m_options); !checked)
        return fail(checked.error(), End::Close, {}, Stage::Helo);
    if (m_options.stop && m_options.stop->stage <= Stage::Proxy)
        return stop(false);
    if (m_options.tls == TlsPolicy::ImplicitTls)
        startHandshake();
    else
        awaitGreeting();
}

void Session::Private::receive(QByteArrayView bytes)
{
    // DropAfterSend: the reply is not read. Over: nobody waits for it.
    if (m_state == State::Over || m_dropWhenWritten || bytes.isEmpty())
        return;
    if (m_state == State::Handshake)
        return outOfStep(u"clear text during the handshake"_s, bytes.toByteArray());
    m_parser.feed(bytes);
    pump();
}

void Session::Private::pump()
{
    while (m_state != State::Over && m_state != State::Handshake && !m_dropWhenWritten) {
        const auto item = m_parser.next();
        if (!item) {
            Error error = item.error();
            // The parser's own evidence is cut to its limit; a secret must go before the cut.
            error.evidence = m_parser.offending();
            return fail(std::move(error), End::Abort);
        }
        if (std::holds_alternative<ReplyParser::NeedMore>(*item))
            return;
        if (const auto *line = std::get_if<ReplyParser::Line>(&*item)) {
            const QByteArray shown = m_mask.apply(line->bytes);
            m_secretSeen = m_secretSeen || shown != line->bytes;
            m_events.emplace_back(Event::LineReceived {
                shown, m_owed.empty() ? m_stage : m_owed.front().stage, isReplyOwed()});
        } else if (const auto *oddity = std::get_if<ReplyParser::Oddity>(&*item)) {
            noteQuirk(oddity->quirk, oddity->evidence);
        } else if (const auto *reply = std::get_if<Reply>(&*item)) {
            handleReply(*reply);
        }
    }
}

/// What waits at a breakpoint was not said yet, so nothing answers it.
bool Session::Private::isReplyOwed() const
{
    return !m_owed.empty() || (isAwaiting(m_state) && !m_halted);
}

void Session::Private::handleReply(const Reply &received)
{
    // What the server said decides; what is told, kept and shown is masked.
    m_received = received;
    const Reply reply = std::exchange(m_secretSeen, false) ? masked(received) : received;
    const bool inChunk = m_state == State::Chunk || m_state == State::DrainingChunks
        || (m_running && m_running->flight == Flight::Leaving);
    if (inChunk && m_owed.empty() && !m_halted) // B10: it was answered before
        return outOfStep(u"a second reply to one chunk"_s, reply.oneLine());
    const Owed owed = m_owed.empty() ? Owed {m_stage} : m_owed.front();
    m_events.emplace_back(Event::ReplyReceived {reply, owed.stage});
    if (m_state == State::AwaitQuit) {
        // A reply too many to something before shows here.
        if (reply.isPositive())
            noteUnexpectedCode(Stage::Quit, reply);
        return stopsAfter(Stage::Quit) ? stop(false) : close(false);
    }
    // Behind the content of LMTP and PRDR it speaks of one recipient; others may still be told.
    if (reply.code == 421 && m_state != State::AwaitEach)
        return shutDown(reply);
    // What waits at a breakpoint was not said yet; only the content may be refused before its dot.
    const bool unasked = m_halted && m_state != State::Committing;
    const auto next = unasked ? std::nullopt : nextState(m_state, reply.replyClass());
    if (!next) {
        const bool expected = isAwaiting(m_state) && !unasked;
        return outOfStep(expected
                ? u"the reply %1 does not answer the command of stage %2"_s.arg(
                      QString::number(reply.code), QString::fromLatin1(stageName(owed.stage)))
                : u"a reply that answers no command: the server is out of step"_s,
            reply.oneLine());
    }
    if (m_running && m_running->flies()) {
        if (const auto wrong = disorder(owed.stage, reply))
            return outOfStep(*wrong, reply.oneLine());
    }
    if (!m_owed.empty())
        m_owed.pop_front();
    // Draining replies decide nothing; that to XCLIENT is a greeting; by hand all is fine.
    if (reply.isPositive() && m_state != State::Draining && m_state != State::DrainingChunks
        && m_state != State::AwaitXclient && m_state != State::AwaitByHand
        && m_state != State::AwaitReplaced)
        noteUnexpectedCode(owed.stage, reply);
    dispatch(*next, owed, reply);
    // The rest of a pipelined group has a limit per reply.
    if (!m_owed.empty() && isAwaiting(m_state)) {
        enterStage(m_owed.front().stage);
        armDeadline();
    }
}

void Session::Private::dispatch(State next, const Owed &owed, const Reply &reply)
{
    switch (m_state) {
    case State::AwaitGreeting:
        return onGreeting(reply);
    case State::AwaitEhlo:
        return onEhlo(next, reply);
    case State::AwaitHelo:
        return onHelo(reply);
    case State::AwaitXclient:
        return onXclient(reply);
    case State::AwaitStartTls:
        return onStartTls(next, reply);
    case State::AwaitAuth:
        return onAuth(reply);
    case State::AwaitByHand:
        return onByHand(reply);
    case State::AwaitReplaced:
        return onReplaced(reply);
    case State::AwaitReset:
        return onReset(reply);
    case State::AwaitMail:
        return onMail(reply);
    case State::AwaitRcpt:
        return onRcpt(owed, reply);
    case State::AwaitData:
        return onData(reply);
    case State::Draining:
        return onDraining(owed, reply);
    case State::Content:
    case State::Committing:
        // B22: the server refuses in the middle of the body. The dot was never sent, so the reply
        // decides; and as nothing else could end the body, the transport has to go.
        isLast();
        decideRestByReply(reply, m_stage);
        finishTransaction(reply);
        return close(true);
    case State::Chunk:
    case State::AwaitChunk:
        return onChunk(reply);
    case State::DrainingChunks:
        return onDrainingChunks();
    case State::LastChunk:
        return chunkRefused(reply);
    case State::AwaitFinal:
        return onFinal(reply);
    case State::AwaitVerdicts:
        return onVerdicts(reply);
    case State::AwaitEach:
        return onEach(owed, reply);
    case State::AwaitLoneDot:
        return finishTransaction({});
    case State::Created:
    case State::Greeted:
    case State::Handshake:
    case State::AskMechanism:
    case State::Ready:
    case State::Prompted:
    case State::AwaitQuit:
    case State::Refused:
    case State::Over:
        break;
    }
    Q_UNREACHABLE(); // Not in the table.
}

void Session::Private::peerClosed()
{
    if (m_state == State::Over)
        return;
    if (m_dropWhenWritten)
        return stop(false);
    if (m_state == State::AwaitQuit)
        return close(false);
    const bool inside = m_parser.isInsideReply();
    transportFailed(Error {Error::Kind::ConnectionClosed,
        inside ? u"the server closed the connection inside a reply"_s
               : u"the server closed the connection"_s,
        m_parser.unread().toByteArray()});
}

void Session::Private::transportFailed(Error error)
{
    if (m_state == State::Over)
        return;
    if (m_state == State::AwaitQuit)
        return close(true);
    // What breaks the connection breaks the handshake; our own reasons keep their kind.
    if (m_state == State::Handshake && error.kind == Error::Kind::ConnectionClosed)
        error.kind = Error::Kind::TlsHandshake;
    fail(std::move(error), End::Abort);
}

void Session::Private::timeoutExpired()
{
    if (m_state == State::Over || !m_deadline || m_now < *m_deadline)
        return;
    if (m_state == State::AwaitQuit)
        return close(true);
    const QString within = seconds(limit());
    fail(Error {Error::Kind::Timeout,
             m_state == State::AskMechanism ? QString::fromLatin1(m_mechanism->name())
                     + u": no answer to give within "_s + within
                 : m_state == State::Content || (isChunking() && m_running->unwritten > 0)
                 ? u"no progress within "_s + within
                 : u"no complete reply within "_s + within,
             m_parser.unread().toByteArray()},
        End::Abort);
}

void Session::Private::written()
{
    if (!m_dropWhenWritten || m_state == State::Over)
        return;
    // Called for earlier bytes: the command itself has not left the queue yet.
    const bool pending = std::ranges::any_of(m_events,
        [](const SessionEvent &event) { return std::holds_alternative<Event::Send>(event); });
    if (!pending)
        stop(false);
}

void Session::Private::enterStage(Stage stage)
{
    if (m_stage == stage)
        return;
    m_stage = stage;
    m_events.emplace_back(Event::StageEntered {stage});
}

void Session::Private::armDeadline()
{
    m_deadline = m_now + limit();
}

std::chrono::milliseconds Session::Private::limit() const
{
    // Whoever said 421 is not waited for.
    return m_options.deadlines.of(m_closing ? Stage::Quit : m_stage);
}

bool Session::Private::sendCommand(const Base::Result<Command> &command, qsizetype recipient)
{
    if (!command) {
        fail(command.error(), End::Close);
        return false;
    }
    const Stage stage = command->stage();
    if (m_owed.empty()) {
        enterStage(stage);
        // B10, C7: a reply, or a piece of one, that was there before the command.
        if (m_parser.isInsideReply()) {
            outOfStep(u"the server spoke before the command of stage %1"_s.arg(
                          QString::fromLatin1(stageName(stage))),
                m_parser.unread().toByteArray());
            return false;
        }
        armDeadline();
    }
    if (haltsBefore(stage))
        halt(*command, recipient);
    else
        issue(*command, recipient);
    return true;
}

void Session::Private::issue(const Command &command, qsizetype recipient)
{
    const Stage stage = command.stage();
    m_events.emplace_back(Event::Send {command.bytes(), command.secrets(), stage});
    m_owed.push_back({stage, recipient});
    if (m_options.stop && m_options.stop->how == StopRule::How::DropAfterSend
        && m_options.stop->stage == stage && stage != Stage::Content
        && m_state != State::AwaitByHand)
        m_dropWhenWritten = true;
}

void Session::Private::noteQuirk(Quirk quirk, const QByteArray &evidence)
{
    const Stage stage = m_owed.empty() ? m_stage : m_owed.front().stage;
    m_events.emplace_back(
        Event::QuirkSeen {quirk, stage, m_mask.apply(evidence).left(Error::MaxEvidence)});
}

void Session::Private::noteUnexpectedCode(Stage stage, const Reply &reply)
{
    if (!isListed(stage, reply.code))
        m_events.emplace_back(Event::QuirkSeen {
            Quirk::UnexpectedCode, stage, reply.oneLine().left(Error::MaxEvidence)});
}

void Session::Private::outOfStep(const QString &detail, const QByteArray &evidence)
{
    fail(Error {Error::Kind::MalformedReply, detail, evidence}, End::Abort);
}

void Session::Private::refused(const QString &detail, const Reply &reply, End end)
{
    fail(Error {Error::Kind::Denied, detail, {}}, end, reply);
}

void Session::Private::fail(
    Error error, End end, std::optional<Reply> reply, std::optional<Stage> stage)
{
    if (m_state == State::AwaitQuit) // Whatever QUIT meets is off the result path (B29).
        return close(true);
    if (m_state == State::DrainingChunks) { // B22: the refusal was read, and decided
        isLast();
        finishTransaction(std::exchange(m_running->finalReply, {}));
        return close(end == End::Abort);
    }
    error.evidence = m_mask.apply(error.evidence).left(Error::MaxEvidence);
    error.detail = QString::fromUtf8(m_mask.apply(error.detail.toUtf8()));
    Event::Failed failed {{std::move(error), stage.value_or(m_stage)}, std::move(reply)};
    while (m_running) {
        decideRest(failed);
        // The others were never sent, as far as the caller is told.
        const bool follows = !m_followers.empty() && isGone(m_followers.front());
        m_events.emplace_back(Event::TransactionDone {{}, failed.failure, follows});
        m_running.reset();
        if (follows) {
            m_running = std::move(m_followers.front());
            m_followers.pop_front();
        }
    }
    m_followers.clear();
    // Ready that nobody has seen yet is no longer true.
    std::erase_if(m_events,
        [](const SessionEvent &event) { return std::holds_alternative<Event::Ready>(event); });
    m_failed = failed;
    m_events.emplace_back(std::move(failed));
    if (end == End::Quit)
        sayQuit();
    else
        close(end == End::Abort);
}

void Session::Private::shutDown(const Reply &reply)
{
    if (m_state == State::AwaitByHand)
        m_events.emplace_back(Event::CommandAnswered {m_byHand->shown, reply});
    if (!m_running)
        return refused(u"the server closes the session"_s, reply, End::Close);
    if (m_state == State::DrainingChunks) {
        isLast();
        finishTransaction(std::exchange(m_running->finalReply, {}));
        return close(false);
    }
    if (m_running->flies() || (!m_followers.empty() && m_followers.front().flies()))
        return onClosing(reply);
    const Stage stage = m_owed.empty() ? m_stage : m_owed.front().stage;
    const bool final = isCommitted(m_state) || isChunking() || m_state == State::Content
        || m_state == State::AwaitChunk || m_state == State::Committing;
    isLast();
    for (qsizetype i = 0; i < m_running->decided.size(); ++i) {
        const auto own = m_running->verdicts.value(i); // PRDR: deferred alone, before
        if (!m_running->decided[i])
            decideByReply(i, own && !own->isPositive() ? *own : reply, stage);
    }
    finishTransaction(final ? std::optional(reply) : std::nullopt);
    close(false);
}

/// The session ends with this transaction, whatever else was asked for.
void Session::Private::isLast()
{
    m_quitAsked = false;
    m_followers.clear();
}

void Session::Private::close(bool abort)
{
    m_state = State::Over;
    m_deadline.reset();
    m_halted.reset();
    m_owed.clear();
    m_events.emplace_back(Event::Closed {abort});
}

void Session::Private::sayQuit()
{
    m_owed.clear();
    m_halted.reset();
    if (m_parser.isInsideReply())
        return close(true);
    m_state = State::AwaitQuit;
    sendCommand(Command::quit());
}

void Session::Private::quit()
{
    if (m_state == State::Ready && stopsAfter(Stage::Rset)) // No RSET was needed.
        stop(true);
    else if (m_state == State::Ready)
        sayQuit();
    else if (m_state == State::Prompted) // QUIT would be taken for what the server waits for.
        close(true);
    else if (m_state != State::AwaitQuit && m_state != State::Over)
        m_quitAsked = true;
}

bool Session::Private::stopsAfter(Stage stage) const
{
    return m_options.stop && m_options.stop->stage == stage;
}

bool Session::Private::stopsBefore(Stage stage) const
{
    return m_options.stop && m_options.stop->stage < stage;
}

void Session::Private::stop(bool mayQuit)
{
    const StopRule rule = *m_options.stop;
    if (m_running) {
        decideRestStopped(rule.stage);
        m_events.emplace_back(Event::TransactionDone {});
        m_running.reset();
    }
    if (!m_failed)
        m_events.emplace_back(Event::Stopped {rule.stage});
    m_options.stop.reset();
    m_dropWhenWritten = false;
    if (mayQuit && rule.how == StopRule::How::QuitAfter)
        sayQuit();
    else
        close(false);
}

Reply Session::Private::masked(Reply reply) const
{
    for (QByteArray &line : reply.lines)
        line = m_mask.apply(line);
    return reply;
}

void Session::Private::hide(const Base::Secret &secret, const QByteArray &label)
{
    m_mask.add(secret, label);
    m_secretSeen = true; // It may stand in the lines that are read already.
}

} // namespace Mailgauge::Smtp
