// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnose/tlsinspectionjson.h"

#include "base/literals.h"
#include "diagnose/tlschain.h"
#include "diagnose/tlsfindings.h"
#include "tls/certificatefacts.h"
#include "tls/ciphersuites.h"
#include "tls/tlscodes.h"
#include "transcript/factsjson.h"
#include "transcript/recordjson.h"

#include <QJsonArray>

namespace Mailgauge::Diagnose {

namespace {

using ErrorKind = Base::Error::Kind;

QString text(QByteArrayView bytes)
{
    return QString::fromUtf8(bytes);
}

QByteArray bytes(const QJsonValue &value)
{
    return value.toString().toUtf8();
}

QString timeText(const QDateTime &time)
{
    return time.toUTC().toString(Qt::ISODateWithMs);
}

QDateTime timeFrom(const QJsonValue &value)
{
    return QDateTime::fromString(value.toString(), Qt::ISODateWithMs);
}

QString codeText(quint16 code)
{
    return QString::fromLatin1(Tls::hexCode(code));
}

quint16 codeFrom(const QJsonValue &value)
{
    return value.toString().toUShort(nullptr, 16);
}

QJsonArray codesToJson(const QList<quint16> &codes)
{
    QJsonArray array;
    for (const quint16 code : codes)
        array.append(codeText(code));
    return array;
}

QList<quint16> codesFrom(const QJsonValue &value)
{
    QList<quint16> codes;
    const QJsonArray array = value.toArray();
    for (const QJsonValue &one : array)
        codes.append(codeFrom(one));
    return codes;
}

QJsonObject versionToJson(const ProbedVersion &version)
{
    QJsonArray accepted;
    for (const AcceptedSuite &suite : version.accepted) {
        accepted.append(QJsonObject {{u"code"_s, codeText(suite.code)},
            {u"name"_s, text(Tls::suiteName(suite.code))}, {u"group"_s, codeText(suite.group)},
            {u"dhBits"_s, suite.dhBits}});
    }
    return {{u"code"_s, codeText(version.code)}, {u"name"_s, text(Tls::versionName(version.code))},
        {u"acceptance"_s, text(acceptanceName(version.judged.acceptance))},
        {u"evidence"_s, text(version.judged.evidence)}, {u"accepted"_s, accepted},
        {u"refused"_s, codesToJson(version.refused)}, {u"refusedBy"_s, text(version.refusedBy)},
        {u"notTested"_s, codesToJson(version.notTested)},
        {u"notTestedWhy"_s, text(version.notTestedWhy)},
        {u"choice"_s, text(suiteChoiceName(version.choice))}};
}

QJsonObject groupToJson(const ProbedGroup &group)
{
    return {{u"code"_s, codeText(group.code)}, {u"name"_s, text(Tls::groupName(group.code))},
        {u"acceptance"_s, text(acceptanceName(group.judged.acceptance))},
        {u"evidence"_s, text(group.judged.evidence)}};
}

QJsonObject resumptionToJson(const ProbedResumption &one)
{
    return {{u"by"_s, text(Tls::resumptionByName(one.by))},
        {u"outcome"_s, text(resumptionName(one.outcome))}, {u"evidence"_s, text(one.evidence)},
        {u"lifetime"_s, one.lifetime}, {u"maxEarlyData"_s, qint64(one.maxEarlyData)}};
}

QJsonObject stapleToJson(const Tls::OcspStaple &staple)
{
    return {{u"state"_s, text(Tls::stapleStateName(staple.state))},
        {u"responseStatus"_s, text(staple.responseStatus)}, {u"verified"_s, staple.verified},
        {u"verifyError"_s, staple.verifyError}, {u"responder"_s, staple.responder},
        {u"producedAt"_s, timeText(staple.producedAt)},
        {u"thisUpdate"_s, timeText(staple.thisUpdate)},
        {u"nextUpdate"_s, timeText(staple.nextUpdate)},
        {u"revokedAt"_s, timeText(staple.revokedAt)},
        {u"revocationReason"_s, text(staple.revocationReason)}, {u"size"_s, staple.size}};
}

QJsonValue timestampsToJson(const std::optional<QList<Tls::SignedTimestamp>> &timestamps)
{
    if (!timestamps)
        return QJsonValue();
    QJsonArray array;
    for (const Tls::SignedTimestamp &one : *timestamps) {
        array.append(QJsonObject {{u"source"_s, text(Tls::timestampSourceName(one.source))},
            {u"version"_s, one.version}, {u"logId"_s, QString::fromLatin1(one.logId.toBase64())},
            {u"at"_s, timeText(one.at)}, {u"signatureAlgorithm"_s, one.signatureAlgorithm},
            {u"signatureChecked"_s, false}});
    }
    return array;
}

QJsonValue caaToJson(const std::optional<Net::CaaFacts> &facts)
{
    if (!facts)
        return QJsonValue();
    QJsonArray aliases;
    for (const QByteArray &alias : facts->aliases)
        aliases.append(text(alias));
    QJsonArray records;
    for (const Dns::Caa &one : facts->records) {
        // Values are foreign octets: latin1 keeps each of them.
        records.append(QJsonObject {{u"flags"_s, one.flags}, {u"tag"_s, text(one.tag)},
            {u"value"_s, QString::fromLatin1(one.value)}});
    }
    return QJsonObject {{u"state"_s, text(Net::caaStateName(facts->state))},
        {u"host"_s, text(facts->host)}, {u"owner"_s, text(facts->owner)}, {u"aliases"_s, aliases},
        {u"records"_s, records}, {u"malformed"_s, facts->malformed}, {u"ttl"_s, qint64(facts->ttl)},
        {u"authenticated"_s, facts->authenticated}, {u"bogus"_s, facts->isBogus},
        {u"detail"_s, facts->detail}};
}

QJsonObject chainToJson(const InspectedChain &chain)
{
    QJsonArray path;
    for (const InspectedCertificate &one : chain.path)
        path.append(QString::fromLatin1(one.facts.der.toBase64()));
    QJsonArray names;
    for (const NameCheck &name : chain.names) {
        names.append(QJsonObject {{u"name"_s, name.name}, {u"role"_s, text(name.role)},
            {u"matches"_s, name.matches}, {u"matched"_s, name.matched}});
    }
    QJsonArray tlsa;
    for (const QByteArray &record : chain.tlsa)
        tlsa.append(text(record));
    return {{u"tls"_s, Transcript::tlsToJson(chain.facts)}, {u"path"_s, path}, {u"names"_s, names},
        {u"staple"_s, chain.staple ? QJsonValue(stapleToJson(*chain.staple)) : QJsonValue()},
        {u"timestamps"_s, timestampsToJson(chain.timestamps)}, {u"tlsa"_s, tlsa}};
}

/// Reads, and remembers whether something could not be read.
class Reader final {
public:
    [[nodiscard]] bool failed() const { return m_failed; }

