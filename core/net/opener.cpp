// SPDX-License-Identifier: GPL-3.0-or-later
#include "net/opener.h"

#include "base/literals.h"
#include "base/logging.h"
#include "net/childprogram.h"

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
    , m_policies(m_options.policy, m_options.mtaSts, this)
    , m_way(transport, this)
{
    // RFC 7672 2.1.3: keys that are stripped or wrong are bogus, not a zone without keys.
    if (m_options.policy == Smtp::TlsPolicy::Dane) {
        Dns::ResolverOptions resolver = m_options.target.resolver.value_or(Dns::ResolverOptions());
        resolver.requireDnssec = true;
        m_options.target.resolver = resolver;
    }
    m_timer.setSingleShot(true);
    m_timer.setTimerType(Qt::PreciseTimer);
    connect(&m_timer, &QTimer::timeout, this, &Opener::limitPassed);
    connect(&m_router, &Router::noted, this, &Opener::note);
    connect(&m_router, &Router::found, this,
        [this](const RouteFinding &finding) { Q_EMIT found(finding, m_stage); });
    connect(&m_router, &Router::routed, this, &Opener::routed);
    connect(&m_router, &Router::addressesFound, this,
        [this](const Base::Result<QList<QHostAddress>> &addresses) {
            m_answers = m_router.answers();
            resolved(addresses);
        });
    connect(&m_router, &Router::moreAddressesFound, this, &Opener::moreResolved);
    connect(&m_policies, &PolicyFinder::noted, this, &Opener::note);
    connect(&m_policies, &PolicyFinder::found, this,
        [this](const RouteFinding &finding) { Q_EMIT found(finding, m_stage); });
    connect(&m_policies, &PolicyFinder::domainKnown, this, &Opener::begin);
    connect(&m_policies, &PolicyFinder::hostKnown, this, &Opener::policyKnown);
    connect(&m_race, &Race::trying, this,
        [this](const QHostAddress &address) { note(u"connecting to "_s + placeName(address)); });
    connect(&m_race, &Race::failed, this, &Opener::attemptFailed);
    connect(&m_race, &Race::lost, this, &Opener::raceLost);
    connect(&m_race, &Race::won, this, [this](const QHostAddress &address, int descriptor) {
        m_address = address;
        m_transport.adopt(descriptor);
    });
    connect(&m_transport, &Transport::opened, this, &Opener::attemptDone);
    connect(&m_transport, &Transport::openFailed, this, [this](const Base::Error &error) {
        attemptFailed({}, error);
        hopFailed(m_lastError);
    });
    connect(&m_way, &ProxyWay::noted, this, &Opener::note);
    connect(&m_way, &ProxyWay::done, this, &Opener::finishOpening);
    connect(&m_way, &ProxyWay::failed, this, &Opener::proxyFailed);
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
    if (target.isLocal() && stopsAfter(Stage::Resolve))
        return; // there is no name to look up
    if (target.program)
        return startCommand();
    if (target.unixSocket) {
        enter(Stage::Connect);
        note(u"connecting to %1"_s.arg(target.host));
        m_timer.start(m_options.limit);
        m_transport.open(target.host);
        return;
    }
    if (m_policies.wantsDomain())
        return askDomain();
    begin();
}

void Opener::startCommand()
{
    enter(Stage::Connect);
    note(u"starting %1"_s.arg(m_options.target.name()));
    // Queued: nobody is told of an end before start() is over.
    QMetaObject::invokeMethod(
        this,
        [this] {
            if (!m_active)
                return;
            const Base::Result<int> started = startProgram(m_options.target.host);
            if (started)
                m_transport.adopt(*started);
            else
                fail(started.error());
        },
        Qt::QueuedConnection);
}

void Opener::begin()
{
    m_timer.stop();
    if (!isRouted()) {
        m_hops = {m_hop};
        return nextHop();
    }
    enter(Stage::Resolve);
    m_timer.start(m_options.limit);
    m_router.findRoute(m_options.target, m_options.ownName);
}

