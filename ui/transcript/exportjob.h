// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "bundle/export.h"

#include <QFutureWatcher>
#include <QObject>

namespace Mailgauge::Transcript {

/// Makes and saves the files of an export on a worker. A new start() cancels what runs.
class ExportJob final : public QObject {
    Q_OBJECT

public:
    using Files = Base::Result<QList<Bundle::BundleFile>>;

    using QObject::QObject;
    ~ExportJob() override;

    void start(const Bundle::ExportRequest &request);
    /// Ends within a thousand lines.
    void cancel();
    /// Writes what was made; the file appears whole or not at all.
    void save(const Bundle::ExportRequest &request, const QList<Bundle::BundleFile> &files,
        const QString &path);

Q_SIGNALS:
    void progressed(double part);
    void made(const QList<Mailgauge::Bundle::BundleFile> &files);
    void saved(const QString &path);
    void failed(const Mailgauge::Base::Error &error);

private:
    void finish(QFutureWatcher<Files> *watcher);

    QFutureWatcher<Files> *m_watcher = nullptr;
};

} // namespace Mailgauge::Transcript
