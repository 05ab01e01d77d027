// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "transcript/comparison.h"

#include <QCoreApplication>
#include <QString>

namespace Mailgauge::Models {

/// The words of the window for comparisons.
class ComparisonText {
    Q_DECLARE_TR_FUNCTIONS(ComparisonText)

public:
    [[nodiscard]] static QString of(Base::Severity severity);
    /// One character that tells the severity without colour.
    [[nodiscard]] static QString symbol(Base::Severity severity);
    /// "RCPT bob@example.net", "EHLO inside TLS": what a step is.
    [[nodiscard]] static QString step(const Transcript::Exchange &exchange);
    /// The reply of a step in one line: "550 5.1.1 No such user".
    [[nodiscard]] static QString reply(const Transcript::Exchange &exchange);
    /// The sentence for a difference.
    [[nodiscard]] static QString sentence(const Transcript::Difference &difference);
    /// "3 errors · 1 warning · 2 notes", or that nothing differs.
    [[nodiscard]] static QString summary(const Transcript::Comparison &comparison);
};

} // namespace Mailgauge::Models
