// SPDX-License-Identifier: GPL-3.0-or-later
#include "compose/deliveryjson.h"

#include "base/literals.h"

#include <algorithm>
#include <array>

namespace Mailgauge::Compose {

namespace {

using Delivery::DeliveryOptions;
using Delivery::DsnOptions;
using Smtp::DeliverBy;
using Smtp::StopRule;

constexpr std::array holdNames {"no"_L1, "for"_L1, "until"_L1};
constexpr std::array returnNames {"unsaid"_L1, "full"_L1, "headers"_L1};
constexpr std::array stopNames {"quitAfter"_L1, "dropAfter"_L1, "dropAfterSend"_L1};
constexpr DsnOptions::Notify AllNotify = DsnOptions::Success | DsnOptions::Failure
    | DsnOptions::Delay | DsnOptions::Never;

template <typename E, std::size_t Count>
QString nameOf(const std::array<QLatin1StringView, Count> &names, E value)
{
    return names[static_cast<std::size_t>(value)];
}

template <typename E, std::size_t Count>
E valueOf(const std::array<QLatin1StringView, Count> &names, const QJsonValue &name, E otherwise)
{
    for (std::size_t i = 0; i < Count; ++i) {
        if (name.toString() == names[i])
            return static_cast<E>(i);
    }
    return otherwise;
}

std::optional<StopRule> stopFrom(const QJsonObject &json)
{
    const auto stage = Smtp::stageFromName(json[u"stage"].toString().toLatin1());
    if (!stage)
        return std::nullopt;
    return StopRule {
        .how = valueOf(stopNames, json[u"how"], StopRule::How::QuitAfter), .stage = *stage};
}

std::optional<DeliverBy> deliverByFrom(const QJsonObject &json)
{
    if (json.isEmpty())
        return std::nullopt;
    return DeliverBy {.within = std::chrono::seconds(json[u"seconds"].toInteger()),
        .mode = json[u"return"].toBool() ? DeliverBy::Mode::Return : DeliverBy::Mode::Notify,
        .trace = json[u"trace"].toBool()};
}

} // namespace

QJsonObject deliveryToJson(const DeliveryOptions &options)
{
    if (options == DeliveryOptions())
        return {};
    QJsonObject json {{u"notify"_s, static_cast<int>(options.dsn.notify.toInt())},
        {u"ret"_s, nameOf(returnNames, options.dsn.ret)}, {u"envid"_s, options.dsn.envelopeId},
        {u"orcpt"_s, options.originalRecipient}, {u"vouch"_s, options.vouch},
        {u"submitter"_s, options.submitter}, {u"requireTls"_s, options.requireTls},
        {u"hold"_s, nameOf(holdNames, options.hold)},
        {u"holdFor"_s, static_cast<qint64>(options.holdFor.count())},
        {u"holdUntil"_s, options.holdUntil.toUTC().toString(Qt::ISODate)},
        {u"mailParameters"_s, options.mailParameters},
        {u"rcptParameters"_s, options.rcptParameters}, {u"traceTls"_s, options.traceTls},
        {u"messages"_s, options.messages}, {u"sessions"_s, options.sessions},
        {u"fill"_s, options.fill}, {u"values"_s, options.values}};
    if (options.deliverBy) {
        json.insert(u"deliverBy"_s,
            QJsonObject {{u"seconds"_s, static_cast<qint64>(options.deliverBy->within.count())},
                {u"return"_s, options.deliverBy->mode == DeliverBy::Mode::Return},
                {u"trace"_s, options.deliverBy->trace}});
    }
    if (options.priority)
        json.insert(u"priority"_s, *options.priority);
    if (options.stop) {
        json.insert(u"stop"_s,
            QJsonObject {{u"how"_s, nameOf(stopNames, options.stop->how)},
                {u"stage"_s, QString::fromLatin1(Smtp::stageName(options.stop->stage))}});
    }
    return json;
}

DeliveryOptions deliveryFromJson(const QJsonObject &json)
{
    DeliveryOptions options;
    if (json.isEmpty())
        return options;
    options.dsn.notify = DsnOptions::Notify::fromInt(static_cast<quint32>(json[u"notify"].toInt()))
        & AllNotify;
    options.dsn.ret = valueOf(returnNames, json[u"ret"], options.dsn.ret);
    options.dsn.envelopeId = json[u"envid"].toString();
    options.originalRecipient = json[u"orcpt"].toBool();
    options.vouch = json[u"vouch"].toBool();
    options.submitter = json[u"submitter"].toString();
    options.requireTls = json[u"requireTls"].toBool();
    options.deliverBy = deliverByFrom(json[u"deliverBy"].toObject());
    options.hold = valueOf(holdNames, json[u"hold"], options.hold);
    options.holdFor = std::chrono::seconds(json[u"holdFor"].toInteger(options.holdFor.count()));
    options.holdUntil = QDateTime::fromString(json[u"holdUntil"].toString(), Qt::ISODate);
    if (const QJsonValue priority = json[u"priority"]; priority.isDouble())
        options.priority = std::clamp(priority.toInt(), -9, 9);
    options.mailParameters = json[u"mailParameters"].toString();
    options.rcptParameters = json[u"rcptParameters"].toString();
    options.stop = stopFrom(json[u"stop"].toObject());
    options.traceTls = json[u"traceTls"].toBool();
    options.messages = qMax(json[u"messages"].toInt(1), 1);
    options.sessions = qMax(json[u"sessions"].toInt(1), 1);
    options.fill = json[u"fill"].toBool();
    options.values = json[u"values"].toString();
    return options;
}

} // namespace Mailgauge::Compose
