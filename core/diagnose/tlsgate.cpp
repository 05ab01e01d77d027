// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnose/tlsgate.h"

#include "base/literals.h"
#include "net/greetingcheck.h"

#include <algorithm>
#include <utility>

namespace Mailgauge::Diagnose {

using Base::Error;
using Smtp::Stage;

namespace {

Smtp::SessionOptions sessionOptions(const GateOptions &options)
{
    Smtp::SessionOptions session;
    session.ehloName = options.ehloName;
    session.tls = options.implicitTls ? Smtp::TlsPolicy::ImplicitTls
                                      : Smtp::TlsPolicy::RequireStartTls;
    session.deadlines = options.deadlines;
    return session;
}

} // namespace

QByteArray GateFailure::text() const
{
    if (reply)
        return reply->oneLine();
    return error.detail.toUtf8();
}

bool GateFailure::isBusy() const
{
    if (reply)
        return reply->replyClass() == Smtp::ReplyClass::Transient;
    // Before TLS: whoever is asked too often stops to answer.
    return stage != Stage::Tls && stage != Stage::Resolve
        && (error.kind == Error::Kind::Timeout || error.kind == Error::Kind::ConnectionClosed
            || error.kind == Error::Kind::Connect);
}

TlsGate::TlsGate(GateOptions options, const Base::Clock &clock, QObject *parent)
    : QObject(parent)
    , m_options(std::move(options))
    , m_clock(clock)
    , m_transport(this)
    , m_opener({.target = m_options.target,
                   .limit = m_options.deadlines.connect,
                   .ownName = m_options.ehloName,
                   .lookUp = m_options.lookUp},
          m_transport, this)
{
    m_deadline.setSingleShot(true);
    connect(&m_deadline, &QTimer::timeout, this, &TlsGate::timePassed);
    connect(&m_opener, &Net::Opener::opened, this, &TlsGate::reached);
    connect(&m_opener, &Net::Opener::failed, this,
        [this](const Error &error) { fail({error, m_opener.stage(), {}}); });
    connect(&m_transport, &Net::Transport::received, this, &TlsGate::takeBytes);
    connect(&m_transport, &Net::Transport::ended, this, &TlsGate::ended);
}

TlsGate::~TlsGate()
{
    m_transport.disconnect(this);
}

void TlsGate::open()
{
    m_opener.start();
}

void TlsGate::reached(const QString &address)
{
    m_address = address;
    m_session.emplace(sessionOptions(m_options));
    m_phase = Phase::Session;
    m_session->start(m_clock.now());
    pump();
    if (const QByteArray early = m_opener.takeEarly(); !early.isEmpty())
        takeBytes(early);
}

void TlsGate::takeBytes(const QByteArray &bytes)
{
    if (m_phase == Phase::Tls) {
        Q_EMIT received(bytes);
        return;
    }
    if (m_phase != Phase::Session)
        return;
    if (!m_greeted) {
        m_greetingHead += bytes.left(Net::GreetingHeadSize - m_greetingHead.size());
        if (const auto error = Net::checkGreeting(m_greetingHead))
            return fail({*error, Stage::Greeting, {}});
        m_greeted = m_greetingHead.contains('\n') || m_greetingHead.size() >= Net::GreetingHeadSize;
    }
    m_session->receive(bytes, m_clock.now());
    pump();
}

void TlsGate::pump()
{
    std::optional<GateFailure> failure;
    while (m_phase == Phase::Session) {
        const std::optional<Smtp::SessionEvent> event = m_session->next();
        if (!event)
            break;
        if (const auto *send = std::get_if<Smtp::Event::Send>(&*event)) {
            m_transport.write(send->bytes);
        } else if (std::holds_alternative<Smtp::Event::StartTls>(*event)) {
            m_phase = Phase::Tls;
            m_deadline.start(m_options.deadlines.tls);
            Q_EMIT opened();
            return;
        } else if (const auto *failed = std::get_if<Smtp::Event::Failed>(&*event)) {
            failure = {failed->failure.error, failed->failure.stage, failed->reply};
        }
    }
    if (failure) { // a QUIT may be among what was written
        m_transport.closeAfterWriting();
        m_phase = Phase::Over;
        m_deadline.stop();
        Q_EMIT failed(*failure);
        return;
    }
    if (m_phase != Phase::Session)
        return;
    if (const std::optional<Base::TimePoint> deadline = m_session->deadline()) {
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(*deadline - m_clock.now());
        m_deadline.start(std::max(left, std::chrono::milliseconds(0)));
    }
}

void TlsGate::timePassed()
{
    if (m_phase == Phase::Tls) {
        const auto limit = QString::number(m_options.deadlines.tls.count());
        return fail(
            {{Error::Kind::Timeout, u"no answer to the ClientHello within %1 ms"_s.arg(limit), {}},
                Stage::Tls, {}});
    }
    if (m_phase != Phase::Session)
        return;
    const std::optional<Base::TimePoint> deadline = m_session->deadline();
    if (deadline && m_clock.now() >= *deadline)
        m_session->timeoutExpired(m_clock.now());
    pump();
}

void TlsGate::ended(const std::optional<Error> &error)
{
    if (m_phase == Phase::Tls) {
        const QString how = error ? error->detail : u"the server closed the connection"_s;
        return fail({{Error::Kind::ConnectionClosed, how + u" without an answer of TLS"_s, {}},
            Stage::Tls, {}});
    }
    if (m_phase != Phase::Session)
        return;
    if (error)
        m_session->transportFailed(*error, m_clock.now());
    else
        m_session->peerClosed(m_clock.now());
    pump();
}

void TlsGate::fail(GateFailure failure)
{
    if (m_phase == Phase::Over)
        return;
    abort();
    Q_EMIT failed(failure);
}

void TlsGate::write(const QByteArray &bytes)
{
    if (m_phase == Phase::Tls)
        m_transport.write(bytes);
}

void TlsGate::leave(const QByteArray &farewell)
{
    if (m_phase != Phase::Tls)
        return abort();
    m_phase = Phase::Over;
    m_deadline.stop();
    m_transport.write(farewell);
    m_transport.closeAfterWriting();
}

void TlsGate::abort()
{
    m_phase = Phase::Over;
    m_deadline.stop();
    m_opener.abort();
    m_transport.abort();
}

} // namespace Mailgauge::Diagnose
