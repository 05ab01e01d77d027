// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/bouncestore.h"

#include "base/literals.h"
#include "store/bouncejson.h"
#include "store/jsonbytes.h"
#include "store/ledger.h"

namespace Mailgauge::Store {

namespace {

using Bounce::BounceRecord;
using Kind = Base::Error::Kind;

/// The recipient that a report is about, in the ledger.
struct Joined {
    qint64 outcome;
    qint64 session;
    QUuid id;
};

Joined joinedAt(const QSqlQuery &query)
{
    return {query.value(0).toLongLong(), query.value(1).toLongLong(), idAt(query, 2)};
}

// Among several sessions with one Message-ID (sent again) the one that delivered, then the newest.
constexpr auto Preferred = " ORDER BY CASE o.state WHEN 'accepted' THEN 0 WHEN 'uncertain' THEN 1 "
                           "ELSE 2 END, s.started DESC, o.position LIMIT 1"_L1;
constexpr auto From
    = "SELECT o.row, s.row, s.id FROM sessions s JOIN outcomes o ON o.session = s.row WHERE "_L1;

Base::Result<std::optional<Joined>> joinBy(Connection &connection, QLatin1StringView key,
    const QVariant &value, const Bounce::Report &report)
{
    for (const QByteArray &address : {report.originalRecipient, report.recipient}) {
        if (address.isEmpty())
            continue;
        auto joined = connection.row(From + key + " = ? AND o.address = ?"_L1 + Preferred,
            {value, addressKey(address)}, joinedAt);
        if (!joined || *joined)
            return joined;
    }
    // Forwarded: the report names an address that we never saw. Only safe where there is no choice.
    return connection.row(From + key
            + " = ? AND NOT EXISTS(SELECT 1 FROM outcomes p WHERE p.session = s.row "
              "AND p.position > 0)"_L1
            + Preferred,
        {value}, joinedAt);
}

Base::Result<std::optional<Joined>> join(Connection &connection, const Bounce::Report &report)
{
    // The VERP token is the session's id.
    if (const auto session = QUuid::fromString(QString::fromLatin1(report.campaign));
        !session.isNull()) {
        auto joined = joinBy(connection, "s.id"_L1, idValue(session), report);
        if (!joined || *joined)
            return joined;
    }
    if (report.originalMessageId.isEmpty())
        return std::nullopt;
    return joinBy(connection, "s.message_id"_L1, report.originalMessageId, report);
}

// Hard stays hard, whatever comes later; a delay or a success report says nothing.
Base::Result<void> mark(Connection &connection, const Joined &joined, const Bounce::Report &report)
{
    if (report.kind != Bounce::Kind::Bounce || !report.hard)
        return {};
    return connection
        .run(u"UPDATE outcomes SET bounced_hard = max(coalesce(bounced_hard, 0), ?) "
             "WHERE row = ?"_s,
            {*report.hard ? 1 : 0, joined.outcome})
        .transform([](int) { });
}

Base::Result<BounceRecord> addBounce(Connection &connection, BounceRecord record)
{
    const auto joined = join(connection, record.report);
    if (!joined)
        return std::unexpected(joined.error());
    record.session = *joined ? (*joined)->id : QUuid();
    if (*joined) {
        if (auto marked = mark(connection, **joined, record.report); !marked)
            return std::unexpected(marked.error());
    }
    return connection
        .run(u"INSERT INTO bounces(id, arrived, session, json) VALUES(?, ?, ?, ?) "
             "ON CONFLICT(id) DO UPDATE SET arrived = excluded.arrived, "
             "session = excluded.session, json = excluded.json"_s,
            {idValue(record.id), record.arrivedAt.toMSecsSinceEpoch(),
                *joined ? QVariant((*joined)->session) : QVariant(), packed(bounceToJson(record))})
        .transform([&](int) { return record; });
}

} // namespace

BounceStore::BounceStore(Writer &writer, Reader &reader)
    : m_writer(writer)
    , m_reader(reader)
{
}

QFuture<Base::Result<BounceRecord>> BounceStore::add(BounceRecord record)
{
    if (record.id.isNull())
        record.id = QUuid::createUuid();
    return m_writer.run<BounceRecord>([record = std::move(record)](Connection &connection) {
        return addBounce(connection, record);
    });
}

QFuture<Base::Result<QList<BounceRecord>>> BounceStore::bounces()
{
    return m_reader.run<QList<BounceRecord>>(
        [](Connection &connection) -> Base::Result<QList<BounceRecord>> {
            const auto rows = connection.rows(
                u"SELECT b.json, s.id FROM bounces b LEFT JOIN sessions s ON s.row = b.session "
                "ORDER BY b.arrived DESC, b.row DESC"_s,
                {}, [](const QSqlQuery &query) {
                    auto object = unpacked(query.value(0).toByteArray());
                    return std::pair(std::move(object), idAt(query, 1));
                });
            if (!rows)
                return std::unexpected(rows.error());
            QList<BounceRecord> list;
            for (const auto &[object, session] : *rows) {
                if (!object)
                    return std::unexpected(object.error());
                list.append(bounceFromJson(*object));
                list.last().session = session;
            }
            return list;
        });
}

} // namespace Mailgauge::Store