    template <typename Value>
    Value known(const std::optional<Value> &value)
    {
        m_failed = m_failed || !value;
        return value.value_or(Value());
    }

    Judged judged(const QJsonObject &object)
    {
        return {known(acceptanceFromName(bytes(object["acceptance"_L1]))),
            bytes(object["evidence"_L1])};
    }

    SuiteChoice choice(const QJsonValue &value) { return known(suiteChoiceFromName(bytes(value))); }

    ProbedVersion version(const QJsonObject &object)
    {
        ProbedVersion version;
        version.code = codeFrom(object["code"_L1]);
        version.judged = judged(object);
        const QJsonArray accepted = object["accepted"_L1].toArray();
        for (const QJsonValue &one : accepted) {
            version.accepted.append(
                {codeFrom(one["code"_L1]), codeFrom(one["group"_L1]), one["dhBits"_L1].toInt()});
        }
        version.refused = codesFrom(object["refused"_L1]);
        version.refusedBy = bytes(object["refusedBy"_L1]);
        version.notTested = codesFrom(object["notTested"_L1]);
        version.notTestedWhy = bytes(object["notTestedWhy"_L1]);
        version.choice = choice(object["choice"_L1]);
        return version;
    }

    ProbedResumption resumption(const QJsonObject &object)
    {
        return {known(Tls::resumptionByFromName(bytes(object["by"_L1]))),
            known(resumptionFromName(bytes(object["outcome"_L1]))), bytes(object["evidence"_L1]),
            object["lifetime"_L1].toInteger(),
            static_cast<quint32>(object["maxEarlyData"_L1].toInteger())};
    }

