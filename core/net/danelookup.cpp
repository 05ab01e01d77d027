// SPDX-License-Identifier: GPL-3.0-or-later
#include "net/danelookup.h"

#include "base/literals.h"
#include "dns/name.h"

namespace Mailgauge::Net {

using Dns::Type;

DaneLookup::DaneLookup(QObject *parent)
    : QObject(parent)
    , m_enquiry(this)
{
    connect(&m_enquiry, &Enquiry::answered, this, &DaneLookup::answered);
}

void DaneLookup::abort()
{
    ++m_round;
    m_enquiry.abort();
}

bool DaneLookup::begin(Dns::Resolver &resolver, const QString &host, quint16 port)
{
    abort();
    m_resolver = &resolver;
    m_port = port;
    m_addresses.clear();
    m_bases.clear();
    const auto name = Dns::nameFrom(host);
    // An address has no place in the DNS that could vouch for it.
    if (!name || !QHostAddress(host).isNull()) {
        m_host = host.toUtf8();
        finish({.reason = "dane.notAName"_ba, .baseDomain = m_host});
        return false;
    }
    m_host = *name;
    return true;
}

void DaneLookup::start(
    Dns::Resolver &resolver, const QString &host, quint16 port, const QList<Dns::Answer> &addresses)
{
    if (!begin(resolver, host, port))
        return;
    if (addresses.isEmpty())
        return ask(Step::Addresses, {{m_host, Type::Aaaa}, {m_host, Type::A}});
    m_addresses = addresses;
    haveAddresses();
}

void DaneLookup::startPinned(Dns::Resolver &resolver, const QString &host, quint16 port)
{
    if (!begin(resolver, host, port))
        return;
    m_bases = {m_host};
    askRecords();
}

void DaneLookup::ask(Step step, const QList<Dns::Question> &questions)
{
    m_step = step;
    m_enquiry.ask(*m_resolver, questions);
}

void DaneLookup::answered(const Dns::Answer &answer)
{
    Q_EMIT noted(Dns::describe(answer));
    if (!m_enquiry.isComplete())
        return;
    switch (m_step) {
    case Step::Addresses:
        m_addresses = m_enquiry.answers();
        return haveAddresses();
    case Step::Alias:
        return haveBases(answer);
    case Step::Records: {
        DaneFacts facts = daneFactsOf(m_bases.takeFirst(), answer);
        // RFC 7672 2.2.2: where the end of the alias has none, its beginning may.
        if (facts.state == DaneFacts::State::None && !m_bases.isEmpty())
            return askRecords();
        return finish(facts);
    }
    }
}

void DaneLookup::haveAddresses()
{
    if (needsAlias(m_addresses))
        ask(Step::Alias, {{m_host, Type::Cname}});
    else
        haveBases({});
}

void DaneLookup::haveBases(const std::optional<Dns::Answer> &alias)
{
    const DaneBases bases = daneBasesOf(m_host, m_addresses, alias);
    m_bases = bases.names;
    if (m_bases.isEmpty())
        finish(bases.facts);
    else
        askRecords();
}

void DaneLookup::askRecords()
{
    ask(Step::Records,
        {{'_' + QByteArray::number(m_port) + "._tcp." + m_bases.first(), Type::Tlsa}});
}

void DaneLookup::finish(const DaneFacts &facts)
{
    QMetaObject::invokeMethod(
        this,
        [this, facts, round = m_round] {
            if (round == m_round)
                Q_EMIT found(facts);
        },
        Qt::QueuedConnection);
}

} // namespace Mailgauge::Net

#include "moc_danelookup.cpp"
