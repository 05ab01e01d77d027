// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnose/reportjson.h"

#include "base/filejobs.h"
#include "base/literals.h"
#include "delivery/comparisonreport.h"
#include "diagnose/hostpoliciesjson.h"
#include "diagnose/tlsinspectionjson.h"
#include "transcript/factsjson.h"
#include "transcript/jsonbytes.h"
#include "transcript/recordjson.h"

#include <QJsonArray>
#include <QJsonDocument>

namespace Mailgauge::Diagnose {

namespace {

/// Whoever opens a file of gigabytes gets an answer, not a program that swells.
constexpr qint64 MostBytes = 64LL * 1024 * 1024;

using Transcript::bytesFrom;
using Transcript::nameIn;
using Transcript::nameOf;
using Transcript::Reading;
using Transcript::toJson;
using Kind = Base::Error::Kind;

constexpr int Version = 1;
constexpr QLatin1StringView Format("mailgauge-relay-report");

QJsonValue idToJson(const QUuid &id)
{
    return id.isNull() ? QJsonValue() : QJsonValue(id.toString(QUuid::WithoutBraces));
}

QUuid idFrom(const QJsonValue &value)
{
    return QUuid::fromString(value.toString());
}

template <typename Value, typename Write>
QJsonArray listToJson(const QList<Value> &list, Write write)
{
    QJsonArray array;
    for (const Value &value : list)
        array.append(write(value));
    return array;
}

template <typename Read>
auto listFrom(const QJsonValue &value, Read read)
{
    QList<decltype(read(QJsonObject()))> list;
    const QJsonArray array = value.toArray();
    for (const QJsonValue &one : array)
        list.append(read(one.toObject()));
    return list;
}

std::optional<Base::Severity> severityFrom(const QJsonValue &value)
{
    for (const Base::Severity severity :
        {Base::Severity::Info, Base::Severity::Warning, Base::Severity::Error}) {
        if (nameIn(value) == Delivery::severityName(severity))
            return severity;
    }
    return std::nullopt;
}

// --- Findings ---------------------------------------------------------------------------------

QJsonObject evidenceToJson(const Evidence &evidence)
{
    return {{u"kind"_s, nameOf(evidenceKindName(evidence.kind))},
        {u"session"_s, idToJson(evidence.session)}, {u"entry"_s, evidence.entry},
        {u"dir"_s, nameOf(Transcript::directionName(evidence.direction))},
        {u"text"_s, toJson(evidence.text)}};
}

Evidence evidenceFrom(const QJsonObject &object, Reading &reading)
{
    return {reading.need(evidenceKindFromName(nameIn(object[u"kind"_s])), Evidence::Kind::Line),
        idFrom(object[u"session"_s]), object[u"entry"_s].toInteger(-1),
        reading.need(
            Transcript::directionFromName(nameIn(object[u"dir"_s])), Transcript::Direction::Event),
        bytesFrom(object[u"text"_s])};
}

QJsonObject findingToJson(const Finding &finding)
{
    return {{u"id"_s, toJson(finding.id)},
        {u"severity"_s, nameOf(Delivery::severityName(finding.severity))},
        {u"subject"_s, toJson(finding.subject)},
        {u"evidence"_s, listToJson(finding.evidence, evidenceToJson)}};
}

Finding findingFrom(const QJsonObject &object, Reading &reading)
{
    return {bytesFrom(object[u"id"_s]),
        reading.need(severityFrom(object[u"severity"_s]), Base::Severity::Info),
        bytesFrom(object[u"subject"_s]),
        listFrom(object[u"evidence"_s],
            [&reading](const QJsonObject &one) { return evidenceFrom(one, reading); })};
}

QJsonArray findingsToJson(const QList<Finding> &findings)
{
    return listToJson(findings, findingToJson);
}

QList<Finding> findingsFrom(const QJsonValue &value, Reading &reading)
{
    return listFrom(
        value, [&reading](const QJsonObject &one) { return findingFrom(one, reading); });
}

// --- The grid ---------------------------------------------------------------------------------

QJsonValue offerToJson(const std::optional<Smtp::Capabilities> &capabilities)
{
    return capabilities ? toJson(*capabilities) : QJsonValue();
}

std::optional<Smtp::Capabilities> offerFrom(const QJsonValue &value)
{
    return value.isArray() ? std::optional(Transcript::capabilitiesFrom(value)) : std::nullopt;
}

QJsonObject cellToJson(const Cell &cell)
{
    return {{u"host"_s, cell.key.host}, {u"port"_s, cell.key.port},
        {u"family"_s, nameOf(familyName(cell.key.family))},
        {u"mode"_s, nameOf(tlsModeName(cell.key.mode))},
        {u"state"_s, nameOf(cellStateName(cell.state))}, {u"session"_s, idToJson(cell.session)},
        {u"address"_s, cell.address}, {u"greeting"_s, toJson(cell.greeting)},
        {u"inClear"_s, offerToJson(cell.inClear)}, {u"inTls"_s, offerToJson(cell.inTls)},
        {u"tls"_s, cell.tls ? QJsonValue(Transcript::tlsToJson(*cell.tls)) : QJsonValue()},
        {u"reply"_s, toJson(cell.reply)}, {u"failure"_s, toJson(cell.failure)},
        {u"timings"_s, toJson(cell.timings)}, {u"totalUs"_s, cell.totalUs},
        {u"tries"_s, cell.tries}};
}

Cell cellFrom(const QJsonObject &object, Reading &reading)
{
    Cell cell;
    cell.key = {static_cast<quint16>(object[u"port"_s].toInt()),
        reading.need(familyFromName(nameIn(object[u"family"_s])), Family::IPv4),
        reading.need(tlsModeFromName(nameIn(object[u"mode"_s])), TlsMode::Clear),
        object[u"host"_s].toString()};
    cell.state = reading.need(cellStateFromName(nameIn(object[u"state"_s])), CellState::Failed);
    cell.session = idFrom(object[u"session"_s]);
    cell.address = object[u"address"_s].toString();
    cell.greeting = bytesFrom(object[u"greeting"_s]);
    cell.inClear = offerFrom(object[u"inClear"_s]);
    cell.inTls = offerFrom(object[u"inTls"_s]);
    if (object[u"tls"_s].isObject())
        cell.tls = Transcript::tlsFromJson(object[u"tls"_s].toObject());
    cell.reply = Transcript::replyFrom(object[u"reply"_s]);
    cell.failure = Transcript::failureFrom(object[u"failure"_s], reading);
    cell.timings = Transcript::timingsFrom(object[u"timings"_s], reading);
    cell.totalUs = object[u"totalUs"_s].toInteger();
    cell.tries = object[u"tries"_s].toInt();
    return cell;
}

// --- The checks -------------------------------------------------------------------------------

QJsonObject probeToJson(const Probe &probe)
{
    return {{u"what"_s, toJson(probe.what)}, {u"command"_s, toJson(probe.command)},
        {u"answer"_s, toJson(probe.answer)}, {u"verdict"_s, nameOf(verdictName(probe.verdict))},
        {u"evidence"_s, evidenceToJson(probe.evidence)}};
}

Probe probeFrom(const QJsonObject &object, Reading &reading)
{
    return {bytesFrom(object[u"what"_s]), bytesFrom(object[u"command"_s]),
        bytesFrom(object[u"answer"_s]),
        reading.need(verdictFromName(nameIn(object[u"verdict"_s])), Verdict::NotTested),
        evidenceFrom(object[u"evidence"_s].toObject(), reading)};
}

QJsonObject checkToJson(const CheckResult &result)
{
    return {{u"check"_s, nameOf(checkName(result.check))}, {u"host"_s, result.host},
        {u"verdict"_s, nameOf(verdictName(result.verdict))}, {u"reason"_s, toJson(result.reason)},
        {u"detail"_s, toJson(result.detail)}, {u"probes"_s, listToJson(result.probes, probeToJson)},
        {u"findings"_s, findingsToJson(result.findings)},
        {u"sessions"_s, listToJson(result.sessions, idToJson)}, {u"us"_s, result.us}};
}

CheckResult checkFrom(const QJsonObject &object, Reading &reading)
{
    CheckResult result;
    result.check = reading.need(checkFromName(nameIn(object[u"check"_s])), Check::Names);
    result.host = object[u"host"_s].toString();
    result.verdict = reading.need(
        verdictFromName(nameIn(object[u"verdict"_s])), Verdict::NotTested);
    result.reason = bytesFrom(object[u"reason"_s]);
    result.detail = bytesFrom(object[u"detail"_s]);
    result.probes = listFrom(object[u"probes"_s],
        [&reading](const QJsonObject &one) { return probeFrom(one, reading); });
    result.findings = findingsFrom(object[u"findings"_s], reading);
    const QJsonArray sessions = object[u"sessions"_s].toArray();
    for (const QJsonValue &session : sessions)
        result.sessions.append(idFrom(session));
    result.us = object[u"us"_s].toInteger();
    return result;
}

QJsonObject pauseToJson(const Pause &pause)
{
    return {{u"where"_s, toJson(pause.where)}, {u"reply"_s, toJson(pause.reply)},
        {u"ms"_s, static_cast<qint64>(pause.length.count())}};
}

TlsInspection inspectionFrom(const QJsonObject &object, Reading &reading)
{
    auto inspection = inspectionFromJson(object);
    if (!inspection)
        reading.damaged();
    return std::move(inspection).value_or(TlsInspection());
}

Pause pauseFrom(const QJsonObject &object)
{
    return {bytesFrom(object[u"where"_s]), bytesFrom(object[u"reply"_s]),
        std::chrono::milliseconds(object[u"ms"_s].toInteger())};
}

} // namespace

QJsonObject reportToJson(const RelayReport &report)
{
    return {{u"format"_s, Format}, {u"version"_s, Version}, {u"id"_s, idToJson(report.id)},
        {u"startedAt"_s, toJson(report.startedAt)}, {u"totalUs"_s, report.totalUs},
        {u"profile"_s, idToJson(report.profile)}, {u"profileName"_s, report.profileName},
        {u"host"_s, report.host}, {u"port"_s, report.port}, {u"domain"_s, report.domain},
        {u"exchangers"_s, QJsonArray::fromStringList(report.exchangers)},
        {u"cancelled"_s, report.cancelled}, {u"cells"_s, listToJson(report.cells, cellToJson)},
        {u"checks"_s, listToJson(report.checks, checkToJson)},
        {u"policies"_s, listToJson(report.policies, policiesToJson)},
        {u"inspections"_s, listToJson(report.inspections, inspectionToJson)},
        {u"findings"_s, findingsToJson(report.findings)},
        {u"pauses"_s, listToJson(report.pauses, pauseToJson)}};
}

Base::Result<RelayReport> reportFromJson(const QJsonObject &object)
{
    if (object[u"format"_s].toString() != Format)
        return Base::fail(Kind::InvalidInput, u"not a report of a relay"_s);
    if (object[u"version"_s].toInt() > Version)
        return Base::fail(Kind::Unsupported, u"the report is of a newer version"_s);
    Reading reading;
    RelayReport report;
    report.id = idFrom(object[u"id"_s]);
    report.startedAt = Transcript::timeFrom(object[u"startedAt"_s]);
    report.totalUs = object[u"totalUs"_s].toInteger();
    report.profile = idFrom(object[u"profile"_s]);
    report.profileName = object[u"profileName"_s].toString();
    report.host = object[u"host"_s].toString();
    report.port = static_cast<quint16>(object[u"port"_s].toInt());
    report.domain = object[u"domain"_s].toString();
    report.exchangers = object[u"exchangers"_s].toVariant().toStringList();
    report.cancelled = object[u"cancelled"_s].toBool();
    report.cells = listFrom(
        object[u"cells"_s], [&reading](const QJsonObject &one) { return cellFrom(one, reading); });
    report.checks = listFrom(object[u"checks"_s],
        [&reading](const QJsonObject &one) { return checkFrom(one, reading); });
    // Older reports have neither.
    report.policies = listFrom(object[u"policies"_s],
        [&reading](const QJsonObject &one) { return policiesFromJson(one, reading); });
    report.inspections = listFrom(object[u"inspections"_s],
        [&reading](const QJsonObject &one) { return inspectionFrom(one, reading); });
    report.findings = findingsFrom(object[u"findings"_s], reading);
    report.pauses = listFrom(object[u"pauses"_s], pauseFrom);
    if (reading.isDamaged() || report.id.isNull())
        return Base::fail(Kind::Corrupt, u"the report is damaged"_s);
    return report;
}

Base::Result<RelayReport> readReport(const QByteArray &json)
{
    QJsonParseError error {};
    const QJsonDocument document = QJsonDocument::fromJson(json, &error);
    if (error.error != QJsonParseError::NoError || !document.isObject())
        return Base::fail(Kind::InvalidInput, u"not a report of a relay: "_s + error.errorString());
    return reportFromJson(document.object());
}

Base::Result<RelayReport> readReportFile(const QString &path)
{
    return Base::readRegularFile(path, MostBytes).and_then(readReport);
}

} // namespace Mailgauge::Diagnose
