// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QString>
#include <QStringList>

namespace Mailgauge::Explain {

/// Replaces %1 … %9 in one pass, so that a parameter may hold a percent sign; a pair of brackets
/// that stays empty goes.
[[nodiscard]] QString filled(const QString &pattern, const QStringList &parameters);

/// Foreign text for a sentence: one line, control and format characters as escapes, at most
/// `limit` characters.
[[nodiscard]] QString quotable(const QString &text, qsizetype limit = 200);
[[nodiscard]] QString quotable(const QByteArray &text, qsizetype limit = 200);

/// Foreign text for patterns: one line, bounded.
[[nodiscard]] QString matchable(const QByteArray &text);

} // namespace Mailgauge::Explain
