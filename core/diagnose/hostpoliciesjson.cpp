// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnose/hostpoliciesjson.h"

#include "base/literals.h"
#include "transcript/jsonbytes.h"
#include "transcript/tlsajson.h"

#include <QJsonArray>

namespace Mailgauge::Diagnose {

namespace {

using Net::DaneFacts;
using Net::MtaStsFacts;
using Net::MtaStsPolicy;
using Net::PolicyVerdict;
using Transcript::bytesFrom;
using Transcript::nameIn;
using Transcript::nameOf;
using Transcript::Reading;
using Transcript::toJson;
using Transcript::valueFrom;

QJsonObject daneToJson(const DaneFacts &dane)
{
    QJsonArray records;
    for (const Tls::TlsaRecord &record : dane.records)
        records.append(Transcript::tlsaRecordToJson(record));
    return {{u"state"_s, nameOf(Net::daneStateName(dane.state))},
        {u"reason"_s, toJson(dane.reason)}, {u"baseDomain"_s, toJson(dane.baseDomain)},
        {u"records"_s, records}, {u"mxAuthenticated"_s, dane.isMxAuthenticated},
        {u"detail"_s, dane.detail}};
}

DaneFacts daneFrom(const QJsonObject &object, Reading &reading)
{
    DaneFacts dane {.state = reading.need(valueFrom(nameIn(object[u"state"_s]),
                                              DaneFacts::State::Failed, &Net::daneStateName),
                        DaneFacts::State::None),
        .reason = bytesFrom(object[u"reason"_s]),
        .baseDomain = bytesFrom(object[u"baseDomain"_s]),
        .isMxAuthenticated = object[u"mxAuthenticated"_s].toBool(true),
        .detail = object[u"detail"_s].toString()};
    for (const Tls::TlsaResult &one : Transcript::tlsaListFrom(object[u"records"_s]))
        dane.records.append(one.record);
    return dane;
}

QJsonObject mtaStsToJson(const MtaStsFacts &facts)
{
    QJsonArray findings;
    for (const Net::RouteFinding &one : facts.findings)
        findings.append(
            QJsonObject {{u"id"_s, toJson(one.id)}, {u"evidence"_s, toJson(one.evidence)}});
    QJsonObject object {{u"domain"_s, toJson(facts.domain)}, {u"id"_s, toJson(facts.id)},
        {u"cached"_s, facts.isCached}, {u"until"_s, toJson(facts.until)},
        {u"findings"_s, findings}};
    if (facts.policy) {
        object.insert(u"policy"_s,
            QJsonObject {{u"mode"_s, nameOf(Net::mtaStsModeName(facts.policy->mode))},
                {u"mx"_s, QJsonArray::fromStringList(facts.policy->mx)},
                {u"maxAge"_s, facts.policy->maxAge}});
    }
    return object;
}

MtaStsFacts mtaStsFrom(const QJsonObject &object, Reading &reading)
{
    MtaStsFacts facts;
    facts.domain = bytesFrom(object[u"domain"_s]);
    facts.id = bytesFrom(object[u"id"_s]);
    facts.isCached = object[u"cached"_s].toBool();
    facts.until = Transcript::timeFrom(object[u"until"_s]);
    const QJsonArray findings = object[u"findings"_s].toArray();
    for (const QJsonValue &one : findings)
        facts.findings.append({bytesFrom(one[u"id"_s]), bytesFrom(one[u"evidence"_s])});
    if (const QJsonValue policy = object[u"policy"_s]; policy.isObject()) {
        facts.policy = MtaStsPolicy {
            .mode = reading.need(valueFrom(nameIn(policy[u"mode"_s]), MtaStsPolicy::Mode::Enforce,
                                     &Net::mtaStsModeName),
                MtaStsPolicy::Mode::None),
            .mx = policy[u"mx"_s].toVariant().toStringList(),
            .maxAge = policy[u"maxAge"_s].toInteger()};
    }
    return facts;
}

QJsonObject verdictToJson(const PolicyVerdict &verdict)
{
    return {{u"sender"_s, nameOf(Net::senderName(verdict.sender))},
        {u"conduct"_s, nameOf(Net::conductName(verdict.conduct))},
        {u"reason"_s, toJson(verdict.reason)}, {u"evidence"_s, toJson(verdict.evidence)}};
}

PolicyVerdict verdictFrom(const QJsonObject &object, Reading &reading)
{
    return {
        reading.need(valueFrom(nameIn(object[u"sender"_s]), Net::Sender::Dane, &Net::senderName),
            Net::Sender::Opportunistic),
        reading.need(
            valueFrom(nameIn(object[u"conduct"_s]), Net::Conduct::DoesNotSend, &Net::conductName),
            Net::Conduct::DoesNotSend),
        bytesFrom(object[u"reason"_s]), bytesFrom(object[u"evidence"_s])};
}

} // namespace

QJsonObject policiesToJson(const HostPolicies &policies)
{
    QJsonArray verdicts;
    for (const PolicyVerdict &verdict : policies.verdicts)
        verdicts.append(verdictToJson(verdict));
    return {{u"host"_s, policies.host}, {u"domain"_s, toJson(policies.domain)},
        {u"address"_s, policies.address}, {u"port"_s, policies.port},
        {u"dane"_s, daneToJson(policies.dane)},
        {u"tlsa"_s, Transcript::tlsaListToJson(policies.tlsa)},
        {u"mtaSts"_s, mtaStsToJson(policies.mtaSts)}, {u"verdicts"_s, verdicts}};
}

HostPolicies policiesFromJson(const QJsonObject &object, Reading &reading)
{
    HostPolicies policies {.host = object[u"host"_s].toString(),
        .domain = bytesFrom(object[u"domain"_s]),
        .address = object[u"address"_s].toString(),
        .port = static_cast<quint16>(object[u"port"_s].toInt()),
        .dane = daneFrom(object[u"dane"_s].toObject(), reading),
        .tlsa = Transcript::tlsaListFrom(object[u"tlsa"_s]),
        .mtaSts = mtaStsFrom(object[u"mtaSts"_s].toObject(), reading),
        .verdicts = {}};
    const QJsonArray verdicts = object[u"verdicts"_s].toArray();
    for (const QJsonValue &one : verdicts)
        policies.verdicts.append(verdictFrom(one.toObject(), reading));
    return policies;
}

} // namespace Mailgauge::Diagnose
