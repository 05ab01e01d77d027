// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/clock.h"
#include "sandbox/scenario.h"

#include <QByteArray>
#include <QList>

#include <deque>
#include <optional>
#include <variant>

namespace Mailgauge::Sandbox {

/// What is to be written, in its order, pulled as fast as the other side takes it: bytes, bytes
/// repeated without end, pauses between pieces, and marks between them.
class OutputQueue {
public:
    enum class Mark : quint8 {
        StartTls,
        Close, ///< Orderly, with close_notify.
        Fin, ///< Without.
        Rst,
    };
    struct Segment {
        QByteArray bytes;
        qint64 repeat = 1; ///< RawBytes::Endless
    };
    using Item = std::variant<QByteArray, Mark>;

    /// The segments go out one behind the other, cut as `split` says over all of them.
    void append(QList<Segment> segments, std::optional<Split> split = {});
    void append(Mark mark);
    void clear();

    /// The next piece, of at most `room` bytes: what nothing cuts is in one. None: nothing to do
    /// now, see deadline().
    [[nodiscard]] std::optional<Item> next(qsizetype room, Base::TimePoint now);
    /// When a pause ends.
    [[nodiscard]] std::optional<Base::TimePoint> deadline() const { return m_pausedUntil; }
    [[nodiscard]] bool isEmpty() const { return m_entries.empty(); }
    /// Bytes waiting; repetitions count once.
    [[nodiscard]] qsizetype size() const { return m_size; }

private:
    struct Stream {
        QList<Segment> segments;
        std::optional<Split> split;
        qsizetype offset = 0; ///< In the first segment.
        qint64 position = 0; ///< Since the start of the stream.
    };
    using Entry = std::variant<Stream, Mark>;

    [[nodiscard]] QByteArray take(Stream &stream, qsizetype room);
    void joinUncut(QByteArray &piece, qsizetype room);

    std::deque<Entry> m_entries;
    std::optional<Base::TimePoint> m_pausedUntil;
    qsizetype m_size = 0;
};

} // namespace Mailgauge::Sandbox
