// SPDX-License-Identifier: GPL-3.0-or-later
#include "smtp/session.h"

#include "base/literals.h"
#include "smtp/sessionprivate.h"

#include <utility>

namespace Mailgauge::Smtp {

Session::Session(SessionOptions options)
    : d(std::make_unique<Private>(std::move(options)))
{
}

Session::~Session() = default;
Session::Session(Session &&) noexcept = default;
Session &Session::operator=(Session &&) noexcept = default;

Base::Result<void> Session::check(const SessionOptions &options)
{
    if (options.chunkSize < 1)
        return Base::fail(Base::Error::Kind::InvalidInput, u"a chunk of no octets"_s);
    if (auto xclient = Command::xclient(options.xclient); !xclient)
        return std::unexpected(xclient.error());
    for (const QByteArray &line : options.commands) {
        if (auto command = checkByHand(line); !command)
            return command;
    }
    return Command::ehlo(options.ehloName).transform([](const Command &) { });
}

Base::Result<void> Session::check(const Transaction &transaction)
{
    if (auto values = checkValues(transaction); !values)
        return values;
    const Envelope &envelope = transaction.envelope;
    if (auto mail = Command::mail(envelope.reversePath, transaction.mailParameters); !mail)
        return std::unexpected(mail.error());
    return Command::rcpt(envelope.forwardPaths.first(), transaction.rcptParameters)
        .transform([](const Command &) { });
}

void Session::start(Base::TimePoint now)
{
    d->m_now = now;
    d->start();
}

void Session::receive(QByteArrayView bytes, Base::TimePoint now)
{
    d->m_now = now;
    d->receive(bytes);
}

void Session::peerClosed(Base::TimePoint now)
{
    d->m_now = now;
    d->peerClosed();
}

void Session::transportFailed(Base::Error error, Base::TimePoint now)
{
    d->m_now = now;
    d->transportFailed(std::move(error));
}

void Session::timeoutExpired(Base::TimePoint now)
{
    d->m_now = now;
    d->timeoutExpired();
}

void Session::tlsEstablished(
    Base::TimePoint now, QList<Base::ChannelBinding> bindings, TlsTrust trust)
{
    d->m_now = now;
    d->tlsEstablished(std::move(bindings), trust);
}

void Session::mechanismAnswered(const Base::Result<Sasl::Response> &response, Base::TimePoint now)
{
    d->m_now = now;
    if (d->m_state == State::AskMechanism)
        d->mechanismAnswered(response);
}

void Session::tlsFailed(Base::Error error, Base::TimePoint now)
{
    d->m_now = now;
    d->tlsFailed(std::move(error));
}

void Session::send(Transaction transaction, Base::TimePoint now)
{
    d->m_now = now;
    d->send(std::move(transaction));
}

void Session::follow(Transaction transaction, Base::TimePoint now)
{
    d->m_now = now;
    d->follow(std::move(transaction));
}

void Session::quit(Base::TimePoint now)
{
    d->m_now = now;
    d->quit();
}

Base::Result<void> Session::command(const QByteArray &line, Base::TimePoint now)
{
    d->m_now = now;
    return d->command(line);
}

Base::Result<void> Session::resume(const std::optional<QByteArray> &line, Base::TimePoint now)
{
    d->m_now = now;
    return d->resume(line);
}

QByteArray Session::contentChunk(const QByteArray &chunk, Base::TimePoint now)
{
    d->m_now = now;
    return d->contentChunk(chunk);
}

void Session::contentProgress(Base::TimePoint now)
{
    d->m_now = now;
    d->contentProgress();
}

void Session::contentFinished(Base::TimePoint now)
{
    d->m_now = now;
    d->contentFinished();
}

void Session::committed(Base::TimePoint now)
{
    d->m_now = now;
    d->committed();
}

void Session::withdraw(int ahead, Base::Error why, Base::TimePoint now)
{
    d->m_now = now;
    d->withdraw(ahead, std::move(why));
}

void Session::written(Base::TimePoint now)
{
    d->m_now = now;
    d->written();
}

std::optional<SessionEvent> Session::next()
{
    if (d->m_events.empty())
        return std::nullopt;
    SessionEvent event = std::move(d->m_events.front());
    d->m_events.pop_front();
    return event;
}

std::optional<Base::TimePoint> Session::deadline() const
{
    return d->m_deadline;
}

Stage Session::stage() const
{
    return d->m_stage;
}

bool Session::isOver() const
{
    return d->m_state == State::Over;
}

} // namespace Mailgauge::Smtp
