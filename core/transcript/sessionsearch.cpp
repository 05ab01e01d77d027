// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcript/sessionsearch.h"

#include "base/literals.h"

#include <QTimeZone>

#include <algorithm>
#include <array>

namespace Mailgauge::Transcript {

namespace {

using Field = SessionTerm::Field;
using Kind = SearchProblem::Kind;

struct FieldName {
    QLatin1StringView name;
    Field field;
};

constexpr std::array fields {FieldName {"relay"_L1, Field::Relay},
    FieldName {"outcome"_L1, Field::Outcome}, FieldName {"to"_L1, Field::Recipient},
    FieldName {"reply"_L1, Field::Reply}, FieldName {"tag"_L1, Field::Tag},
    FieldName {"note"_L1, Field::Note}, FieldName {"after"_L1, Field::After},
    FieldName {"before"_L1, Field::Before}, FieldName {"id"_L1, Field::Id}};

/// One word of the search, not judged yet.
struct Word {
    qsizetype at = 0;
    qsizetype length = 0;
    bool negated = false;
    QString field; ///< Empty: none.
    QString value;
};

bool isFieldLetter(QChar c)
{
    return c.unicode() < 128 && c.isLetter();
}

class Words {
public:
    explicit Words(const QString &text)
        : m_text(text)
    {
    }

    /// None at the end.
    std::expected<std::optional<Word>, SearchProblem> next()
    {
        while (m_at < m_text.size() && m_text.at(m_at).isSpace())
            ++m_at;
        if (m_at == m_text.size())
            return std::nullopt;
        Word word;
        word.at = m_at;
        const bool more = m_at + 1 < m_text.size() && !m_text.at(m_at + 1).isSpace();
        if (m_text.at(m_at) == u'-' && more) {
            word.negated = true;
            ++m_at;
        }
        qsizetype colon = m_at;
        while (colon < m_text.size() && isFieldLetter(m_text.at(colon)))
            ++colon;
        if (colon > m_at && colon < m_text.size() && m_text.at(colon) == u':') {
            word.field = m_text.sliced(m_at, colon - m_at).toLower();
            m_at = colon + 1;
        }
        if (m_at < m_text.size() && m_text.at(m_at) == u'"') {
            if (!readQuoted(word.value))
                return std::unexpected(
                    SearchProblem {Kind::OpenQuote, word.at, m_text.size() - word.at, {}});
        } else {
            while (m_at < m_text.size() && !m_text.at(m_at).isSpace())
                word.value += m_text.at(m_at++);
        }
        word.length = m_at - word.at;
        return word;
    }

private:
    bool readQuoted(QString &value)
    {
        for (++m_at; m_at < m_text.size(); ++m_at) {
            const QChar c = m_text.at(m_at);
            if (c == u'"') {
                ++m_at;
                return true;
            }
            const bool escaped = c == u'\\' && m_at + 1 < m_text.size()
                && (m_text.at(m_at + 1) == u'"' || m_text.at(m_at + 1) == u'\\');
            value += escaped ? m_text.at(++m_at) : c;
        }
        return false;
    }

