// SPDX-License-Identifier: GPL-3.0-or-later
#include "net/mtastslookup.h"

#include "base/literals.h"
#include "dns/name.h"

#include <algorithm>
#include <utility>

namespace Mailgauge::Net {

namespace {

constexpr qsizetype MaxServers = 4; // addresses of the policy's host

QString describe(const MtaStsFacts &facts)
{
    if (!facts.policy)
        return u"MTA-STS: no policy of "_s + QString::fromLatin1(facts.domain);
    return u"MTA-STS: %1, mode %2, hosts %3, until %4%5"_s.arg(QString::fromLatin1(facts.domain),
        QLatin1StringView(mtaStsModeName(facts.policy->mode)), facts.policy->mx.join(u", "_s),
        facts.until.toString(Qt::ISODate), facts.isCached ? u" (kept)"_s : QString());
}

} // namespace

MtaStsLookup::MtaStsLookup(QObject *parent)
    : QObject(parent)
    , m_enquiry(this)
    , m_fetch(this)
{
    connect(&m_enquiry, &Enquiry::answered, this, &MtaStsLookup::answered);
    connect(&m_fetch, &PolicyFetch::finished, this, &MtaStsLookup::fetched);
}

void MtaStsLookup::abort()
{
    ++m_round;
    m_enquiry.abort();
    m_fetch.abort();
}

void MtaStsLookup::giveUp()
{
    abort();
    find("mtaSts.fetchFailed"_ba, "no answer in time"_ba);
    finishKept();
}

void MtaStsLookup::start(
    Dns::Resolver &resolver, const QString &domain, const MtaStsOptions &options)
{
    abort();
    m_resolver = &resolver;
    m_options = options;
    m_facts = {};
    m_kept.reset();
    m_haveRecord = false;
    const auto name = Dns::nameFrom(domain);
    // RFC 8461 3.4: an address literal has no policy.
    if (!name || !QHostAddress(domain).isNull()) {
        m_facts.domain = domain.toUtf8();
        return finish();
    }
    m_facts.domain = *name;
    m_kept = MtaStsCache(options.directory).find(*name, QDateTime::currentDateTimeUtc());
    m_enquiry.ask(resolver, {{"_mta-sts." + *name, Dns::Type::Txt}});
}

void MtaStsLookup::find(const QByteArray &id, const QByteArray &evidence)
{
    m_facts.findings.append({id, evidence});
}

void MtaStsLookup::answered(const Dns::Answer &answer)
{
    Q_EMIT noted(Dns::describe(answer));
    if (!m_haveRecord)
        haveRecord(answer);
    else if (m_enquiry.isComplete())
        haveAddresses();
}

void MtaStsLookup::haveRecord(const Dns::Answer &answer)
{
    m_haveRecord = true;
    if (answer.isTemporary())
        find("mtaSts.recordFailed"_ba, Dns::describe(answer).toUtf8());
    MtaStsRecord record = readMtaStsRecord(answer.all<Dns::Txt>());
    m_facts.findings += record.findings;
    m_id = record.id;
    if (m_id.isEmpty()) {
        if (m_kept && record.findings.isEmpty() && !answer.isTemporary())
            find("mtaSts.recordGone"_ba, answer.question.name);
        return finishKept();
    }
    if (m_kept && m_kept->id == m_id)
        return finishKept();
    const QByteArray host = "mta-sts." + m_facts.domain;
    const auto pin = std::ranges::find_if(m_options.pins, [this, &host](const Pin &one) {
        return one.port == m_options.port && Dns::isSameName(one.host.toLatin1(), host);
    });
    if (pin != m_options.pins.end())
        return fetch({pin->address});
    m_enquiry.ask(*m_resolver, {{host, Dns::Type::Aaaa}, {host, Dns::Type::A}});
}

void MtaStsLookup::haveAddresses()
{
    QList<QHostAddress> addresses;
    for (const Dns::Answer &answer : m_enquiry.answers())
        addresses += answer.all<QHostAddress>();
    addresses = interleaved(addresses);
    fetch(addresses.first(qMin(addresses.size(), MaxServers)));
}

void MtaStsLookup::fetch(const QList<QHostAddress> &addresses)
{
    const QByteArray host = "mta-sts." + m_facts.domain;
    Q_EMIT noted(u"fetching https://%1/.well-known/mta-sts.txt"_s.arg(QString::fromLatin1(host)));
    m_fetch.start({.host = host,
        .addresses = addresses,
        .port = m_options.port,
        .caFile = m_options.caFile,
        .caPem = m_options.caPem,
        .proxy = m_options.proxy,
        .limit = m_options.limit});
}

void MtaStsLookup::fetched(const Base::Result<QByteArray> &text)
{
    if (!text) {
        find("mtaSts.fetchFailed"_ba, text.error().detail.toUtf8());
        return finishKept();
    }
    const auto read = readMtaStsPolicy(*text);
    m_facts.findings += read.findings;
    if (!read.policy)
        return finishKept();
    m_kept = KeptMtaSts {m_id, *text, QDateTime::currentDateTimeUtc(), *read.policy};
    if (const auto kept = MtaStsCache(m_options.directory).keep(m_facts.domain, *m_kept); !kept)
        find("mtaSts.notKept"_ba, kept.error().detail.toUtf8());
    m_facts.id = m_id;
    m_facts.policy = m_kept->policy;
    m_facts.until = m_kept->until();
    finish();
}

void MtaStsLookup::finishKept()
{
    if (m_kept) {
        m_facts.id = m_kept->id;
        m_facts.policy = m_kept->policy;
        m_facts.until = m_kept->until();
        m_facts.isCached = true;
    }
    finish();
}

void MtaStsLookup::finish()
{
    QMetaObject::invokeMethod(
        this,
        [this, round = m_round] {
            if (round != m_round)
                return;
            Q_EMIT noted(describe(m_facts));
            Q_EMIT found(m_facts);
        },
        Qt::QueuedConnection);
}

} // namespace Mailgauge::Net

#include "moc_mtastslookup.cpp"
