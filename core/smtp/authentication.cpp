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

QByteArray listed(const QList<QByteArray> &names)
{
    return names.isEmpty() ? "none"_ba : names.join(' ');
}

} // namespace

void Session::Private::startAuth()
{
    m_state = State::Greeted;
    if (stopsBefore(Stage::Auth))
        return stop(true);
    if (!m_options.xclient.isEmpty() && !m_xclientSent)
        return sendXclient();
    const AuthOptions &auth = m_options.auth;
    const QList<QByteArray> announced = m_capabilities.authMechanisms();
    const QList<QByteArray> offered = offeredMechanisms(announced, auth.aliases);
    if (auth.need == AuthOptions::Need::Never)
        return becomeReady();
    noteDowngrade(offered);
    if (auth.need != AuthOptions::Need::Required && offered.isEmpty())
        return becomeReady();
    auto queue = MechanismQueue::of(auth, announced, m_tls, m_bindings);
    if (!queue && auth.need == AuthOptions::Need::Optional)
        return goOnWithoutAuth(queue.error().detail.toUtf8());
    if (!queue)
        return fail(queue.error(), End::Quit, {}, Stage::Auth);
    m_queue = std::move(*queue);
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
    const MechanismQueue::Turn turn = m_queue.next();
    m_state = State::AwaitAuth;
    m_rounds = 0;
    m_authSent = false;
    m_delayedInitial.reset();
    hide(turn.token, "token"_ba);
    m_mechanism = turn.mechanism;
    m_announcedName = turn.announcedName;
    if (!turn.startsWithResponse) {
        m_authSent = true;
        sendCommand(Command::auth(m_announcedName, {}));
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
    if (!initial && m_queue.goesOnUnsaid()) {
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
    auto command = Command::auth(m_announcedName, bytes);
    if (!command || command->bytes().size() > Command::MaxAuthLine
        || m_options.auth.initial == AuthOptions::Initial::Never) {
        m_delayedInitial = bytes;
        command = Command::auth(m_announcedName, {});
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
    // The whole of it is masked before it is cut: half a secret would not be known.
    const QByteArray reason = told.isEmpty() ? told : ": " + m_mask.apply(told).left(MaxReason);
    if (m_queue.goesOnAfter(reply)) {
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
    m_queue = {}; // with the credentials
    if (stopsBefore(Stage::Mail))
        return stop(true);
    m_state = State::Ready;
    nextByHand();
}

} // namespace Mailgauge::Smtp
