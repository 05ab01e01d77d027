// SPDX-License-Identifier: GPL-3.0-or-later
#include "net/caalookup.h"

namespace Mailgauge::Net {

CaaLookup::CaaLookup(QObject *parent)
    : QObject(parent)
    , m_enquiry(this)
{
    connect(&m_enquiry, &Enquiry::answered, this, &CaaLookup::answered);
}

void CaaLookup::abort()
{
    m_enquiry.abort();
}

void CaaLookup::start(Dns::Resolver &resolver, const QByteArray &host)
{
    m_resolver = &resolver;
    m_facts = {};
    m_facts.host = host;
    m_facts.owner = host;
    m_facts.authenticated = true;
    ask();
}

void CaaLookup::ask()
{
    m_enquiry.ask(*m_resolver, {{m_facts.owner, Dns::Type::Caa}});
}

void CaaLookup::answered(const Dns::Answer &answer)
{
    m_facts.detail = Dns::describe(answer);
    if (answer.isTemporary()) {
        m_facts.state = CaaFacts::State::Failed;
        m_facts.isBogus = answer.status == Dns::Status::Bogus;
        m_facts.authenticated = false;
        Q_EMIT found(m_facts);
        return;
    }
    // Records count only as far as the absence of those below them does.
    m_facts.authenticated = m_facts.authenticated && answer.authenticated;
    if (answer.status == Dns::Status::Found || answer.malformed > 0) {
        m_facts.state = CaaFacts::State::Found;
        m_facts.aliases = answer.aliases;
        m_facts.records = answer.all<Dns::Caa>();
        m_facts.malformed = answer.malformed;
        m_facts.ttl = answer.ttl;
        Q_EMIT found(m_facts);
        return;
    }
    const qsizetype dot = m_facts.owner.indexOf('.');
    if (dot < 0 || dot + 1 == m_facts.owner.size()) { // RFC 8659 3: the root itself is not asked
        m_facts.owner.clear();
        Q_EMIT found(m_facts);
        return;
    }
    m_facts.owner = m_facts.owner.sliced(dot + 1);
    ask();
}

} // namespace Mailgauge::Net

#include "moc_caalookup.cpp"
