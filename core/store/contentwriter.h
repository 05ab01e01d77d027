// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/content.h"
#include "store/sql.h"

#include <QCryptographicHash>

#include <optional>

namespace Mailgauge::Store {

/// Writes octets in compressed chunks and keeps them once: what is there already by its SHA-256 is
/// used again. Memory stays at a chunk, whatever the size.
class ContentWriter final {
public:
    static constexpr qint64 ChunkSize = 1024 * 1024;

    /// `owner` marks what is unfinished, so that a later start can clear it away.
    ContentWriter(const Base::Content &content, qint64 owner);

    /// Writes up to `chunks` chunks; the row id of the complete content when all is written, none
    /// before. Errors of the source (Io, InvalidInput) and of the store.
    [[nodiscard]] Base::Result<std::optional<qint64>> step(Connection &connection, int chunks);

private:
    [[nodiscard]] Base::Result<qint64> complete(Connection &connection);

    std::unique_ptr<Base::ContentSource> m_source;
    qint64 m_owner;
    qint64 m_row = 0;
    qint64 m_size = 0;
    int m_chunks = 0;
    QCryptographicHash m_hash {QCryptographicHash::Sha256};
};

/// All chunks of a content in one piece. Corrupt where they are not what was stored.
[[nodiscard]] Base::Result<QByteArray> readContent(Connection &connection, qint64 row);

} // namespace Mailgauge::Store