// --- What is published ----------------------------------------------------------------------

void Opener::askDomain()
{
    enter(Stage::Resolve);
    const auto resolver = m_router.resolverFor(m_options.target);
    if (!resolver) {
        QMetaObject::invokeMethod(
            this,
            [this, error = resolver.error()] {
                if (m_active)
                    fail(error);
            },
            Qt::QueuedConnection);
        return;
    }
    m_timer.start(m_options.limit);
    m_policies.askDomain(**resolver, m_options.target);
}

void Opener::askPolicy()
{
    if (!m_policies.wantsHost())
        return goOn();
    const auto resolver = m_router.resolverFor(m_options.target);
    if (!resolver)
        return fail(resolver.error());
    m_timer.start(m_options.limit);
    // Where the proxy looks them up there are none.
    m_policies.askHost(
        **resolver, m_options.target, m_hop, m_answers, m_isPinned || m_addresses.isEmpty());
}

void Opener::policyKnown(const Base::Result<HopPolicy> &policy)
{
    m_timer.stop();
    if (!policy) {
        m_lastError = policy.error();
        return hopFailed(m_lastError);
    }
    m_policy = *policy;
    goOn();
}

/// Whether this was the last stage that is wanted; then it is told, later.
bool Opener::stopsAfter(Stage stage)
{
    if (m_options.stopAfter != stage)
        return false;
    abort();
    QMetaObject::invokeMethod(this, &Opener::stopped, Qt::QueuedConnection);
    return true;
}

void Opener::goOn()
{
    if (stopsAfter(Stage::Resolve))
        return;
    if (m_options.target.proxy)
        findProxy();
    else
        connectTo(m_addresses);
}

// --- Hosts and addresses --------------------------------------------------------------------

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
    m_router.abort(); // late addresses of the one before
    enter(Stage::Resolve);
    m_timer.start(m_options.limit);
    m_policy.reset();
    m_addresses.clear();
    m_answers.clear();
    Target target = m_options.target;
    target.host = m_hop.host;
    const auto pin = std::ranges::find_if(target.pins, [this](const Pin &one) {
        return one.port == m_hop.port && one.host.compare(m_hop.host, Qt::CaseInsensitive) == 0;
    });
    if (pin != target.pins.end())
        target.pinnedAddress = pin->address;
    m_isPinned = target.pinnedAddress.has_value();
    const auto &proxy = m_options.target.proxy;
    if (proxy && proxy->remoteNames && !target.pinnedAddress) {
        m_destinations = {m_hop.host};
        return askPolicy();
    }
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
        if (!std::exchange(m_findingProxy, false))
            return hopFailed(m_lastError);
        m_lastError.detail = (Base::isTemporary(m_lastError) ? QString(Base::temporaryPrefix)
                                                             : QString())
            + u"proxy: "_s + m_lastError.detail;
        return fail(m_lastError); // no other host would find it
    }
    if (std::exchange(m_findingProxy, false)) {
        m_proxyAddresses = *addresses;
        return connectTo(m_proxyAddresses);
    }
    m_addresses = *addresses;
    if (!m_options.target.proxy)
        return askPolicy();
    QStringList texts;
    m_destinations.clear();
    for (const QHostAddress &address : *addresses) {
        texts.append(address.toString());
        const bool ip4 = address.protocol() == QAbstractSocket::IPv4Protocol;
        if (ip4 || m_options.target.proxy->kind != Proxy::Kind::Socks4)
            m_destinations.append(texts.last());
    }
    note(u"%1 is %2"_s.arg(m_hop.host, texts.join(u", "_s)));
    if (m_destinations.isEmpty()) {
        m_lastError = onlyIp4(m_hop.host);
        return hopFailed(m_lastError);
    }
    askPolicy();
}

