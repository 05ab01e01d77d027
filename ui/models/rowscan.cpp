// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/rowscan.h"

#include <QtConcurrentMap>

namespace Mailgauge::Models {

namespace {
/// Less than this takes about a millisecond: no worker is worth it.
constexpr qsizetype AtOnce = Transcript::BlockSize;
} // namespace

RowScan::~RowScan()
{
    cancel();
}

void RowScan::start(const Transcript::Snapshot &lines, const Transcript::LineFilter &filter)
{
    cancel();
    const Transcript::LineMatcher matcher(filter);
    if (lines.size() <= AtOnce) {
        Q_EMIT finished(matcher.rows(lines, 0, lines.size()), lines.size());
        return;
    }
    QList<qsizetype> blocks;
    for (qsizetype from = 0; from < lines.size(); from += Transcript::BlockSize)
        blocks.append(from);
    m_running = true;
    m_future = QtConcurrent::mapped(std::move(blocks), [lines, matcher](qsizetype from) {
        return matcher.rows(lines, from, std::min(from + Transcript::BlockSize, lines.size()));
    });
    // A cancelled future does not come here: its rows are of no use any more.
    m_future.then(this,
        [this, search = m_search, scanned = lines.size()](
            const QFuture<QList<quint32>> &future) { collect(future, search, scanned); });
}

void RowScan::cancel()
{
    m_future.cancel();
    ++m_search;
    m_running = false;
}

void RowScan::collect(const QFuture<QList<quint32>> &future, quint64 search, qsizetype scanned)
{
    if (search != m_search || future.isCanceled())
        return;
    m_running = false;
    QList<quint32> rows;
    for (int i = 0; i < future.resultCount(); ++i)
        rows += future.resultAt(i);
    Q_EMIT finished(rows, scanned);
}

} // namespace Mailgauge::Models
