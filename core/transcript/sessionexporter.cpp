// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcript/sessionexporter.h"

#include "base/filewriter.h"
#include "base/literals.h"

#include <QIODevice>

namespace Mailgauge::Transcript {

namespace {
constexpr qsizetype PieceSize = 256 * 1024;
constexpr qsizetype LinesPerStep = 1000;
} // namespace

Progress partOf(const Progress &progress, double from, double to)
{
    if (!progress)
        return {};
    return [progress, from, to](double done) { return progress(from + (to - from) * done); };
}

Base::Result<void> SessionExporter::write(const QList<ExportedSession> &sessions,
    ExportFormat format, const ExportOptions &options, QIODevice &device, const Progress &progress)
{
    const std::unique_ptr<Formatter> formatter = makeFormatter(format, options);
    qsizetype total = 0;
    for (const ExportedSession &session : sessions)
        total += session.entries.size();
    qsizetype done = 0;
    QByteArray piece;
    const ExportedSession *last = nullptr;
    for (const ExportedSession &session : sessions) {
        formatter->announce(session.entries.size());
        piece += last ? formatter->next(last->record, session.record)
                      : formatter->begin(session.record);
        last = &session;
        for (const Entry &entry : session.entries) {
            piece += formatter->line(entry);
            if (++done % LinesPerStep == 0 && progress
                && !progress(static_cast<double>(done) / static_cast<double>(total)))
                return Base::fail(Base::Error::Kind::Cancelled, u"export"_s);
            if (piece.size() < PieceSize)
                continue;
            if (auto written = Base::writeAll(device, piece); !written)
                return written;
            piece.clear();
        }
    }
    return Base::writeAll(device, last ? piece + formatter->end(last->record) : piece);
}

Base::Result<void> SessionExporter::write(const SessionRecord &record, const QList<Entry> &entries,
    ExportFormat format, const ExportOptions &options, QIODevice &device)
{
    return write({{record, entries}}, format, options, device);
}

Base::Result<void> SessionExporter::writeFile(const SessionRecord &record,
    const QList<Entry> &entries, ExportFormat format, const ExportOptions &options,
    const QString &path)
{
    auto file = Base::FileWriter::open(path);
    if (!file)
        return std::unexpected(file.error());
    return write(record, entries, format, options, (*file)->device()).and_then([&file] {
        return (*file)->commit();
    });
}

} // namespace Mailgauge::Transcript
