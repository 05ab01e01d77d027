// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/entryrows.h"

#include "base/literals.h"
#include "store/entrycodec.h"

#include <algorithm>
#include <limits>

namespace Mailgauge::Store {

namespace {

using Transcript::Entry;
using Transcript::EntryPage;

constexpr qsizetype LargestChunk = 2048;

struct Chunk {
    qint64 first = 0;
    qint64 count = 0;
};

Base::Result<QList<Entry>> unpackRange(
    Connection &connection, qint64 session, qint64 from, qint64 to)
{
    const auto chunks = connection.rows(
        u"SELECT zstd FROM entries WHERE session = ? AND first BETWEEN ? AND ? ORDER BY first"_s,
        {session, from, to},
        [](const QSqlQuery &query) { return unpackEntries(query.value(0).toByteArray()); });
    if (!chunks)
        return std::unexpected(chunks.error());
    QList<Entry> entries;
    for (const auto &chunk : *chunks) {
        if (!chunk)
            return chunk;
        entries += *chunk;
    }
    return entries;
}

} // namespace

Base::Result<void> appendEntries(
    Connection &connection, qint64 session, const QList<Entry> &entries)
{
    for (qsizetype at = 0; at < entries.size(); at += LargestChunk) {
        const QList<Entry> chunk = entries.mid(at, LargestChunk);
        auto written = connection.run(
            u"INSERT INTO entries(session, first, count, zstd) VALUES(?, ?, ?, ?)"_s,
            {session, chunk.first().n, chunk.size(), packEntries(chunk)});
        if (!written)
            return std::unexpected(written.error());
    }
    return {};
}

Base::Result<QList<Entry>> allEntries(Connection &connection, qint64 session)
{
    return unpackRange(connection, session, std::numeric_limits<qint64>::min(),
        std::numeric_limits<qint64>::max());
}

Base::Result<EntryPage> entriesFrom(Connection &connection, qint64 session, qint64 from, int count)
{
    EntryPage page;
    const auto total = connection.number(
        u"SELECT first + count FROM entries WHERE session = ? ORDER BY first DESC LIMIT 1"_s,
        {session});
    if (!total)
        return std::unexpected(total.error());
    page.total = total->value_or(0);
    page.next = page.total;
    // Live sessions are stored in chunks of a few entries: which ones make a page is read first.
    const auto chunks = connection.rows(
        u"SELECT first, count FROM entries WHERE session = ? AND first >= coalesce("
        "(SELECT max(first) FROM entries WHERE session = ? AND first <= ?), ?) "
        "AND first + count > ? ORDER BY first LIMIT ?"_s,
        {session, session, from, from, from, std::max(count, 1)}, [](const QSqlQuery &query) {
            return Chunk {query.value(0).toLongLong(), query.value(1).toLongLong()};
        });
    if (!chunks)
        return std::unexpected(chunks.error());
    if (chunks->isEmpty())
        return page;
    qint64 entries = 0;
    qint64 last = 0;
    for (const Chunk &chunk : *chunks) {
        if (entries > 0 && entries + chunk.count > count)
            break;
        entries += chunk.count;
        last = chunk.first;
        page.next = chunk.first + chunk.count;
    }
    auto read = unpackRange(connection, session, chunks->first().first, last);
    if (!read)
        return std::unexpected(read.error());
    // The first chunk may begin before the one that was asked for.
    read->removeIf([from](const Entry &entry) { return entry.n < from; });
    page.entries = *std::move(read);
    return page;
}

} // namespace Mailgauge::Store
