// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcript/filterexpression.h"

#include "base/literals.h"

#include <algorithm>
#include <array>
#include <utility>

namespace Mailgauge::Transcript {

namespace {

using Kind = ExpressionError::Kind;
using Parsed = std::expected<void, ExpressionError>;

constexpr std::array fields {
    "dir"_L1, "stage"_L1, "class"_L1, "unexpected"_L1, "tls"_L1, "session"_L1, "to"_L1};

QStringList stageNames()
{
    QStringList names;
    for (const Smtp::Stage stage : Smtp::allStages)
        names.append(QString::fromLatin1(Smtp::stageName(stage)));
    return names;
}

QStringList valuesOf(QStringView field)
{
    if (field == "dir"_L1)
        return {u"client"_s, u"server"_s, u"event"_s};
    if (field == "stage"_L1)
        return stageNames();
    if (field == "class"_L1)
        return {u"none"_s, u"1"_s, u"2"_s, u"3"_s, u"4"_s, u"5"_s};
    if (field == "tls"_L1 || field == "unexpected"_L1)
        return {u"no"_s, u"yes"_s};
    return {};
}

/// 5, 5yz, 5xx, 5** are the same class.
QString plainClass(const QString &value)
{
    const QString tail = value.sliced(std::min<qsizetype>(1, value.size()));
    return tail == "yz"_L1 || tail == "xx"_L1 ? value.first(1) : value;
}

class Parser final {
public:
    explicit Parser(const QString &expression)
        : m_in(expression)
    {
    }

    std::expected<LineConditions, ExpressionError> parse()
    {
        while (skipBlanks()) {
            if (Parsed term = readTerm(); !term)
                return std::unexpected(term.error());
        }
        return m_out;
    }

private:
    bool skipBlanks()
    {
        while (m_at < m_in.size() && m_in.at(m_at).isSpace())
            ++m_at;
        return m_at < m_in.size();
    }

    [[nodiscard]] std::unexpected<ExpressionError> error(Kind kind, const QString &value = {}) const
    {
        return std::unexpected(ExpressionError {kind, value, m_begin});
    }

    Parsed readTerm()
    {
        m_begin = m_at;
        m_excluded = m_in.at(m_at) == u'-' && m_at + 1 < m_in.size()
            && !m_in.at(m_at + 1).isSpace();
        if (m_excluded)
            ++m_at;
        const QChar first = m_in.at(m_at);
        if (first == u'"')
            return readQuoted();
        if (first == u'/' && m_in.indexOf(u'/', m_at + 1) != m_at + 1)
            return readPattern();
        return readWord();
    }

    Parsed readQuoted()
    {
        QString text;
        for (++m_at; m_at < m_in.size(); ++m_at) {
            QChar c = m_in.at(m_at);
            if (c == u'"') {
                ++m_at;
                return addText(text);
            }
            if (c == u'\\' && m_at + 1 < m_in.size())
                c = m_in.at(++m_at);
            text += c;
        }
        return error(Kind::OpenQuote);
    }

    Parsed readPattern()
    {
        TextTerm term {TextTerm::Kind::Pattern, {}, false, m_excluded};
        for (++m_at; m_at < m_in.size() && m_in.at(m_at) != u'/'; ++m_at) {
            if (m_in.at(m_at) == u'\\' && m_at + 1 < m_in.size()) {
                // "\/" stands for the slash alone; every other escape is the pattern's.
                if (m_in.at(m_at + 1) != u'/')
                    term.text += u'\\';
                ++m_at;
            }
            term.text += m_in.at(m_at);
        }
        if (m_at >= m_in.size())
            return error(Kind::OpenPattern);
        ++m_at;
        if (m_at < m_in.size() && m_in.at(m_at) == u'c') {
            term.caseSensitive = true;
            ++m_at;
        }
        if (const QRegularExpression pattern = boundedPattern(term); !pattern.isValid())
            return error(Kind::BadPattern, pattern.errorString());
        m_out.texts.append(term);
        return {};
    }

    Parsed readWord()
    {
        const qsizetype from = m_at;
        while (m_at < m_in.size() && !m_in.at(m_at).isSpace())
            ++m_at;
        const QString word = m_in.sliced(from, m_at - from);
        const qsizetype colon = word.indexOf(u':');
        const QString field = word.first(std::max<qsizetype>(0, colon));
        if (colon < 0 || std::ranges::find(fields, field) == fields.end())
            return addText(word);
        const QString value = word.sliced(colon + 1);
        if (value.isEmpty())
            return error(Kind::EmptyValue, field);
        return addField(field, value, m_in.sliced(m_begin, m_at - m_begin));
    }

    Parsed addText(const QString &text)
    {
        if (!text.isEmpty())
            m_out.texts.append({TextTerm::Kind::Plain, text, false, m_excluded});
        return {};
    }

