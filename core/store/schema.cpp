// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/schema.h"

#include "base/literals.h"
#include "store/sessionwords.h"

namespace Mailgauge::Store {

namespace {

QStringList version1()
{
    return {
        u"CREATE TABLE profiles(id TEXT PRIMARY KEY, name TEXT NOT NULL UNIQUE COLLATE NOCASE, "
        "json BLOB NOT NULL)"_s,

        // Octets, once each; `owner` is the process that still writes them, while not complete.
        u"CREATE TABLE contents(row INTEGER PRIMARY KEY, sha256 BLOB NOT NULL, "
        "size INTEGER NOT NULL, complete INTEGER NOT NULL, owner INTEGER)"_s,
        u"CREATE UNIQUE INDEX contents_sha256 ON contents(sha256) WHERE complete"_s,
        u"CREATE TABLE content_chunks(content INTEGER NOT NULL REFERENCES contents(row) "
        "ON DELETE CASCADE, n INTEGER NOT NULL, zstd BLOB NOT NULL, PRIMARY KEY(content, n))"_s,
        u"CREATE TABLE messages(id TEXT PRIMARY KEY, "
        "content INTEGER NOT NULL REFERENCES contents(row))"_s,
        u"CREATE INDEX messages_content ON messages(content)"_s,

        u"CREATE TABLE sessions(row INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, "
        "started INTEGER NOT NULL, host TEXT NOT NULL, subject TEXT NOT NULL, profile TEXT, "
        "message TEXT, message_id BLOB NOT NULL, outcome TEXT NOT NULL, total_us INTEGER NOT NULL, "
        "finished INTEGER NOT NULL, owner INTEGER, record BLOB NOT NULL)"_s,
        u"CREATE INDEX sessions_started ON sessions(started, row)"_s,
        u"CREATE INDEX sessions_message ON sessions(message)"_s,
        u"CREATE INDEX sessions_message_id ON sessions(message_id)"_s,
        u"CREATE INDEX sessions_running ON sessions(owner) WHERE NOT finished"_s,

        u"CREATE TABLE entries(session INTEGER NOT NULL REFERENCES sessions(row) "
        "ON DELETE CASCADE, first INTEGER NOT NULL, count INTEGER NOT NULL, zstd BLOB NOT NULL, "
        "PRIMARY KEY(session, first))"_s,

        // What a search in sessions looks at; one row per session, same row id. Trigrams find
        // any part of a word, as people expect of a filter field.
        u"CREATE VIRTUAL TABLE replies USING fts5(text, tokenize='trigram')"_s,

        u"CREATE TABLE outcomes(row INTEGER PRIMARY KEY, session INTEGER NOT NULL "
        "REFERENCES sessions(row) ON DELETE CASCADE, position INTEGER NOT NULL, "
        "recipient BLOB NOT NULL, address TEXT NOT NULL, domain BLOB NOT NULL, "
        "state TEXT NOT NULL CHECK(state IN ('queued', 'claimed', 'committing', 'accepted', "
        "'rejected', 'deferred', 'uncertain', 'failed', 'stopped')), owner INTEGER, "
        "reply_code INTEGER NOT NULL DEFAULT 0, enhanced BLOB NOT NULL DEFAULT x'', "
        "reply BLOB NOT NULL DEFAULT x'', bounced_hard INTEGER, UNIQUE(session, position))"_s,
        u"CREATE INDEX outcomes_address ON outcomes(address)"_s,
        u"CREATE INDEX outcomes_open ON outcomes(owner) "
        "WHERE state IN ('claimed', 'committing')"_s,

        u"CREATE TABLE inbox(row INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, "
        "json BLOB NOT NULL, content INTEGER NOT NULL REFERENCES contents(row))"_s,
        u"CREATE INDEX inbox_content ON inbox(content)"_s,

        u"CREATE TABLE bounces(row INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, "
        "arrived INTEGER NOT NULL, session INTEGER REFERENCES sessions(row) ON DELETE SET NULL, "
        "json BLOB NOT NULL)"_s,
        u"CREATE INDEX bounces_arrived ON bounces(arrived, row)"_s,
        u"CREATE INDEX bounces_session ON bounces(session)"_s,

        // Nothing stays behind that nobody refers to.
        u"CREATE TRIGGER session_removed AFTER DELETE ON sessions BEGIN "
        "DELETE FROM replies WHERE rowid = OLD.row; "
        "DELETE FROM messages WHERE id = OLD.message "
        "AND NOT EXISTS(SELECT 1 FROM sessions WHERE message = OLD.message); END"_s,
        u"CREATE TRIGGER message_removed AFTER DELETE ON messages BEGIN "
        "DELETE FROM contents WHERE row = OLD.content "
        "AND NOT EXISTS(SELECT 1 FROM messages WHERE content = OLD.content) "
        "AND NOT EXISTS(SELECT 1 FROM inbox WHERE content = OLD.content); END"_s,
        u"CREATE TRIGGER inbox_removed AFTER DELETE ON inbox BEGIN "
        "DELETE FROM contents WHERE row = OLD.content "
        "AND NOT EXISTS(SELECT 1 FROM messages WHERE content = OLD.content) "
        "AND NOT EXISTS(SELECT 1 FROM inbox WHERE content = OLD.content); END"_s,
    };
}

// Tags, notes and the bin; one column of words per field of a search.
QStringList version2()
{
    return {
        u"ALTER TABLE sessions ADD COLUMN note TEXT NOT NULL DEFAULT ''"_s,
        // Whether a line of it is marked or has a note; which ones stands in the record.
        u"ALTER TABLE sessions ADD COLUMN lines_marked INTEGER NOT NULL DEFAULT 0"_s,
        // From when its age counts: its beginning, or when it was imported.
        u"ALTER TABLE sessions ADD COLUMN since INTEGER NOT NULL DEFAULT 0"_s,
        u"UPDATE sessions SET since = started"_s,
        // When it went to the bin, milliseconds; NULL: kept, 0: is being removed, piece by piece.
        u"ALTER TABLE sessions ADD COLUMN deleted INTEGER"_s,
        u"DROP INDEX sessions_started"_s,
        u"CREATE INDEX sessions_kept ON sessions(started, row, outcome) WHERE deleted IS NULL"_s,
        u"CREATE INDEX sessions_age ON sessions(since, row) WHERE deleted IS NULL"_s,
        u"CREATE INDEX sessions_outcome ON sessions(outcome, started, row) "
        "WHERE deleted IS NULL"_s,
        u"CREATE INDEX sessions_bin ON sessions(deleted) WHERE deleted IS NOT NULL"_s,

        u"CREATE TABLE tags(session INTEGER NOT NULL REFERENCES sessions(row) ON DELETE CASCADE, "
        "tag TEXT NOT NULL COLLATE NOCASE, PRIMARY KEY(session, tag)) WITHOUT ROWID"_s,
        u"CREATE INDEX tags_tag ON tags(tag, session)"_s,

        // Trigrams as before: any part of a word is found.
        u"CREATE VIRTUAL TABLE session_words USING fts5(relay, subject, recipients, replies, tags, "
        "note, tokenize='trigram')"_s,
        u"DROP TRIGGER session_removed"_s,
        u"DROP TRIGGER message_removed"_s,
        u"DROP TRIGGER inbox_removed"_s,
        u"DROP TABLE replies"_s,
        u"CREATE TRIGGER session_removed AFTER DELETE ON sessions BEGIN "
        "DELETE FROM session_words WHERE rowid = OLD.row; "
        "DELETE FROM messages WHERE id = OLD.message "
        "AND NOT EXISTS(SELECT 1 FROM sessions WHERE message = OLD.message); END"_s,
        // Octets that nobody refers to any more go at once where they are few; many are left to the
        // sweep, which takes them in steps.
        u"CREATE INDEX contents_left ON contents(complete, owner) WHERE NOT complete"_s,
        u"CREATE TRIGGER message_removed AFTER DELETE ON messages "
        "WHEN NOT EXISTS(SELECT 1 FROM messages WHERE content = OLD.content) "
        "AND NOT EXISTS(SELECT 1 FROM inbox WHERE content = OLD.content) BEGIN "
        "DELETE FROM contents WHERE row = OLD.content AND size <= 8388608; "
        "UPDATE contents SET complete = 0, owner = NULL WHERE row = OLD.content; END"_s,
        u"CREATE TRIGGER inbox_removed AFTER DELETE ON inbox "
        "WHEN NOT EXISTS(SELECT 1 FROM messages WHERE content = OLD.content) "
        "AND NOT EXISTS(SELECT 1 FROM inbox WHERE content = OLD.content) BEGIN "
        "DELETE FROM contents WHERE row = OLD.content AND size <= 8388608; "
        "UPDATE contents SET complete = 0, owner = NULL WHERE row = OLD.content; END"_s,
    };
}

Base::Result<void> runStep(Connection &connection, const SchemaStep &step)
{
    for (const QString &statement : step.statements) {
        if (auto done = connection.run(statement); !done)
            return std::unexpected(done.error());
    }
    return step.then ? step.then(connection) : Base::Result<void>();
}

Base::Result<void> runSteps(Connection &connection, const SchemaSteps &steps)
{
    const auto from = connection.number(u"PRAGMA user_version"_s);
    if (!from)
        return std::unexpected(from.error());
    for (qsizetype step = from->value_or(0); step < steps.size(); ++step) {
        if (auto done = runStep(connection, steps.at(step)); !done)
            return done;
    }
    // Pragmas take no bound values.
    return connection.run(u"PRAGMA application_id = %1"_s.arg(ApplicationId))
        .and_then(
            [&](int) { return connection.run(u"PRAGMA user_version = %1"_s.arg(steps.size())); })
        .and_then([&](int) { return connection.run(u"COMMIT"_s); })
        .transform([](int) {});
}

} // namespace

const SchemaSteps &schemaSteps()
{
    static const SchemaSteps steps {{version1()}, {version2(), &readRecordsAgain}};
    return steps;
}

QStringList schemaTables()
{
    return {u"profiles"_s, u"contents"_s, u"content_chunks"_s, u"messages"_s, u"sessions"_s,
        u"entries"_s, u"session_words"_s, u"tags"_s, u"outcomes"_s, u"inbox"_s, u"bounces"_s};
}

Base::Result<void> migrate(Connection &connection, const SchemaSteps &steps)
{
    if (auto begun = connection.run(u"BEGIN IMMEDIATE"_s); !begun)
        return std::unexpected(begun.error());
    auto done = runSteps(connection, steps);
    if (!done)
        connection.run(u"ROLLBACK"_s);
    return done;
}

} // namespace Mailgauge::Store
