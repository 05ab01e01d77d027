// SPDX-License-Identifier: GPL-3.0-or-later
#include "net/policyfinder.h"

#include "dns/name.h"

namespace Mailgauge::Net {

PolicyFinder::PolicyFinder(Smtp::TlsPolicy asked, MtaStsOptions options, QObject *parent)
    : QObject(parent)
    , m_asked(asked)
    , m_options(std::move(options))
    , m_dane(this)
    , m_mtaSts(this)
{
    connect(&m_dane, &DaneLookup::noted, this, &PolicyFinder::noted);
    connect(&m_dane, &DaneLookup::found, this, &PolicyFinder::hostAnswered);
    connect(&m_mtaSts, &MtaStsLookup::noted, this, &PolicyFinder::noted);
    connect(&m_mtaSts, &MtaStsLookup::found, this, &PolicyFinder::domainAnswered);
}

void PolicyFinder::abort()
{
    m_asksDomain = false;
    m_dane.abort();
    m_mtaSts.abort();
}

void PolicyFinder::askDomain(Dns::Resolver &resolver, const Target &target)
{
    m_asksDomain = true;
    MtaStsOptions options = m_options;
    options.pins = target.pins;
    options.proxy = target.proxy;
    // RFC 8461 3.4: a host that was named by itself is its own policy domain.
    m_mtaSts.start(resolver, target.host, options);
}

void PolicyFinder::giveUpDomain()
{
    m_mtaSts.giveUp();
}

void PolicyFinder::domainAnswered(const MtaStsFacts &facts)
{
    m_asksDomain = false;
    m_facts = facts;
    for (const RouteFinding &finding : facts.findings)
        Q_EMIT found(finding);
    Q_EMIT domainKnown();
}

void PolicyFinder::askHost(Dns::Resolver &resolver, const Target &target, const Hop &hop,
    const QList<Dns::Answer> &addresses, bool isPinned)
{
    m_hop = hop;
    m_domain.clear();
    if (target.by != RouteBy::Host)
        m_domain = Dns::nameFrom(target.host).value_or(QByteArray());
    if (isPinned)
        m_dane.startPinned(resolver, hop.host, hop.port);
    else
        m_dane.start(resolver, hop.host, hop.port, addresses);
}

void PolicyFinder::hostAnswered(const DaneFacts &facts)
{
    const auto policy = hopPolicy(m_asked, m_hop, m_domain, facts, m_facts);
    if (policy) {
        for (const RouteFinding &finding : policy->findings)
            Q_EMIT found(finding);
    }
    Q_EMIT hostKnown(policy);
}

} // namespace Mailgauge::Net

#include "moc_policyfinder.cpp"
