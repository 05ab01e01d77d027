// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "smtp/reply.h"
#include "transcript/entry.h"

#include <QHash>

#include <array>
#include <memory>
#include <optional>

namespace Mailgauge::Transcript {

/// One row of a Transcript without its text: 24 bytes.
struct Line {
    quint64 us : 48 = 0; ///< Since its session's start; more than eight years fit.
    quint64 direction : 2 = 0;
    quint64 stage : 4 = 0;
    quint64 replyClass : 3 = 0; ///< First digit of a reply's code, 0 where the line has none.
    quint64 tls : 1 = 0;
    quint64 extra : 1 = 0; ///< Has something kept aside: redactions, content, an odd number.
    quint64 contentGoesOn : 1 = 0; ///< Message data, and so was the line before of its session.
    quint64 unexpected : 1 = 0; ///< Entry::unexpected
    quint32 chunk = 0;
    quint32 offset = 0;
    quint32 length = 0;
    quint32 session = 0;
};
static_assert(sizeof(Line) == 24);

/// A line of the message itself, between DATA and the dot.
[[nodiscard]] bool isContent(const Line &line);

/// Lines are held in blocks of this many: the unit of work for a filter.
inline constexpr qsizetype BlockSize = 16'384;

/// The lines of a Transcript up to some moment, readable from any thread while the Transcript goes
/// on growing or is cleared. Cheap to copy.
class Snapshot final {
public:
    [[nodiscard]] qsizetype size() const { return m_size; }
    [[nodiscard]] const Line &line(qsizetype row) const;
    [[nodiscard]] QByteArrayView text(const Line &line) const;
    [[nodiscard]] QByteArrayView text(qsizetype row) const { return text(line(row)); }

private:
    friend class Transcript;
    using Block = std::array<Line, BlockSize>;
    using Chunk = std::unique_ptr<char[]>;

    // Shared, because a worker may still read a block after the Transcript dropped it. What was
    // published is never written again; new lines go behind `m_size`.
    QList<std::shared_ptr<Block>> m_blocks;
    QList<std::shared_ptr<Chunk>> m_chunks;
    qsizetype m_size = 0;
};

/// The lines of any number of sessions in the order they came, append-only, about as large as their
/// bytes: texts stand one behind the other in chunks of 1 MiB (a longer one gets its own).
///
/// One thread appends and reads directly; others read a Snapshot.
class Transcript final {
public:
    static constexpr qsizetype ChunkSize = 1024 * 1024;

    /// Rows of different sessions may interleave.
    void append(const QUuid &session, const Entry &entry);
    void clear();

    [[nodiscard]] qsizetype size() const { return m_data.size(); }
    [[nodiscard]] const Line &line(qsizetype row) const { return m_data.line(row); }
    [[nodiscard]] QByteArrayView text(qsizetype row) const { return m_data.text(row); }
    /// Entry::n.
    [[nodiscard]] qint64 number(qsizetype row) const;
    /// The line before and behind in the same session; -1 where there is none.
    [[nodiscard]] qsizetype previous(qsizetype row) const;
    [[nodiscard]] qsizetype next(qsizetype row) const;
    /// Where the stretch of message data begins that this line is of; the row itself elsewhere.
    [[nodiscard]] qsizetype contentStart(qsizetype row) const;
    /// Whether it is a reply's line that others follow ("250-").
    [[nodiscard]] bool goesOn(qsizetype row) const;
    /// The whole reply that the line of this row belongs to, if it is one of a reply.
    [[nodiscard]] std::optional<Smtp::Reply> replyAt(qsizetype row) const;
    /// The entry as it was appended.
    [[nodiscard]] Entry entry(qsizetype row) const;
    [[nodiscard]] Snapshot snapshot() const { return m_data; }

    /// Sessions in the order of their first line; Line::session is the index.
    [[nodiscard]] const QList<QUuid> &sessions() const { return m_sessions; }
    /// -1 where the session has no line.
    [[nodiscard]] qsizetype indexOf(const QUuid &session) const
    {
        return m_indexes.value(session, -1);
    }
    /// The row of the entry with this number; -1 where there is none.
    [[nodiscard]] qsizetype rowOf(qsizetype session, qint64 number) const;
    /// All entries of one session, in their order.
    [[nodiscard]] QList<Entry> entries(qsizetype session) const;
    /// The first of them, at most `most`.
    [[nodiscard]] QList<Entry> firstEntries(qsizetype session, qsizetype most) const;
    /// Octets held, texts and lines together.
    [[nodiscard]] qsizetype memoryUse() const;

private:
    struct Extra {
        qint64 n = 0;
        QList<Redaction> redactions;
        std::optional<ContentRange> content;
    };

    [[nodiscard]] qsizetype placeInSession(qsizetype row) const;
    [[nodiscard]] quint32 sessionIndex(const QUuid &session);
    void store(QByteArrayView text, Line &line);

    Snapshot m_data;
    qsizetype m_chunkUsed = 0;
    qsizetype m_chunkRoom = 0;
    qsizetype m_textCapacity = 0;
    QList<QUuid> m_sessions;
    QHash<QUuid, qsizetype> m_indexes;
    QList<QList<quint32>> m_rows; ///< Per session: its rows.
    QHash<qsizetype, Extra> m_extras; ///< Few lines have any.
};

} // namespace Mailgauge::Transcript
