// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcript/factsjson.h"

#include "base/literals.h"
#include "transcript/jsonbytes.h"

#include <QJsonObject>

namespace Mailgauge::Transcript {

using Kind = Base::Error::Kind;

std::optional<Kind> errorKindFrom(QByteArrayView name)
{
    return valueFrom(name, Kind::Unsupported, &Base::kindName);
}

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
    return Smtp::Failure {{reading.need(errorKindFrom(nameIn(value[u"kind"_s])), Kind::Io),
                              value[u"detail"_s].toString(), bytesFrom(value[u"evidence"_s])},
        stageFrom(value[u"stage"_s], reading)};
}

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

} // namespace Mailgauge::Transcript
