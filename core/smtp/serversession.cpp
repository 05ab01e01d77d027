// SPDX-License-Identifier: GPL-3.0-or-later
#include "smtp/serversession.h"

#include "base/literals.h"

#include <algorithm>

namespace Mailgauge::Smtp {

namespace {

constexpr qsizetype BufferHighWater = 128 * 1024;
constexpr qint64 MaxRefusedContent = 64 * 1024 * 1024;

bool hasControls(QByteArrayView line)
{
    return std::ranges::any_of(line, [](char c) {
        const auto u = static_cast<uchar>(c);
        return (u < 0x20 && c != '\t') || u == 0x7f;
    });
}

} // namespace

QByteArray encodeReply(const Reply &reply)
{
    QByteArray wire;
    const QByteArray code = QByteArray::number(reply.code);
    for (qsizetype i = 0; i < reply.lines.size(); ++i)
        wire += code + (i + 1 < reply.lines.size() ? '-' : ' ') + reply.lines[i] + "\r\n";
    return wire.isEmpty() ? code + " \r\n" : wire;
}

ServerSession::ServerSession(ServerOptions options)
    : m_options(std::move(options))
{
}

ServerSession::~ServerSession()
{
    releaseContent();
}

void ServerSession::start()
{
    ask(Stage::Connect, std::nullopt);
}

std::optional<ServerSessionEvent> ServerSession::next()
{
    if (m_events.empty())
        return std::nullopt;
    ServerSessionEvent event = std::move(m_events.front());
    m_events.pop_front();
    return event;
}

bool ServerSession::wantsBytes() const
{
    const bool handshake = m_state == ServerState::AwaitTls
        || (m_state == ServerState::Connected && m_options.implicitTls && !m_tls);
    return !isOver() && !handshake && unread().size() < BufferHighWater;
}

void ServerSession::receive(QByteArrayView bytes)
{
    if (isOver() || bytes.isEmpty())
        return;
    if (m_state == ServerState::AwaitTls && m_asked != Stage::Tls) {
        // The driver feeds the handshake to TLS: what comes here was sent in clear behind STARTTLS.
        close();
        return;
    }
    if (m_read > 0) {
        m_buffer.remove(0, m_read);
        m_read = 0;
    }
    m_buffer.append(bytes);
    work();
}

void ServerSession::tlsEstablished(QList<Base::ChannelBinding> bindings)
{
    if (m_state != ServerState::AwaitTls)
        return;
    m_tls = true;
    m_bindings = std::move(bindings);
    // Nothing learnt in clear counts any more (RFC 3207 4.2).
    m_heloName.clear();
    m_user.clear();
    m_authenticated = false;
    if (m_options.implicitTls) {
        m_state = ServerState::Connected;
        ask(Stage::Greeting,
            Reply {220,
                {m_options.hostName + (m_options.lmtp ? " LMTP" : " ESMTP")
                    + " Mailgauge sandbox"}});
        return;
    }
    m_state = ServerState::AwaitHello;
    work();
}

void ServerSession::timeoutExpired()
{
    if (!isOver())
        refuseAndClose({421, {"4.4.2 Nothing heard for too long, closing"_ba}});
}

void ServerSession::work()
{
    while (!m_asked && !isOver()) {
        const bool goesOn = m_state == ServerState::Content ? workOnContent()
            : m_state == ServerState::Chunk                 ? workOnChunk()
                                                            : workOnLine();
        if (!goesOn)
            return;
    }
}

bool ServerSession::workOnLine()
{
    if (m_state == ServerState::Connected || m_state == ServerState::AwaitTls)
        return false;
    const QByteArrayView bytes = unread();
    const bool authLine = m_state == ServerState::Auth
        || bytes.first(qMin(bytes.size(), 5)).compare("AUTH ", Qt::CaseInsensitive) == 0;
    const qsizetype limit = authLine ? m_options.limits.authLine : m_options.limits.line;
    const qsizetype end = bytes.indexOf("\r\n", qMax(0, m_searched - 1));
    if (end >= 0) {
        const bool tooLong = m_discarded > 0 || end + 2 > limit;
        const QByteArray line = tooLong ? QByteArray() : bytes.first(end).toByteArray();
        m_read += end + 2;
        m_searched = 0;
        m_discarded = 0;
        if (tooLong)
            overlongLine();
        else
            handleLine(line);
        return true;
    }
    m_searched = bytes.size();
    if (bytes.size() <= limit)
        return false;
    // Keep a CR that may belong to the end of the line.
    const qsizetype keep = bytes.endsWith('\r') ? 1 : 0;
    m_discarded += bytes.size() - keep;
    m_read += bytes.size() - keep;
    m_searched = keep;
    if (m_discarded > m_options.limits.discardedLine)
        refuseAndClose({500, {"5.5.2 Line without end, closing"_ba}});
    return false;
}

void ServerSession::overlongLine()
{
    if (m_state == ServerState::Auth) {
        m_exchange.reset();
        m_state = ServerState::Ready;
        refuse({500, {"5.5.6 AUTH line too long"_ba}});
        return;
    }
    refuse({500, {"5.5.2 Line too long"_ba}});
}

void ServerSession::handleLine(QByteArrayView line)
{
    if (++m_commands > m_options.limits.commands) {
        refuseAndClose({421, {"4.7.0 Too many commands, closing"_ba}});
        return;
    }
    if (hasControls(line)) {
        m_exchange.reset();
        if (m_state == ServerState::Auth)
            m_state = ServerState::Ready;
        refuse({500, {"5.5.2 Commands end in CRLF and hold no control characters"_ba}});
        return;
    }
    if (m_state == ServerState::Auth)
        handleAuthLine(line);
    else
        handleCommand(parseCommand(line));
}

bool ServerSession::workOnContent()
{
    if (m_unstuffer.isFinished()) {
        endContent();
        return true;
    }
    const QByteArrayView bytes = unread();
    if (bytes.isEmpty())
        return false;
    const qint64 before = m_unstuffer.size();
    const bool keep = !m_tooLarge && !m_noRoom;
    m_read += m_unstuffer.feed(bytes, keep ? &m_transaction.content : nullptr);
    const qint64 grown = m_unstuffer.size() - before;
    if (keep)
        reserveContent(grown);
    m_tooLarge = m_unstuffer.size() > m_options.limits.message;
    if (m_tooLarge || m_noRoom)
        releaseContent();
    if (m_unstuffer.size() > m_options.limits.message * 2 + MaxRefusedContent)
        refuseAndClose({552, {"5.3.4 Message far too large, closing"_ba}});
    else
        ask(Stage::Content, std::nullopt);
    return false;
}

void ServerSession::endContent()
{
    const auto refused = [this](const Reply &reply) {
        resetTransaction();
        m_state = ServerState::Ready;
        say(reply);
    };
    if (m_tooLarge)
        return refused({552, {"5.3.4 Message too large"_ba}});
    if (m_noRoom)
        return refused({452, {"4.3.1 No room for this message now"_ba}});
    if (m_transaction.forwardPaths.isEmpty())
        return refused({554, {"5.5.1 No valid recipients"_ba}});
    if (m_options.refuseBareLf && (m_unstuffer.sawBareLf() || m_unstuffer.sawBareCr()))
        return refused({550, {"5.6.0 CR or LF alone in the message"_ba}});
    if (!m_options.lmtp && !m_transaction.prdr) {
        ask(Stage::Dot, Reply {250, {"2.0.0 Ok: queued as " + m_transaction.queueId}});
        return;
    }
    m_verdicts = Verdicts {};
    if (!m_options.lmtp)
        say({353, {"2.0.0 A verdict for each recipient follows"_ba}});
    askVerdict();
}

std::optional<Mailbox> ServerSession::askedVerdict() const
{
    const bool one = m_verdicts && m_verdicts->next < m_transaction.forwardPaths.size();
    return one ? std::optional(m_transaction.forwardPaths[m_verdicts->next]) : std::nullopt;
}

void ServerSession::askVerdict()
{
    const QByteArray queued = "2.0.0 Ok: queued as " + m_transaction.queueId;
    if (const auto recipient = askedVerdict())
        ask(Stage::Dot, Reply {250, {m_options.lmtp ? queued : "2.1.5 Ok"_ba}});
    else if (m_verdicts->accepted.isEmpty())
        ask(Stage::Dot, Reply {550, {"5.7.1 Refused for every recipient"_ba}});
    else
        ask(Stage::Dot, Reply {250, {queued}});
}

/// Behind an answer to dot, before it is said.
void ServerSession::noteVerdict(const Reply &reply)
{
    const bool positive = reply.replyClass() == ReplyClass::Completion;
    const auto recipient = askedVerdict();
    if (recipient && positive)
        m_verdicts->accepted.append(*recipient);
    const bool last = !m_verdicts || !recipient
        || (m_options.lmtp && m_verdicts->next + 1 == m_transaction.forwardPaths.size());
    if (m_verdicts && last)
        m_transaction.forwardPaths = m_verdicts->accepted;
    const bool accepted = m_options.lmtp ? !m_transaction.forwardPaths.isEmpty() : positive;
    if (last && accepted)
        m_events.push_back(ServerEvent::MessageReceived {m_transaction});
}

/// Behind an answer to dot, once it was said.
void ServerSession::afterVerdict()
{
    const bool more = m_verdicts && ++m_verdicts->next < m_transaction.forwardPaths.size();
    const bool overall = m_verdicts && !m_options.lmtp
        && m_verdicts->next == m_transaction.forwardPaths.size();
    if (overall) { // it is about those who are left
        m_transaction.forwardPaths = m_verdicts->accepted;
        m_verdicts->next = m_transaction.forwardPaths.size();
    }
    if (more || overall)
        return askVerdict();
    resetTransaction();
    m_state = ServerState::Ready;
}

bool ServerSession::outOfStep(Stage stage) const
{
    if (unread().isEmpty())
        return false;
    if (stage == Stage::Greeting)
        return true;
    const auto rule = std::ranges::find_if(
        serverRules, [stage](const ServerRule &r) { return r.stage == stage; });
    return rule != serverRules.end() && rule->alone;
}

void ServerSession::ask(Stage stage, std::optional<Reply> proposed)
{
    m_asked = stage;
    m_events.push_back(ServerEvent::Asked {stage, std::move(proposed)});
}

bool ServerSession::answer(const ServerAnswer &answer)
{
    if (!m_asked)
        return false;
    const Stage stage = *m_asked;
    m_asked.reset();
    if (outOfStep(stage)) {
        refuseAndClose({554, {"5.5.1 You sent more before my reply; closing"_ba}});
        return false;
    }
    if (stage == Stage::Dot && answer.reply)
        noteVerdict(*answer.reply);
    if (answer.reply && answer.send)
        say(*answer.reply);
    switch (stage) {
    case Stage::Connect:
        // A reply given here stands for the greeting.
        if (answer.reply) {
            applyAnswer(Stage::Greeting, *answer.reply);
        } else if (m_options.implicitTls) {
            m_state = ServerState::AwaitTls;
            ask(Stage::Tls, std::nullopt);
        } else {
            ask(Stage::Greeting,
                Reply {220,
                    {m_options.hostName + (m_options.lmtp ? " LMTP" : " ESMTP")
                        + " Mailgauge sandbox"}});
        }
        break;
    case Stage::Tls:
        if (!answer.reply && answer.send)
            m_events.push_back(ServerEvent::StartTls {});
        break;
    case Stage::Content:
        afterChunk(answer.reply);
        break;
    default:
        applyAnswer(stage, answer.reply.value_or(Reply {421, {}}));
        break;
    }
    work();
    return true;
}

void ServerSession::say(const Reply &reply)
{
    m_events.push_back(ServerEvent::Send {encodeReply(reply)});
}

void ServerSession::refuse(const Reply &reply)
{
    if (++m_errors > m_options.limits.errors)
        refuseAndClose({421, {"4.7.0 Too many errors, closing"_ba}});
    else
        say(reply);
}

void ServerSession::refuseAndClose(const Reply &reply)
{
    // In the middle of a handshake nothing can be said.
    if (m_state != ServerState::AwaitTls)
        say(reply);
    close();
}

void ServerSession::close()
{
    if (isOver())
        return;
    m_state = ServerState::Closed;
    m_asked.reset();
    m_exchange.reset();
    m_buffer.clear();
    m_read = 0;
    resetTransaction();
    m_events.push_back(ServerEvent::Closed {});
}

void ServerSession::releaseContent()
{
    if (m_options.budget)
        m_options.budget->left += m_reserved;
    m_reserved = 0;
    m_transaction.content = {};
}

void ServerSession::resetTransaction()
{
    releaseContent();
    m_transaction = {};
    m_unstuffer = {};
    m_verdicts.reset();
    m_chunk.reset();
    m_chunkOctets = 0;
    m_chunkFailed = false;
    m_anyRecipient = false;
    m_tooLarge = false;
    m_noRoom = false;
}

} // namespace Mailgauge::Smtp
