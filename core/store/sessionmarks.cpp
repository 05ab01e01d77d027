// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/sessionmarks.h"

#include "base/literals.h"
#include "transcript/sessionlibrary.h"

namespace Mailgauge::Store {

namespace {

using Kind = Base::Error::Kind;

// Those of `sessions` that the statement changes; its last value is the id.
Base::Result<QList<QUuid>> changed(Connection &connection, const QList<QUuid> &sessions,
    const QString &statement, const QVariantList &values)
{
    QList<QUuid> ids;
    for (const QUuid &session : sessions) {
        const auto count = connection.run(statement, values + QVariantList {idValue(session)});
        if (!count)
            return std::unexpected(count.error());
        if (*count > 0)
            ids.append(session);
    }
    return ids;
}

} // namespace

Base::Result<void> setSessionTags(Connection &connection, qint64 row, const QStringList &tags)
{
    if (auto cleared = connection.run(u"DELETE FROM tags WHERE session = ?"_s, {row}); !cleared)
        return std::unexpected(cleared.error());
    for (const QString &typed : tags) {
        const auto tag = Transcript::tagFrom(typed);
        if (!tag)
            return Base::fail(Kind::InvalidInput,
                u"store: a tag is one word of at most 40 characters"_s,
                typed.toUtf8().left(Base::Error::MaxEvidence));
        auto added = connection.run(
            u"INSERT INTO tags(session, tag) VALUES(?, ?) ON CONFLICT DO NOTHING"_s, {row, *tag});
        if (!added)
            return std::unexpected(added.error());
    }
    return connection
        .run(u"UPDATE session_words SET tags = coalesce((SELECT group_concat(tag, char(10)) "
             "FROM tags WHERE session = ?), '') WHERE rowid = ?"_s,
            {row, row})
        .transform([](int) { });
}

Base::Result<void> setSessionNote(Connection &connection, qint64 row, const QString &note)
{
    const QString kept = Transcript::noteFrom(note);
    return connection.run(u"UPDATE sessions SET note = ? WHERE row = ?"_s, {text(kept), row})
        .and_then([&](int) {
            return connection.run(
                u"UPDATE session_words SET note = ? WHERE rowid = ?"_s, {text(kept), row});
        })
        .transform([](int) {});
}

Base::Result<QStringList> allTags(Connection &connection)
{
    return connection
        .rows(u"SELECT DISTINCT tag FROM tags ORDER BY tag"_s, {},
            [](const QSqlQuery &query) { return query.value(0).toString(); })
        .transform([](const QList<QString> &tags) { return QStringList(tags); });
}

Base::Result<QList<QUuid>> moveToBin(
    Connection &connection, const QList<QUuid> &sessions, const QDateTime &now)
{
    return changed(connection, sessions,
        u"UPDATE sessions SET deleted = ? WHERE id = ? AND deleted IS NULL AND finished"_s,
        {now.toMSecsSinceEpoch()});
}

Base::Result<QList<QUuid>> takeFromBin(Connection &connection, const QList<QUuid> &sessions)
{
    return changed(connection, sessions,
        u"UPDATE sessions SET deleted = NULL WHERE id = ? AND deleted > 0"_s, {});
}

} // namespace Mailgauge::Store
