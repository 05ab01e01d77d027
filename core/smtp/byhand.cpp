// SPDX-License-Identifier: GPL-3.0-or-later
// Lines that the user types between transactions: VRFY, HELP, NOOP, anything.
#include "base/literals.h"
#include "smtp/sessionprivate.h"

#include <algorithm>
#include <array>
#include <utility>

namespace Mailgauge::Smtp {

using Base::Error;

namespace {

/// One word of base64, or what gives an exchange up: nothing that a command looks like.
bool looksLikeAnswer(const QByteArray &line)
{
    constexpr std::array commands {"NOOP", "HELP", "RSET", "QUIT", "DATA"};
    const auto isBase64 = [](char c) {
        return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')
            || QByteArrayView("+/=*").contains(c);
    };
    return std::ranges::all_of(line, isBase64)
        && std::ranges::none_of(commands,
            [&line](const char *name) { return line.compare(name, Qt::CaseInsensitive) == 0; });
}

bool isHello(const QByteArray &verb)
{
    return verb == "EHLO" || verb == "HELO" || verb == "LHLO";
}

} // namespace

Base::Result<void> Session::checkByHand(const QByteArray &line)
{
    const auto command = Command::byHand(line);
    if (!command)
        return std::unexpected(command.error());
    const QByteArray verb = command->verb();
    if (verb == "STARTTLS" || verb == "BDAT")
        return Base::fail(Error::Kind::Unsupported,
            u"%1 cannot be sent by hand: what follows it is no line"_s.arg(
                QString::fromLatin1(verb)));
    return {};
}

Base::Result<void> Session::Private::command(const QByteArray &line)
{
    if (m_state != State::Ready && m_state != State::Prompted)
        return Base::fail(
            Error::Kind::InvalidInput, u"a line by hand has to wait: the session is busy"_s);
    // The user's content may begin with any word.
    const bool inContent = m_state == State::Prompted
        && m_byHand->prompt == ByHand::Prompt::Content;
    auto checked = inContent ? Command::contentByHand(line).transform([](const Command &) { })
                             : checkByHand(line);
    if (checked)
        sendByHand(line, false);
    return checked;
}

/// The next line of the options, or the session is the driver's.
void Session::Private::nextByHand()
{
    if (!m_commands.isEmpty()) {
        const QByteArray line = m_commands.takeFirst();
        // AUTH was refused, or changed at a breakpoint: what was to answer it is a secret, and no
        // command.
        if (m_state != State::Prompted && m_answersMayFollow && looksLikeAnswer(line))
            return fail({Error::Kind::InvalidInput,
                            u"AUTH asked for nothing: what stands behind it is not sent"_s, {}},
                End::Quit);
        if (m_state != State::Prompted)
            m_answersMayFollow = line.left(5).toUpper() == "AUTH ";
        return sendByHand(line, true);
    }
    m_deadline.reset();
    if (m_state == State::Prompted && !m_told)
        return fail(
            {Error::Kind::InvalidInput, u"the server waits for more behind the last command"_s, {}},
            End::Abort);
    if (m_quitAsked)
        return quit();
    if (!std::exchange(m_told, true))
        m_events.emplace_back(Event::Ready {});
}

/// What its reply is told with; the answers to a prompt belong to the command that led to it.
void Session::Private::noteByHand(const Command &command)
{
    m_byHand->shown = command.shownLine();
    if (m_byHand->prompt != ByHand::Prompt::None)
        return;
    m_byHand->verb = command.verb();
    if (m_byHand->verb == "AUTH")
        m_byHand->mechanism = command.line().simplified().split(' ').value(1).toUpper();
}

void Session::Private::sendByHand(const QByteArray &line, bool planned)
{
    const auto prompt = m_state == State::Prompted ? m_byHand->prompt : ByHand::Prompt::None;
    const QByteArray mechanism = m_byHand ? m_byHand->mechanism : QByteArray();
    const auto command = prompt == ByHand::Prompt::Challenge
        ? Command::answerByHand(line, mechanism)
        : prompt == ByHand::Prompt::Content ? Command::contentByHand(line)
                                            : Command::byHand(line);
    if (!command) {
        fail(command.error(), End::Abort);
        return;
    }
    for (const Base::SecretSpan &span : command->secrets())
        hide(Base::Secret(command->bytes().sliced(span.offset, span.length)), span.label);
    if (command->stage() == Stage::Content) {
        m_events.emplace_back(Event::Send {command->bytes(), {}, Stage::Content});
        return nextByHand(); // No reply before the dot.
    }
    if (prompt == ByHand::Prompt::None)
        m_byHand = ByHand();
    m_byHand->planned = planned;
    noteByHand(*command);
    m_state = State::AwaitByHand;
    sendCommand(command);
}

/// What the server waits for behind a 334 or 354 is known only of these.
bool Session::Private::hasPrompt(const Reply &reply)
{
    using Prompt = ByHand::Prompt;
    const bool challenge = reply.code == 334 && m_byHand->verb == "AUTH";
    const bool content = reply.code == 354 && m_byHand->verb == "DATA"
        && m_byHand->prompt == Prompt::None;
    m_byHand->prompt = challenge ? Prompt::Challenge : content ? Prompt::Content : Prompt::None;
    return challenge || content;
}

void Session::Private::onByHand(const Reply &reply)
{
    m_events.emplace_back(Event::CommandAnswered {m_byHand->shown, reply});
    if (reply.replyClass() == ReplyClass::Intermediate) {
        if (!hasPrompt(reply))
            return outOfStep(u"the reply %1 does not answer %2"_s.arg(
                                 QString::number(reply.code), QString::fromUtf8(m_byHand->verb)),
                reply.text());
        m_state = State::Prompted;
        return nextByHand();
    }
    m_state = State::Ready;
    if (m_byHand->verb == "QUIT") {
        m_events.emplace_back(Event::Stopped {Stage::Quit});
        return close(false);
    }
    if (reply.replyClass() == ReplyClass::Completion)
        onAcceptedByHand(reply);
    m_byHand.reset();
    nextByHand();
}

/// What the session has to know of it.
void Session::Private::onAcceptedByHand(const Reply &reply)
{
    const QByteArray &verb = m_byHand->verb;
    if (verb == "MAIL")
        m_needsReset = true; // before a transaction of ours
    else if (verb == "RSET" || verb == "DATA" || isHello(verb)) // RFC 5321 4.1.4, 4.1.1.4
        m_needsReset = false;
    if (isHello(verb)) {
        m_capabilities = verb == "HELO" ? Capabilities() : Capabilities::fromEhlo(m_received);
        m_events.emplace_back(Event::CapabilitiesChanged {
            verb == "HELO" ? Capabilities() : Capabilities::fromEhlo(reply)});
    } else if (verb == "AUTH") {
        m_answersMayFollow = false;
        m_events.emplace_back(Event::Authenticated {m_byHand->mechanism});
    }
}

} // namespace Mailgauge::Smtp
