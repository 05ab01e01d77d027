// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/transcriptmodel.h"

#include <algorithm>
#include <chrono>
#include <numeric>

namespace Mailgauge::Models {

using namespace std::chrono_literals;
using Transcript::Direction;

namespace {

constexpr auto ShownInterval = 33ms;
constexpr auto HiddenInterval = 100ms;

} // namespace

TranscriptModel::TranscriptModel(QObject *parent)
    : QAbstractTableModel(parent)
    , m_matcher(m_filter)
{
    m_timer.setSingleShot(true);
    m_timer.setInterval(ShownInterval);
    connect(&m_timer, &QTimer::timeout, this, &TranscriptModel::flush);
    connect(&m_scan, &RowScan::firstFound, this, &TranscriptModel::showFirst);
    connect(&m_scan, &RowScan::finished, this, &TranscriptModel::showRows);
}

void TranscriptModel::setRecord(const Transcript::SessionRecord &record)
{
    Transcript::SessionRecord &known = m_records[record.id];
    // Who tells how a running session gets on knows nothing of marks.
    const QMap<qint64, Transcript::LineMark> marks = record.marks.isEmpty() ? known.marks
                                                                            : record.marks;
    known = record;
    known.marks = marks;
    takeMarks(record.id);
}

void TranscriptModel::takeMarks(const QUuid &session)
{
    const QMap<qint64, Transcript::LineMark> marks = m_records.value(session).marks;
    const qsizetype index = m_transcript.indexOf(session);
    for (const auto &[number, mark] : marks.asKeyValueRange()) {
        if (const qsizetype row = m_transcript.rowOf(index, number); row >= 0)
            m_marks.insert(row, mark);
    }
}

Transcript::SessionRecord TranscriptModel::record(const QUuid &session) const
{
    Transcript::SessionRecord record = m_records.value(session);
    record.id = session;
    return record;
}

void TranscriptModel::appendEntries(const QUuid &session, const QList<Transcript::Entry> &entries)
{
    const bool isNew = m_transcript.indexOf(session) < 0 && !entries.isEmpty();
    for (const Transcript::Entry &entry : entries)
        m_transcript.append(session, entry);
    if (!m_records.value(session).marks.isEmpty())
        takeMarks(session);
    if (isNew)
        Q_EMIT sessionAdded(session);
    if (!m_timer.isActive())
        m_timer.start();
}

void TranscriptModel::setPartial(const QUuid &session, bool partial)
{
    if (partial)
        m_partial.insert(session);
    else
        m_partial.remove(session);
}

void TranscriptModel::clear()
{
    m_scan.cancel();
    m_timer.stop();
    beginResetModel();
    m_transcript.clear();
    m_records.clear();
    m_partial.clear();
    m_marks.clear();
    m_refusals.clear();
    m_folds.clear();
    m_announced = 0;
    m_scanned = 0;
    m_timeReference = -1;
    // Session indexes start anew.
    m_filter.session.reset();
    m_filter.conditions.sessions.clear();
    m_filtered = !m_filter.isEmpty();
    m_partly = false;
    m_goingOn = false;
    m_stopped = false;
    m_shown = m_filter;
    m_matcher = Transcript::LineMatcher(m_shown);
    m_visible.clear();
    endResetModel();
    Q_EMIT countsChanged(0, 0);
}

void TranscriptModel::setHidden(bool hidden)
{
    m_timer.setInterval(hidden ? HiddenInterval : ShownInterval);
}

Transcript::LineFilter TranscriptModel::effectiveFilter() const
{
    Transcript::LineFilter filter = m_filter;
    filter.foldContent = m_folding && !m_folds.isEmpty();
    if (filter.foldContent)
        filter.unfolded = m_folds.openRows(m_transcript);
    return filter;
}

void TranscriptModel::flush()
{
    m_timer.stop();
    const qsizetype from = m_announced;
    const qsizetype size = m_transcript.size();
    if (size == from)
        return;
    for (qsizetype row = from; row < size; ++row) {
        if (m_transcript.line(row).replyClass >= 4)
            m_refusals.append(static_cast<quint32>(row));
    }
    const bool hadFolds = !m_folds.isEmpty();
    const QList<qsizetype> grown = m_folds.take(m_transcript, from, size);
    if (m_folding && !grown.isEmpty() && (!hadFolds || m_folds.isAnyOpen()))
        foldFrom(from);
    announce(size);
    for (const qsizetype first : grown) {
        if (const int row = shownRow(first); row >= 0)
            Q_EMIT dataChanged(index(row, Text), index(row, Text));
    }
    Q_EMIT countsChanged(rowCount(), m_announced);
    goOn();
}

void TranscriptModel::foldFrom(qsizetype row)
{
    // So far nothing was folded, or new lines belong to what is open: what is shown stays right.
    if (!m_filtered) {
        m_filtered = true;
        m_shown = {};
        m_visible.resize(row);
        std::iota(m_visible.begin(), m_visible.end(), 0U);
        m_scanned = row;
    }
    m_shown.foldContent = true;
    m_shown.unfolded = m_folds.openRows(m_transcript);
    m_matcher = Transcript::LineMatcher(m_shown);
    if (m_scan.isRunning() && !m_goingOn)
        m_scan.start(m_transcript.snapshot(), effectiveFilter());
}

void TranscriptModel::announce(qsizetype size)
{
    if (m_filtered && (m_partly || m_shown.isCostly())) {
        m_announced = size;
        return;
    }
    const QList<quint32> added = m_filtered
        ? m_matcher.rows(m_transcript.snapshot(), m_announced, size)
        : QList<quint32>();
    const int first = rowCount();
    const qsizetype count = m_filtered ? added.size() : size - m_announced;
    if (count > 0)
        beginInsertRows({}, first, first + static_cast<int>(count) - 1);
    m_visible += added;
    m_announced = size;
    m_scanned = size;
    if (count > 0)
        endInsertRows();
}

void TranscriptModel::setFilter(const Transcript::LineFilter &filter)
{
    if (filter == m_filter && !m_stopped)
        return;
    m_filter = filter;
    apply();
}

void TranscriptModel::apply()
{
    flush();
    m_goingOn = false;
    m_stopped = false;
    const Transcript::LineFilter filter = effectiveFilter();
    if (!filter.isEmpty()) {
        m_scan.start(m_transcript.snapshot(), filter);
        return;
    }
    m_scan.cancel();
    beginResetModel();
    m_filtered = false;
    m_partly = false;
    m_visible.clear();
    endResetModel();
    Q_EMIT countsChanged(rowCount(), m_announced);
    Q_EMIT filterApplied();
}

void TranscriptModel::cancelFilter()
{
    if (!m_scan.isRunning() || m_goingOn)
        return;
    m_scan.cancel();
    m_stopped = true;
    Q_EMIT filterApplied();
}

void TranscriptModel::goOn()
{
    // What only workers may decide is decided behind what they decided before.
    if (!m_filtered || m_partly || !m_shown.isCostly() || m_scan.isRunning()
        || m_scanned >= m_announced)
        return;
    m_goingOn = true;
    m_scan.start(
        m_transcript.snapshot(), m_shown, m_shown.conditions.recipient.isEmpty() ? m_scanned : 0);
}

void TranscriptModel::showFirst(const QList<quint32> &rows)
{
    if (m_goingOn)
        return;
    beginResetModel();
    m_filtered = true;
    m_partly = true;
    m_visible = rows;
    endResetModel();
    Q_EMIT countsChanged(rowCount(), m_announced);
}

void TranscriptModel::showRows(const QList<quint32> &rows, qsizetype scanned)
{
    if (m_goingOn) {
        m_goingOn = false;
        m_scanned = scanned;
        replaceRows(m_shown.conditions.recipient.isEmpty() ? m_visible + rows : rows);
        Q_EMIT countsChanged(rowCount(), m_announced);
        goOn();
        return;
    }
    m_shown = effectiveFilter();
    m_matcher = Transcript::LineMatcher(m_shown);
    QList<quint32> all = rows;
    m_scanned = scanned;
    if (!m_shown.isCostly()) {
        // What was announced while the workers were at it.
        all += m_matcher.rows(m_transcript.snapshot(), scanned, m_announced);
        m_scanned = m_announced;
    }
    if (m_partly) {
        replaceRows(all);
    } else {
        beginResetModel();
        m_filtered = true;
        m_visible = all;
        endResetModel();
    }
    m_partly = false;
    Q_EMIT countsChanged(rowCount(), m_announced);
    Q_EMIT filterApplied();
    goOn();
}

void TranscriptModel::replaceRows(const QList<quint32> &rows)
{
    const qsizetype known = m_visible.size();
    if (rows.size() >= known && std::equal(m_visible.begin(), m_visible.end(), rows.begin())) {
        if (rows.size() == known)
            return;
        beginInsertRows({}, static_cast<int>(known), static_cast<int>(rows.size()) - 1);
        m_visible = rows;
        endInsertRows();
        return;
    }
    beginResetModel();
    m_visible = rows;
    endResetModel();
}

void TranscriptModel::setFolding(bool folding)
{
    if (folding == m_folding)
        return;
    m_folding = folding;
    if (!m_folds.isEmpty())
        apply();
}

void TranscriptModel::toggleFold(qsizetype row)
{
    if (!m_folding || row < 0)
        return;
    m_folds.toggle(m_transcript.contentStart(row));
    apply();
}

bool TranscriptModel::isFolded(qsizetype row) const
{
    return m_folding && m_folds.at(row) != nullptr && !m_folds.isOpen(row);
}

void TranscriptModel::setMark(qsizetype row, const Transcript::LineMark &mark)
{
    const QUuid session = m_transcript.sessions().at(m_transcript.line(row).session);
    Transcript::SessionRecord &record = m_records[session];
    record.id = session;
    if (mark.isEmpty()) {
        m_marks.remove(row);
        record.marks.remove(m_transcript.number(row));
    } else {
        m_marks.insert(row, mark);
        record.marks.insert(m_transcript.number(row), mark);
    }
    if (const int shown = shownRow(row); shown >= 0)
        Q_EMIT dataChanged(index(shown, 0), index(shown, ColumnCount - 1));
    Q_EMIT marksChanged(session);
}

void TranscriptModel::setTimeReference(qsizetype row)
{
    m_timeReference = row;
    if (rowCount() > 0)
        Q_EMIT dataChanged(index(0, Time), index(rowCount() - 1, Time));
}

std::optional<qint64> TranscriptModel::sinceReference(qsizetype row) const
{
    const Transcript::Line &from = m_transcript.line(m_timeReference);
    const Transcript::Line &to = m_transcript.line(row);
    const qint64 us = static_cast<qint64>(to.us) - static_cast<qint64>(from.us);
    if (from.session == to.session)
        return us;
    const QList<QUuid> &sessions = m_transcript.sessions();
    const QDateTime start = m_records.value(sessions.at(from.session)).startedAt;
    const QDateTime other = m_records.value(sessions.at(to.session)).startedAt;
    if (!start.isValid() || !other.isValid())
        return std::nullopt;
    return start.msecsTo(other) * 1000 + us;
}

int TranscriptModel::rowCount(const QModelIndex &parent) const
{
    if (parent.isValid())
        return 0;
    return static_cast<int>(m_filtered ? m_visible.size() : m_announced);
}

int TranscriptModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

qint64 TranscriptModel::delta(qsizetype row) const
{
    const qsizetype before = m_transcript.previous(row);
    if (before < 0)
        return -1;
    return static_cast<qint64>(m_transcript.line(row).us)
        - static_cast<qint64>(m_transcript.line(before).us);
}

} // namespace Mailgauge::Models
