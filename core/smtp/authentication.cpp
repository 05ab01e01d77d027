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
/// Of what a server says inside a mechanism about why it refuses.
constexpr qsizetype MaxReason = 1000;

/// The server does not want this mechanism, whoever asks (RFC 4954 4, 6): another one may do.
bool isAboutMechanism(int code)
{
    return code == 504 || code == 534;
}

QByteArray listed(const QList<QByteArray> &names)
{
    return names.isEmpty() ? "none"_ba : names.join(' ');
}

} // namespace

Sasl::Credentials Session::Private::credentials() const
{
    const AuthOptions &auth = m_options.auth;
    Sasl::Credentials credentials {auth.user, auth.authorizationId, auth.password, auth.token};
    credentials.host = auth.host;
    credentials.port = auth.port;
    if (!m_bindings.isEmpty())
        credentials.binding = m_bindings.first();
    return credentials;
}

Sasl::Choice Session::Private::choice() const
{
    return {.named = m_options.auth.mechanisms,
        .tls = m_tls,
        .allowWithoutTls = m_options.auth.allowWithoutTls};
}

QList<QByteArray> Session::Private::offeredMechanisms() const
{
    return Smtp::offeredMechanisms(m_capabilities.authMechanisms(), m_options.auth.aliases);
}

QByteArray Session::Private::announcedName(const QByteArray &mechanism) const
{
    return Smtp::announcedName(mechanism, m_capabilities.authMechanisms(), m_options.auth.aliases);
}

void Session::Private::startAuth()
{
    m_state = State::Greeted;
    if (stopsBefore(Stage::Auth))
        return stop(true);
    if (!m_options.xclient.isEmpty() && !m_xclientSent)
        return sendXclient();
    const AuthOptions &auth = m_options.auth;
    const QList<QByteArray> offered = offeredMechanisms();
    if (auth.need == AuthOptions::Need::Never)
        return becomeReady();
    noteDowngrade(offered);
    if (auth.need != AuthOptions::Need::Required && offered.isEmpty())
        return becomeReady();
    auto candidates = Sasl::mechanismsToTry(offered, choice(), credentials());
    if (!candidates && auth.need == AuthOptions::Need::Optional)
        return goOnWithoutAuth(candidates.error().detail.toUtf8());
    if (!candidates)
        return fail(candidates.error(), End::Quit, {}, Stage::Auth);
    m_candidates = std::move(*candidates);
    tryMechanism();
}

/// C16: an attacker who can change what is announced takes the strong mechanisms away. What was
/// announced in clear could be forged too, so both are findings, not failures.
void Session::Private::noteDowngrade(const QList<QByteArray> &offered)
{
    QList<QByteArray> gone;
    std::ranges::copy_if(m_offeredInClear, std::back_inserter(gone), [&](const QByteArray &name) {
        return Sasl::mechanismsByStrength().contains(name) && !offered.contains(name);
    });
    const auto note = [&](Quirk quirk, const QByteArray &what) {
        const QByteArray evidence = what + "; offered now: " + listed(offered);
        m_events.emplace_back(
            Event::QuirkSeen {quirk, Stage::Auth, m_mask.apply(evidence).left(Error::MaxEvidence)});
    };
    if (!gone.isEmpty())
        note(Quirk::AuthInClearOnly, gone.join(' ') + " before TLS");
    const QByteArray &expected = m_options.auth.expected;
    if (!expected.isEmpty() && Sasl::isStronger(expected, Sasl::strongestOf(offered)))
        note(Quirk::AuthDowngrade, expected + " in an earlier session");
}

void Session::Private::tryMechanism()
{
    const QByteArray name = m_candidates.takeFirst();
    m_state = State::AwaitAuth;
    m_rounds = 0;
    m_authSent = false;
    m_delayedInitial.reset();
    const Sasl::Credentials given = Sasl::credentialsFor(
        name, offeredMechanisms(), choice(), credentials());
    hide(given.token, "token"_ba);
    m_mechanism = Sasl::createMechanism(name, given);
    const auto initial = m_options.auth.initial;
    const bool byName = initial == AuthOptions::Initial::Always && name == "LOGIN";
    if (!m_mechanism->isClientFirst() && !byName) {
        m_authSent = true;
        sendCommand(Command::auth(announcedName(name), {}));
        return;
    }
    ask({});
}

/// What the mechanism says to the challenge goes on in mechanismAnswered().
void Session::Private::ask(const QByteArray &challenge)
{
    if (!m_mechanism->mayBlock())
        return mechanismAnswered(m_mechanism->respond(challenge));
    m_state = State::AskMechanism;
    enterStage(Stage::Auth);
    armDeadline();
    m_events.emplace_back(Event::AskMechanism {m_mechanism, challenge});
}

void Session::Private::mechanismAnswered(const Base::Result<Sasl::Response> &response)
{
    m_state = State::AwaitAuth;
    if (m_authSent)
        answer(response);
    else
        open(response);
}

