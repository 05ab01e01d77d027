// SPDX-License-Identifier: GPL-3.0-or-later
#include "sandbox/outputqueue.h"

#include <limits>

namespace Mailgauge::Sandbox {

namespace {

/// Bytes until the next cut behind `position`.
qint64 untilCut(const Split &split, qint64 position)
{
    for (const qint64 at : split.at) {
        if (at > position)
            return at - position;
    }
    if (split.every == 0)
        return std::numeric_limits<qint64>::max();
    const qint64 start = split.at.isEmpty() ? 0 : split.at.last();
    return split.every - (position - start) % split.every;
}

} // namespace

void OutputQueue::append(QList<Segment> segments, std::optional<Split> split)
{
    segments.removeIf([](const Segment &segment) { return segment.bytes.isEmpty(); });
    if (segments.isEmpty())
        return;
    for (const Segment &segment : std::as_const(segments))
        m_size += segment.bytes.size();
    m_entries.push_back(Stream {std::move(segments), std::move(split)});
}

void OutputQueue::append(Mark mark)
{
    m_entries.push_back(mark);
}

void OutputQueue::clear()
{
    m_entries.clear();
    m_pausedUntil.reset();
    m_size = 0;
}

std::optional<OutputQueue::Item> OutputQueue::next(qsizetype room, Base::TimePoint now)
{
    if (m_pausedUntil && now < *m_pausedUntil)
        return std::nullopt;
    m_pausedUntil.reset();
    if (m_entries.empty())
        return std::nullopt;
    if (const Mark *mark = std::get_if<Mark>(&m_entries.front())) {
        const Mark found = *mark;
        m_entries.pop_front();
        return found;
    }
    if (room <= 0)
        return std::nullopt;
    Stream &stream = std::get<Stream>(m_entries.front());
    const bool paced = stream.split.has_value();
    const qint64 cut = paced ? untilCut(*stream.split, stream.position)
                             : std::numeric_limits<qint64>::max();
    QByteArray piece = take(stream, static_cast<qsizetype>(qMin<qint64>(room, cut)));
    const bool atCut = piece.size() == cut;
    const bool over = stream.segments.isEmpty();
    // The last piece waits for nothing behind it.
    if (atCut && !over && stream.split->interval.count() > 0)
        m_pausedUntil = now + stream.split->interval;
    if (over)
        m_entries.pop_front();
    if (over && !paced)
        joinUncut(piece, room);
    return piece;
}

// The answers to a group of commands are to leave as a unit (RFC 2920 3.2).
void OutputQueue::joinUncut(QByteArray &piece, qsizetype room)
{
    while (piece.size() < room && !m_entries.empty()) {
        auto *stream = std::get_if<Stream>(&m_entries.front());
        if (!stream || stream->split)
            return;
        piece += take(*stream, room - piece.size());
        if (!stream->segments.isEmpty())
            return;
        m_entries.pop_front();
    }
}

QByteArray OutputQueue::take(Stream &stream, qsizetype room)
{
    QByteArray piece;
    while (piece.size() < room && !stream.segments.isEmpty()) {
        Segment &segment = stream.segments.first();
        const qsizetype count = qMin(room - piece.size(), segment.bytes.size() - stream.offset);
        piece += QByteArrayView(segment.bytes).sliced(stream.offset, count);
        stream.offset += count;
        stream.position += count;
        if (stream.offset < segment.bytes.size())
            break;
        stream.offset = 0;
        if (segment.repeat != RawBytes::Endless && --segment.repeat == 0) {
            m_size -= segment.bytes.size();
            stream.segments.removeFirst();
        }
    }
    return piece;
}

} // namespace Mailgauge::Sandbox
