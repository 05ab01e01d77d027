// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcript/wholerecordjson.h"

#include "base/literals.h"
#include "transcript/jsonbytes.h"
#include "transcript/recordjson.h"

#include <QJsonArray>

namespace Mailgauge::Transcript {

namespace {

using Kind = Base::Error::Kind;

// Thrown nowhere: collects that something was wrong, so that reading stays one expression per
// field.
class Reading {
public:
    template <typename T>
    T need(std::optional<T> value, T otherwise)
    {
        m_damaged = m_damaged || !value;
        return value.value_or(otherwise);
    }
    void damaged() { m_damaged = true; }
    [[nodiscard]] bool isDamaged() const { return m_damaged; }

private:
    bool m_damaged = false;
};

QJsonValue nameOf(QByteArrayView name)
{
    return QString::fromLatin1(name);
}

QByteArray nameIn(const QJsonValue &value)
{
    return value.toString().toLatin1();
}

Smtp::Stage stageFrom(const QJsonValue &value, Reading &reading)
{
    return reading.need(Smtp::stageFromName(nameIn(value)), Smtp::Stage::Connect);
}

std::optional<Kind> kindFrom(const QJsonValue &value)
{
    const QByteArray name = nameIn(value);
    for (int i = 0; i <= static_cast<int>(Kind::Unsupported); ++i) {
        if (Base::kindName(static_cast<Kind>(i)) == name)
            return static_cast<Kind>(i);
    }
    return std::nullopt;
}

QJsonValue toJson(const std::optional<Smtp::Reply> &reply)
{
    if (!reply)
        return {};
    return QJsonObject {{u"code"_s, reply->code}, {u"lines"_s, Transcript::toJson(reply->lines)}};
}

std::optional<Smtp::Reply> replyFrom(const QJsonValue &value)
{
    if (!value.isObject())
        return std::nullopt;
    return Smtp::Reply {value[u"code"_s].toInt(), bytesListFrom(value[u"lines"_s])};
}

QJsonValue toJson(const std::optional<Smtp::Failure> &failure)
{
    if (!failure)
        return {};
    return QJsonObject {{u"kind"_s, nameOf(Base::kindName(failure->error.kind))},
        {u"detail"_s, failure->error.detail},
        {u"evidence"_s, Transcript::toJson(failure->error.evidence)},
        {u"stage"_s, nameOf(Smtp::stageName(failure->stage))}};
}

std::optional<Smtp::Failure> failureFrom(const QJsonValue &value, Reading &reading)
{
    if (!value.isObject())
        return std::nullopt;
    return Smtp::Failure {{reading.need(kindFrom(value[u"kind"_s]), Kind::Io),
                              value[u"detail"_s].toString(), bytesFrom(value[u"evidence"_s])},
        stageFrom(value[u"stage"_s], reading)};
}

QJsonValue toJson(const QList<Smtp::RecipientOutcome> &recipients)
{
    QJsonArray array;
    for (const Smtp::RecipientOutcome &recipient : recipients) {
        array.append(QJsonObject {{u"address"_s, Transcript::toJson(recipient.recipient.address())},
            {u"outcome"_s, nameOf(Smtp::outcomeName(recipient.outcome))},
            {u"stage"_s, nameOf(Smtp::stageName(recipient.stage))},
            {u"reply"_s, toJson(recipient.reply)}, {u"failure"_s, toJson(recipient.failure)}});
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

// Capabilities are kept as the EHLO reply that made them: one parser, one truth.
QJsonValue toJson(const Smtp::Capabilities &capabilities)
{
    QList<QByteArray> lines;
    if (!capabilities.domain().isEmpty() || !capabilities.all().isEmpty())
        lines.append(capabilities.domain());
    for (const Smtp::Capability &capability : capabilities.all())
        lines.append((QList<QByteArray> {capability.keyword} + capability.parameters).join(' '));
    return Transcript::toJson(lines);
}

Smtp::Capabilities capabilitiesFrom(const QJsonValue &value)
{
    const QList<QByteArray> lines = bytesListFrom(value);
    return lines.isEmpty() ? Smtp::Capabilities() : Smtp::Capabilities::fromEhlo({250, lines});
}

QJsonValue toJson(const QMap<Smtp::Stage, qint64> &timings)
{
    QJsonObject object;
    for (const auto &[stage, us] : timings.asKeyValueRange())
        object.insert(QString::fromLatin1(Smtp::stageName(stage)), us);
    return object;
}

QMap<Smtp::Stage, qint64> timingsFrom(const QJsonValue &value, Reading &reading)
{
    QMap<Smtp::Stage, qint64> timings;
    const QJsonObject object = value.toObject();
    for (auto it = object.begin(); it != object.end(); ++it) {
        const auto stage = Smtp::stageFromName(it.key().toLatin1());
        timings.insert(reading.need(stage, Smtp::Stage::Connect), it.value().toInteger());
    }
    return timings;
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
