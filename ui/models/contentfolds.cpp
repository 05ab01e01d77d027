// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/contentfolds.h"

#include <algorithm>

namespace Mailgauge::Models {

namespace {

constexpr qint64 LineEnd = 2;

void count(ContentFolds::Stretch &stretch, const Transcript::Transcript &transcript, qsizetype row)
{
    const Transcript::Entry entry = transcript.entry(row);
    ++stretch.lines;
    stretch.pieces = stretch.pieces || entry.content.has_value();
    stretch.bytes += entry.content ? entry.content->to - entry.content->from
                                   : entry.text.size() + LineEnd;
}

} // namespace

QList<qsizetype> ContentFolds::take(
    const Transcript::Transcript &transcript, qsizetype from, qsizetype to)
{
    QList<qsizetype> grown;
    for (qsizetype row = from; row < to; ++row) {
        const Transcript::Line &line = transcript.line(row);
        if (!Transcript::isContent(line))
            continue;
        if (!line.contentGoesOn) {
            m_last.insert(line.session, static_cast<quint32>(row));
            continue;
        }
        const quint32 first = m_last.value(line.session);
        Stretch &stretch = m_stretches[first];
        if (stretch.lines == 0)
            count(stretch, transcript, static_cast<qsizetype>(first));
        count(stretch, transcript, row);
        if (grown.isEmpty() || grown.constLast() != static_cast<qsizetype>(first))
            grown.append(static_cast<qsizetype>(first));
    }
    return grown;
}

void ContentFolds::clear()
{
    *this = ContentFolds();
}

const ContentFolds::Stretch *ContentFolds::at(qsizetype first) const
{
    const auto found = m_stretches.constFind(static_cast<quint32>(first));
    return found == m_stretches.constEnd() ? nullptr : &*found;
}

void ContentFolds::toggle(qsizetype first)
{
    const auto row = static_cast<quint32>(first);
    if (!m_stretches.contains(row))
        return;
    if (!m_open.remove(row))
        m_open.insert(row);
}

QList<quint32> ContentFolds::openRows(const Transcript::Transcript &transcript) const
{
    QList<quint32> rows;
    for (const quint32 first : m_open) {
        for (qsizetype row = transcript.next(static_cast<qsizetype>(first));
            row >= 0 && transcript.line(row).contentGoesOn; row = transcript.next(row))
            rows.append(static_cast<quint32>(row));
    }
    std::ranges::sort(rows);
    return rows;
}

} // namespace Mailgauge::Models
