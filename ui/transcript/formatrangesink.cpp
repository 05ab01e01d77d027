// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcript/formatrangesink.h"

#include <algorithm>

namespace Mailgauge::Transcript {

void FormatRangeSink::setTheme(const KSyntaxHighlighting::Theme &theme)
{
    m_theme = theme;
    m_formats.clear();
}

void FormatRangeSink::start(qsizetype hidden)
{
    m_ranges.clear();
    m_hidden = hidden;
}

void FormatRangeSink::span(
    qsizetype offset, qsizetype length, const KSyntaxHighlighting::Format &format)
{
    const qsizetype from = std::max(offset, m_hidden);
    if (from >= offset + length)
        return;
    auto known = m_formats.constFind(format.id());
    if (known == m_formats.constEnd())
        known = m_formats.insert(format.id(), made(format));
    m_ranges.append(
        {static_cast<int>(from - m_hidden), static_cast<int>(offset + length - from), *known});
}

QTextCharFormat FormatRangeSink::made(const KSyntaxHighlighting::Format &format) const
{
    QTextCharFormat result;
    result.setForeground(format.textColor(m_theme));
    if (format.isBold(m_theme))
        result.setFontWeight(QFont::Bold);
    if (format.isItalic(m_theme))
        result.setFontItalic(true);
    return result;
}

} // namespace Mailgauge::Transcript