void Opener::moreResolved(const QList<QHostAddress> &addresses)
{
    if (m_options.target.proxy)
        return; // asked for what was known
    const QList<QHostAddress> more = usable(addresses);
    m_addresses += addresses;
    if (m_stage == Stage::Resolve)
        return;
    QStringList texts;
    for (const QHostAddress &address : more)
        texts.append(address.toString());
    if (!more.isEmpty())
        note(u"%1 is %2, too"_s.arg(m_hop.host, texts.join(u", "_s)));
    if (!m_active || m_stage != Stage::Connect || m_race.isRunning())
        return m_race.add(more);
    m_timer.stop(); // all others failed meanwhile
    if (more.isEmpty())
        hopFailed(m_lastError);
    else
        m_race.start(more, m_hop.port, ownEnd(), m_options.limit);
}

void Opener::raceLost()
{
    if (m_router.isWaiting() && !m_options.target.proxy)
        m_timer.start(m_options.limit); // moreResolved() goes on
    else
        hopFailed(m_lastError);
}

Endpoint Opener::ownEnd() const
{
    return {m_options.target.localAddress.value_or(QHostAddress()), m_options.target.localPort};
}

QList<QHostAddress> Opener::usable(QList<QHostAddress> addresses) const
{
    if (const auto &local = m_options.target.localAddress) {
        addresses.removeIf(
            [&local](const QHostAddress &a) { return a.protocol() != local->protocol(); });
    }
    return addresses;
}

void Opener::findProxy()
{
    if (!m_proxyAddresses.isEmpty())
        return connectTo(m_proxyAddresses);
    m_findingProxy = true;
    m_timer.start(m_options.limit);
    Target target;
    target.host = m_options.target.proxy->host;
    target.port = m_options.target.proxy->port;
    m_options.lookUp(target).then(
        this, [this, round = ++m_lookups](const Base::Result<QList<QHostAddress>> &answer) {
            if (round == m_lookups)
                resolved(answer);
        });
}

void Opener::connectTo(const QList<QHostAddress> &addresses)
{
    const QList<QHostAddress> reachable = usable(addresses);
    QStringList texts;
    for (const QHostAddress &address : reachable)
        texts.append(address.toString());
    const auto &proxy = m_options.target.proxy;
    note(proxy ? u"proxy %1 is %2"_s.arg(proxy->host, texts.join(u", "_s))
               : u"%1 is %2"_s.arg(m_hop.host, texts.join(u", "_s)));
    m_timer.stop();
    enter(Stage::Connect);
    if (reachable.isEmpty()) {
        m_lastError = {ErrorKind::Connect, u"no address of the local address's family"_s, {}};
        return raceLost();
    }
    m_race.start(
        interleaved(reachable), proxy ? proxy->port : m_hop.port, ownEnd(), m_options.limit);
}

QString Opener::placeName(const QHostAddress &address) const
{
    if (m_options.target.isLocal())
        return m_options.target.name();
    const auto &proxy = m_options.target.proxy;
    const QString text = proxy ? u"proxy %1 port %2"_s : u"%1 port %2"_s;
    return text.arg(address.toString()).arg(proxy ? proxy->port : m_hop.port);
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
    // A proxy that is not there is there for no other host.
    const bool alone = m_options.target.proxy && m_stage == Stage::Connect;
    if (m_options.target.isLocal() || alone || m_hops.isEmpty())
        return fail(error);
    if (isRouted()) {
        const QByteArray evidence = describe(m_hop).toUtf8() + ": " + error.detail.toUtf8();
        Q_EMIT found({"route.hostNotReached"_ba, evidence}, m_stage);
    }
    nextHop();
}

bool Opener::canResume() const
{
    const bool more = m_options.target.proxy ? !m_destinations.isEmpty() : !m_race.left().isEmpty();
    return isRouted() && (more || !m_hops.isEmpty());
}

