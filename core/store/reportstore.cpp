// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/reportstore.h"

#include "base/filewriter.h"
#include "base/literals.h"
#include "diagnose/reportjson.h"
#include "transcript/json.h"

#include <QDir>
#include <QtConcurrent>

#include <algorithm>

namespace Mailgauge::Store {

namespace {

using Diagnose::RelayReport;
using Diagnose::ReportSummary;
using Kind = Base::Error::Kind;

QString fileOf(const QString &directory, const QUuid &id)
{
    return u"%1/%2.json"_s.arg(directory, id.toString(QUuid::WithoutBraces));
}

bool isOf(const ReportSummary &summary, const QString &host)
{
    return host.isEmpty() || summary.host.compare(host, Qt::CaseInsensitive) == 0
        || summary.domain.compare(host, Qt::CaseInsensitive) == 0;
}

} // namespace

ReportStore::ReportStore(QString directory)
    : m_directory(std::move(directory))
{
    m_pool.setMaxThreadCount(1);
}

ReportStore::~ReportStore()
{
    m_pool.waitForDone();
}

QFuture<Base::Result<void>> ReportStore::save(RelayReport report)
{
    return QtConcurrent::run(
        &m_pool, [directory = m_directory, report = std::move(report)]() -> Base::Result<void> {
            if (!QDir().mkpath(directory))
                return Base::fail(Kind::Io, u"store: %1 cannot be made"_s.arg(directory));
            // Greetings, addresses and replies are nobody else's business.
            return Base::writeFile(fileOf(directory, report.id),
                Transcript::jsonValue(Diagnose::reportToJson(report)) + '\n',
                Base::FileWriter::Access::OwnerOnly);
        });
}

QFuture<Base::Result<QList<ReportSummary>>> ReportStore::list(QString host)
{
    return QtConcurrent::run(&m_pool,
        [directory = m_directory, host = std::move(host)]() -> Base::Result<QList<ReportSummary>> {
            QList<ReportSummary> found;
            const QStringList names = QDir(directory).entryList({u"*.json"_s}, QDir::Files);
            for (const QString &name : names) {
                const auto report = Diagnose::readReportFile(directory + u'/' + name);
                if (!report)
                    continue;
                const ReportSummary summary = Diagnose::summaryOf(*report);
                if (isOf(summary, host))
                    found.append(summary);
            }
            std::ranges::stable_sort(found, std::greater(), &ReportSummary::startedAt);
            return found;
        });
}

QFuture<Base::Result<RelayReport>> ReportStore::report(QUuid id)
{
    return QtConcurrent::run(&m_pool, [directory = m_directory, id]() -> Base::Result<RelayReport> {
        const QString path = fileOf(directory, id);
        if (!QFile::exists(path))
            return Base::fail(Kind::InvalidInput, u"no such report"_s);
        return Diagnose::readReportFile(path);
    });
}

QFuture<Base::Result<void>> ReportStore::remove(QUuid id)
{
    return QtConcurrent::run(&m_pool, [directory = m_directory, id]() -> Base::Result<void> {
        const QString path = fileOf(directory, id);
        if (!QFile::exists(path))
            return Base::fail(Kind::InvalidInput, u"no such report"_s);
        QFile file(path);
        if (!file.remove())
            return Base::fail(Kind::Io, u"store: "_s + file.errorString());
        return {};
    });
}

} // namespace Mailgauge::Store
