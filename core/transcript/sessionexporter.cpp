// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcript/sessionexporter.h"

#include "base/filewriter.h"

#include <QIODevice>

namespace Mailgauge::Transcript {

namespace {
constexpr qsizetype PieceSize = 256 * 1024;
}

Base::Result<void> SessionExporter::write(const SessionRecord &record, const QList<Entry> &entries,
    ExportFormat format, const ExportOptions &options, QIODevice &device)
{
    const std::unique_ptr<Formatter> formatter = makeFormatter(format, options);
    QByteArray piece = formatter->begin(record);
    for (const Entry &entry : entries) {
        piece += formatter->line(entry);
        if (piece.size() < PieceSize)
            continue;
        if (auto written = Base::writeAll(device, piece); !written)
            return written;
        piece.clear();
    }
    return Base::writeAll(device, piece + formatter->end(record));
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
