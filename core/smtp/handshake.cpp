// SPDX-License-Identifier: GPL-3.0-or-later
#include "smtp/sessionprivate.h"

#include "base/literals.h"
#include "smtp/xclient.h"

#include <utility>

namespace Mailgauge::Smtp {

using Base::Error;

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
    const QByteArray &name = m_options.ehloName;
    m_state = m_options.protocol == Protocol::Smtp ? State::AwaitHelo : State::AwaitEhlo;
    switch (m_options.protocol) {
    case Protocol::Smtp:
        sendCommand(Command::helo(name));
        break;
    case Protocol::Esmtp:
        sendCommand(Command::ehlo(name));
        break;
    case Protocol::Lmtp:
        sendCommand(Command::lhlo(name));
        break;
    }
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
    const bool needsExtension = (isStartTlsRequired(m_options.tls) && !m_tls)
        || m_options.auth.need == AuthOptions::Need::Required;
    if (next == State::Refused || needsExtension)
        return refused(u"EHLO refused"_s, reply);
    if (m_options.protocol == Protocol::Lmtp) // RFC 2033 4.1: neither HELO nor EHLO
        return refused(u"LHLO refused"_s, reply);
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
    const bool wanted = isTlsWished(m_options.tls) || isStartTlsRequired(m_options.tls);
    if (m_options.xclientBeforeTls && !m_options.xclient.isEmpty() && !m_xclientSent)
        return sendXclient();
    if (m_tls || m_tlsRefused || !wanted)
        return startAuth();
    if (m_capabilities.has("STARTTLS")) {
        m_state = State::AwaitStartTls;
        sendCommand(Command::startTls());
        return;
    }
    if (isStartTlsRequired(m_options.tls))
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
    if (m_options.tls != TlsPolicy::Opportunistic)
        return refused(u"STARTTLS refused"_s, reply);
    m_events.emplace_back(Event::QuirkSeen {
        Quirk::StartTlsRefused, Stage::StartTls, reply.oneLine().left(Error::MaxEvidence)});
    m_tlsRefused = true;
    afterHello();
}

void Session::Private::startHandshake()
{
    m_state = State::Handshake;
    enterStage(Stage::Tls);
    armDeadline();
    if (m_greeted) { // C6: what was said in clear does not count any more.
        m_offeredInClear = m_capabilities.authMechanisms();
        m_capabilities = {};
        m_events.emplace_back(Event::CapabilitiesChanged {m_capabilities});
    }
    m_events.emplace_back(Event::StartTls {});
}

void Session::Private::tlsEstablished(QList<Base::ChannelBinding> bindings, TlsTrust trust)
{
    if (m_state != State::Handshake)
        return;
    m_tls = true;
    m_bindings = std::move(bindings);
    m_trust = trust;
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

void Session::Private::sendXclient()
{
    const Capability *announced = m_capabilities.find("XCLIENT");
    const QByteArray missing = announced && !m_options.xclientAnyway
        ? unannouncedXclient(*announced, m_options.xclient)
        : QByteArray();
    if ((!announced && !m_options.xclientAnyway) || !missing.isEmpty())
        return fail({Error::Kind::Unsupported,
                        announced ? u"XCLIENT is announced without "_s + QLatin1StringView(missing)
                                  : u"XCLIENT is not announced"_s,
                        {}},
            End::Quit, {}, Stage::Helo);
    m_xclientSent = true;
    m_state = State::AwaitXclient;
    sendCommand(Command::xclient(m_options.xclient));
}

void Session::Private::onXclient(const Reply &reply)
{
    if (!reply.isPositive())
        return refused(u"XCLIENT refused"_s, reply);
    if (reply.code != 220)
        return outOfStep(u"XCLIENT needs 220"_s, reply.text());
    // A new session begins, with capabilities of its own.
    m_capabilities = {};
    m_events.emplace_back(Event::CapabilitiesChanged {m_capabilities});
    sayHello();
}

} // namespace Mailgauge::Smtp