void Opener::resume(const Base::Error &why)
{
    m_transport.abort();
    m_active = true;
    m_isOpen = false;
    m_lastError = why;
    m_stage = Stage::Greeting;
    Q_EMIT found({"route.hostRefused"_ba,
                     describe(m_hop).toUtf8() + ", "
                         + (m_options.target.proxy ? m_destination : m_address.toString()).toUtf8()
                         + ": " + why.detail.toUtf8()},
        m_stage);
    m_way.forget();
    const bool proxied = m_options.target.proxy.has_value();
    const QList<QHostAddress> left = m_race.left();
    if (proxied ? m_destinations.isEmpty() : left.isEmpty())
        return nextHop();
    note(u"the next address of %1 is tried"_s.arg(m_hop.host));
    if (proxied)
        return connectTo(m_proxyAddresses);
    enter(Stage::Connect);
    m_race.start(left, m_hop.port, ownEnd(), m_options.limit);
}

void Opener::attemptDone()
{
    if (!m_active)
        return;
    m_timer.stop();
    const QString local = m_transport.localName();
    note(local.isEmpty() ? u"connected"_s : u"connected from "_s + local);
    const bool proxied = m_options.target.proxy && !m_options.target.isLocal();
    if (stopsAfter(Stage::Connect))
        return;
    if (!proxied)
        return finishOpening();
    enter(Stage::Proxy);
    m_timer.start(m_options.limit);
    m_destination = m_destinations.takeFirst();
    m_way.ask(*m_options.target.proxy, m_destination, m_hop.port);
}

void Opener::proxyFailed(const Base::Error &error, bool otherMayDo)
{
    m_timer.stop();
    m_way.forget();
    m_transport.abort();
    m_lastError = error;
    if (!otherMayDo)
        return fail(error);
    note(error.detail);
    if (m_destinations.isEmpty())
        hopFailed(error);
    else
        connectTo(m_proxyAddresses);
}

void Opener::finishOpening()
{
    m_timer.stop();
    if (stopsAfter(Stage::Proxy))
        return;
    m_active = false;
    const Target &target = m_options.target;
    if (target.proxyHeader) {
        Endpoint destination = m_transport.peerEndpoint();
        if (target.proxy)
            destination = {QHostAddress(m_destination), m_hop.port};
        const QByteArray header = proxyHeader(*target.proxyHeader,
            target.proxySource.value_or(m_transport.localEndpoint()),
            target.proxyDestination.value_or(destination));
        note(u"PROXY protocol header sent: "_s
            + (*target.proxyHeader == ProxyHeader::V1
                    ? QString::fromLatin1(header.trimmed())
                    : u"version 2, "_s + QString::fromLatin1(header.sliced(12).toHex(' '))));
        m_transport.write(header);
    }
    m_isOpen = true;
    Q_EMIT opened(target.isLocal() ? target.name()
            : target.proxy         ? m_destination
                                   : m_address.toString());
}

void Opener::limitPassed()
{
    if (m_policies.isAskingDomain())
        return m_policies.giveUpDomain();
    if (m_stage == Stage::Resolve) {
        m_router.abort();
        m_policies.abort();
        ++m_lookups;
        m_findingProxy = false;
        m_lastError = {ErrorKind::Timeout,
            u"no answer for %1 within %2 ms"_s.arg(m_hop.host).arg(m_options.limit.count()), {}};
        return hopFailed(m_lastError);
    }
    if (m_stage == Stage::Proxy) {
        return proxyFailed({ErrorKind::Timeout,
                               u"proxy: no answer within %1 ms"_s.arg(m_options.limit.count()), {}},
            false);
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
    m_isOpen = false;
    ++m_lookups;
    m_timer.stop();
    m_router.abort();
    m_policies.abort();
    m_race.abort();
    m_way.forget();
    m_transport.abort();
}

void Opener::fail(const Base::Error &error)
{
    abort();
    Q_EMIT failed(error);
}

} // namespace Mailgauge::Net

#include "moc_opener.cpp"
