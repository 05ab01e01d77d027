// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcript/exportjob.h"

#include "base/filewriter.h"

#include <QPromise>
#include <QtConcurrentRun>

namespace Mailgauge::Transcript {

namespace {

constexpr int Steps = 1000;

void make(QPromise<ExportJob::Files> &promise, const Bundle::ExportRequest &request)
{
    promise.setProgressRange(0, Steps);
    promise.addResult(Bundle::makeExport(request, [&promise](double part) {
        promise.setProgressValue(static_cast<int>(part * Steps));
        return !promise.isCanceled();
    }));
}

Base::Result<void> write(const Bundle::ExportRequest &request,
    const QList<Bundle::BundleFile> &files, const QString &path)
{
    return Bundle::packExport(request, files).and_then([&path](const QByteArray &bytes) {
        return Base::writeFile(path, bytes);
    });
}

} // namespace

ExportJob::~ExportJob()
{
    cancel();
}

void ExportJob::start(const Bundle::ExportRequest &request)
{
    cancel();
    m_watcher = new QFutureWatcher<Files>(this);
    connect(m_watcher, &QFutureWatcherBase::progressValueChanged, this,
        [this](int value) { Q_EMIT progressed(static_cast<double>(value) / Steps); });
    connect(m_watcher, &QFutureWatcherBase::finished, this,
        [this, watcher = m_watcher] { finish(watcher); });
    m_watcher->setFuture(QtConcurrent::run(make, request));
}

void ExportJob::cancel()
{
    if (!m_watcher)
        return;
    m_watcher->cancel();
    m_watcher->disconnect(this);
    m_watcher->deleteLater();
    m_watcher = nullptr;
}

void ExportJob::finish(QFutureWatcher<Files> *watcher)
{
    if (watcher != m_watcher)
        return;
    const Files files = watcher->result();
    m_watcher->deleteLater();
    m_watcher = nullptr;
    if (files)
        Q_EMIT made(*files);
    else
        Q_EMIT failed(files.error());
}

void ExportJob::save(const Bundle::ExportRequest &request, const QList<Bundle::BundleFile> &files,
    const QString &path)
{
    QtConcurrent::run(write, request, files, path)
        .then(this, [this, path](const Base::Result<void> &written) {
            if (written)
                Q_EMIT saved(path);
            else
                Q_EMIT failed(written.error());
        });
}

} // namespace Mailgauge::Transcript
