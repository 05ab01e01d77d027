// SPDX-License-Identifier: GPL-3.0-or-later
// How TranscriptModel finds the way among the lines shown.
#include "models/transcriptmodel.h"

#include <algorithm>
#include <iterator>

namespace Mailgauge::Models {

using Transcript::Direction;

qsizetype TranscriptModel::sourceRow(int row) const
{
    return m_filtered ? static_cast<qsizetype>(m_visible.at(row)) : row;
}

int TranscriptModel::shownRow(qsizetype sourceRow) const
{
    if (sourceRow < 0 || sourceRow >= m_announced)
        return -1;
    if (!m_filtered)
        return static_cast<int>(sourceRow);
    const auto found = std::ranges::lower_bound(m_visible, static_cast<quint32>(sourceRow));
    if (found == m_visible.end() || static_cast<qsizetype>(*found) != sourceRow)
        return -1;
    return static_cast<int>(found - m_visible.begin());
}

QList<quint32> TranscriptModel::shownOf(const QList<quint32> &rows) const
{
    if (!m_filtered)
        return rows;
    QList<quint32> shown;
    std::ranges::set_intersection(rows, m_visible, std::back_inserter(shown));
    return shown;
}

QList<int> TranscriptModel::placesOf(const QList<quint32> &rows) const
{
    QList<int> places;
    places.reserve(rows.size());
    auto at = m_visible.cbegin();
    for (const quint32 row : rows) {
        if (!m_filtered) {
            places.append(static_cast<int>(row));
            continue;
        }
        while (at != m_visible.cend() && *at < row)
            ++at;
        if (at != m_visible.cend() && *at == row)
            places.append(static_cast<int>(at - m_visible.cbegin()));
    }
    return places;
}

bool TranscriptModel::isReplyStart(qsizetype row) const
{
    if (m_transcript.line(row).replyClass == 0)
        return false;
    const qsizetype before = m_transcript.previous(row);
    return before < 0 || !m_transcript.goesOn(before);
}

bool TranscriptModel::isFailure(qsizetype row) const
{
    const auto isEventAt = [this](qsizetype at, Smtp::Stage stage) {
        const Transcript::Line &line = m_transcript.line(at);
        return static_cast<Direction>(line.direction) == Direction::Event
            && static_cast<Smtp::Stage>(line.stage) == stage;
    };
    const auto record = m_records.constFind(
        m_transcript.sessions().at(m_transcript.line(row).session));
    if (record == m_records.constEnd() || !record->failure
        || !isEventAt(row, record->failure->stage))
        return false;
    // The last word about the stage where it failed tells why.
    for (qsizetype at = m_transcript.next(row); at >= 0; at = m_transcript.next(at)) {
        if (isEventAt(at, record->failure->stage))
            return false;
    }
    return true;
}

int TranscriptModel::replyFrom(int row, int step) const
{
    for (int at = row; at >= 0 && at < rowCount(); at += step) {
        if (isReplyStart(sourceRow(at)))
            return at;
    }
    return -1;
}

int TranscriptModel::errorFrom(int row, int step) const
{
    for (int at = row; at >= 0 && at < rowCount(); at += step) {
        const qsizetype source = sourceRow(at);
        const Transcript::Line &line = m_transcript.line(source);
        if (line.replyClass >= 4 ? isReplyStart(source) : line.replyClass == 0 && isFailure(source))
            return at;
    }
    return -1;
}

int TranscriptModel::unexpectedFrom(int row, int step) const
{
    for (int at = row; at >= 0 && at < rowCount(); at += step) {
        const qsizetype source = sourceRow(at);
        const Transcript::Line &line = m_transcript.line(source);
        if (line.unexpected && (line.replyClass == 0 || isReplyStart(source)))
            return at;
    }
    return -1;
}

int TranscriptModel::sameSessionFrom(int row, int step) const
{
    if (row < 0 || row >= rowCount())
        return -1;
    const auto follow = [this, step](qsizetype at) {
        return step > 0 ? m_transcript.next(at) : m_transcript.previous(at);
    };
    for (qsizetype at = follow(sourceRow(row)); at >= 0; at = follow(at)) {
        if (const int shown = shownRow(at); shown >= 0)
            return shown;
    }
    return -1;
}

} // namespace Mailgauge::Models
