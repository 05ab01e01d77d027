// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/sessionstore.h"

#include "base/clock.h"
#include "base/literals.h"
#include "store/contentwriter.h"
#include "store/entryrows.h"
#include "store/ledger.h"
#include "store/linemarks.h"
#include "store/sessionlist.h"
#include "store/sessionmarks.h"
#include "store/sessionrows.h"
#include "store/sweep.h"

namespace Mailgauge::Store {

namespace {

using Kind = Base::Error::Kind;
using Transcript::Entry;
using Transcript::SessionRecord;

// Above this a message is written in several transactions, so that others are not held up.
constexpr qint64 LargestInOneGo = 8 * 1024 * 1024;
constexpr int ChunksPerStep = 8;

// Keeps the message under its id once its octets are there. Where the id has some already, these
// are no longer wanted, unless others have the same.
Base::Result<void> keepMessage(Connection &connection, const QUuid &message, qint64 content)
{
    return connection
        .run(u"INSERT INTO messages(id, content) VALUES(?, ?) ON CONFLICT(id) DO NOTHING"_s,
            {idValue(message), content})
        .and_then([&](int kept) -> Base::Result<int> {
            if (kept > 0)
                return kept;
            return connection.run(
                u"DELETE FROM contents WHERE row = ? "
                "AND NOT EXISTS(SELECT 1 FROM messages WHERE content = contents.row) "
                "AND NOT EXISTS(SELECT 1 FROM inbox WHERE content = contents.row)"_s,
                {content});
        })
        .transform([](int) {});
}

// A session's beginning with a message that is too large for one transaction.
class LongBeginning {
public:
    LongBeginning(SessionRecord record, const Base::Content &content, qint64 owner)
        : m_record(std::move(record))
        , m_content(content)
        , m_writer(m_content, owner)
        , m_owner(owner)
    {
    }

