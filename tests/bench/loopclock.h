// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QElapsedTimer>
#include <QList>
#include <QObject>
#include <QSemaphore>

#include <algorithm>
#include <chrono>
#include <thread>

namespace Mailgauge::Bench {

/// How long this thread's event loop takes to answer, asked about once per millisecond from another
/// thread: what a user would feel as a window that does not react. Until percentile() is called.
class LoopClock final {
public:
    LoopClock()
        : m_asker([this](const std::stop_token &stop) { ask(stop); })
    {
    }
    Q_DISABLE_COPY_MOVE(LoopClock)
    ~LoopClock() { stop(); }

    /// Milliseconds.
    [[nodiscard]] double percentile(int percent)
    {
        stop();
        if (m_times.isEmpty())
            return 0;
        std::ranges::sort(m_times);
        return m_times[std::min(m_times.size() - 1, m_times.size() * percent / 100)];
    }
    [[nodiscard]] double worst() { return percentile(100); }

private:
    void ask(const std::stop_token &stop)
    {
        while (!stop.stop_requested()) {
            QElapsedTimer timer;
            timer.start();
            QMetaObject::invokeMethod(
                &m_here, [this] { m_answers.release(); }, Qt::QueuedConnection);
            while (!m_answers.tryAcquire(1, 5)) {
                if (stop.stop_requested())
                    return;
            }
            m_times.append(static_cast<double>(timer.nsecsElapsed()) / 1e6);
            std::this_thread::sleep_for(std::chrono::milliseconds(1));
        }
    }
    void stop()
    {
        if (!m_asker.joinable())
            return;
        m_asker.request_stop();
        m_asker.join();
    }

    QObject m_here;
    QSemaphore m_answers;
    QList<double> m_times; ///< Of the asking thread, until it has ended.
    std::jthread m_asker;
};

} // namespace Mailgauge::Bench
