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
        {u"tlsa"_s, tlsa}};
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
        {u"groupChoice"_s, text(suiteChoiceName(inspection.groupChoice))}, {u"chains"_s, chains}};
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
    const QJsonArray chains = object["chains"_L1].toArray();
    for (const QJsonValue &one : chains)
        inspection.chains.append(reader.chain(one.toObject()));
    if (reader.failed())
        return Base::fail(ErrorKind::Corrupt, u"not an inspection of TLS"_s);
    inspection.findings = tlsFindings(inspection, inspection.startedAt);
    return inspection;
}

} // namespace Mailgauge::Diagnose