void Session::Private::open(const Base::Result<Sasl::Response> &initial)
{
    const QByteArray name = m_mechanism->name();
    // Nothing was said about it yet: another one may do.
    if (!initial && !m_candidates.isEmpty() && (m_options.auth.inTurn || m_mechanism->mayBlock())) {
        const QByteArray why = name + ": not tried: " + initial.error().detail.toUtf8();
        m_events.emplace_back(Event::QuirkSeen {
            Quirk::AuthMechanismRefused, Stage::Auth, m_mask.apply(why).left(Error::MaxEvidence)});
        return tryMechanism();
    }
    if (!initial)
        return fail(initial.error(), End::Quit, {}, Stage::Auth);
    const QByteArray &bytes = initial->bytes.reveal();
    if (initial->sensitive)
        hide(initial->bytes, "AUTH " + name);
    auto command = Command::auth(announcedName(name), bytes);
    if (!command || command->bytes().size() > Command::MaxAuthLine
        || m_options.auth.initial == AuthOptions::Initial::Never) {
        m_delayedInitial = bytes;
        command = Command::auth(announcedName(name), {});
    }
    m_authSent = true;
    sendCommand(command);
}

void Session::Private::onAuth(const Reply &reply)
{
    switch (reply.replyClass()) {
    case ReplyClass::Completion:
        break;
    case ReplyClass::Intermediate:
        return answerChallenge(reply);
    case ReplyClass::Permanent:
    case ReplyClass::Transient:
    case ReplyClass::Preliminary:
        return onAuthRefused(reply);
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

void Session::Private::onAuthRefused(const Reply &reply)
{
    const QByteArray name = m_mechanism->name();
    const QByteArray told = m_mechanism->refusalReason().toUtf8();
    const bool permanent = reply.replyClass() == ReplyClass::Permanent;
    // RFC 5802 7: the server binds, but not to this; nothing was tried about the credentials.
    if (permanent && told == "unsupported-channel-binding-type" && m_bindings.size() > 1) {
        m_bindings.removeFirst();
        m_candidates.prepend(name);
    }
    const bool next = permanent && !m_candidates.isEmpty()
        && (m_options.auth.inTurn || isAboutMechanism(reply.code) || m_candidates.first() == name);
    // The whole of it is masked before it is cut: half a secret would not be known.
    const QByteArray reason = told.isEmpty() ? told : ": " + m_mask.apply(told).left(MaxReason);
    if (next) {
        m_events.emplace_back(Event::QuirkSeen {Quirk::AuthMechanismRefused, Stage::Auth,
            (name + ": " + reply.oneLine() + reason).left(Error::MaxEvidence)});
        return tryMechanism();
    }
    if (m_options.auth.need == AuthOptions::Need::Optional && reply.code != 421)
        return goOnWithoutAuth(name + ": " + reply.oneLine() + reason);
    refused(u"AUTH %1 refused"_s.arg(QString::fromLatin1(name)) + QString::fromUtf8(reason), reply);
}

void Session::Private::goOnWithoutAuth(const QByteArray &why)
{
    m_events.emplace_back(Event::QuirkSeen {
        Quirk::AuthGivenUp, Stage::Auth, m_mask.apply(why).left(Error::MaxEvidence)});
    becomeReady();
}

void Session::Private::answerChallenge(const Reply &reply)
{
    const QByteArray name = m_mechanism->name();
    const QList<QByteArray> &lines = m_received.lines;
    if (++m_rounds > MaxRounds)
        return outOfStep(u"AUTH: a challenge too many"_s, reply.text());
    // [MS-SMTPNTLM] 3.1.5.1: before the first message of NTLM stands a text for people.
    const bool prompt = m_delayedInitial && name == "NTLM";
    // The text of a challenge is base64 (RFC 4954 4), on one line.
    const auto challenge = prompt ? std::optional(QByteArray())
        : lines.size() == 1 && lines.first().size() <= MaxChallenge
        ? Sasl::decodeBase64(lines.first().trimmed())
        : std::nullopt;
    if (!challenge)
        return outOfStep(u"AUTH: the challenge is not base64, or too long"_s, reply.text());
    if (m_delayedInitial) {
        if (!challenge->isEmpty())
            return outOfStep(u"AUTH: a challenge before our first message"_s, *challenge);
        sendCommand(Command::authResponse(name, *std::exchange(m_delayedInitial, {})));
        return;
    }
    ask(*challenge);
}

void Session::Private::answer(const Base::Result<Sasl::Response> &response)
{
    if (!response)
        return fail(response.error(), End::Abort);
    const QByteArray name = m_mechanism->name();
    if (response->sensitive)
        hide(response->bytes, "AUTH " + name);
    sendCommand(Command::authResponse(name, response->bytes.reveal()));
}

void Session::Private::becomeReady()
{
    m_mechanism.reset();
    if (stopsBefore(Stage::Mail))
        return stop(true);
    m_state = State::Ready;
    nextByHand();
}

} // namespace Mailgauge::Smtp
