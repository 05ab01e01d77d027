// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "transcript/highlighter.h"

#include <QHash>
#include <QTextLayout>

namespace Mailgauge::Transcript {

/// Makes the format ranges of a QTextLayout out of a highlighted line: the view's sink. The formats
/// of a theme are made once and kept.
class FormatRangeSink final : public SpanSink {
public:
    void setTheme(const KSyntaxHighlighting::Theme &theme);
    /// The first characters of the line are not shown: the mark.
    void start(qsizetype hidden);
    [[nodiscard]] const QList<QTextLayout::FormatRange> &ranges() const { return m_ranges; }

    void span(
        qsizetype offset, qsizetype length, const KSyntaxHighlighting::Format &format) override;

private:
    [[nodiscard]] QTextCharFormat made(const KSyntaxHighlighting::Format &format) const;

    KSyntaxHighlighting::Theme m_theme;
    QHash<int, QTextCharFormat> m_formats; ///< By Format::id().
    QList<QTextLayout::FormatRange> m_ranges;
    qsizetype m_hidden = 0;
};

} // namespace Mailgauge::Transcript
