// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/keptbytes.h"

#include "base/literals.h"

namespace Mailgauge::Store {

namespace {

constexpr int AtOnce = 200;

struct Weight {
    qint64 row = 0;
    qint64 bytes = 0;
};

} // namespace

KeptBytes::KeptBytes(QString stays)
    : m_stays(std::move(stays))
{
}

Base::Result<bool> KeptBytes::step(Connection &connection)
{
    switch (m_at) {
    case At::Others:
        return addOthers(connection);
    case At::Sessions:
        return addPage(connection,
            u"SELECT row, CASE WHEN %1 THEN length(record) + (SELECT coalesce(sum(length(zstd)), "
            u"0) "
            "FROM entries WHERE session = sessions.row) ELSE 0 END FROM sessions WHERE row > ? "
            "ORDER BY row LIMIT ?"_s.arg(m_stays),
            At::Contents);
    case At::Contents:
        // Octets are stored once, whoever refers to them: one that stays is enough.
        return addPage(connection,
            u"SELECT row, CASE WHEN EXISTS(SELECT 1 FROM inbox WHERE content = contents.row) "
            "OR EXISTS(SELECT 1 FROM messages JOIN sessions ON sessions.message = messages.id "
            "WHERE content = contents.row AND %1) THEN (SELECT coalesce(sum(length(zstd)), 0) "
            "FROM content_chunks WHERE content = contents.row) ELSE 0 END FROM contents "
            "WHERE row > ? ORDER BY row LIMIT ?"_s.arg(m_stays),
            At::Done);
    case At::Done:
        break;
    }
    return false;
}

Base::Result<bool> KeptBytes::addOthers(Connection &connection)
{
    const auto bytes = connection.number(
        u"SELECT (SELECT coalesce(sum(length(json)), 0) FROM bounces) "
        "+ (SELECT coalesce(sum(length(json)), 0) FROM inbox)"_s);
    if (!bytes)
        return std::unexpected(bytes.error());
    m_bytes += bytes->value_or(0);
    m_at = At::Sessions;
    return true;
}

Base::Result<bool> KeptBytes::addPage(Connection &connection, const QString &sql, At next)
{
    const auto page = connection.rows(sql, {m_row, AtOnce}, [](const QSqlQuery &query) {
        return Weight {query.value(0).toLongLong(), query.value(1).toLongLong()};
    });
    if (!page)
        return std::unexpected(page.error());
    for (const Weight &one : *page) {
        m_bytes += one.bytes;
        m_row = one.row;
    }
    if (page->size() < AtOnce) {
        m_at = next;
        m_row = 0;
    }
    return m_at != At::Done;
}

} // namespace Mailgauge::Store