    const QString &m_text;
    qsizetype m_at = 0;
};

std::optional<QList<WholeOutcome>> outcomesFrom(const QString &value)
{
    QList<WholeOutcome> outcomes;
    for (const QString &name : value.toLower().split(u',')) {
        const auto outcome = wholeOutcomeFromName(name.trimmed().toUtf8());
        if (!outcome)
            return std::nullopt;
        outcomes.append(*outcome);
    }
    return outcomes;
}

std::expected<SessionTerm, SearchProblem> termFrom(const Word &word, const QDateTime &now)
{
    const auto problem = [&word](Kind kind, const QString &what) {
        return std::unexpected(SearchProblem {kind, word.at, word.length, what});
    };
    SessionTerm term;
    term.negated = word.negated;
    if (!word.field.isEmpty()) {
        const auto found = std::ranges::find(fields, word.field, &FieldName::name);
        if (found == fields.end())
            return problem(Kind::UnknownField, word.field);
        term.field = found->field;
    }
    if (word.value.trimmed().isEmpty())
        return problem(Kind::NoValue, word.field);
    switch (term.field) {
    case Field::Outcome: {
        const auto outcomes = outcomesFrom(word.value);
        if (!outcomes)
            return problem(Kind::UnknownOutcome, word.value);
        term.outcomes = *outcomes;
        break;
    }
    case Field::Before:
    case Field::After: {
        const auto time = parseSearchTime(word.value, now);
        if (!time)
            return problem(Kind::NoTime, word.value);
        term.time = *time;
        break;
    }
    case Field::Any:
    case Field::Relay:
    case Field::Recipient:
    case Field::Reply:
    case Field::Tag:
    case Field::Note:
    case Field::Id:
        term.text = word.value;
        break;
    }
    return term;
}

std::optional<QDateTime> soLongAgo(const QString &text, const QDateTime &now)
{
    const QString digits = text.chopped(1);
    bool number = std::ranges::all_of(digits, [](QChar c) { return c >= u'0' && c <= u'9'; });
    const qint64 count = number ? digits.toLongLong(&number) : 0;
    // More than a century is a slip of the finger, and no date can hold all of them.
    if (!number || count > 1'000'000)
        return std::nullopt;
    switch (text.back().toLower().unicode()) {
    case u'm':
        return now.addSecs(-60 * count);
    case u'h':
        return now.addSecs(-3600 * count);
    case u'd':
        return now.addDays(-count);
    case u'w':
        return now.addDays(-7 * count);
    default:
        return std::nullopt;
    }
}

} // namespace

std::expected<QList<SessionTerm>, SearchProblem> parseSearch(
    const QString &text, const QDateTime &now)
{
    QList<SessionTerm> terms;
    Words words(text);
    while (true) {
        const auto word = words.next();
        if (!word)
            return std::unexpected(word.error());
        if (!*word)
            return terms;
        const auto term = termFrom(**word, now);
        if (!term)
            return std::unexpected(term.error());
        terms.append(*term);
    }
}

std::optional<QDateTime> parseSearchTime(const QString &text, const QDateTime &now)
{
    const auto startOf = [&now](const QDate &date) { return date.startOfDay(now.timeZone()); };
    const QString word = text.trimmed().toLower();
    if (word == u"today"_s)
        return startOf(now.date());
    if (word == u"yesterday"_s)
        return startOf(now.date().addDays(-1));
    for (const auto format : {"yyyy-MM-dd"_L1, "yyyy-MM"_L1, "yyyy"_L1}) {
        if (const QDate date = QDate::fromString(word, format);
            word.size() == format.size() && date.isValid())
            return startOf(date);
    }
    if (word.contains(u't') && word.size() > 10) {
        QDateTime time = QDateTime::fromString(word.toUpper(), Qt::ISODate);
        if (!time.isValid())
            return std::nullopt;
        if (time.timeSpec() == Qt::LocalTime)
            time.setTimeZone(now.timeZone());
        return time;
    }
    return word.isEmpty() ? std::nullopt : soLongAgo(word, now);
}

const QStringList &searchFields()
{
    static const QStringList names = [] {
        QStringList list;
        for (const FieldName &one : fields)
            list.append(one.name);
        return list;
    }();
    return names;
}

QString searchValue(const QString &value)
{
    const bool plain = !value.isEmpty() && !value.contains(u'"') && !value.contains(u'\\')
        && std::ranges::none_of(value, [](QChar c) { return c.isSpace(); });
    if (plain)
        return value;
    QString quoted = value;
    quoted.replace(u'\\', u"\\\\"_s).replace(u'"', u"\\\""_s);
    return u'"' + quoted + u'"';
}

} // namespace Mailgauge::Transcript
