// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "transcript/linefilter.h"

#include <QFuture>
#include <QObject>

namespace Mailgauge::Models {

/// Looks for the rows of a transcript that pass a filter, on worker threads, one block of lines per
/// task. A new search ends the one before.
class RowScan final : public QObject {
    Q_OBJECT

public:
    using QObject::QObject;
    ~RowScan() override;

    /// Answers by finished(); at once where there is little to look at.
    void start(const Transcript::Snapshot &lines, const Transcript::LineFilter &filter);
    void cancel();
    [[nodiscard]] bool isRunning() const { return m_running; }

Q_SIGNALS:
    /// The rows in their order; `scanned` is how many lines there were to look at.
    void finished(const QList<quint32> &rows, qsizetype scanned);

private:
    void collect(const QFuture<QList<quint32>> &future, quint64 search, qsizetype scanned);

    QFuture<QList<quint32>> m_future;
    quint64 m_search = 0; ///< Answers of an earlier one come too late.
    bool m_running = false;
};

} // namespace Mailgauge::Models
