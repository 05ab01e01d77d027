// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcript/formatter.h"

#include "base/literals.h"
#include "transcript/hexrows.h"
#include "transcript/htmlformatter.h"
#include "transcript/jsonlineswriter.h"
#include "transcript/textformatter.h"
#include "transcript/visible.h"

#include <array>
#include <utility>

namespace Mailgauge::Transcript {

std::optional<ExportFormat> exportFormatFromFileName(const QString &name)
{
    static constexpr std::array endings {
        std::pair {".txt"_L1, ExportFormat::Text},
        std::pair {".log"_L1, ExportFormat::Text},
        std::pair {".html"_L1, ExportFormat::Html},
        std::pair {".htm"_L1, ExportFormat::Html},
        std::pair {".jsonl"_L1, ExportFormat::JsonLines},
    };
    for (const auto &[ending, format] : endings) {
        if (name.endsWith(ending, Qt::CaseInsensitive))
            return format;
    }
    return std::nullopt;
}

std::unique_ptr<Formatter> makeFormatter(ExportFormat format, const ExportOptions &options)
{
    switch (format) {
    case ExportFormat::Text:
        return std::make_unique<TextFormatter>(options);
    case ExportFormat::Ansi:
        return std::make_unique<AnsiFormatter>(options);
    case ExportFormat::Html:
        return std::make_unique<HtmlFormatter>(options);
    case ExportFormat::JsonLines:
        return std::make_unique<JsonLinesWriter>(options);
    }
    Q_UNREACHABLE_RETURN(nullptr);
}

QByteArray Formatter::next(const SessionRecord &last, const SessionRecord &record)
{
    return end(last) + begin(record);
}

QString elapsedText(qint64 us)
{
    const qint64 ms = std::max<qint64>(us, 0) / 1000;
    return u"%1:%2:%3.%4"_s.arg(ms / 3'600'000, 2, 10, '0'_L1)
        .arg(ms / 60'000 % 60, 2, 10, '0'_L1)
        .arg(ms / 1000 % 60, 2, 10, '0'_L1)
        .arg(ms % 1000, 3, 10, '0'_L1);
}

QString attachedText(const QMap<qint64, LineMark> &marks, const Entry &entry)
{
    const auto mark = marks.constFind(entry.n);
    if (mark == marks.constEnd() || mark->isEmpty())
        return {};
    return mark->note.isEmpty() ? u"Marked"_s : u"Note: "_s + visible(mark->note.toUtf8());
}

QByteArray hexDump(const Entry &entry, const ExportOptions &options)
{
    return hexRows(options.showSecrets ? revealed(entry) : entry.text, 16, "#   ", ".");
}

QString markedText(const Entry &entry, const ExportOptions &options)
{
    return lineMark(entry) + visibleText(options.showSecrets ? revealed(entry) : entry.text);
}

} // namespace Mailgauge::Transcript
