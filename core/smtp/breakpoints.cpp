// SPDX-License-Identifier: GPL-3.0-or-later
// Commands that wait for the user, and what becomes of the session where they come back changed.
#include "base/literals.h"
#include "smtp/sessionprivate.h"

#include <utility>

namespace Mailgauge::Smtp {

using Base::Error;

namespace {

/// AUTH by another mechanism is another command: ours could not judge its challenges.
bool isSameCommand(const Command &one, const Command &other)
{
    if (one.isAnswer() || one.verb() != other.verb())
        return one.isAnswer();
    const auto word = [](const Command &command) {
        return command.line().simplified().split(' ').value(1).toUpper();
    };
    return one.verb() == "STARTTLS" ? one.line() == other.line()
        : one.verb() == "AUTH"      ? word(one) == word(other)
                                    : true;
}

/// Whether a RCPT line is still about this path.
bool names(const Command &rcpt, const QByteArray &path)
{
    const QByteArray line = rcpt.line();
    const QByteArray rest = line.sliced(line.indexOf(':') + 1).trimmed();
    return rest == path || rest.startsWith(path + ' ');
}

bool asksForPrdr(const Command &mail)
{
    return mail.line().simplified().toUpper().split(' ').contains("PRDR"_ba);
}

Error replacedByHand(Stage stage)
{
    return {Error::Kind::Cancelled,
        u"the command of stage %1 was replaced by hand"_s.arg(
            QString::fromLatin1(stageName(stage))),
        {}};
}

} // namespace

bool Session::Private::haltsBefore(Stage stage) const
{
    // A line that was typed just now does not wait for who typed it.
    return m_options.breaks && m_options.breaks->matches(stage)
        && (m_state != State::AwaitByHand || m_byHand->planned);
}

void Session::Private::halt(const Command &command, qsizetype recipient)
{
    m_halted = Halted {command, recipient};
    m_deadline.reset(); // The wait is for the user.
    m_events.emplace_back(Event::Paused {command.shownLine(), command.stage()});
}

Base::Result<void> Session::Private::resume(const std::optional<QByteArray> &line)
{
    if (!m_halted)
        return Base::fail(Error::Kind::InvalidInput, u"nothing is paused"_s);
    if (!line || *line == m_halted->command.shownLine()) {
        goOn();
        return {};
    }
    if (const Stage stage = m_halted->command.stage();
        stage == Stage::Dot || stage == Stage::Content)
        return Base::fail(
            Error::Kind::InvalidInput, u"what counts or ends the content cannot be changed"_s);
    return edited(*line).transform([this](const Command &command) { sendEdited(command); });
}

Base::Result<Command> Session::Private::edited(const QByteArray &line) const
{
    const Command &own = m_halted->command;
    QByteArray text = line;
    for (const Base::SecretSpan &span : own.secrets())
        text.replace(Base::redactionMark(span.label), own.bytes().sliced(span.offset, span.length));
    if (own.isAnswer())
        return Command::answerByHand(
            text, m_state == State::AwaitByHand ? m_byHand->mechanism : m_mechanism->name());
    if (auto checked = checkByHand(text); !checked && own.verb() != "STARTTLS")
        return std::unexpected(checked.error());
    auto command = Command::byHand(text);
    // Whatever became of the line, the secret may still stand in it.
    if (command && command->secrets().isEmpty() && !own.secrets().isEmpty())
        command->hide(own.secrets().first().label);
    return command;
}

/// With the line as it was.
void Session::Private::goOn()
{
    const Halted own = *std::exchange(m_halted, {});
    armDeadline();
    const Stage stage = own.command.stage();
    const bool dot = stage == Stage::Dot && m_running && !m_running->chunked
        && m_state == State::Committing;
    if (dot)
        return sendDot();
    issue(own.command, own.recipient);
    if (own.command.verb() == "BDAT")
        chunkAnnounced();
}

void Session::Private::sendEdited(const Command &command)
{
    const Halted &own = *m_halted;
    for (const Base::SecretSpan &span : command.secrets())
        hide(Base::Secret(command.bytes().sliced(span.offset, span.length)), span.label);
    if (command.verb() == "QUIT" && own.command.stage() != Stage::Quit) {
        m_options.breaks.reset();
        return fail({Error::Kind::Cancelled, u"ended by hand"_s, {}}, End::Quit);
    }
    armDeadline();
    if (m_state == State::AwaitByHand) { // nothing of ours depends on it
        m_halted.reset();
        noteByHand(command);
        return issue(command, -1);
    }
    if (!isSameCommand(own.command, command))
        return replace(command);
    const qsizetype recipient = own.recipient;
    if (recipient >= 0) {
        m_running->swapped.resize(m_running->decided.size());
        m_running->swapped[recipient] = !names(
            command, m_running->transaction.envelope.forwardPaths[recipient].toPath());
    }
    if (command.verb() == "MAIL")
        m_running->prdr = m_options.protocol != Protocol::Lmtp && asksForPrdr(command);
    m_halted.reset();
    issue(command, recipient);
}

void Session::Private::replace(const Command &command)
{
    m_replaced = std::exchange(m_halted, {});
    m_state = State::AwaitReplaced;
    issue(command, -1);
}

/// The reply to a line that stands where our command should: it decides nothing.
void Session::Private::onReplaced(const Reply &reply)
{
    const Halted own = *std::exchange(m_replaced, {});
    const Stage stage = own.command.stage();
    const Error why = replacedByHand(stage);
    if (reply.replyClass() == ReplyClass::Intermediate) // QUIT would be taken for what it waits for
        return fail(why, End::Abort);
    switch (stage) {
    case Stage::Rcpt:
        decide(own.recipient,
            {m_running->transaction.envelope.forwardPaths[own.recipient], Outcome::Stopped, stage,
                {}, Failure {why, stage}});
        m_state = State::AwaitRcpt;
        return nextRcpt(own.recipient);
    case Stage::Rset:
    case Stage::Mail:
    case Stage::Data:
        stopRest(stage, why);
        m_running->mailAccepted = true; // Nobody knows what the line did to the transaction.
        return finishTransaction({});
    case Stage::Quit:
        return close(false);
    case Stage::Dot: // the lone dot
    case Stage::StartTls:
        return fail(why, End::Abort);
    default:
        return fail(why, End::Quit);
    }
}

void Session::Private::stopRest(Stage stage, const Error &why)
{
    for (qsizetype i = 0; i < m_running->decided.size(); ++i) {
        if (!m_running->decided[i])
            decide(i,
                {m_running->transaction.envelope.forwardPaths[i], Outcome::Stopped, stage, {},
                    Failure {why, stage}});
    }
}

/// A reply about another address than the recipient's: it must not count for them.
bool Session::Private::hasSwapped(qsizetype recipient, const Reply &reply)
{
    if (!m_running->swapped.value(recipient))
        return false;
    m_running->others.resize(m_running->decided.size());
    m_running->others[recipient] = reply.isPositive();
    decide(recipient,
        {m_running->transaction.envelope.forwardPaths[recipient], Outcome::Stopped, Stage::Rcpt, {},
            Failure {replacedByHand(Stage::Rcpt), Stage::Rcpt}});
    return true;
}

} // namespace Mailgauge::Smtp
