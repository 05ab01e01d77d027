// SPDX-License-Identifier: GPL-3.0-or-later
#include "smtp/sessionprivate.h"

#include "base/literals.h"

#include <algorithm>
#include <utility>

namespace Mailgauge::Smtp {

using Base::Error;

namespace {

/// Challenges of one exchange (faults B32); the longest mechanism needs three.
constexpr int MaxRounds = 8;
constexpr qsizetype MaxChallenge = 12'288; // RFC 4954 4
/// An AUTH line with its initial response has to fit (RFC 4954 4).
constexpr qsizetype MaxAuthLine = 512;

/// The server does not want this mechanism, whoever asks (RFC 4954 4, 6): another one may do.
bool isAboutMechanism(int code)
{
    return code == 504 || code == 534;
}

} // namespace

void Session::Private::awaitGreeting()
{
    m_state = State::AwaitGreeting;
    enterStage(Stage::Greeting);
    armDeadline();
    m_owed.push_back({Stage::Greeting});
    if (stopsAfter(Stage::Greeting) && m_options.stop->how == StopRule::How::DropAfterSend)
        stop(false); // No command of ours comes before it.
}

void Session::Private::onGreeting(const Reply &reply)
{
    if (!reply.isPositive())
        return refused(u"the server refuses the session"_s, reply);
    m_greeted = true;
    if (stopsAfter(Stage::Greeting))
        return stop(true);
    sayHello();
}

void Session::Private::sayHello()
{
    const bool extended = m_options.protocol == Protocol::Esmtp;
    m_state = extended ? State::AwaitEhlo : State::AwaitHelo;
    sendCommand(extended ? Command::ehlo(m_options.ehloName) : Command::helo(m_options.ehloName));
}

void Session::Private::onEhlo(State next, const Reply &reply)
{
    if (next == State::Greeted) {
        QList<Quirk> quirks;
        m_capabilities = Capabilities::fromEhlo(m_received, &quirks);
        for (const Quirk quirk : std::as_const(quirks))
            noteQuirk(quirk, reply.text());
        m_events.emplace_back(Event::CapabilitiesChanged {Capabilities::fromEhlo(reply)});
        if (stopsAfter(Stage::Helo))
            return stop(true);
        return afterHello();
    }
    const bool needsExtension = (m_options.tls == TlsPolicy::RequireStartTls && !m_tls)
        || m_options.auth.need == AuthOptions::Need::Required;
    if (next == State::Refused || needsExtension)
        return refused(u"EHLO refused"_s, reply);
    m_state = State::AwaitHelo;
    sendCommand(Command::helo(m_options.ehloName));
}

void Session::Private::onHelo(const Reply &reply)
{
    if (!reply.isPositive())
        return refused(u"HELO refused"_s, reply);
    m_capabilities = {};
    m_events.emplace_back(Event::CapabilitiesChanged {m_capabilities});
    if (stopsAfter(Stage::Helo))
        return stop(true);
    afterHello();
}

void Session::Private::afterHello()
{
    m_state = State::Greeted;
    const bool wanted = m_options.tls == TlsPolicy::Opportunistic
        || m_options.tls == TlsPolicy::RequireStartTls;
    if (m_tls || m_tlsRefused || !wanted)
        return startAuth();
    if (m_capabilities.has("STARTTLS")) {
        m_state = State::AwaitStartTls;
        sendCommand(Command::startTls());
        return;
    }
    if (m_options.tls == TlsPolicy::RequireStartTls)
        return fail({Error::Kind::Unsupported, u"STARTTLS is not announced"_s, {}}, End::Quit, {},
            Stage::StartTls);
    startAuth();
}

void Session::Private::onStartTls(State next, const Reply &reply)
{
    if (next == State::Handshake) {
        if (reply.code != 220)
            return outOfStep(u"STARTTLS needs 220"_s, reply.text());
        // C3, C4: whatever stands behind the 220 was not sent by who answers the handshake.
        if (m_parser.isInsideReply())
            return outOfStep(u"bytes behind the 220 to STARTTLS, before the handshake"_s,
                m_parser.unread().toByteArray());
        if (stopsAfter(Stage::StartTls))
            return stop(false);
        return startHandshake();
    }
    if (m_options.tls == TlsPolicy::RequireStartTls)
        return refused(u"STARTTLS refused"_s, reply);
    m_events.emplace_back(Event::QuirkSeen {Quirk::StartTlsRefused, Stage::StartTls,
        QByteArray::number(reply.code) + ' ' + reply.text().left(Error::MaxEvidence - 4)});
    m_tlsRefused = true;
    afterHello();
}

void Session::Private::startHandshake()
{
    m_state = State::Handshake;
    enterStage(Stage::Tls);
    armDeadline();
    if (m_greeted) { // C6: what was said in clear does not count any more.
        m_capabilities = {};
        m_events.emplace_back(Event::CapabilitiesChanged {m_capabilities});
    }
    m_events.emplace_back(Event::StartTls {});
}

void Session::Private::tlsEstablished()
{
    if (m_state != State::Handshake)
        return;
    m_tls = true;
    if (stopsAfter(Stage::Tls))
        return stop(m_greeted);
    if (m_greeted)
        sayHello();
    else
        awaitGreeting();
}

void Session::Private::tlsFailed(Error error)
{
    if (m_state == State::Handshake)
        fail(std::move(error), End::Abort);
}

void Session::Private::startAuth()
{
    m_state = State::Greeted;
    if (stopsBefore(Stage::Auth))
        return stop(true);
    const AuthOptions &auth = m_options.auth;
    const QList<QByteArray> offered = m_capabilities.authMechanisms();
    if (auth.need == AuthOptions::Need::Never
        || (auth.need == AuthOptions::Need::IfOffered && offered.isEmpty()))
        return becomeReady();

    QList<QByteArray> common;
    for (const QByteArray &name :
        auth.mechanisms.isEmpty() ? Sasl::mechanismsByStrength() : auth.mechanisms) {
        if (offered.contains(name) && Sasl::mechanismsByStrength().contains(name)
            && (auth.authorizationId.isEmpty() || Sasl::carriesAuthorizationId(name)))
            common.append(name);
    }
    m_candidates.clear();
    std::ranges::copy_if(common, std::back_inserter(m_candidates), [&](const QByteArray &name) {
        return m_tls || auth.allowWithoutTls || !Sasl::showsSecret(name);
    });
    if (!m_candidates.isEmpty())
        return tryMechanism();
    const QString detail = offered.isEmpty() ? u"AUTH is not announced"_s
        : common.isEmpty()
        ? u"no mechanism in common; the server offers "_s + QString::fromLatin1(offered.join(' '))
        : u"%1 would show the password without TLS"_s.arg(QString::fromLatin1(common.join(' ')));
    fail({Error::Kind::Unsupported, detail, {}}, End::Quit, {}, Stage::Auth);
}

void Session::Private::tryMechanism()
{
    const QByteArray name = m_candidates.takeFirst();
    m_state = State::AwaitAuth;
    m_rounds = 0;
    m_delayedInitial.reset();
    m_mechanism = Sasl::createMechanism(
        name, {m_options.auth.user, m_options.auth.authorizationId, m_options.auth.password});
    if (!m_mechanism->isClientFirst()) {
        sendCommand(Command::auth(name, {}));
        return;
    }
    const auto initial = m_mechanism->respond({});
    if (!initial)
        return fail(initial.error(), End::Quit, {}, Stage::Auth);
    const QByteArray &bytes = initial->bytes.reveal();
    if (initial->sensitive)
        m_mask.add(initial->bytes, "AUTH " + name);
    auto command = Command::auth(name, bytes);
    if (!command || command->bytes().size() > MaxAuthLine) {
        m_delayedInitial = bytes;
        command = Command::auth(name, {});
    }
    sendCommand(command);
}

void Session::Private::onAuth(const Reply &reply)
{
    switch (reply.replyClass()) {
    case ReplyClass::Completion:
        break;
    case ReplyClass::Intermediate: {
        // The text of a challenge is base64 (RFC 4954 4), on one line.
        const QList<QByteArray> &lines = m_received.lines;
        const auto challenge = lines.size() == 1 && lines.first().size() <= MaxChallenge
            ? Sasl::decodeBase64(lines.first().trimmed())
            : std::nullopt;
        if (!challenge || ++m_rounds > MaxRounds)
            return outOfStep(challenge ? u"AUTH: a challenge too many"_s
                                       : u"AUTH: the challenge is not base64, or too long"_s,
                reply.text());
        return answerChallenge(*challenge);
    }
    case ReplyClass::Permanent:
        if (isAboutMechanism(reply.code) && !m_candidates.isEmpty())
            return tryMechanism();
        [[fallthrough]];
    case ReplyClass::Transient:
    case ReplyClass::Preliminary:
        return refused(u"AUTH %1 refused"_s.arg(QString::fromLatin1(m_mechanism->name())), reply);
    }
    if (m_delayedInitial)
        return outOfStep(u"AUTH: success before our first message"_s, reply.text());
    if (auto finished = m_mechanism->finish(); !finished)
        return fail(finished.error(), End::Abort);
    m_events.emplace_back(Event::Authenticated {m_mechanism->name()});
    if (stopsAfter(Stage::Auth))
        return stop(true);
    becomeReady();
}

void Session::Private::answerChallenge(const QByteArray &challenge)
{
    const QByteArray name = m_mechanism->name();
    if (m_delayedInitial) {
        if (!challenge.isEmpty())
            return outOfStep(u"AUTH: a challenge before our first message"_s, challenge);
        sendCommand(Command::authResponse(name, *std::exchange(m_delayedInitial, {})));
        return;
    }
    const auto response = m_mechanism->respond(challenge);
    if (!response)
        return fail(response.error(), End::Abort);
    if (response->sensitive)
        m_mask.add(response->bytes, "AUTH " + name);
    sendCommand(Command::authResponse(name, response->bytes.reveal()));
}

void Session::Private::becomeReady()
{
    m_mechanism.reset();
    if (stopsBefore(Stage::Mail))
        return stop(true);
    m_state = State::Ready;
    m_deadline.reset();
    if (m_quitAsked)
        return quit();
    m_events.emplace_back(Event::Ready {});
}

} // namespace Mailgauge::Smtp
