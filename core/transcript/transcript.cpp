// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcript/transcript.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace Mailgauge::Transcript {

namespace {

/// 2 for "250 …", "250-…" and a bare "250"; 0 for what is no reply line.
quint64 replyClassOf(const Entry &entry)
{
    const QByteArray &text = entry.text;
    const auto digit = [&text](qsizetype i) { return text.at(i) >= '0' && text.at(i) <= '9'; };
    if (entry.direction != Direction::Server || text.size() < 3 || text.at(0) < '1'
        || text.at(0) > '5' || !digit(1) || !digit(2))
        return 0;
    if (text.size() > 3 && text.at(3) != ' ' && text.at(3) != '-')
        return 0;
    return static_cast<quint64>(text.at(0) - '0') & 0x7U;
}

} // namespace

bool isContent(const Line &line)
{
    return line.stage == std::to_underlying(Smtp::Stage::Content)
        && line.direction == std::to_underlying(Direction::Client);
}

const Line &Snapshot::line(qsizetype row) const
{
    Q_ASSERT(row >= 0 && row < m_size);
    return (*m_blocks.at(row / BlockSize))[static_cast<std::size_t>(row % BlockSize)];
}

QByteArrayView Snapshot::text(const Line &line) const
{
    if (line.length == 0)
        return {};
    return {m_chunks.at(line.chunk)->get() + line.offset, static_cast<qsizetype>(line.length)};
}

void Transcript::append(const QUuid &session, const Entry &entry)
{
    const qsizetype row = size();
    const quint32 index = sessionIndex(session);
    QList<quint32> &rows = m_rows[index];

    Line line;
    line.us = static_cast<quint64>(std::max<qint64>(entry.us, 0)) & 0xffff'ffff'ffffU;
    line.direction = std::to_underlying(entry.direction) & 0x3U;
    line.stage = std::to_underlying(entry.stage) & 0xfU;
    line.replyClass = replyClassOf(entry) & 0x7U;
    line.tls = entry.tls ? 1 : 0;
    line.unexpected = entry.unexpected ? 1 : 0;
    line.session = index;
    if (!entry.redactions.isEmpty() || entry.content || entry.n != rows.size()) {
        line.extra = 1;
        m_extras.insert(row, {entry.n, entry.redactions, entry.content});
    }
    line.contentGoesOn
        = isContent(line) && !rows.isEmpty() && isContent(this->line(rows.constLast())) ? 1 : 0;
    store(entry.text, line);

    if (row % BlockSize == 0)
        m_data.m_blocks.append(std::make_shared<Snapshot::Block>());
    (*m_data.m_blocks.constLast())[static_cast<std::size_t>(row % BlockSize)] = line;
    rows.append(static_cast<quint32>(row));
    ++m_data.m_size;
}

void Transcript::store(QByteArrayView text, Line &line)
{
    line.length = static_cast<quint32>(text.size());
    if (text.isEmpty())
        return;
    if (text.size() > m_chunkRoom - m_chunkUsed) {
        m_chunkRoom = std::max(ChunkSize, text.size());
        m_chunkUsed = 0;
        m_textCapacity += m_chunkRoom;
        // Not zeroed: every byte is written before anybody may read it.
        m_data.m_chunks.append(std::make_shared<Snapshot::Chunk>(
            std::make_unique_for_overwrite<char[]>(static_cast<std::size_t>(m_chunkRoom))));
    }
    line.chunk = static_cast<quint32>(m_data.m_chunks.size() - 1);
    line.offset = static_cast<quint32>(m_chunkUsed);
    std::memcpy(m_data.m_chunks.constLast()->get() + m_chunkUsed, text.data(),
        static_cast<std::size_t>(text.size()));
    m_chunkUsed += text.size();
}

void Transcript::clear()
{
    *this = Transcript();
}

quint32 Transcript::sessionIndex(const QUuid &session)
{
    const auto found = m_indexes.constFind(session);
    if (found != m_indexes.constEnd())
        return static_cast<quint32>(*found);
    m_indexes.insert(session, m_sessions.size());
    m_sessions.append(session);
    m_rows.append(QList<quint32>());
    return static_cast<quint32>(m_sessions.size() - 1);
}

