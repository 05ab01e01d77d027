// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "bounce/report.h"
#include "smtp/outcome.h"
#include "transcript/sessionrecord.h"

#include <QCoreApplication>
#include <QString>

namespace Mailgauge::Models {

/// The words of the window for the protocol's facts, translated, in one place.
class OutcomeText {
    Q_DECLARE_TR_FUNCTIONS(OutcomeText)

public:
    [[nodiscard]] static QString of(Smtp::Outcome outcome);
    [[nodiscard]] static QString of(Transcript::WholeOutcome outcome);
    /// One character that tells the outcome without colour.
    [[nodiscard]] static QString symbol(Smtp::Outcome outcome);
    [[nodiscard]] static QString symbol(Transcript::WholeOutcome outcome);
    [[nodiscard]] static QString hardness(const std::optional<bool> &hard);
    /// What a session is at, for the status bar: "waiting for the greeting".
    [[nodiscard]] static QString doing(Smtp::Stage stage);
    /// "340 µs", "12.4 ms", "3.20 s".
    [[nodiscard]] static QString duration(qint64 microseconds);
};

/// For delegates and tests: the fact behind a row.
[[nodiscard]] Smtp::Outcome toRecipientOutcome(Transcript::WholeOutcome outcome);

} // namespace Mailgauge::Models
