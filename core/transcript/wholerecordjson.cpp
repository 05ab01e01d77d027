// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcript/wholerecordjson.h"

#include "base/literals.h"
#include "transcript/factsjson.h"
#include "transcript/jsonbytes.h"
#include "transcript/recordjson.h"

#include <QJsonArray>

namespace Mailgauge::Transcript {

namespace {

using Kind = Base::Error::Kind;

QJsonValue toJson(const QList<Smtp::RecipientOutcome> &recipients)
{
    QJsonArray array;
    for (const Smtp::RecipientOutcome &recipient : recipients) {
        array.append(QJsonObject {{u"address"_s, Transcript::toJson(recipient.recipient.address())},
            {u"outcome"_s, nameOf(Smtp::outcomeName(recipient.outcome))},
            {u"stage"_s, nameOf(Smtp::stageName(recipient.stage))},
            {u"reply"_s, Transcript::toJson(recipient.reply)},
            {u"failure"_s, Transcript::toJson(recipient.failure)}});
    }
    return array;
}

QList<Smtp::RecipientOutcome> recipientsFrom(const QJsonValue &value, Reading &reading)
{
    QList<Smtp::RecipientOutcome> list;
    const QJsonArray array = value.toArray();
    for (const QJsonValue &one : array) {
        auto mailbox = Smtp::Mailbox::parse(bytesFrom(one[u"address"_s]));
        if (!mailbox) {
            reading.damaged();
            continue;
        }
        list.append({*std::move(mailbox),
            reading.need(Smtp::outcomeFromName(nameIn(one[u"outcome"_s])), Smtp::Outcome::Failed),
            stageFrom(one[u"stage"_s], reading), replyFrom(one[u"reply"_s]),
            failureFrom(one[u"failure"_s], reading)});
    }
    return list;
}

QJsonValue toJson(const QList<SessionFinding> &findings)
{
    QJsonArray array;
    for (const SessionFinding &finding : findings) {
        array.append(QJsonObject {{u"id"_s, Transcript::toJson(finding.id)},
            {u"stage"_s, nameOf(Smtp::stageName(finding.stage))},
            {u"evidence"_s, Transcript::toJson(finding.evidence)}});
    }
    return array;
}

QList<SessionFinding> findingsFrom(const QJsonValue &value, Reading &reading)
{
    QList<SessionFinding> list;
    const QJsonArray array = value.toArray();
    for (const QJsonValue &one : array) {
        list.append({bytesFrom(one[u"id"_s]), stageFrom(one[u"stage"_s], reading),
            bytesFrom(one[u"evidence"_s])});
    }
    return list;
}

QJsonObject toJson(const UnknownFields &unknown)
{
    QJsonObject object;
    if (!unknown.header.isEmpty())
        object.insert(u"header"_s, unknown.header);
    QJsonObject entries;
    for (const auto &[n, fields] : unknown.entries.asKeyValueRange())
        entries.insert(QString::number(n), fields);
    if (!entries.isEmpty())
        object.insert(u"entries"_s, entries);
    return object;
}

UnknownFields unknownFrom(const QJsonObject &object)
{
    UnknownFields unknown {object[u"header"_s].toObject(), {}};
    const QJsonObject entries = object[u"entries"_s].toObject();
    for (auto it = entries.begin(); it != entries.end(); ++it)
        unknown.entries.insert(it.key().toLongLong(), it.value().toObject());
    return unknown;
}

QUuid idFrom(const QJsonValue &value)
{
    return QUuid::fromString(value.toString());
}

QJsonValue toJson(const QUuid &id)
{
    return id.isNull() ? QJsonValue() : QJsonValue(id.toString(QUuid::WithoutBraces));
}

} // namespace

QJsonArray marksToJson(const QMap<qint64, LineMark> &marks)
{
    QJsonArray array;
    for (const auto &[number, mark] : marks.asKeyValueRange()) {
        array.append(
            QJsonObject {{u"n"_s, number}, {u"marked"_s, mark.marked}, {u"note"_s, mark.note}});
    }
    return array;
}

QMap<qint64, LineMark> marksFromJson(const QJsonValue &value)
{
    QMap<qint64, LineMark> marks;
    const QJsonArray array = value.toArray();
    for (const QJsonValue &one : array)
        marks.insert(
            one[u"n"_s].toInteger(), {one[u"marked"_s].toBool(), one[u"note"_s].toString()});
    return marks;
}

QJsonObject recordToJson(const SessionRecord &record)
{
    QJsonObject object {{u"id"_s, toJson(record.id)},
        {u"startedAt"_s, Transcript::toJson(record.startedAt)},
        {u"profile"_s, toJson(record.profile)}, {u"profileName"_s, record.profileName},
        {u"host"_s, record.host}, {u"port"_s, record.port}, {u"address"_s, record.address},
        {u"greeting"_s, Transcript::toJson(record.greeting)},
        {u"capabilities"_s, toJson(record.capabilities)},
        {u"tlsPolicy"_s, Transcript::toJson(record.tlsPolicy)},
        {u"tls"_s, record.tls ? QJsonValue(tlsToJson(*record.tls)) : QJsonValue()},
        {u"auth"_s, Transcript::toJson(record.authMechanism)},
        {u"message"_s, toJson(record.message)},
        {u"messageId"_s, Transcript::toJson(record.messageId)}, {u"subject"_s, record.subject},
        {u"reversePath"_s, Transcript::toJson(record.reversePath)},
        {u"recipients"_s, toJson(record.recipients)}, {u"finalReply"_s, toJson(record.finalReply)},
        {u"queueId"_s, Transcript::toJson(record.queueId)},
        {u"outcome"_s, nameOf(wholeOutcomeName(record.outcome))},
        {u"stage"_s, nameOf(Smtp::stageName(record.stage))}, {u"failure"_s, toJson(record.failure)},
        {u"exit"_s, record.exitCode}, {u"timings"_s, toJson(record.timings)},
        {u"totalUs"_s, record.totalUs}, {u"findings"_s, toJson(record.findings)},
        {u"marks"_s, marksToJson(record.marks)}};
    if (const QJsonObject unknown = toJson(record.unknown); !unknown.isEmpty())
        object.insert(u"unknown"_s, unknown);
    return object;
}

Base::Result<SessionRecord> recordFromJson(const QJsonObject &object)
{
    Reading reading;
    SessionRecord record;
    record.id = idFrom(object[u"id"_s]);
    record.startedAt = timeFrom(object[u"startedAt"_s]);
    record.profile = idFrom(object[u"profile"_s]);
    record.profileName = object[u"profileName"_s].toString();
    record.host = object[u"host"_s].toString();
    record.port = static_cast<quint16>(object[u"port"_s].toInt());
    record.address = object[u"address"_s].toString();
    record.greeting = bytesFrom(object[u"greeting"_s]);
    record.capabilities = capabilitiesFrom(object[u"capabilities"_s]);
    record.tlsPolicy = bytesFrom(object[u"tlsPolicy"_s]);
    if (object[u"tls"_s].isObject())
        record.tls = tlsFromJson(object[u"tls"_s].toObject());
    record.authMechanism = bytesFrom(object[u"auth"_s]);
    record.message = idFrom(object[u"message"_s]);
    record.messageId = bytesFrom(object[u"messageId"_s]);
    record.subject = object[u"subject"_s].toString();
    record.reversePath = bytesFrom(object[u"reversePath"_s]);
    record.recipients = recipientsFrom(object[u"recipients"_s], reading);
    record.finalReply = replyFrom(object[u"finalReply"_s]);
    record.queueId = bytesFrom(object[u"queueId"_s]);
    record.outcome = reading.need(
        wholeOutcomeFromName(nameIn(object[u"outcome"_s])), WholeOutcome::Failed);
    record.stage = stageFrom(object[u"stage"_s], reading);
    record.failure = failureFrom(object[u"failure"_s], reading);
    record.exitCode = object[u"exit"_s].toInt();
    record.timings = timingsFrom(object[u"timings"_s], reading);
    record.totalUs = object[u"totalUs"_s].toInteger();
    record.findings = findingsFrom(object[u"findings"_s], reading);
    record.marks = marksFromJson(object[u"marks"_s]);
    record.unknown = unknownFrom(object[u"unknown"_s].toObject());
    if (reading.isDamaged() || record.id.isNull())
        return Base::fail(Kind::Corrupt, u"a session's record is damaged"_s);
    return record;
}

} // namespace Mailgauge::Transcript
