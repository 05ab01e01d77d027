// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/sessionlist.h"

#include "base/literals.h"
#include "store/jsonbytes.h"
#include "transcript/wholerecordjson.h"

#include <QTimeZone>

#include <algorithm>

namespace Mailgauge::Store {

namespace {

using Kind = Base::Error::Kind;
using Transcript::SessionQuery;
using Transcript::SessionRecord;
using Transcript::SessionTerm;
using Field = SessionTerm::Field;

constexpr auto Columns = "id, started, host, subject, message, message_id, record, note, "
                         "(SELECT group_concat(tag, ' ') FROM (SELECT tag FROM tags "
                         "WHERE tags.session = sessions.row ORDER BY tag))"_L1;
// Shorter texts, in code points as FTS5 counts them, have no trigram to look up.
constexpr qsizetype ShortestIndexed = 3;

// Never nothing: a list must not lose a session because its record cannot be read.
SessionRecord recordAt(const QSqlQuery &query)
{
    auto read = unpacked(query.value(6).toByteArray()).and_then(Transcript::recordFromJson);
    SessionRecord record;
    if (read) {
        record = *std::move(read);
    } else {
        record.id = idAt(query, 0);
        record.startedAt = QDateTime::fromMSecsSinceEpoch(
            query.value(1).toLongLong(), QTimeZone::utc());
        record.host = query.value(2).toString();
        record.subject = query.value(3).toString();
        record.message = idAt(query, 4);
        record.messageId = query.value(5).toByteArray();
        record.failure = Smtp::Failure {read.error(), Smtp::Stage::Connect};
    }
    record.note = query.value(7).toString();
    record.tags = query.value(8).toString().split(u' ', Qt::SkipEmptyParts);
    return record;
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

// Rows in whose column that text is; in any column where `column` is empty.
BoundStatement withWords(const QString &column, const QString &words)
{
    if (words.toUcs4().size() >= ShortestIndexed) {
        return {u"row IN (SELECT rowid FROM session_words WHERE session_words MATCH ?)"_s,
            {column.isEmpty() ? phrase(words) : column + u" : "_s + phrase(words)}};
    }
    const QStringList columns = column.isEmpty()
        ? QStringList {u"relay"_s, u"subject"_s, u"recipients"_s, u"replies"_s, u"tags"_s,
              u"note"_s}
        : QStringList {column};
    QStringList conditions;
    QVariantList values;
    for (const QString &one : columns) {
        conditions << one + u" LIKE ? ESCAPE '\\'"_s;
        values << likePattern(words);
    }
    return {u"row IN (SELECT rowid FROM session_words WHERE %1)"_s.arg(conditions.join(u" OR "_s)),
        values};
}

BoundStatement withOutcome(const QList<Transcript::WholeOutcome> &outcomes)
{
    QStringList marks;
    QVariantList values;
    for (const Transcript::WholeOutcome outcome : outcomes) {
        marks << u"?"_s;
        values << QString::fromLatin1(Transcript::wholeOutcomeName(outcome));
    }
    return {u"outcome IN (%1)"_s.arg(marks.join(u", "_s)), values};
}

BoundStatement condition(const SessionTerm &term)
{
    switch (term.field) {
    case Field::Any:
        return withWords({}, term.text);
    case Field::Relay:
        return withWords(u"relay"_s, term.text);
    case Field::Recipient:
        return withWords(u"recipients"_s, term.text);
    case Field::Reply:
        return withWords(u"replies"_s, term.text);
    case Field::Note:
        return withWords(u"note"_s, term.text);
    case Field::Tag:
        return {u"row IN (SELECT session FROM tags WHERE tag = ?)"_s, {term.text}};
    case Field::Outcome:
        return withOutcome(term.outcomes);
    case Field::Before:
        return {u"started < ?"_s, {term.time.toMSecsSinceEpoch()}};
    case Field::After:
        return {u"started >= ?"_s, {term.time.toMSecsSinceEpoch()}};
    case Field::Id:
        // Ids are lower-case hexadecimal digits and dashes; a tilde is behind all of them.
        return {u"id >= ? AND id < ?"_s, {term.text.toLower(), term.text.toLower() + u'~'}};
    }
    Q_UNREACHABLE_RETURN({});
}

} // namespace

BoundStatement listStatement(const SessionQuery &query)
{
    QStringList conditions {
        query.from == SessionQuery::From::Kept ? u"deleted IS NULL"_s : u"deleted > 0"_s};
    QVariantList values;
    for (const SessionTerm &term : query.terms) {
        const BoundStatement one = condition(term);
        conditions << (term.negated ? u"NOT (%1)"_s : u"%1"_s).arg(one.sql);
        values << one.values;
    }
    if (query.behind) {
        conditions << u"(started, row) < (?, coalesce((SELECT b.row FROM sessions b "
                      "WHERE b.id = ?), 0))"_s;
        values << query.behind->startedAt.toMSecsSinceEpoch() << idValue(query.behind->session);
    }
    values << query.limit;
    return {u"SELECT %1 FROM sessions WHERE %2 ORDER BY started DESC, row DESC LIMIT ?"_s.arg(
                Columns, conditions.join(u" AND "_s)),
        values};
}

Base::Result<QList<SessionRecord>> listSessions(Connection &connection, const SessionQuery &query)
{
    const BoundStatement statement = listStatement(query);
    return connection.rows(statement.sql, statement.values, recordAt);
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

} // namespace Mailgauge::Store