    InspectedCertificate certificate(const QByteArray &der)
    {
        const Tls::CertificatePtr certificate = Tls::certificateFromDer(der);
        const auto details = Tls::certificateDetails(der);
        m_failed = m_failed || !certificate || !details;
        if (m_failed)
            return {};
        return {Tls::certificateFacts(certificate.get()), *details};
    }

    Tls::OcspStaple staple(const QJsonObject &object)
    {
        Tls::OcspStaple staple;
        staple.state = known(Tls::stapleStateFromName(bytes(object["state"_L1])));
        staple.responseStatus = bytes(object["responseStatus"_L1]);
        staple.verified = object["verified"_L1].toBool();
        staple.verifyError = object["verifyError"_L1].toString();
        staple.responder = object["responder"_L1].toString();
        staple.producedAt = timeFrom(object["producedAt"_L1]);
        staple.thisUpdate = timeFrom(object["thisUpdate"_L1]);
        staple.nextUpdate = timeFrom(object["nextUpdate"_L1]);
        staple.revokedAt = timeFrom(object["revokedAt"_L1]);
        staple.revocationReason = bytes(object["revocationReason"_L1]);
        staple.size = object["size"_L1].toInteger();
        return staple;
    }

    Tls::SignedTimestamp timestamp(const QJsonObject &object)
    {
        Tls::SignedTimestamp timestamp;
        timestamp.source = known(Tls::timestampSourceFromName(bytes(object["source"_L1])));
        timestamp.version = object["version"_L1].toInt();
        timestamp.logId = QByteArray::fromBase64(bytes(object["logId"_L1]));
        timestamp.at = timeFrom(object["at"_L1]);
        timestamp.signatureAlgorithm = object["signatureAlgorithm"_L1].toString();
        return timestamp;
    }

    Net::CaaFacts caa(const QJsonObject &object)
    {
        Net::CaaFacts facts;
        facts.state = known(Net::caaStateFromName(bytes(object["state"_L1])));
        facts.host = bytes(object["host"_L1]);
        facts.owner = bytes(object["owner"_L1]);
        const QJsonArray aliases = object["aliases"_L1].toArray();
        for (const QJsonValue &alias : aliases)
            facts.aliases.append(bytes(alias));
        const QJsonArray records = object["records"_L1].toArray();
        for (const QJsonValue &one : records) {
            facts.records.append({static_cast<quint8>(one["flags"_L1].toInt()),
                bytes(one["tag"_L1]), one["value"_L1].toString().toLatin1()});
        }
        facts.malformed = object["malformed"_L1].toInteger();
        facts.ttl = static_cast<quint32>(object["ttl"_L1].toInteger());
        facts.authenticated = object["authenticated"_L1].toBool();
        facts.isBogus = object["bogus"_L1].toBool();
        facts.detail = object["detail"_L1].toString();
        return facts;
    }

