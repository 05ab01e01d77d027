// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "transcript/linefilter.h"

#include <QFutureWatcher>
#include <QObject>

#include <atomic>
#include <memory>

namespace Mailgauge::Models {

/// Looks for the rows of a transcript that pass a filter, on worker threads, one block of lines per
/// task. A new search ends the one before.
class RowScan final : public QObject {
    Q_OBJECT

public:
    /// As many rows as fill a screen, and some more.
    static constexpr qsizetype FirstPage = 200;

    explicit RowScan(QObject *parent = nullptr);
    ~RowScan() override;

    /// Answers by finished(); at once where there is little to look at. `from`: the first row to
    /// look at, 0 for a filter with a recipient.
    void start(const Transcript::Snapshot &lines, const Transcript::LineFilter &filter,
        qsizetype from = 0);
    void cancel();
    [[nodiscard]] bool isRunning() const { return m_running; }

Q_SIGNALS:
    /// Rows from the beginning, before all are known; at most once per search.
    void firstFound(const QList<quint32> &rows);
    /// All rows in their order; `scanned` is how many lines there are behind the last one looked
    /// at.
    void finished(const QList<quint32> &rows, qsizetype scanned);

private:
    void collect();
    void end();

    QFutureWatcher<QList<quint32>> m_watcher;
    // Shared with the workers, which may still be at a line when the search is given up.
    std::shared_ptr<std::atomic_bool> m_cancelled;
    QList<quint32> m_rows;
    int m_collected = 0; ///< Tasks from the first one on whose rows are in m_rows.
    qsizetype m_scanned = 0;
    bool m_firstTold = false;
    bool m_running = false;
};

} // namespace Mailgauge::Models
