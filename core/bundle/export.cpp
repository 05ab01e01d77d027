// SPDX-License-Identifier: GPL-3.0-or-later
#include "bundle/export.h"

#include "base/literals.h"
#include "base/paths.h"
#include "bundle/bundlearchive.h"

#include <QBuffer>

#include <algorithm>

namespace Mailgauge::Bundle {

namespace {

using Transcript::ExportFormat;
using Transcript::RedactionLevel;

constexpr double RedactionShare = 0.4;

Base::Result<QList<Transcript::ExportedSession>> sessionsOf(
    const ExportRequest &request, const Transcript::Progress &progress)
{
    QList<Transcript::ExportedSession> sessions;
    if (request.level == RedactionLevel::Secrets) {
        for (const BundledSession &one : request.source.sessions)
            sessions.append(one.session);
        return sessions;
    }
    Transcript::Redactor redactor = redactorFor(request.source, request.level);
    for (const BundledSession &one : request.source.sessions) {
        auto session = redactor.apply(one.session, progress);
        if (!session)
            return std::unexpected(session.error());
        sessions.append(*std::move(session));
    }
    return sessions;
}

} // namespace

Base::Result<QList<BundleFile>> makeExport(
    const ExportRequest &request, const Transcript::Progress &progress)
{
    if (!request.format)
        return bundleFiles(request.source, request.level, progress);
    const auto sessions = sessionsOf(request, Transcript::partOf(progress, 0, RedactionShare));
    if (!sessions)
        return std::unexpected(sessions.error());
    Transcript::ExportOptions options = request.options;
    options.showSecrets = options.showSecrets && request.level == RedactionLevel::Secrets;
    QBuffer buffer;
    buffer.open(QIODevice::WriteOnly);
    const auto written = Transcript::SessionExporter::write(*sessions, *request.format, options,
        buffer, Transcript::partOf(progress, RedactionShare, 1));
    if (!written)
        return std::unexpected(written.error());
    return QList<BundleFile> {{proposedFileName(request), buffer.data()}};
}

Base::Result<QByteArray> packExport(const ExportRequest &request, const QList<BundleFile> &files)
{
    if (request.format)
        return files.constFirst().bytes;
    const QDateTime time = request.source.sessions.isEmpty()
        ? QDateTime()
        : request.source.sessions.constFirst().session.record.startedAt;
    return packArchive(files, time);
}

QString proposedFileName(const ExportRequest &request)
{
    if (request.source.sessions.isEmpty())
        return u"smtp-sessions."_s + fileSuffix(request.format);
    const Transcript::SessionRecord &record = request.source.sessions.constFirst().session.record;
    QString host = Base::withoutHome(record.host);
    std::ranges::replace_if(
        host, [](QChar c) { return !c.isLetterOrNumber() && c != u'.' && c != u'-'; }, u'_');
    const QString time = record.startedAt.isValid()
        ? record.startedAt.toUTC().toString(u"yyyyMMdd-HHmmss"_s)
        : record.id.toString(QUuid::WithoutBraces).first(8);
    return u"smtp-%1-%2.%3"_s.arg(
        host.isEmpty() ? u"session"_s : host, time, fileSuffix(request.format));
}

QString fileSuffix(const std::optional<ExportFormat> &format)
{
    if (!format)
        return u"zip"_s;
    switch (*format) {
    case ExportFormat::Text:
    case ExportFormat::Ansi:
        return u"txt"_s;
    case ExportFormat::Html:
        return u"html"_s;
    case ExportFormat::JsonLines:
        return u"jsonl"_s;
    }
    Q_UNREACHABLE_RETURN({});
}

} // namespace Mailgauge::Bundle
