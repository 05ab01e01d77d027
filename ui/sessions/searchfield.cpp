// SPDX-License-Identifier: GPL-3.0-or-later
#include "sessions/searchfield.h"

#include "base/literals.h"

#include <QAbstractItemView>
#include <QCompleter>

#include <algorithm>

using namespace std::chrono_literals;

namespace Mailgauge::Sessions {

namespace {

QStringList outcomeNames()
{
    QStringList names;
    for (const Transcript::WholeOutcome outcome : Transcript::allWholeOutcomes)
        names.append(QString::fromLatin1(Transcript::wholeOutcomeName(outcome)));
    return names;
}

QStringList timeNames()
{
    return {u"today"_s, u"yesterday"_s, u"1h"_s, u"12h"_s, u"7d"_s, u"30d"_s,
        QDate::currentDate().toString(Qt::ISODate)};
}

} // namespace

QString sentenceOf(const Transcript::SearchProblem &problem)
{
    using Kind = Transcript::SearchProblem::Kind;
    const QString fields = Transcript::searchFields().join(u", "_s);
    switch (problem.kind) {
    case Kind::UnknownField:
        return SearchField::tr("“%1:” is no field. Fields are %2. To look for the text itself, put "
                               "it in quotes.")
            .arg(problem.word, fields);
    case Kind::NoValue:
        return problem.word.isEmpty()
            ? SearchField::tr("There is nothing in the quotes: write what to look for.")
            : SearchField::tr("Write behind “%1:” what to look for.").arg(problem.word);
    case Kind::UnknownOutcome:
        return SearchField::tr("“%1” is no outcome. Outcomes are %2; a comma stands for “or”.")
            .arg(problem.word, outcomeNames().join(u", "_s));
    case Kind::NoTime:
        return SearchField::tr("“%1” is no time. Write 2026-11-22, 2026-11, today, yesterday, 12h "
                               "or 7d (so long ago).")
            .arg(problem.word);
    case Kind::OpenQuote:
        return SearchField::tr("The quote is not closed: put a second one behind the text.");
    }
    Q_UNREACHABLE_RETURN({});
}

SearchField::SearchField(QWidget *parent)
    : QLineEdit(parent)
    , m_completer(new QCompleter(this))
{
    setPlaceholderText(tr("Search: words, relay:… outcome:… to:… reply:… tag:… after:…"));
    setAccessibleName(tr("Search sessions"));
    setToolTip(
        tr("<qt><p>Words are looked for in relay, subject, recipients, replies, tags and "
           "note.</p><p><b>relay:</b>mx1 <b>outcome:</b>rejected,deferred "
           "<b>to:</b>@example.org <b>reply:</b>\"user unknown\" <b>tag:</b>ticket "
           "<b>note:</b>call <b>after:</b>2026-11-01 <b>before:</b>7d</p><p>A minus in front "
           "means “not”, quotes keep words together.</p></qt>"));
    setClearButtonEnabled(true);
    m_completer->setModel(&m_offers);
    m_completer->setWidget(this);
    m_completer->setCaseSensitivity(Qt::CaseInsensitive);
    m_completer->popup()->setAccessibleName(tr("Completions"));
    connect(m_completer, qOverload<const QString &>(&QCompleter::activated), this,
        &SearchField::complete);
    m_pause.setSingleShot(true);
    m_pause.setInterval(150ms);
    connect(&m_pause, &QTimer::timeout, this, &SearchField::read);
    connect(this, &QLineEdit::textChanged, &m_pause, qOverload<>(&QTimer::start));
    connect(this, &QLineEdit::textEdited, this, &SearchField::offer);
}

void SearchField::read()
{
    const auto parsed = Transcript::parseSearch(text(), QDateTime::currentDateTime());
    const QString problem = parsed ? QString() : sentenceOf(parsed.error());
    if (problem != m_problem) {
        m_problem = problem;
        setAccessibleDescription(problem);
        Q_EMIT problemChanged(problem);
    }
    // A relative time counts from now: the same words may mean other sessions.
    if (parsed && (*parsed != m_terms || parsed->isEmpty())) {
        m_terms = *parsed;
        Q_EMIT termsChanged();
    }
}

qsizetype SearchField::wordStart() const
{
    qsizetype start = cursorPosition();
    const QString typed = text();
    while (start > 0 && !typed.at(start - 1).isSpace())
        --start;
    return typed.sliced(start).startsWith(u'-') ? start + 1 : start;
}

QStringList SearchField::candidates(const QString &word) const
{
    const qsizetype colon = word.indexOf(u':');
    if (colon < 0) {
        QStringList fields;
        for (const QString &field : Transcript::searchFields())
            fields.append(field + u':');
        return fields;
    }
    const QString field = word.first(colon).toLower();
    QStringList values = field == u"outcome"_s        ? outcomeNames()
        : field == u"after"_s || field == u"before"_s ? timeNames()
        : field == u"tag"_s                           ? m_tags
        : field == u"relay"_s                         ? m_relays
                                                      : QStringList();
    for (QString &value : values)
        value = field + u':' + Transcript::searchValue(value);
    return values;
}

void SearchField::offer()
{
    const qsizetype start = wordStart();
    const QString word = text().sliced(start, std::max<qsizetype>(0, cursorPosition() - start));
    const QStringList all = candidates(word);
    m_offers.setStringList(all);
    m_completer->setCompletionPrefix(word);
    const bool done = all.contains(word, Qt::CaseInsensitive);
    if (word.isEmpty() || done || m_completer->completionCount() == 0) {
        m_completer->popup()->hide();
        return;
    }
    QRect place = cursorRect();
    place.setWidth(240);
    m_completer->complete(place);
}

void SearchField::complete(const QString &word)
{
    const qsizetype start = wordStart();
    const bool isValue = !word.endsWith(u':');
    const QString typed = text();
    // The rest of the word behind the cursor gives way, too.
    qsizetype end = std::max<qsizetype>(start, cursorPosition());
    while (end < typed.size() && !typed.at(end).isSpace())
        ++end;
    if (isValue && end < typed.size())
        ++end;
    setSelection(static_cast<int>(start), static_cast<int>(end - start));
    // As if it was typed: it can be undone, and behind a field its values are offered at once.
    insert(isValue ? word + u' ' : word);
}

} // namespace Mailgauge::Sessions
