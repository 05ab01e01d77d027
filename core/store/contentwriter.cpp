// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/contentwriter.h"

#include "base/literals.h"
#include "store/compression.h"

namespace Mailgauge::Store {

namespace {
using Kind = Base::Error::Kind;
}

ContentWriter::ContentWriter(const Base::Content &content, qint64 owner)
    : m_source(content.open())
    , m_owner(owner)
{
}

Base::Result<std::optional<qint64>> ContentWriter::step(Connection &connection, int chunks)
{
    if (m_row == 0) {
        auto row = connection.insert(
            u"INSERT INTO contents(sha256, size, complete, owner) VALUES(x'', 0, 0, ?)"_s,
            {m_owner});
        if (!row)
            return std::unexpected(row.error());
        m_row = *row;
    }
    for (int i = 0; i < chunks; ++i) {
        // Sources may hand out less than asked for; a chunk is filled.
        QByteArray chunk;
        while (chunk.size() < ChunkSize) {
            auto bytes = m_source->read(ChunkSize - chunk.size());
            if (!bytes)
                return std::unexpected(bytes.error());
            if (bytes->isEmpty())
                break;
            chunk += *bytes;
        }
        if (chunk.isEmpty())
            return complete(connection).transform([](qint64 row) { return std::optional(row); });
        m_hash.addData(chunk);
        m_size += chunk.size();
        if (auto written = connection.run(
                u"INSERT INTO content_chunks(content, n, zstd) VALUES(?, ?, ?)"_s,
                {m_row, m_chunks++, compress(chunk)});
            !written)
            return std::unexpected(written.error());
    }
    return std::nullopt;
}

Base::Result<qint64> ContentWriter::complete(Connection &connection)
{
    const QByteArray sha256 = m_hash.result();
    const auto known = connection.number(
        u"SELECT row FROM contents WHERE sha256 = ? AND complete"_s, {sha256});
    if (!known)
        return std::unexpected(known.error());
    if (*known) {
        return connection.run(u"DELETE FROM contents WHERE row = ?"_s, {m_row}).transform([&](int) {
            return **known;
        });
    }
    return connection
        .run(u"UPDATE contents SET sha256 = ?, size = ?, complete = 1, owner = NULL "
             "WHERE row = ?"_s,
            {sha256, m_size, m_row})
        .transform([&](int) { return m_row; });
}

Base::Result<QByteArray> readContent(Connection &connection, qint64 row)
{
    const auto size = connection.number(
        u"SELECT size FROM contents WHERE row = ? AND complete"_s, {row});
    if (!size)
        return std::unexpected(size.error());
    const auto chunks = connection.rows(
        u"SELECT zstd FROM content_chunks WHERE content = ? ORDER BY n"_s, {row},
        [](const QSqlQuery &query) {
            return decompress(query.value(0).toByteArray(), ContentWriter::ChunkSize);
        });
    if (!chunks)
        return std::unexpected(chunks.error());
    QByteArray bytes;
    bytes.reserve(static_cast<qsizetype>(size->value_or(0)));
    for (const auto &chunk : *chunks) {
        if (!chunk)
            return chunk;
        bytes += *chunk;
    }
    if (bytes.size() != size->value_or(-1))
        return Base::fail(Kind::Corrupt, u"store: a message is incomplete"_s);
    return bytes;
}

} // namespace Mailgauge::Store
