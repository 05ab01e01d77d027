// SPDX-License-Identifier: GPL-3.0-or-later
#include "net/opener.h"

#include "base/literals.h"
#include "base/logging.h"

#include <utility>

namespace Mailgauge::Net {

using ErrorKind = Base::Error::Kind;
using Smtp::Stage;

Opener::Opener(const Target &target, std::chrono::milliseconds limit, LookUp lookUp,
    Transport &transport, QObject *parent)
    : QObject(parent)
    , m_target(target)
    , m_limit(limit)
    , m_lookUp(std::move(lookUp))
    , m_transport(transport)
{
    m_timer.setSingleShot(true);
    m_timer.setTimerType(Qt::PreciseTimer);
    connect(&m_timer, &QTimer::timeout, this, &Opener::limitPassed);
    connect(&m_transport, &Transport::opened, this, &Opener::attemptDone);
    connect(&m_transport, &Transport::openFailed, this, &Opener::attemptFailed);
}

void Opener::enter(Stage stage)
{
    m_stage = stage;
    Q_EMIT stageEntered(stage);
}

void Opener::start()
{
    m_active = true;
    m_timer.start(m_limit);
    if (m_target.unixSocket) {
        enter(Stage::Connect);
        Q_EMIT noted(u"connecting to %1"_s.arg(m_target.host), m_stage);
        m_transport.open(m_target.host);
        return;
    }
    enter(Stage::Resolve);
    m_lookUp(m_target).then(
        this, [this](const Base::Result<QList<QHostAddress>> &answer) { resolved(answer); });
}

void Opener::abort()
{
    m_active = false;
    m_timer.stop();
    m_transport.abort();
}

void Opener::resolved(const Base::Result<QList<QHostAddress>> &addresses)
{
    if (!m_active || m_stage != Stage::Resolve)
        return; // a late answer after cancel (A3)
    qCInfo(Base::logNet).noquote()
        << "addresses found:" << (addresses ? addresses->size() : qsizetype(0));
    if (!addresses)
        return fail(addresses.error());
    m_addresses = *addresses;
    if (const auto &local = m_target.localAddress) {
        m_addresses.removeIf(
            [&local](const QHostAddress &a) { return a.protocol() != local->protocol(); });
    }
    QStringList texts;
    for (const QHostAddress &address : std::as_const(m_addresses))
        texts.append(address.toString());
    Q_EMIT noted(u"%1 is %2"_s.arg(m_target.host, texts.join(u", "_s)), Stage::Resolve);
    m_lastError = {ErrorKind::Connect, u"no address of the local address's family"_s, {}};
    enter(Stage::Connect);
    tryNext();
}

QString Opener::placeName() const
{
    if (m_target.unixSocket)
        return m_target.host;
    return u"%1 port %2"_s.arg(m_addresses.at(m_next - 1).toString()).arg(m_target.port);
}

void Opener::tryNext()
{
    if (m_next >= m_addresses.size())
        return fail(m_lastError);
    const QHostAddress address = m_addresses.at(m_next++);
    Q_EMIT noted(u"connecting to "_s + placeName(), Stage::Connect);
    m_timer.start(m_limit);
    m_transport.open(address, m_target.port, m_target.localAddress);
}

void Opener::attemptFailed(const Base::Error &error)
{
    if (!m_active)
        return;
    m_lastError = {error.kind, placeName() + u": "_s + error.detail, error.evidence};
    qCInfo(Base::logNet).noquote() << "address" << m_next << "of" << m_addresses.size()
                                   << "not reached:" << Base::kindName(error.kind);
    Q_EMIT noted(m_lastError.detail, Stage::Connect);
    if (m_target.unixSocket)
        fail(m_lastError);
    else
        tryNext();
}

void Opener::attemptDone()
{
    if (!m_active)
        return;
    m_active = false;
    m_timer.stop();
    const QString local = m_transport.localName();
    Q_EMIT noted(local.isEmpty() ? u"connected"_s : u"connected from "_s + local, Stage::Connect);
    Q_EMIT opened(m_target.unixSocket ? m_target.host : m_addresses.at(m_next - 1).toString());
}

void Opener::limitPassed()
{
    if (m_stage == Stage::Resolve) {
        return fail({ErrorKind::Timeout,
            u"no answer for %1 within %2 ms"_s.arg(m_target.host).arg(m_limit.count()), {}});
    }
    m_transport.abort();
    attemptFailed(
        {ErrorKind::Timeout, u"connect: no answer within %1 ms"_s.arg(m_limit.count()), {}});
}

void Opener::fail(const Base::Error &error)
{
    abort();
    Q_EMIT failed(error);
}

} // namespace Mailgauge::Net

#include "moc_opener.cpp"
