// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/bouncejson.h"

#include "base/literals.h"
#include "store/jsonbytes.h"

namespace Mailgauge::Store {

namespace {

using Bounce::Report;

// The octet fields, by name, once for both directions.
struct Field {
    QLatin1StringView name;
    QByteArray Report::*member;
};
constexpr Field fields[] {{"recipient"_L1, &Report::recipient}, {"action"_L1, &Report::action},
    {"status"_L1, &Report::status}, {"reason"_L1, &Report::reason},
    {"diagnostic"_L1, &Report::diagnostic}, {"mta"_L1, &Report::mta},
    {"originalMessageId"_L1, &Report::originalMessageId},
    {"originalRecipient"_L1, &Report::originalRecipient}, {"campaign"_L1, &Report::campaign},
    {"rule"_L1, &Report::rule}, {"evidence"_L1, &Report::evidence}};

} // namespace

QJsonObject bounceToJson(const Bounce::BounceRecord &record)
{
    QJsonObject object {{u"id"_s, record.id.toString(QUuid::WithoutBraces)},
        {u"arrivedAt"_s, toJson(record.arrivedAt)},
        {u"inboxMessage"_s, record.inboxMessage.toString(QUuid::WithoutBraces)},
        {u"kind"_s, QString::fromLatin1(Bounce::kindName(record.report.kind))},
        {u"replyCode"_s, record.report.replyCode}};
    if (record.report.hard)
        object.insert(u"hard"_s, *record.report.hard);
    for (const Field &field : fields)
        object.insert(field.name, toJson(record.report.*field.member));
    return object;
}

Bounce::BounceRecord bounceFromJson(const QJsonObject &object)
{
    Bounce::BounceRecord record;
    record.id = QUuid::fromString(object[u"id"_s].toString());
    record.arrivedAt = timeFrom(object[u"arrivedAt"_s]);
    record.inboxMessage = QUuid::fromString(object[u"inboxMessage"_s].toString());
    record.report.kind = Bounce::kindFromName(object[u"kind"_s].toString().toLatin1())
                             .value_or(Bounce::Kind::None);
    record.report.replyCode = object[u"replyCode"_s].toInt();
    if (object[u"hard"_s].isBool())
        record.report.hard = object[u"hard"_s].toBool();
    for (const Field &field : fields)
        record.report.*field.member = bytesFrom(object[field.name]);
    return record;
}

} // namespace Mailgauge::Store
