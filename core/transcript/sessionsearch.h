// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

/// The words that people type to find a session:
///   invoice relay:mx1 outcome:rejected,deferred to:@example.org reply:"user unknown" -tag:done
///   note:ticket after:2026-11-01 before:7d id:5f0c
/// All of them hold; `-` in front of one: it does not. Quotes keep blanks, colons and a leading `-`
/// in a text; `\"` is a quote.
#include "transcript/sessionquery.h"

#include <QStringList>

#include <expected>

namespace Mailgauge::Transcript {

/// Why a search is none, and where. No sentence: who shows it makes one.
struct SearchProblem {
    enum class Kind : quint8 {
        UnknownField,
        NoValue, ///< `relay:` with nothing behind it.
        UnknownOutcome,
        NoTime,
        OpenQuote,
    };
    Kind kind = Kind::UnknownField;
    qsizetype at = 0; ///< In the text, UTF-16 units.
    qsizetype length = 0;
    QString word; ///< The field or value that is meant.

    bool operator==(const SearchProblem &) const = default;
};

/// `now`: what relative times count from; its time zone is that of dates without one.
[[nodiscard]] std::expected<QList<SessionTerm>, SearchProblem> parseSearch(
    const QString &text, const QDateTime &now);

/// 2026, 2026-11, 2026-11-22, 2026-11-22T10:30[:00][Z|+01:00], today, yesterday, and so long ago:
/// 30m, 12h, 7d, 2w. A day is its beginning.
[[nodiscard]] std::optional<QDateTime> parseSearchTime(const QString &text, const QDateTime &now);

/// "relay", "outcome", "to" …, in the order to offer them.
[[nodiscard]] const QStringList &searchFields();

/// `value` as it must stand behind a field: in quotes where it has to.
[[nodiscard]] QString searchValue(const QString &value);

} // namespace Mailgauge::Transcript