    Base::Result<Writer::Step> step(Connection &connection)
    {
        if (!m_begun) {
            m_begun = true;
            return insertSession(connection, m_record, m_owner).transform([] {
                return Writer::Step::More;
            });
        }
        const auto row = m_writer.step(connection, ChunksPerStep);
        if (!row)
            return std::unexpected(row.error());
        if (!*row)
            return Writer::Step::More;
        return keepMessage(connection, m_record.message, **row).transform([] {
            return Writer::Step::Done;
        });
    }

private:
    SessionRecord m_record;
    Base::Content m_content; ///< Holds the temporary file, if it is one.
    ContentWriter m_writer;
    qint64 m_owner;
    bool m_begun = false;
};

} // namespace

SessionStore::SessionStore(Writer &writer, Reader &reader, qint64 owner)
    : m_writer(writer)
    , m_reader(reader)
    , m_owner(owner)
{
}

QFuture<Base::Result<void>> SessionStore::begin(SessionRecord record, Base::Content content)
{
    if (content.size() > LargestInOneGo && !record.message.isNull()) {
        // Shared because std::function wants copies; there is one owner, the mutation.
        auto beginning = std::make_shared<LongBeginning>(std::move(record), content, m_owner);
        return m_writer.runLong(
            [beginning](Connection &connection) { return beginning->step(connection); });
    }
    return m_writer.run<void>([record = std::move(record), content = std::move(content),
                                  owner = m_owner](Connection &connection) -> Base::Result<void> {
        if (auto inserted = insertSession(connection, record, owner); !inserted)
            return inserted;
        if (record.message.isNull())
            return {};
        ContentWriter writer(content, owner);
        const auto row = writer.step(connection, std::numeric_limits<int>::max());
        if (!row)
            return std::unexpected(row.error());
        return keepMessage(connection, record.message, row->value_or(0));
    });
}

QFuture<Base::Result<void>> SessionStore::claim(QUuid session, QList<Smtp::Mailbox> recipients)
{
    return m_writer.run<void>(
        [session, recipients = std::move(recipients), owner = m_owner](Connection &connection) {
            return sessionRow(connection, session).and_then([&](qint64 row) {
                return Store::claim(connection, row, owner, recipients);
            });
        });
}

QFuture<Base::Result<void>> SessionStore::commit(QUuid session, QList<QByteArray> recipients)
{
    return m_writer.run<void>(
        [session, recipients = std::move(recipients)](Connection &connection) {
            return sessionRow(connection, session).and_then([&](qint64 row) {
                return setCommitting(connection, row, recipients);
            });
        });
}

QFuture<Base::Result<void>> SessionStore::append(QUuid session, QList<Entry> entries)
{
    return m_writer.run<void>(
        [session, entries = std::move(entries)](Connection &connection) -> Base::Result<void> {
            if (entries.isEmpty())
                return {};
            const auto row = sessionRow(connection, session);
            if (!row)
                return std::unexpected(row.error());
            return appendEntries(connection, *row, entries);
        });
}

QFuture<Base::Result<void>> SessionStore::finish(SessionRecord record)
{
    return m_writer.run<void>([record = std::move(record)](Connection &connection) {
        return sessionRow(connection, record.id).and_then([&](qint64 row) {
            SessionRecord whole = record;
            // They may have been set while it ran; who ran it knows nothing of them.
            if (whole.marks.isEmpty())
                whole.marks = lineMarks(connection, row);
            return finishSession(connection, row, whole).and_then([&] {
                return decide(connection, row, whole.recipients);
            });
        });
    });
}

QFuture<Base::Result<void>> SessionStore::setMarks(
    QUuid session, QMap<qint64, Transcript::LineMark> marks)
{
    return m_writer.run<void>([session, marks = std::move(marks)](Connection &connection) {
        return sessionRow(connection, session).and_then([&](qint64 row) {
            return setLineMarks(connection, row, marks);
        });
    });
}

QFuture<Base::Result<QList<SessionRecord>>> SessionStore::list(Transcript::SessionQuery query)
{
    return m_reader.run<QList<SessionRecord>>([query = std::move(query)](Connection &connection) {
        return listSessions(connection, query);
    });
}

QFuture<Base::Result<SessionRecord>> SessionStore::record(QUuid session)
{
    return m_reader.run<SessionRecord>(
        [session](Connection &connection) { return readSession(connection, session); });
}

QFuture<Base::Result<QList<Entry>>> SessionStore::entries(QUuid session)
{
    return m_reader.run<QList<Entry>>([session](Connection &connection) {
        return sessionRow(connection, session).and_then([&](qint64 row) {
            return allEntries(connection, row);
        });
    });
}

QFuture<Base::Result<QByteArray>> SessionStore::message(QUuid message)
{
    return m_reader.run<QByteArray>([message](Connection &connection) -> Base::Result<QByteArray> {
        const auto content = connection.number(
            u"SELECT content FROM messages WHERE id = ?"_s, {idValue(message)});
        if (!content)
            return std::unexpected(content.error());
        if (!*content)
            return Base::fail(Kind::InvalidInput, u"store: no such message"_s);
        return readContent(connection, **content);
    });
}

QFuture<Base::Result<Transcript::EntryPage>> SessionStore::entryPage(
    QUuid session, qint64 from, int count)
{
    return m_reader.run<Transcript::EntryPage>([session, from, count](Connection &connection) {
        return sessionRow(connection, session).and_then([&](qint64 row) {
            return entriesFrom(connection, row, from, count);
        });
    });
}

QFuture<Base::Result<void>> SessionStore::setTags(QUuid session, QStringList tags)
{
    return m_writer.run<void>([session, tags = std::move(tags)](Connection &connection) {
        return sessionRow(connection, session).and_then([&](qint64 row) {
            return setSessionTags(connection, row, tags);
        });
    });
}

QFuture<Base::Result<void>> SessionStore::setNote(QUuid session, QString note)
{
    return m_writer.run<void>([session, note = std::move(note)](Connection &connection) {
        return sessionRow(connection, session).and_then([&](qint64 row) {
            return setSessionNote(connection, row, note);
        });
    });
}

QFuture<Base::Result<QStringList>> SessionStore::tags()
{
    return m_reader.run<QStringList>(&allTags);
}

QFuture<Base::Result<QList<QUuid>>> SessionStore::trash(QList<QUuid> sessions, QDateTime now)
{
    return m_writer.run<QList<QUuid>>(
        [sessions = std::move(sessions), now = std::move(now)](
            Connection &connection) { return moveToBin(connection, sessions, now); });
}

QFuture<Base::Result<QList<QUuid>>> SessionStore::restore(QList<QUuid> sessions)
{
    return m_writer.run<QList<QUuid>>([sessions = std::move(sessions)](Connection &connection) {
        return takeFromBin(connection, sessions);
    });
}

QFuture<Base::Result<Transcript::SweepReport>> SessionStore::sweep(
    Transcript::KeepRules rules, QDateTime now)
{
    // Shared because std::function wants copies; the report is read once all steps are done.
    auto sweep = std::make_shared<Sweep>(rules, now);
    return m_writer.runLong([sweep](Connection &connection) { return sweep->step(connection); })
        .then([sweep](const Base::Result<void> &done) {
            return done.transform([&] { return sweep->report(); });
        });
}

QFuture<Base::Result<void>> SessionStore::add(
    SessionRecord record, QList<Entry> entries, std::optional<QByteArray> message)
{
    return m_writer.run<void>(
        [record = std::move(record), entries = std::move(entries), message = std::move(message),
            owner = m_owner,
            now = Base::SystemClock().utcNow()](Connection &connection) -> Base::Result<void> {
            const auto row = insertFinished(connection, record, now);
            if (!row)
                return std::unexpected(row.error());
            if (auto done = appendEntries(connection, *row, entries); !done)
                return done;
            if (!message || record.message.isNull())
                return {};
            Base::Content bytes;
            bytes.bytes = *message;
            ContentWriter writer(bytes, owner);
            const auto content = writer.step(connection, std::numeric_limits<int>::max());
            if (!content)
                return std::unexpected(content.error());
            return keepMessage(connection, record.message, content->value_or(0));
        });
}

} // namespace Mailgauge::Store
