// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/inboxstore.h"

#include "base/literals.h"
#include "store/contentwriter.h"
#include "store/jsonbytes.h"

namespace Mailgauge::Store {

namespace {

using Kind = Base::Error::Kind;
using Sandbox::InboxMessage;

QJsonObject toObject(const InboxMessage &message)
{
    return {{u"id"_s, message.id.toString(QUuid::WithoutBraces)},
        {u"arrivedAt"_s, toJson(message.arrivedAt)},
        {u"reversePath"_s, toJson(message.reversePath)},
        {u"forwardPaths"_s, toJson(message.forwardPaths)},
        {u"heloName"_s, toJson(message.heloName)}, {u"tls"_s, message.tls},
        {u"user"_s, toJson(message.user)}, {u"subject"_s, message.subject},
        {u"messageId"_s, toJson(message.messageId)}, {u"size"_s, message.size}};
}

InboxMessage fromObject(const QJsonObject &object)
{
    return {QUuid::fromString(object[u"id"_s].toString()), timeFrom(object[u"arrivedAt"_s]),
        bytesFrom(object[u"reversePath"_s]), bytesListFrom(object[u"forwardPaths"_s]),
        bytesFrom(object[u"heloName"_s]), object[u"tls"_s].toBool(), bytesFrom(object[u"user"_s]),
        object[u"subject"_s].toString(), bytesFrom(object[u"messageId"_s]), {},
        object[u"size"_s].toInteger()};
}

Base::Result<void> addMessage(Connection &connection, const InboxMessage &message, qint64 owner)
{
    Base::Content content;
    content.bytes = message.bytes;
    ContentWriter writer(content, owner);
    const auto row = writer.step(connection, std::numeric_limits<int>::max());
    if (!row)
        return std::unexpected(row.error());
    return connection
        .run(u"INSERT INTO inbox(id, json, content) VALUES(?, ?, ?)"_s,
            {idValue(message.id), packed(toObject(message)), row->value_or(0)})
        .and_then([&](int) {
            return connection.run(u"DELETE FROM inbox WHERE row <= "
                                  "(SELECT row FROM inbox ORDER BY row DESC LIMIT 1 OFFSET ?)"_s,
                {InboxStore::Limit});
        })
        .transform([](int) {});
}

} // namespace

InboxStore::InboxStore(Writer &writer, Reader &reader, qint64 owner)
    : m_writer(writer)
    , m_reader(reader)
    , m_owner(owner)
{
}

QFuture<Base::Result<void>> InboxStore::add(InboxMessage message)
{
    return m_writer.run<void>(
        [message = std::move(message), owner = m_owner](
            Connection &connection) { return addMessage(connection, message, owner); });
}

QFuture<Base::Result<QList<InboxMessage>>> InboxStore::messages()
{
    return m_reader.run<QList<InboxMessage>>(
        [](Connection &connection) -> Base::Result<QList<InboxMessage>> {
            const auto rows = connection.rows(u"SELECT json FROM inbox ORDER BY row DESC"_s, {},
                [](const QSqlQuery &query) { return unpacked(query.value(0).toByteArray()); });
            if (!rows)
                return std::unexpected(rows.error());
            QList<InboxMessage> list;
            for (const auto &object : *rows) {
                if (!object)
                    return std::unexpected(object.error());
                list.append(fromObject(*object));
            }
            return list;
        });
}

QFuture<Base::Result<InboxMessage>> InboxStore::message(QUuid id)
{
    return m_reader.run<InboxMessage>([id](Connection &connection) -> Base::Result<InboxMessage> {
        const auto row = connection.row(u"SELECT json, content FROM inbox WHERE id = ?"_s,
            {idValue(id)}, [](const QSqlQuery &query) {
                return std::pair(query.value(0).toByteArray(), query.value(1).toLongLong());
            });
        if (!row)
            return std::unexpected(row.error());
        if (!*row)
            return Base::fail(Kind::InvalidInput, u"store: no such message in the inbox"_s);
        return unpacked((*row)->first).and_then([&](const QJsonObject &object) {
            return readContent(connection, (*row)->second).transform([&](const QByteArray &bytes) {
                InboxMessage message = fromObject(object);
                message.bytes = bytes;
                return message;
            });
        });
    });
}

QFuture<Base::Result<void>> InboxStore::remove(QList<QUuid> ids)
{
    return m_writer.run<void>([ids = std::move(ids)](Connection &connection) -> Base::Result<void> {
        for (const QUuid &id : ids) {
            const auto gone = connection.run(u"DELETE FROM inbox WHERE id = ?"_s, {idValue(id)});
            if (!gone)
                return std::unexpected(gone.error());
        }
        return {};
    });
}

} // namespace Mailgauge::Store
