// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/rowscan.h"

#include <QtConcurrentMap>

#include <algorithm>
#include <utility>

namespace Mailgauge::Models {

namespace {
/// Less than this takes about a millisecond: no worker is worth it.
constexpr qsizetype AtOnce = Transcript::BlockSize;
} // namespace

RowScan::RowScan(QObject *parent)
    : QObject(parent)
{
    connect(&m_watcher, &QFutureWatcherBase::resultReadyAt, this, &RowScan::collect);
    connect(&m_watcher, &QFutureWatcherBase::finished, this, &RowScan::end);
}

RowScan::~RowScan()
{
    cancel();
}

void RowScan::start(
    const Transcript::Snapshot &lines, const Transcript::LineFilter &filter, qsizetype from)
{
    cancel();
    const Transcript::LineMatcher matcher(filter);
    const qsizetype size = lines.size();
    if (size - from <= AtOnce && !filter.isCostly()) {
        Q_EMIT finished(matcher.rows(lines, from, size), size);
        return;
    }
    // Who belongs to a recipient is decided over all lines in their order: one task.
    const qsizetype step = filter.conditions.recipient.isEmpty() ? Transcript::BlockSize : size;
    QList<std::pair<qsizetype, qsizetype>> tasks;
    for (qsizetype at = from; at < size; at += step)
        tasks.append({at, std::min(at + step, size)});
    m_rows.clear();
    m_collected = 0;
    m_scanned = size;
    m_firstTold = false;
    m_running = true;
    m_cancelled = std::make_shared<std::atomic_bool>(false);
    m_watcher.setFuture(QtConcurrent::mapped(std::move(tasks),
        [lines, matcher, cancelled = m_cancelled](const std::pair<qsizetype, qsizetype> &task) {
            return matcher.rows(lines, task.first, task.second, cancelled.get());
        }));
}

void RowScan::cancel()
{
    if (m_cancelled)
        m_cancelled->store(true);
    m_running = false;
    m_watcher.cancel();
}

void RowScan::collect()
{
    if (!m_running)
        return;
    const QFuture<QList<quint32>> future = m_watcher.future();
    while (future.isResultReadyAt(m_collected))
        m_rows += future.resultAt(m_collected++);
    if (!m_firstTold && m_rows.size() >= FirstPage && !future.isFinished()) {
        m_firstTold = true;
        Q_EMIT firstFound(m_rows);
    }
}

void RowScan::end()
{
    if (!m_running)
        return;
    collect();
    m_running = false;
    Q_EMIT finished(std::exchange(m_rows, {}), m_scanned);
}

} // namespace Mailgauge::Models
