// SPDX-License-Identifier: GPL-3.0-or-later
#include "net/opener.h"

#include "base/literals.h"
#include "base/logging.h"

#include <algorithm>
#include <utility>

namespace Mailgauge::Net {

using ErrorKind = Base::Error::Kind;
using Smtp::Stage;

namespace {

QString describe(const Hop &hop)
{
    const QString text = u"%1:%2"_s.arg(hop.host).arg(hop.port);
    const QString ranked = hop.preference ? QString::number(*hop.preference) + u' ' + text : text;
    return hop.implicitTls ? ranked + u" (implicit TLS)"_s : ranked;
}

} // namespace

Opener::Opener(OpenerOptions options, Transport &transport, QObject *parent)
    : QObject(parent)
    , m_options(std::move(options))
    , m_transport(transport)
    , m_router(m_options.makeResolver, this)
    , m_race(this)
{
    m_timer.setSingleShot(true);
    m_timer.setTimerType(Qt::PreciseTimer);
    connect(&m_timer, &QTimer::timeout, this, &Opener::limitPassed);
    connect(&m_router, &Router::noted, this, &Opener::note);
    connect(&m_router, &Router::found, this,
        [this](const RouteFinding &finding) { Q_EMIT found(finding, m_stage); });
    connect(&m_router, &Router::routed, this, &Opener::routed);
    connect(&m_router, &Router::addressesFound, this, &Opener::resolved);
    connect(&m_race, &Race::trying, this,
        [this](const QHostAddress &address) { note(u"connecting to "_s + placeName(address)); });
    connect(&m_race, &Race::failed, this, &Opener::attemptFailed);
    connect(&m_race, &Race::lost, this, [this] { hopFailed(m_lastError); });
    connect(&m_race, &Race::won, this, [this](const QHostAddress &address, int descriptor) {
        m_address = address;
        m_transport.adopt(descriptor);
    });
    connect(&m_transport, &Transport::opened, this, &Opener::attemptDone);
    connect(&m_transport, &Transport::openFailed, this, [this](const Base::Error &error) {
        attemptFailed({}, error);
        hopFailed(m_lastError);
    });
}

void Opener::enter(Stage stage)
{
    m_stage = stage;
    Q_EMIT stageEntered(stage);
}

void Opener::start()
{
    const Target &target = m_options.target;
    m_active = true;
    m_hop = {target.host, target.port, {}, false, true};
    if (target.unixSocket) {
        enter(Stage::Connect);
        note(u"connecting to %1"_s.arg(target.host));
        m_timer.start(m_options.limit);
        m_transport.open(target.host);
        return;
    }
    if (!isRouted()) {
        m_hops = {m_hop};
        return nextHop();
    }
    enter(Stage::Resolve);
    m_timer.start(m_options.limit);
    m_router.findRoute(target, m_options.ownName);
}

void Opener::routed(const Base::Result<Route> &route)
{
    if (!m_active)
        return;
    if (!route)
        return fail(route.error());
    for (const RouteFinding &finding : route->findings)
        Q_EMIT found(finding, m_stage);
    QStringList texts;
    for (const Hop &hop : route->hops)
        texts.append(describe(hop));
    note(u"hosts to try: "_s + texts.join(u", "_s));
    m_hops = route->hops;
    nextHop();
}

void Opener::nextHop()
{
    if (m_hops.isEmpty())
        return fail(m_lastError);
    m_hop = m_hops.takeFirst();
    enter(Stage::Resolve);
    m_timer.start(m_options.limit);
    Target target = m_options.target;
    target.host = m_hop.host;
    const auto pin = std::ranges::find_if(target.pins, [this](const Pin &one) {
        return one.port == m_hop.port && one.host.compare(m_hop.host, Qt::CaseInsensitive) == 0;
    });
    if (pin != target.pins.end())
        target.pinnedAddress = pin->address;
    const bool literal = !QHostAddress(m_hop.host).isNull();
    const bool asksDns = isRouted() || target.resolver;
    if (asksDns && !literal && !target.pinnedAddress)
        return m_router.findAddresses(target, m_hop.host);
    m_options.lookUp(target).then(
        this, [this, round = ++m_lookups](const Base::Result<QList<QHostAddress>> &answer) {
            if (round == m_lookups) // else late, after cancel (A3)
                resolved(answer);
        });
}

void Opener::resolved(const Base::Result<QList<QHostAddress>> &addresses)
{
    if (!m_active || m_stage != Stage::Resolve)
        return;
    qCInfo(Base::logNet).noquote()
        << "addresses found:" << (addresses ? addresses->size() : qsizetype(0));
    if (!addresses) {
        m_lastError = addresses.error();
        return hopFailed(m_lastError);
    }
    connectTo(*addresses);
}

void Opener::connectTo(const QList<QHostAddress> &addresses)
{
    QList<QHostAddress> usable = addresses;
    if (const auto &local = m_options.target.localAddress) {
        usable.removeIf(
            [&local](const QHostAddress &a) { return a.protocol() != local->protocol(); });
    }
    QStringList texts;
    for (const QHostAddress &address : std::as_const(usable))
        texts.append(address.toString());
    note(u"%1 is %2"_s.arg(m_hop.host, texts.join(u", "_s)));
    m_timer.stop();
    enter(Stage::Connect);
    if (usable.isEmpty()) {
        m_lastError = {ErrorKind::Connect, u"no address of the local address's family"_s, {}};
        return hopFailed(m_lastError);
    }
    m_race.start(interleaved(usable), m_hop.port, m_options.target.localAddress, m_options.limit);
}

QString Opener::placeName(const QHostAddress &address) const
{
    if (m_options.target.unixSocket)
        return m_options.target.host;
    const bool v6 = address.protocol() == QAbstractSocket::IPv6Protocol;
    return (v6 ? u"[%1]:%2"_s : u"%1:%2"_s).arg(address.toString()).arg(m_hop.port);
}

void Opener::attemptFailed(const QHostAddress &address, const Base::Error &error)
{
    if (!m_active)
        return;
    m_lastError = {error.kind, placeName(address) + u": "_s + error.detail, error.evidence};
    qCInfo(Base::logNet).noquote() << "address not reached:" << Base::kindName(error.kind);
    note(m_lastError.detail);
}

void Opener::hopFailed(const Base::Error &error)
{
    if (!m_active)
        return;
    if (isRouted()) {
        const QByteArray evidence = describe(m_hop).toUtf8() + ": " + error.detail.toUtf8();
        Q_EMIT found({"route.hostNotReached"_ba, evidence}, m_stage);
    }
    if (m_options.target.unixSocket || m_hops.isEmpty())
        return fail(error);
    nextHop();
}

bool Opener::canResume() const
{
    return isRouted() && (!m_hops.isEmpty() || !m_race.left().isEmpty());
}

void Opener::resume(const Base::Error &why)
{
    m_transport.abort();
    m_active = true;
    m_lastError = why;
    m_stage = Stage::Greeting;
    Q_EMIT found({"route.hostRefused"_ba,
                     describe(m_hop).toUtf8() + ", " + m_address.toString().toLatin1() + ": "
                         + why.detail.toUtf8()},
        m_stage);
    const QList<QHostAddress> left = m_race.left();
    if (left.isEmpty())
        return nextHop();
    note(u"the next address of %1 is tried"_s.arg(m_hop.host));
    enter(Stage::Connect);
    m_race.start(left, m_hop.port, m_options.target.localAddress, m_options.limit);
}

void Opener::attemptDone()
{
    if (!m_active)
        return;
    m_active = false;
    m_timer.stop();
    const QString local = m_transport.localName();
    note(local.isEmpty() ? u"connected"_s : u"connected from "_s + local);
    Q_EMIT opened(m_options.target.unixSocket ? m_options.target.host : m_address.toString());
}

void Opener::limitPassed()
{
    if (m_stage == Stage::Resolve) {
        m_router.abort();
        ++m_lookups;
        m_lastError = {ErrorKind::Timeout,
            u"no answer for %1 within %2 ms"_s.arg(m_hop.host).arg(m_options.limit.count()), {}};
        return hopFailed(m_lastError);
    }
    m_transport.abort();
    attemptFailed({},
        {ErrorKind::Timeout, u"connect: no answer within %1 ms"_s.arg(m_options.limit.count()),
            {}});
    hopFailed(m_lastError);
}

void Opener::abort()
{
    m_active = false;
    ++m_lookups;
    m_timer.stop();
    m_router.abort();
    m_race.abort();
    m_transport.abort();
}

void Opener::fail(const Base::Error &error)
{
    abort();
    Q_EMIT failed(error);
}

} // namespace Mailgauge::Net

#include "moc_opener.cpp"
