// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/reader.h"

#include "base/literals.h"
#include "store/opening.h"

namespace Mailgauge::Store {

Reader::Reader(QString path, Connection::Access access)
    : m_path(std::move(path))
    , m_access(access)
{
    m_pool.setMaxThreadCount(1);
    m_pool.setExpiryTimeout(-1);
}

Reader::~Reader()
{
    m_pool.start([this] { m_connection.reset(); });
}

Base::Result<Connection *> Reader::begin()
{
    if (!m_connection) {
        auto opened = Connection::open(m_path, m_access);
        if (!opened)
            return std::unexpected(opened.error());
        m_connection = std::move(*opened);
    }
    if (auto begun = m_connection->run(u"BEGIN"_s); !begun)
        return std::unexpected(begun.error());
    return m_connection.get();
}

void Reader::endTransaction(const Base::Error *error)
{
    m_connection->run(u"COMMIT"_s);
    if (error && error->kind == Base::Error::Kind::Corrupt
        && m_access != Connection::Access::Immutable)
        markSuspect(m_path);
}

} // namespace Mailgauge::Store
