// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "transcript/formatter.h"

namespace Mailgauge::Transcript {

/// One self-contained page: no script, no link, nothing loaded, and a Content-Security-Policy that
/// says so and admits this one style sheet by its hash (faults E7). The colours are those of our
/// themes, by the reader's preference or as asked for.
class HtmlFormatter final : public Formatter, private SpanSink {
public:
    explicit HtmlFormatter(const ExportOptions &options);

    [[nodiscard]] QByteArray begin(const SessionRecord &record) override;
    [[nodiscard]] QByteArray line(const Entry &entry) override;
    [[nodiscard]] QByteArray end(const SessionRecord &record) override;
    [[nodiscard]] QByteArray next(const SessionRecord &last, const SessionRecord &record) override;

private:
    [[nodiscard]] QByteArray styleSheet() const;
    [[nodiscard]] QByteArray colors(Tone tone) const;
    void span(
        qsizetype offset, qsizetype length, const KSyntaxHighlighting::Format &format) override;

    ExportOptions m_options;
    QMap<qint64, LineMark> m_marks;
    Highlighting m_highlighting;
    Highlighter m_highlighter;
    QString m_line;
    QByteArray m_out;
};

} // namespace Mailgauge::Transcript
