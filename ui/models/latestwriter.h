// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"

#include <QFuture>
#include <QObject>

#include <functional>
#include <optional>

namespace Mailgauge::Models {

/// Keeps one private file up to date without a wait for the disk: a worker makes and writes the
/// content, one write at a time; of what comes meanwhile only the newest is written.
class LatestWriter final : public QObject {
    Q_OBJECT

public:
    using Make = std::function<QByteArray()>;

    using QObject::QObject;
    /// Waits for what is not written yet.
    ~LatestWriter() override;

    /// `make` runs in a worker.
    void write(const QString &path, Make make);
    /// The program ends, or the next step needs it: waits until all is written. The last result.
    Base::Result<void> finish();

Q_SIGNALS:
    /// All that was asked for is in the file, or why not.
    void written(const Mailgauge::Base::Result<void> &result);

private:
    struct Job {
        QString path;
        Make make;
    };

    void start();

    QFuture<Base::Result<void>> m_running;
    bool m_busy = false;
    quint64 m_generation = 0; ///< Results of before a finish() are known already.
    std::optional<Job> m_next;
    Base::Result<void> m_last; ///< Of the write that ended last.
};

} // namespace Mailgauge::Models
