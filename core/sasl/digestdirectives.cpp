// SPDX-License-Identifier: GPL-3.0-or-later
#include "sasl/digestdirectives.h"

#include <algorithm>

namespace Mailgauge::Sasl {

namespace {

bool isSpace(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

bool isTokenCharacter(char c)
{
    return c > ' ' && c < '\x7f' && !QByteArrayView("()<>@,;:\\\"/[]?={}").contains(c);
}

class Scanner {
public:
    explicit Scanner(const QByteArray &text)
        : m_text(text)
    {
    }

    /// Spaces and empty elements (`#rule` of RFC 2616 2.1 allows them).
    void skipSeparators()
    {
        while (m_at < m_text.size() && (isSpace(m_text[m_at]) || m_text[m_at] == ','))
            ++m_at;
    }
    void skipSpaces()
    {
        while (m_at < m_text.size() && isSpace(m_text[m_at]))
            ++m_at;
    }
    [[nodiscard]] bool atEnd() const { return m_at >= m_text.size(); }
    bool take(char c)
    {
        const bool there = !atEnd() && m_text[m_at] == c;
        m_at += there ? 1 : 0;
        return there;
    }
    QByteArray token()
    {
        const qsizetype begin = m_at;
        while (!atEnd() && isTokenCharacter(m_text[m_at]))
            ++m_at;
        return m_text.sliced(begin, m_at - begin);
    }
    /// Behind the opening quote.
    std::optional<QByteArray> quoted()
    {
        QByteArray value;
        while (!atEnd()) {
            const char c = m_text[m_at++];
            if (c == '"')
                return value;
            if (c == '\\' && atEnd())
                break;
            value += c == '\\' ? m_text[m_at++] : c;
        }
        return std::nullopt;
    }

private:
    const QByteArray &m_text;
    qsizetype m_at = 0;
};

} // namespace

std::optional<DigestDirectives> DigestDirectives::parse(const QByteArray &text)
{
    DigestDirectives result;
    Scanner scanner(text);
    for (scanner.skipSeparators(); !scanner.atEnd(); scanner.skipSeparators()) {
        const QByteArray name = scanner.token().toLower();
        scanner.skipSpaces();
        if (name.isEmpty() || !scanner.take('=') || result.m_list.size() >= MaxDirectives)
            return std::nullopt;
        scanner.skipSpaces();
        const bool quoted = scanner.take('"');
        const std::optional<QByteArray> value = quoted ? scanner.quoted()
                                                       : std::optional(scanner.token());
        scanner.skipSpaces();
        if (!value || (!quoted && value->isEmpty()) || !(scanner.atEnd() || scanner.take(',')))
            return std::nullopt;
        result.m_list.append({name, *value});
    }
    return result;
}

QList<QByteArray> DigestDirectives::values(QByteArrayView name) const
{
    QList<QByteArray> found;
    for (const Directive &directive : m_list) {
        if (directive.name == name)
            found.append(directive.value);
    }
    return found;
}

std::optional<QByteArray> DigestDirectives::only(QByteArrayView name) const
{
    const QList<QByteArray> found = values(name);
    return found.size() == 1 ? std::optional(found.first()) : std::nullopt;
}

QByteArray digestQuoted(const QByteArray &value)
{
    QByteArray escaped = value;
    escaped.replace('\\', "\\\\").replace('"', "\\\"");
    return '"' + escaped + '"';
}

} // namespace Mailgauge::Sasl
