// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcript/linefilter.h"

#include <utility>

namespace Mailgauge::Transcript {

namespace {

constexpr std::array<char, 256> lowerCase = [] {
    std::array<char, 256> table {};
    for (std::size_t i = 0; i < table.size(); ++i)
        table[i] = static_cast<char>(i >= 'A' && i <= 'Z' ? i + 32 : i);
    return table;
}();

char lower(char c)
{
    return lowerCase[static_cast<quint8>(c)];
}

} // namespace

void LineFilter::addReplyClass(Smtp::ReplyClass klass)
{
    replyClasses = static_cast<quint8>(replyClasses | (1U << std::to_underlying(klass)));
}

void LineFilter::addStage(Smtp::Stage stage)
{
    stages = static_cast<quint16>(stages | (1U << std::to_underlying(stage)));
}

LineMatcher::LineMatcher(const LineFilter &filter)
    : m_filter(filter)
{
    for (const char c : filter.text)
        m_needle += lower(c);
    m_skip.fill(static_cast<quint32>(m_needle.size()));
    for (qsizetype i = 0; i + 1 < m_needle.size(); ++i) {
        const char c = m_needle.at(i);
        const auto distance = static_cast<quint32>(m_needle.size() - 1 - i);
        m_skip[static_cast<quint8>(c)] = distance;
        if (c >= 'a' && c <= 'z')
            m_skip[static_cast<quint8>(c - 32)] = distance;
    }
}

bool LineMatcher::matches(const Snapshot &lines, qsizetype row) const
{
    const Line &line = lines.line(row);
    if (m_filter.session && line.session != *m_filter.session)
        return false;
    if (m_filter.direction && line.direction != std::to_underlying(*m_filter.direction))
        return false;
    if (m_filter.replyClasses != 0 || m_filter.stages != 0) {
        const bool ofClass = line.replyClass != 0
            && (m_filter.replyClasses >> line.replyClass & 1U) != 0;
        if (!ofClass && (m_filter.stages >> line.stage & 1U) == 0)
            return false;
    }
    return m_needle.isEmpty() || holdsText(lines.text(line));
}

QList<quint32> LineMatcher::rows(const Snapshot &lines, qsizetype from, qsizetype to) const
{
    QList<quint32> found;
    for (qsizetype row = from; row < to; ++row) {
        if (matches(lines, row))
            found.append(static_cast<quint32>(row));
    }
    return found;
}

bool LineMatcher::holdsText(QByteArrayView text) const
{
    const qsizetype size = m_needle.size();
    const char *needle = m_needle.constData();
    const char last = needle[size - 1];
    for (qsizetype at = 0; at + size <= text.size();) {
        const char end = text[at + size - 1];
        if (lower(end) == last) {
            qsizetype i = size - 2;
            while (i >= 0 && lower(text[at + i]) == needle[i])
                --i;
            if (i < 0)
                return true;
        }
        at += m_skip[static_cast<quint8>(end)];
    }
    return false;
}

} // namespace Mailgauge::Transcript