    InspectedChain chain(const QJsonObject &object)
    {
        InspectedChain chain;
        chain.facts = Transcript::tlsFromJson(object["tls"_L1].toObject());
        for (const Tls::CertificateFacts &facts : std::as_const(chain.facts.chain))
            chain.sent.append(certificate(facts.der));
        const QJsonArray path = object["path"_L1].toArray();
        for (const QJsonValue &der : path)
            chain.path.append(certificate(QByteArray::fromBase64(bytes(der))));
        const QJsonArray names = object["names"_L1].toArray();
        for (const QJsonValue &name : names) {
            chain.names.append({name["name"_L1].toString(), bytes(name["role"_L1]),
                name["matches"_L1].toBool(), name["matched"_L1].toString()});
        }
        if (object["staple"_L1].isObject())
            chain.staple = staple(object["staple"_L1].toObject());
        if (const QJsonValue timestamps = object["timestamps"_L1]; timestamps.isArray()) {
            chain.timestamps.emplace();
            const QJsonArray array = timestamps.toArray();
            for (const QJsonValue &one : array)
                chain.timestamps->append(timestamp(one.toObject()));
        }
        const QJsonArray tlsa = object["tlsa"_L1].toArray();
        for (const QJsonValue &record : tlsa)
            chain.tlsa.append(bytes(record));
        m_failed = m_failed || chain.sent.isEmpty();
        return chain;
    }

private:
    bool m_failed = false;
};

} // namespace

QJsonObject inspectionToJson(const TlsInspection &inspection)
{
    QJsonArray versions;
    for (const ProbedVersion &version : inspection.versions)
        versions.append(versionToJson(version));
    QJsonArray groups;
    for (const ProbedGroup &group : inspection.groups)
        groups.append(groupToJson(group));
    QJsonArray resumptions;
    for (const ProbedResumption &one : inspection.resumptions)
        resumptions.append(resumptionToJson(one));
    const QJsonValue masterSecret = inspection.extendedMasterSecret
        ? QJsonValue(*inspection.extendedMasterSecret)
        : QJsonValue();
    QJsonArray chains;
    for (const InspectedChain &chain : inspection.chains)
        chains.append(chainToJson(chain));
    QJsonValue failure;
    if (inspection.failure) {
        failure = QJsonObject {{u"kind"_s, text(Base::kindName(inspection.failure->kind))},
            {u"detail"_s, inspection.failure->detail},
            {u"evidence"_s, QString::fromLatin1(inspection.failure->evidence.toBase64())}};
    }
    return {{u"startedAt"_s, timeText(inspection.startedAt)}, {u"totalUs"_s, inspection.totalUs},
        {u"host"_s, inspection.host}, {u"address"_s, inspection.address},
        {u"port"_s, inspection.port}, {u"implicitTls"_s, inspection.implicitTls},
        {u"serverName"_s, inspection.serverName}, {u"connections"_s, inspection.connections},
        {u"pauses"_s, inspection.pauses}, {u"cancelled"_s, inspection.cancelled},
        {u"failure"_s, failure}, {u"versions"_s, versions}, {u"groups"_s, groups},
        {u"groupChoice"_s, text(suiteChoiceName(inspection.groupChoice))},
        {u"resumptions"_s, resumptions}, {u"extendedMasterSecret"_s, masterSecret},
        {u"chains"_s, chains}, {u"caa"_s, caaToJson(inspection.caa)}};
}

Base::Result<TlsInspection> inspectionFromJson(const QJsonObject &object)
{
    Reader reader;
    TlsInspection inspection;
    inspection.startedAt = timeFrom(object["startedAt"_L1]);
    inspection.totalUs = object["totalUs"_L1].toInteger();
    inspection.host = object["host"_L1].toString();
    inspection.address = object["address"_L1].toString();
    inspection.port = static_cast<quint16>(object["port"_L1].toInt());
    inspection.implicitTls = object["implicitTls"_L1].toBool();
    inspection.serverName = object["serverName"_L1].toString();
    inspection.connections = object["connections"_L1].toInt();
    inspection.pauses = object["pauses"_L1].toInt();
    inspection.cancelled = object["cancelled"_L1].toBool();
    if (const QJsonValue failure = object["failure"_L1]; failure.isObject()) {
        inspection.failure = Base::Error {
            reader.known(Transcript::errorKindFrom(bytes(failure["kind"_L1]))),
            failure["detail"_L1].toString(), QByteArray::fromBase64(bytes(failure["evidence"_L1]))};
    }
    const QJsonArray versions = object["versions"_L1].toArray();
    for (const QJsonValue &one : versions)
        inspection.versions.append(reader.version(one.toObject()));
    const QJsonArray groups = object["groups"_L1].toArray();
    for (const QJsonValue &one : groups)
        inspection.groups.append({codeFrom(one["code"_L1]), reader.judged(one.toObject())});
    inspection.groupChoice = reader.choice(object["groupChoice"_L1]);
    const QJsonArray resumptions = object["resumptions"_L1].toArray();
    for (const QJsonValue &one : resumptions)
        inspection.resumptions.append(reader.resumption(one.toObject()));
    if (const QJsonValue masterSecret = object["extendedMasterSecret"_L1]; masterSecret.isBool())
        inspection.extendedMasterSecret = masterSecret.toBool();
    const QJsonArray chains = object["chains"_L1].toArray();
    for (const QJsonValue &one : chains)
        inspection.chains.append(reader.chain(one.toObject()));
    if (const QJsonValue caa = object["caa"_L1]; caa.isObject())
        inspection.caa = reader.caa(caa.toObject());
    if (reader.failed())
        return Base::fail(ErrorKind::Corrupt, u"not an inspection of TLS"_s);
    inspection.findings = tlsFindings(inspection, inspection.startedAt);
    return inspection;
}

} // namespace Mailgauge::Diagnose
