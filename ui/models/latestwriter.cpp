// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/latestwriter.h"

#include "base/filewriter.h"

#include <QtConcurrentRun>

#include <utility>

namespace Mailgauge::Models {

LatestWriter::~LatestWriter()
{
    // Whoever listens may be going, too.
    blockSignals(true);
    (void)finish();
}

void LatestWriter::write(const QString &path, Make make)
{
    m_next = Job {path, std::move(make)};
    if (!m_busy)
        start();
}

void LatestWriter::start()
{
    m_busy = true;
    m_running = QtConcurrent::run([job = *std::exchange(m_next, {})] {
        return Base::writeFile(job.path, job.make(), Base::FileWriter::Access::OwnerOnly);
    });
    m_running.then(this, [this, generation = m_generation](const Base::Result<void> &result) {
        if (generation != m_generation)
            return;
        m_busy = false;
        // A short job may be done before this is attached: then it runs at once, inside write().
        m_last = result;
        if (m_next)
            start();
        else
            Q_EMIT written(result);
    });
}

Base::Result<void> LatestWriter::finish()
{
    if (!m_busy)
        return m_last;
    ++m_generation;
    m_last = m_running.result();
    m_busy = false;
    if (m_next) {
        start();
        return finish();
    }
    Q_EMIT written(m_last);
    return m_last;
}

} // namespace Mailgauge::Models
