// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/sessionrows.h"

#include "base/literals.h"
#include "store/jsonbytes.h"
#include "store/ledger.h"
#include "store/recordjson.h"

#include <QTimeZone>

namespace Mailgauge::Store {

namespace {

using Kind = Base::Error::Kind;
using Transcript::SessionRecord;

constexpr auto Columns = "id, started, host, subject, message, message_id, record"_L1;
// Shorter texts have no trigram to look up.
constexpr qsizetype ShortestIndexed = 3;

void addReply(QStringList &lines, const std::optional<Smtp::Reply> &reply)
{
    if (reply)
        lines << QString::number(reply->code) + u' ' + QString::fromUtf8(reply->text());
}

// What a search looks at, one line per fact, so that no hit spans two of them.
QString searchText(const SessionRecord &record)
{
    QStringList lines {record.host, record.subject};
    for (const Smtp::RecipientOutcome &recipient : record.recipients) {
        lines << QString::fromUtf8(recipient.recipient.address());
        addReply(lines, recipient.reply);
    }
    addReply(lines, record.finalReply);
    if (record.failure)
        lines << QString::fromUtf8(record.failure->error.evidence);
    lines.removeDuplicates();
    return lines.join(u'\n');
}

QString outcomeOf(const SessionRecord &record)
{
    return QString::fromLatin1(Transcript::wholeOutcomeName(record.outcome));
}

// Never nothing: a list must not lose a session because its record cannot be read.
SessionRecord recordAt(const QSqlQuery &query)
{
    auto record = unpacked(query.value(6).toByteArray()).and_then(recordFromJson);
    if (record)
        return *std::move(record);
    SessionRecord rest;
    rest.id = idAt(query, 0);
    rest.startedAt = QDateTime::fromMSecsSinceEpoch(query.value(1).toLongLong(), QTimeZone::utc());
    rest.host = query.value(2).toString();
    rest.subject = query.value(3).toString();
    rest.message = idAt(query, 4);
    rest.messageId = query.value(5).toByteArray();
    rest.failure = Smtp::Failure {record.error(), Smtp::Stage::Connect};
    return rest;
}

// A quoted phrase: whatever is in it, FTS5 takes it for text.
QString phrase(QString words)
{
    return u'"' + words.replace(u'"', u"\"\""_s) + u'"';
}

QString likePattern(QString words)
{
    words.replace(u'\\', u"\\\\"_s).replace(u'%', u"\\%"_s).replace(u'_', u"\\_"_s);
    return u'%' + words + u'%';
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
    const auto row = connection.insert(
        u"INSERT INTO sessions(id, started, host, subject, profile, message, message_id, outcome, "
        "total_us, finished, owner, record) VALUES(?, ?, ?, ?, ?, ?, ?, ?, 0, 0, ?, ?)"_s,
        {idValue(record.id), record.startedAt.toMSecsSinceEpoch(), text(record.host),
            text(record.subject), idValue(record.profile), idValue(record.message),
            blob(record.messageId), outcomeOf(record), owner, packed(recordToJson(record))});
    if (!row)
        return std::unexpected(row.error());
    return connection
        .run(u"INSERT INTO replies(rowid, text) VALUES(?, ?)"_s, {*row, searchText(record)})
        .and_then([&](int) { return claim(connection, *row, owner, record.recipients); });
}

Base::Result<void> finishSession(Connection &connection, qint64 row, const SessionRecord &record)
{
    return connection
        .run(u"UPDATE sessions SET host = ?, subject = ?, message_id = ?, outcome = ?, "
             "total_us = ?, finished = 1, owner = NULL, record = ? WHERE row = ?"_s,
            {text(record.host), text(record.subject), blob(record.messageId), outcomeOf(record),
                record.totalUs, packed(recordToJson(record)), row})
        .and_then([&](int) {
            return connection.run(
                u"UPDATE replies SET text = ? WHERE rowid = ?"_s, {searchText(record), row});
        })
        .transform([](int) {});
}

Base::Result<SessionRecord> readSession(Connection &connection, const QUuid &session)
{
    const auto record = connection.row(
        u"SELECT %1 FROM sessions WHERE id = ?"_s.arg(Columns), {idValue(session)}, recordAt);
    if (!record)
        return std::unexpected(record.error());
    if (!*record)
        return Base::fail(Kind::InvalidInput, u"store: no such session"_s);
    return **record;
}

Base::Result<QList<SessionRecord>> listSessions(
    Connection &connection, const Transcript::SessionQuery &query)
{
    const QString words = query.text.trimmed();
    QString where;
    QVariantList values;
    if (words.size() >= ShortestIndexed) {
        where = u"WHERE row IN (SELECT rowid FROM replies WHERE replies MATCH ?)"_s;
        values << phrase(words);
    } else if (!words.isEmpty()) {
        where = u"WHERE row IN (SELECT rowid FROM replies WHERE text LIKE ? ESCAPE '\\')"_s;
        values << likePattern(words);
    }
    values << query.limit << query.offset;
    return connection.rows(
        u"SELECT %1 FROM sessions %2 ORDER BY started DESC, row DESC LIMIT ? OFFSET ?"_s.arg(
            Columns, where),
        values, recordAt);
}

} // namespace Mailgauge::Store