    Parsed addField(const QString &field, const QString &value, const QString &term)
    {
        if (field == "to"_L1 || field == "session"_L1) {
            if (m_excluded)
                return error(Kind::NotExcludable, term);
            return field == "to"_L1 ? addRecipient(value) : addSessions(value, term);
        }
        const QStringList known = valuesOf(field);
        quint32 mask = 0;
        const QStringList parts = value.split(u',');
        for (const QString &part : parts) {
            const qsizetype place = known.indexOf(field == "class"_L1 ? plainClass(part) : part);
            if (place < 0)
                return error(Kind::UnknownValue, term);
            mask |= 1U << place;
        }
        if (m_excluded)
            mask = ~mask;
        if (field == "dir"_L1)
            m_out.directions = static_cast<quint8>(m_out.directions & mask);
        else if (field == "stage"_L1)
            m_out.stages = static_cast<quint16>(m_out.stages & mask);
        else if (field == "class"_L1)
            m_out.replyClasses = static_cast<quint8>(m_out.replyClasses & mask);
        else if (field == "unexpected"_L1)
            m_out.unexpected = static_cast<quint8>(m_out.unexpected & mask);
        else
            m_out.tls = static_cast<quint8>(m_out.tls & mask);
        return {};
    }

    Parsed addRecipient(QString value)
    {
        if (value.startsWith(u'<'))
            value.removeFirst();
        if (value.endsWith(u'>'))
            value.removeLast();
        if (value.isEmpty())
            return error(Kind::EmptyValue, u"to"_s);
        if (!m_out.recipient.isEmpty())
            return error(Kind::Twice, u"to"_s);
        m_out.recipient = value.toUtf8();
        return {};
    }

    Parsed addSessions(const QString &value, const QString &term)
    {
        if (!m_out.sessions.isEmpty())
            return error(Kind::Twice, u"session"_s);
        const QStringList parts = value.split(u',');
        for (const QString &part : parts) {
            bool good = false;
            const uint number = part.toUInt(&good);
            if (!good || number == 0)
                return error(Kind::UnknownValue, term);
            m_out.sessions.append(number - 1);
        }
        return {};
    }

    QString m_in;
    LineConditions m_out;
    qsizetype m_at = 0;
    qsizetype m_begin = 0; ///< Of the term being read.
    bool m_excluded = false;
};

} // namespace

std::expected<LineConditions, ExpressionError> parseExpression(const QString &expression)
{
    return Parser(expression).parse();
}

QString textTerm(const QString &text)
{
    const auto parsed = parseExpression(text);
    if (parsed && parsed->texts == QList {TextTerm {TextTerm::Kind::Plain, text, false, false}})
        return text;
    QString quoted = text;
    quoted.replace(u'\\', u"\\\\"_s).replace(u'"', u"\\\""_s);
    return u'"' + quoted + u'"';
}

QStringList splitTerms(const QString &expression)
{
    QStringList terms;
    for (qsizetype at = 0; at < expression.size();) {
        const qsizetype from = at;
        at += expression.at(at) == u'-' && at + 1 < expression.size() ? 1 : 0;
        const QChar mark = expression.at(at);
        if (mark == u'"' || mark == u'/') {
            for (++at; at < expression.size() && expression.at(at) != mark; ++at)
                at += expression.at(at) == u'\\' ? 1 : 0;
        }
        while (at < expression.size() && !expression.at(at).isSpace())
            ++at;
        at = std::min(at, expression.size());
        if (at > from)
            terms.append(expression.sliced(from, at - from));
        while (at < expression.size() && expression.at(at).isSpace())
            ++at;
    }
    return terms;
}

QString fieldValue(const QString &expression, const QString &field)
{
    const QString start = field + u':';
    const QStringList terms = splitTerms(expression);
    const auto found = std::ranges::find_if(
        terms, [&start](const QString &term) { return term.startsWith(start); });
    return found == terms.end() ? QString() : found->sliced(start.size());
}

QString withField(const QString &expression, const QString &field, const QString &value)
{
    const QString start = field + u':';
    QStringList terms = splitTerms(expression);
    const auto isField = [&start](const QString &term) { return term.startsWith(start); };
    const auto place = std::ranges::find_if(terms, isField) - terms.begin();
    terms.removeIf(isField);
    if (!value.isEmpty())
        terms.insert(std::min<qsizetype>(place, terms.size()), start + value);
    return terms.join(u' ');
}

QStringList knownValues(const QString &term)
{
    const QString field = term.sliced(term.startsWith(u'-') ? 1 : 0).section(u':', 0, 0);
    return field == "session"_L1 ? QStringList {u"1"_s, u"2"_s, u"…"_s} : valuesOf(field);
}

QStringList completions(const QString &word)
{
    const QString minus = word.startsWith(u'-') ? u"-"_s : QString();
    const QString begun = word.sliced(minus.size());
    const qsizetype colon = begun.indexOf(u':');
    QStringList ways;
    if (colon < 0) {
        for (const QLatin1StringView field : fields) {
            if (!begun.isEmpty() && field.startsWith(begun))
                ways.append(minus + field + u':');
        }
        return ways;
    }
    // Behind the last comma another alternative begins.
    const qsizetype from = std::max(colon, begun.lastIndexOf(u',')) + 1;
    const QString value = begun.sliced(from);
    const QStringList known = valuesOf(QStringView(begun).first(colon));
    for (const QString &one : known) {
        if (one.startsWith(value) && one != value)
            ways.append(minus + begun.first(from) + one);
    }
    return ways;
}

} // namespace Mailgauge::Transcript
