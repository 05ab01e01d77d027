// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

/// What a user writes to choose lines. Terms stand side by side and must all hold:
///
///     550            the text stands in the line ("no such user": with blanks)
///     /5\.[12]\.\d/  a regular expression; /…/c minds upper and lower case
///     dir:server     client, server, event
///     stage:rcpt     a stage by its name (smtp::Stage)
///     class:5        the first digit of a reply's code; class:none for lines that are no reply
///     unexpected:yes replies that the command did not hope for; no: all other lines
///     tls:yes        yes, no
///     session:2      by its number
///     to:a@b.example the MAIL and RCPT exchange of one recipient
///
/// Values may be alternatives (stage:tls,auth). A minus in front turns a term round (-stage:quit),
/// except to: and session:. Names of fields are in lower case: "RCPT TO:<x>" is text.
#include "transcript/linefilter.h"

#include <QStringList>

#include <expected>

namespace Mailgauge::Transcript {

/// Why an expression means nothing. The sentence is made by whoever shows it.
struct ExpressionError {
    enum class Kind : quint8 {
        OpenQuote,
        OpenPattern,
        BadPattern, ///< `value` is what PCRE2 says.
        EmptyValue, ///< `value` is the field.
        UnknownValue, ///< `value` is the whole term.
        NotExcludable, ///< `value` is the whole term.
        Twice, ///< A field that has one value was given two.
    };
    Kind kind;
    QString value;
    qsizetype at = 0; ///< Where in the expression.

    bool operator==(const ExpressionError &) const = default;
};

[[nodiscard]] std::expected<LineConditions, ExpressionError> parseExpression(
    const QString &expression);

/// One term that finds exactly this text: quoted where it must be.
[[nodiscard]] QString textTerm(const QString &text);

/// The terms as they stand, each whole; blanks between them are gone.
[[nodiscard]] QStringList splitTerms(const QString &expression);

/// The value that a field has (not its exclusion); empty: none.
[[nodiscard]] QString fieldValue(const QString &expression, const QString &field);
/// With this value for a field instead of the one it had; an empty one takes the term away.
[[nodiscard]] QString withField(
    const QString &expression, const QString &field, const QString &value);

/// The values that the field of this term may have; for session: "1, 2 …" by way of example.
[[nodiscard]] QStringList knownValues(const QString &term);

/// Ways to go on from a word that was begun: "sta" gives "stage:", "stage:r" gives "stage:rcpt" …
[[nodiscard]] QStringList completions(const QString &word);

} // namespace Mailgauge::Transcript