qsizetype Transcript::placeInSession(qsizetype row) const
{
    const QList<quint32> &rows = m_rows.at(line(row).session);
    return std::ranges::lower_bound(rows, static_cast<quint32>(row)) - rows.begin();
}

qint64 Transcript::number(qsizetype row) const
{
    return line(row).extra ? m_extras.value(row).n : placeInSession(row);
}

qsizetype Transcript::rowOf(qsizetype session, qint64 wanted) const
{
    if (session < 0 || session >= m_rows.size())
        return -1;
    const QList<quint32> &rows = m_rows.at(session);
    const auto found = std::ranges::lower_bound(
        rows, wanted, {}, [this](quint32 row) { return number(static_cast<qsizetype>(row)); });
    if (found == rows.end() || number(static_cast<qsizetype>(*found)) != wanted)
        return -1;
    return static_cast<qsizetype>(*found);
}

qsizetype Transcript::previous(qsizetype row) const
{
    const qsizetype place = placeInSession(row);
    return place == 0 ? -1 : static_cast<qsizetype>(m_rows.at(line(row).session).at(place - 1));
}

qsizetype Transcript::next(qsizetype row) const
{
    const QList<quint32> &rows = m_rows.at(line(row).session);
    const qsizetype place = placeInSession(row) + 1;
    return place == rows.size() ? -1 : static_cast<qsizetype>(rows.at(place));
}

qsizetype Transcript::contentStart(qsizetype row) const
{
    while (line(row).contentGoesOn)
        row = previous(row);
    return row;
}

bool Transcript::goesOn(qsizetype row) const
{
    const QByteArrayView bytes = text(row);
    return line(row).replyClass != 0 && bytes.size() > 3 && bytes[3] == '-';
}

std::optional<Smtp::Reply> Transcript::replyAt(qsizetype row) const
{
    if (line(row).replyClass == 0)
        return std::nullopt;
    qsizetype first = row;
    for (qsizetype before = previous(first); before >= 0 && goesOn(before);
        before = previous(first))
        first = before;
    Smtp::Reply reply;
    reply.code = text(first).first(3).toInt();
    for (qsizetype at = first; at >= 0 && line(at).replyClass != 0; at = next(at)) {
        reply.lines.append(text(at).sliced(std::min<qsizetype>(4, text(at).size())).toByteArray());
        if (!goesOn(at))
            break;
    }
    return reply;
}

Entry Transcript::entry(qsizetype row) const
{
    const Line &at = line(row);
    Entry entry;
    entry.n = number(row);
    entry.us = static_cast<qint64>(at.us);
    entry.direction = static_cast<Direction>(at.direction);
    entry.stage = static_cast<Smtp::Stage>(at.stage);
    entry.tls = at.tls != 0;
    entry.unexpected = at.unexpected != 0;
    entry.text = text(row).toByteArray();
    if (at.extra) {
        const Extra extra = m_extras.value(row);
        entry.redactions = extra.redactions;
        entry.content = extra.content;
    }
    return entry;
}

QList<Entry> Transcript::entries(qsizetype session) const
{
    return firstEntries(session, size());
}

QList<Entry> Transcript::firstEntries(qsizetype session, qsizetype most) const
{
    QList<Entry> list;
    if (session < 0 || session >= m_rows.size())
        return list;
    const QList<quint32> &rows = m_rows.at(session);
    list.reserve(std::min(rows.size(), most));
    for (const quint32 row : rows.first(std::min(rows.size(), most)))
        list.append(entry(row));
    return list;
}

qsizetype Transcript::memoryUse() const
{
    return m_data.m_blocks.size() * static_cast<qsizetype>(sizeof(Snapshot::Block)) + m_textCapacity
        + size() * static_cast<qsizetype>(sizeof(quint32));
}

} // namespace Mailgauge::Transcript
