// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcript/linefilter.h"

#include "base/literals.h"
#include "transcript/recipientrows.h"
#include "transcript/visible.h"

#include <algorithm>
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

/// Far more than an honest expression needs for a line; a nested repetition gives up here instead
/// of after minutes.
constexpr auto MatchLimit = "(*LIMIT_MATCH=100000)"_L1;
/// Lines between two looks at whether anybody still wants the answer.
constexpr qsizetype CancelStep = 64;

} // namespace

void LineFilter::addReplyClass(Smtp::ReplyClass klass)
{
    replyClasses = static_cast<quint8>(replyClasses | (1U << std::to_underlying(klass)));
}

void LineFilter::addStage(Smtp::Stage stage)
{
    stages = static_cast<quint16>(stages | (1U << std::to_underlying(stage)));
}

bool LineFilter::isCostly() const
{
    return !conditions.recipient.isEmpty()
        || std::ranges::contains(conditions.texts, TextTerm::Kind::Pattern, &TextTerm::kind);
}

Needle::Needle(const QByteArray &text, bool caseSensitive)
    : m_caseSensitive(caseSensitive)
{
    m_text.reserve(text.size());
    for (const char c : text)
        m_text += caseSensitive ? c : lower(c);
    m_skip.fill(static_cast<quint32>(m_text.size()));
    for (qsizetype i = 0; i + 1 < m_text.size(); ++i) {
        const char c = m_text.at(i);
        const auto distance = static_cast<quint32>(m_text.size() - 1 - i);
        m_skip[static_cast<quint8>(c)] = distance;
        if (!caseSensitive && c >= 'a' && c <= 'z')
            m_skip[static_cast<quint8>(c - 32)] = distance;
    }
}

bool Needle::isIn(QByteArrayView line) const
{
    const qsizetype size = m_text.size();
    if (size == 0)
        return true;
    const char *text = m_text.constData();
    const char last = text[size - 1];
    const auto same = [this](char c, char wanted) {
        return (m_caseSensitive ? c : lower(c)) == wanted;
    };
    for (qsizetype at = 0; at + size <= line.size();) {
        const char end = line[at + size - 1];
        if (same(end, last)) {
            qsizetype i = size - 2;
            while (i >= 0 && same(line[at + i], text[i]))
                --i;
            if (i < 0)
                return true;
        }
        at += m_skip[static_cast<quint8>(end)];
    }
    return false;
}

QRegularExpression boundedPattern(const TextTerm &term)
{
    QRegularExpression pattern(MatchLimit + term.text,
        term.caseSensitive ? QRegularExpression::NoPatternOption
                           : QRegularExpression::CaseInsensitiveOption);
    if (!pattern.isValid()) {
        // Without the limit in front, for the place of the error to be that of what was typed.
        pattern.setPattern(term.text);
    }
    return pattern;
}

LineMatcher::LineMatcher(const LineFilter &filter)
    : m_filter(filter)
    , m_needle(filter.text)
{
    for (const TextTerm &term : filter.conditions.texts) {
        const bool isPattern = term.kind == TextTerm::Kind::Pattern;
        m_texts.append({Needle(isPattern ? QByteArray() : term.text.toUtf8(), term.caseSensitive),
            isPattern ? boundedPattern(term) : QRegularExpression(), isPattern, term.excluded});
        m_texts.last().pattern.optimize();
    }
    // What costs least goes first.
    std::ranges::stable_sort(m_texts, {}, &Text::isPattern);
}

bool LineMatcher::matchesFields(const Line &line, qsizetype row) const
{
    const LineConditions &wanted = m_filter.conditions;
    if (m_filter.session && line.session != *m_filter.session)
        return false;
    if (m_filter.direction && line.direction != std::to_underlying(*m_filter.direction))
        return false;
    if (m_filter.foldContent && line.contentGoesOn
        && !std::ranges::binary_search(m_filter.unfolded, static_cast<quint32>(row)))
        return false;
    if (m_filter.replyClasses != 0 || m_filter.stages != 0 || m_filter.unexpected) {
        const bool ofClass = line.replyClass != 0
            && (m_filter.replyClasses >> line.replyClass & 1U) != 0;
        if (!ofClass && (m_filter.stages >> line.stage & 1U) == 0
            && !(m_filter.unexpected && line.unexpected))
            return false;
    }
    return (wanted.directions >> line.direction & 1U) != 0
        && (wanted.stages >> line.stage & 1U) != 0
        && (wanted.replyClasses >> line.replyClass & 1U) != 0 && (wanted.tls >> line.tls & 1U) != 0
        && (wanted.unexpected >> line.unexpected & 1U) != 0
        && (wanted.sessions.isEmpty() || wanted.sessions.contains(line.session));
}

bool LineMatcher::matchesTexts(QByteArrayView text) const
{
    for (const Text &term : m_texts) {
        const bool found = term.isPattern ? term.pattern.matchView(visible(text)).hasMatch()
                                          : term.needle.isIn(text);
        if (found == term.excluded)
            return false;
    }
    return true;
}

bool LineMatcher::matches(const Snapshot &lines, qsizetype row) const
{
    const Line &line = lines.line(row);
    if (!matchesFields(line, row))
        return false;
    if (m_needle.isEmpty() && m_texts.isEmpty())
        return true;
    const QByteArrayView text = lines.text(line);
    return m_needle.isIn(text) && matchesTexts(text);
}

QList<quint32> LineMatcher::rows(
    const Snapshot &lines, qsizetype from, qsizetype to, const std::atomic_bool *cancelled) const
{
    QList<quint32> found;
    const auto isOver = [cancelled](qsizetype done) {
        return cancelled != nullptr && done % CancelStep == 0
            && cancelled->load(std::memory_order_relaxed);
    };
    if (!m_filter.conditions.recipient.isEmpty()) {
        const QList<quint32> rows = recipientRows(
            lines, to, Needle(m_filter.conditions.recipient), cancelled);
        for (qsizetype i = 0; i < rows.size() && !isOver(i); ++i) {
            if (matches(lines, static_cast<qsizetype>(rows.at(i))))
                found.append(rows.at(i));
        }
        return found;
    }
    for (qsizetype row = from; row < to && !isOver(row); ++row) {
        if (matches(lines, row))
            found.append(static_cast<quint32>(row));
    }
    return found;
}

} // namespace Mailgauge::Transcript
