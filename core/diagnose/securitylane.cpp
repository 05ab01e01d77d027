// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnose/securitylane.h"

#include "base/literals.h"
#include "diagnose/checklane.h"
#include "diagnose/gridrun.h"
#include "dns/name.h"

#include <algorithm>
#include <iterator>
#include <tuple>
#include <utility>

namespace Mailgauge::Diagnose {

namespace {

QList<Cell> cellsOf(const QList<Cell> &cells, TlsMode mode)
{
    QList<Cell> list;
    std::ranges::copy_if(cells, std::back_inserter(list), [mode](const Cell &cell) {
        return cell.key.mode == mode && cell.state != CellState::NoAddress
            && cell.state != CellState::Cancelled;
    });
    return list;
}

/// Where mail comes to: where STARTTLS works, else where it was tried.
quint16 portOf(const QList<Cell> &cells, quint16 port)
{
    if (const Cell *works = groundIn(cells, port))
        return works->key.port;
    const bool wasTried = std::ranges::any_of(
        cells, [port](const Cell &cell) { return cell.key.port == port; });
    return wasTried ? port : cells.first().key.port;
}

/// One that works for each family of addresses and way to TLS.
QList<Cell> inspectedOf(const QList<Cell> &cells, quint16 port)
{
    QList<Cell> inspected;
    for (const Family family : {Family::IPv4, Family::IPv6}) {
        for (const TlsMode mode : {TlsMode::StartTls, TlsMode::Implicit}) {
            QList<Cell> alike = cellsOf(cells, mode);
            alike.removeIf([family](const Cell &cell) { return cell.key.family != family; });
            if (const Cell *best = groundIn(alike, port))
                inspected.append(*best);
        }
    }
    return inspected;
}

} // namespace

SecurityPlan securityPlanOf(const QList<Cell> &cells, quint16 port, bool inspect)
{
    SecurityPlan plan;
    QStringList hosts;
    for (const Cell &cell : cells)
        hosts.append(cell.key.host);
    hosts.removeDuplicates();
    for (const QString &host : std::as_const(hosts)) {
        QList<Cell> own = cells;
        own.removeIf([&host](const Cell &cell) { return cell.key.host != host; });
        const QList<Cell> startTls = cellsOf(own, TlsMode::StartTls);
        if (!startTls.isEmpty()) {
            const quint16 chosen = portOf(startTls, port);
            std::ranges::copy_if(startTls, std::back_inserter(plan.tried),
                [chosen](const Cell &cell) { return cell.key.port == chosen; });
        }
        if (inspect)
            plan.inspected += inspectedOf(own, port);
    }
    return plan;
}

SecurityLane::SecurityLane(const CheckOptions &options, const RelayReport &report,
    SecurityPlan plan, const Base::Clock &clock)
    : m_options(options)
    , m_host(report.host)
    , m_domain(report.domain)
    , m_plan(std::move(plan))
    , m_clock(clock)
{
}

SecurityLane::Place SecurityLane::placeOf(const CellKey &key) const
{
    return {key.host.isEmpty() ? m_host : key.host, key.port};
}

void SecurityLane::start()
{
    for (const QList<Cell> &cells : {m_plan.tried, m_plan.inspected}) {
        for (const Cell &cell : cells) {
            if (const Place place = placeOf(cell.key); !m_places.contains(place))
                m_places.append(place);
        }
    }
    // An address has no place in the DNS that could vouch for it.
    if (m_domain.isEmpty() && !QHostAddress(m_host).isNull()) {
        for (const Place &place : std::exchange(m_places, {}))
            m_records[place] = {.reason = "dane.notAName"_ba, .baseDomain = m_host.toUtf8()};
        Net::MtaStsFacts none;
        none.domain = m_host.toUtf8();
        return domainAnswered(none);
    }
    m_lookUps = std::make_unique<LookUps>(m_options.makeResolver);
    connect(&m_lookUps->dane, &Net::DaneLookup::found, this, &SecurityLane::daneAnswered);
    connect(&m_lookUps->caa, &Net::CaaLookup::found, this, [this](const Net::CaaFacts &facts) {
        m_caa[QString::fromLatin1(facts.host)] = facts;
        inspectNext();
    });
    connect(&m_lookUps->mtaSts, &Net::MtaStsLookup::found, this, &SecurityLane::domainAnswered);
    const auto resolver = m_lookUps->router.resolverFor(m_options.relay.target);
    if (!resolver)
        return inspectNext();
    m_resolver = *resolver;
    askDane();
}

// --- What is published ------------------------------------------------------------------------

void SecurityLane::askDane()
{
    if (m_places.isEmpty())
        return askDomain();
    const Net::Target &target = m_options.relay.target;
    const auto &[host, port] = m_places.first();
    // Where the address was named, or the proxy looks it up, the name counts alone.
    if (target.pinnedAddress || (target.proxy && target.proxy->remoteNames))
        m_lookUps->dane.startPinned(*m_resolver, host, port);
    else
        m_lookUps->dane.start(*m_resolver, host, port);
}

void SecurityLane::daneAnswered(const Net::DaneFacts &facts)
{
    Net::DaneFacts &kept = m_records[m_places.takeFirst()];
    kept = facts;
    kept.isMxAuthenticated = m_plan.isMxAuthenticated;
    askDane();
}

void SecurityLane::askDomain()
{
    if (m_plan.tried.isEmpty())
        return inspectNext();
    const Delivery::SendRequest &relay = m_options.relay;
    Net::MtaStsOptions options = relay.mtaSts;
    options.caFile = relay.tlsOptions.caFile;
    options.caPem = relay.tlsOptions.caPem;
    options.pins = relay.target.pins;
    options.proxy = relay.target.proxy;
    options.limit = shortened(relay.session.deadlines).connect;
    // RFC 8461 3.4: a host that was named by itself is its own policy domain.
    m_lookUps->mtaSts.start(*m_resolver, m_domain.isEmpty() ? m_host : m_domain, options);
}

Net::HostSecurity SecurityLane::securityAt(const Place &place) const
{
    Net::HostSecurity host;
    host.host = place.first;
    if (!m_domain.isEmpty())
        host.domain = Dns::nameFrom(m_domain).value_or(QByteArray());
    host.dane = m_records.value(place);
    return host;
}

void SecurityLane::domainAnswered(const Net::MtaStsFacts &facts)
{
    for (const Cell &cell : std::as_const(m_plan.tried)) {
        Net::HostSecurity host = securityAt(placeOf(cell.key));
        host.mtaSts = facts;
        Q_EMIT policiesFound(hostPolicies(std::move(host), cell));
    }
    inspectNext();
}

// --- TLS --------------------------------------------------------------------------------------

TlsProbeOptions SecurityLane::probeOptions(const Cell &cell) const
{
    const Delivery::SendRequest &relay = m_options.relay;
    TlsProbeOptions options;
    options.target = relay.target;
    std::tie(options.target.host, options.target.port) = placeOf(cell.key);
    if (const QHostAddress address(cell.address); !address.isNull()) // else a proxy looks names up
        options.target.pinnedAddress = address;
    options.implicitTls = cell.key.mode == TlsMode::Implicit;
    options.ehloName = relay.session.ehloName;
    options.serverName = relay.tlsOptions.serverName;
    if (!relay.tlsOptions.verifyName.isEmpty())
        options.names.append({"verifyName", relay.tlsOptions.verifyName});
    if (!m_domain.isEmpty())
        options.names.append({"domain", m_domain});
    const Net::HostSecurity host = securityAt(placeOf(cell.key));
    if (host.dane.state == Net::DaneFacts::State::Usable)
        options.dane = anchorsOf(host.dane, host.domain);
    if (const auto caa = m_caa.constFind(nameAt(cell.key)); caa != m_caa.cend())
        options.caa = *caa;
    options.caFile = relay.tlsOptions.caFile;
    options.caPem = relay.tlsOptions.caPem;
    options.pace = m_options.pace;
    options.pause = m_options.pause;
    return options;
}

void SecurityLane::inspectNext()
{
    if (m_over)
        return;
    if (m_plan.inspected.isEmpty())
        return finish();
    if (!askCaa(nameAt(m_plan.inspected.first().key)))
        inspect(m_plan.inspected.takeFirst());
}

QString SecurityLane::nameAt(const CellKey &key) const
{
    const QString &asked = m_options.relay.tlsOptions.serverName;
    const QString host = asked.isEmpty() ? placeOf(key).first : asked;
    // An address has no records, and no authority asks for any.
    const auto name = QHostAddress(host).isNull() ? Dns::nameFrom(host) : std::nullopt;
    return QString::fromLatin1(name.value_or(QByteArray()));
}

bool SecurityLane::askCaa(const QString &host)
{
    if (host.isEmpty() || m_caa.contains(host) || !m_resolver)
        return false;
    m_lookUps->caa.start(*m_resolver, host.toLatin1());
    return true;
}

void SecurityLane::inspect(const Cell &cell)
{
    const QByteArray where = cellName(cell.key);
    m_probe = new TlsProbe(probeOptions(cell), m_clock, this);
    connect(m_probe, &TlsProbe::progressed, this,
        [this, where](int done, int total) { Q_EMIT inspecting(where, done, total); });
    connect(m_probe, &TlsProbe::paused, this,
        [this, where](const QByteArray &reply, std::chrono::milliseconds length) {
            Q_EMIT paused({where, reply, length});
        });
    connect(m_probe, &TlsProbe::finished, this, [this](const TlsInspection &inspection) {
        std::exchange(m_probe, nullptr)->deleteLater();
        Q_EMIT inspected(inspection);
        inspectNext();
    });
    m_probe->start();
}

void SecurityLane::cancel()
{
    m_plan.inspected.clear();
    if (m_lookUps) {
        m_lookUps->dane.abort();
        m_lookUps->caa.abort();
        m_lookUps->mtaSts.abort();
    }
    if (m_probe)
        m_probe->cancel(); // tells what it knows, and then we are over
    else
        finish();
}

void SecurityLane::finish()
{
    if (!std::exchange(m_over, true))
        Q_EMIT finished();
}

} // namespace Mailgauge::Diagnose

#include "moc_securitylane.cpp"
