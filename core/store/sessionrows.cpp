// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/sessionrows.h"

#include "base/literals.h"
#include "store/jsonbytes.h"
#include "store/ledger.h"
#include "store/sessionmarks.h"
#include "store/sessionwords.h"
#include "transcript/wholerecordjson.h"

#include <algorithm>

namespace Mailgauge::Store {

namespace {

using Kind = Base::Error::Kind;
using Transcript::SessionRecord;

QString outcomeOf(const SessionRecord &record)
{
    return QString::fromLatin1(Transcript::wholeOutcomeName(record.outcome));
}

Base::Result<void> insertWordsAndTags(
    Connection &connection, qint64 row, const SessionRecord &record)
{
    return insertSessionWords(connection, row, record).and_then([&] {
        return record.tags.isEmpty() ? Base::Result<void>()
                                     : setSessionTags(connection, row, record.tags);
    });
}

/// One that runs has an owner and no duration yet; one without is finished.
Base::Result<qint64> insertRow(Connection &connection, const SessionRecord &record,
    std::optional<qint64> owner, const QDateTime &since)
{
    return connection.insert(
        u"INSERT INTO sessions(id, started, host, subject, profile, message, message_id, outcome, "
        "total_us, finished, owner, record, note, lines_marked, since) "
        "VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"_s,
        {idValue(record.id), record.startedAt.toMSecsSinceEpoch(), text(record.host),
            text(record.subject), idValue(record.profile), idValue(record.message),
            blob(record.messageId), outcomeOf(record), owner ? 0 : record.totalUs, !owner,
            owner ? QVariant(*owner) : QVariant(), packed(Transcript::recordToJson(record)),
            text(record.note), !record.marks.isEmpty(), since.toMSecsSinceEpoch()});
}

} // namespace

Base::Result<qint64> sessionRow(Connection &connection, const QUuid &session)
{
    return connection.number(u"SELECT row FROM sessions WHERE id = ?"_s, {idValue(session)})
        .and_then([](std::optional<qint64> row) -> Base::Result<qint64> {
            if (!row)
                return Base::fail(Kind::InvalidInput, u"store: no such session"_s);
            return *row;
        });
}

Base::Result<void> insertSession(Connection &connection, const SessionRecord &record, qint64 owner)
{
    const auto row = insertRow(connection, record, owner, record.startedAt);
    if (!row)
        return std::unexpected(row.error());
    return insertWordsAndTags(connection, *row, record).and_then([&] {
        QList<Smtp::Mailbox> recipients;
        for (const Smtp::RecipientOutcome &one : record.recipients)
            recipients.append(one.recipient);
        return claim(connection, *row, owner, recipients);
    });
}

Base::Result<qint64> insertFinished(
    Connection &connection, const SessionRecord &record, const QDateTime &now)
{
    const auto taken = connection.number(
        u"SELECT row FROM sessions WHERE id = ?"_s, {idValue(record.id)});
    if (!taken)
        return std::unexpected(taken.error());
    if (*taken)
        return Base::fail(Kind::InvalidInput, u"store: the session is there already"_s);
    const auto row = insertRow(connection, record, {}, std::max(record.startedAt, now));
    if (!row)
        return row;
    return insertWordsAndTags(connection, *row, record).transform([&row] { return *row; });
}

Base::Result<void> finishSession(Connection &connection, qint64 row, const SessionRecord &record)
{
    return connection
        .run(
            u"UPDATE sessions SET host = ?, subject = ?, message_id = ?, outcome = ?, "
            "total_us = ?, finished = 1, owner = NULL, record = ?, lines_marked = ? WHERE row = ?"_s,
            {text(record.host), text(record.subject), blob(record.messageId), outcomeOf(record),
                record.totalUs, packed(Transcript::recordToJson(record)), !record.marks.isEmpty(),
                row})
        .and_then([&](int) { return updateSessionWords(connection, row, record); });
}

} // namespace Mailgauge::Store
