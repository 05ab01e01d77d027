// SPDX-License-Identifier: GPL-3.0-or-later
#include "sandbox/sandboxsession.h"

#include "base/literals.h"

#include <algorithm>

namespace Mailgauge::Sandbox {

namespace {

using Position = RawBytes::Position;
using Smtp::Stage;

/// A client that does not read its replies gets no further ones.
constexpr qsizetype MaxWaiting = 1024 * 1024;

Smtp::ServerOptions serverOptions(const ScenarioSettings &settings, const SessionContext &context)
{
    const TlsMode tls = settings.tls.value_or(context.tls);
    Smtp::ServerOptions options;
    options.hostName = settings.hostName;
    options.keywords = settings.keywords;
    options.announceSize = settings.announceSize;
    options.implicitTls = tls == TlsMode::Implicit;
    options.offerStartTls = tls == TlsMode::StartTls && settings.offerStartTls;
    options.authMechanisms = settings.authMechanisms;
    // Where there is no TLS to be had, asking for it first would make AUTH impossible.
    options.authInClear = settings.authBeforeTls
        || (!options.implicitTls && !options.offerStartTls);
    options.authRequired = settings.authRequired;
    options.lmtp = settings.lmtp;
    options.refuseBareLf = settings.refuseBareLf;
    options.account = context.account;
    options.sessionId = context.id;
    options.nonce = context.nonce;
    options.limits.recipients = settings.maxRecipients;
    options.limits.message = settings.sizeLimit;
    options.budget = context.budget;
    return options;
}

QList<OutputQueue::Segment> segmentsAt(const Actions &actions, Position position)
{
    QList<OutputQueue::Segment> result;
    for (const RawBytes &raw : actions.raw) {
        if (raw.position == position)
            result += OutputQueue::Segment {raw.bytes, raw.repeat};
    }
    return result;
}

} // namespace

SandboxSession::SandboxSession(
    std::shared_ptr<ScenarioPlayer> player, const SessionContext &context)
    : m_player(std::move(player))
    , m_number(context.number)
    , m_server(serverOptions(m_player->scenario().settings, context))
    , m_certificate(m_player->scenario().settings.certificate)
{
}

SandboxSession::~SandboxSession()
{
    m_player->sessionEnded(m_number);
}

const QByteArray &SandboxSession::hostName() const
{
    return m_player->scenario().settings.hostName;
}

void SandboxSession::start(Base::TimePoint now)
{
    m_lastHeard = now;
    m_server.start();
    drainServer(now);
}

void SandboxSession::receive(QByteArrayView bytes, Base::TimePoint now)
{
    m_lastHeard = now;
    if (m_mute)
        return;
    m_server.receive(bytes);
    drainServer(now);
}

void SandboxSession::tlsEstablished(Base::TimePoint now, QList<Base::ChannelBinding> bindings)
{
    m_lastHeard = now;
    m_output.append(std::exchange(m_afterTls, {}));
    m_server.tlsEstablished(std::move(bindings));
    drainServer(now);
}

void SandboxSession::timeoutExpired(Base::TimePoint now)
{
    if (m_held && now >= m_held->until) {
        const Held held = *std::exchange(m_held, std::nullopt);
        m_lastHeard = now; // the wait was ours
        act(held.asked, *held.actions);
        drainServer(now);
        return;
    }
    if (m_held || now < m_lastHeard + m_player->scenario().settings.idle)
        return;
    const bool stuck = m_mute || m_stopReading || !m_output.isEmpty()
        || m_server.state() == Smtp::ServerState::AwaitTls || m_server.isOver();
    m_lastHeard = now;
    if (stuck) {
        m_mute = true;
        m_output.clear();
        m_output.append(OutputQueue::Mark::Rst);
        return;
    }
    m_server.timeoutExpired();
    drainServer(now);
}

std::optional<SandboxSessionEvent> SandboxSession::next(qsizetype room, Base::TimePoint now)
{
    if (!m_accepted.empty()) {
        SandboxEvent::Accepted accepted = std::move(m_accepted.front());
        m_accepted.pop_front();
        return accepted;
    }
    auto item = m_output.next(room, now);
    if (!item)
        return std::nullopt;
    if (QByteArray *bytes = std::get_if<QByteArray>(&*item))
        return SandboxEvent::Write {std::move(*bytes)};
    const OutputQueue::Mark mark = std::get<OutputQueue::Mark>(*item);
    if (mark == OutputQueue::Mark::StartTls)
        return SandboxEvent::StartTls {m_certificate, m_handshakeSplit};
    return SandboxEvent::Close {mark};
}

std::optional<Base::TimePoint> SandboxSession::deadline() const
{
    Base::TimePoint at = m_lastHeard + m_player->scenario().settings.idle;
    // A held answer is our delay, not the client's.
    if (m_held)
        at = m_held->until;
    if (const auto pause = m_output.deadline())
        at = std::min(at, *pause);
    return at;
}

bool SandboxSession::wantsBytes() const
{
    if (m_stopReading)
        return false;
    return m_mute || (m_server.wantsBytes() && m_output.size() < MaxWaiting);
}

void SandboxSession::drainServer(Base::TimePoint now)
{
    while (auto event = m_server.next()) {
        std::visit(
            [this, now](const auto &e) {
                if constexpr (std::is_same_v<std::decay_t<decltype(e)>, Smtp::ServerEvent::Asked>)
                    on(e, now);
                else
                    on(e);
            },
            *event);
    }
}

Occasion SandboxSession::occasion(Stage stage) const
{
    const Smtp::ServerTransaction &transaction = m_server.transaction();
    const auto &asked = m_server.askedPath();
    Occasion result;
    result.stage = stage;
    result.session = m_number;
    result.helo = m_server.heloName();
    result.user = m_server.user();
    if (stage == Stage::Mail)
        result.sender = asked ? asked->address() : QByteArray();
    else if (transaction.reversePath)
        result.sender = transaction.reversePath->address();
    if (stage == Stage::Rcpt && asked) {
        result.recipients = {asked->address()};
    } else if (const auto verdict = m_server.askedVerdict()) {
        result.recipients = {verdict->address()};
    } else {
        for (const Smtp::Mailbox &path : transaction.forwardPaths)
            result.recipients += path.address();
    }
    result.contentBefore = m_contentSeen;
    result.contentNow = m_server.contentSize();
    return result;
}

void SandboxSession::on(const Smtp::ServerEvent::Asked &asked, Base::TimePoint now)
{
    if (m_mute) {
        m_server.answer({asked.proposed, false});
        return;
    }
    if (asked.stage == Stage::Mail) {
        m_bounces.clear();
        m_bounceAll.reset();
    }
    const Actions *actions = m_player->decide(occasion(asked.stage));
    m_contentSeen = asked.stage == Stage::Content ? m_server.contentSize() : -1;
    if (!actions) {
        m_server.answer({asked.proposed, true});
    } else if (actions->delay.count() > 0) {
        m_held = Held {asked, actions, now + actions->delay};
    } else {
        act(asked, *actions);
    }
}

void SandboxSession::remember(const Smtp::ServerEvent::Asked &asked, const Actions &actions)
{
    if (actions.certificate)
        m_certificate = *actions.certificate;
    if (actions.stopReading)
        m_stopReading = true;
    if (!actions.bounce)
        return;
    if (asked.stage == Stage::Rcpt && m_server.askedPath())
        m_bounces.insert(m_server.askedPath()->address(), *actions.bounce);
    else
        m_bounceAll = actions.bounce;
}

/// What the server is told: its own proposal where the rule gives no reply, because a withheld or
/// garbled reply changes what the client knows, not what the server did.
Smtp::ServerAnswer SandboxSession::answerFor(
    const Smtp::ServerEvent::Asked &asked, const Actions &actions) const
{
    if (actions.reply)
        return {actions.reply, true};
    const bool withheld = actions.silence || actions.drop != Actions::Drop::Never
        || !segmentsAt(actions, Position::Instead).isEmpty();
    std::optional<Smtp::Reply> reply = asked.proposed;
    if (withheld && asked.stage == Stage::Connect)
        reply = Smtp::Reply {220, {}}; // instead of the greeting
    return {reply, !withheld};
}

void SandboxSession::act(const Smtp::ServerEvent::Asked &asked, const Actions &actions)
{
    remember(asked, actions);
    const Smtp::ServerAnswer answer = answerFor(asked, actions);
    const bool handshake = asked.stage == Stage::Tls && !answer.reply && answer.send;
    // Bytes of ours in place of a handshake leave nothing that either side could go on with.
    const bool ends = actions.silence || actions.drop != Actions::Drop::Never
        || (asked.stage == Stage::Tls && !handshake);
    if (handshake) {
        m_handshakeSplit = actions.split;
        m_afterTls = segmentsAt(actions, Position::After);
    }
    if (answer.reply && answer.send) {
        m_speaking = &actions; // the bytes around the reply go out with it, cut as one
        if (!m_server.answer(answer))
            m_speaking = nullptr;
    } else {
        QList<OutputQueue::Segment> segments = segmentsAt(actions, Position::Before)
            + segmentsAt(actions, Position::Instead);
        if (!handshake)
            segments += segmentsAt(actions, Position::After);
        m_output.append(segments, actions.split);
        m_server.answer(answer);
    }
    if (ends)
        fallSilent(actions);
}

/// Whatever the server still wants to say is lost; only a message that it accepted counts.
void SandboxSession::fallSilent(const Actions &actions)
{
    // The reply of the rule itself goes out first.
    while (auto event = m_server.next()) {
        if (const auto *send = std::get_if<Smtp::ServerEvent::Send>(&*event); send && m_speaking)
            on(*send);
        else if (const auto *message = std::get_if<Smtp::ServerEvent::MessageReceived>(&*event))
            on(*message);
    }
    m_mute = true;
    if (actions.drop != Actions::Drop::Never)
        m_output.append(
            actions.drop == Actions::Drop::Fin ? OutputQueue::Mark::Fin : OutputQueue::Mark::Rst);
}

void SandboxSession::on(const Smtp::ServerEvent::Send &send)
{
    if (m_mute)
        return;
    const Actions *actions = std::exchange(m_speaking, nullptr);
    if (!actions) {
        m_output.append({{send.bytes}});
        return;
    }
    QList<OutputQueue::Segment> segments = segmentsAt(*actions, Position::Before);
    segments += OutputQueue::Segment {send.bytes};
    segments += segmentsAt(*actions, Position::After);
    m_output.append(segments, actions->split);
}

void SandboxSession::on(const Smtp::ServerEvent::StartTls &)
{
    if (!m_mute)
        m_output.append(OutputQueue::Mark::StartTls);
}

void SandboxSession::on(const Smtp::ServerEvent::MessageReceived &message)
{
    m_accepted.push_back({message.transaction, plannedBounces(message.transaction)});
}

void SandboxSession::on(const Smtp::ServerEvent::Closed &)
{
    if (!m_mute)
        m_output.append(OutputQueue::Mark::Close);
    m_mute = true;
}

QList<PlannedBounce> SandboxSession::plannedBounces(
    const Smtp::ServerTransaction &transaction) const
{
    QList<PlannedBounce> result;
    if (!transaction.reversePath)
        return result; // nobody to tell (RFC 5321 4.5.5)
    for (const Smtp::Mailbox &path : transaction.forwardPaths) {
        const auto own = m_bounces.constFind(path.address());
        if (own == m_bounces.constEnd() && !m_bounceAll)
            continue;
        const LaterBounce &bounce = own != m_bounces.constEnd() ? *own : *m_bounceAll;
        auto same = std::ranges::find(result, bounce.after, &PlannedBounce::after);
        if (same == result.end()) {
            result += PlannedBounce {bounce.after, {}};
            same = result.end() - 1;
        }
        same->recipients += BouncedRecipient {path.address(), bounce.status, bounce.diagnostic};
    }
    return result;
}

} // namespace Mailgauge::Sandbox
