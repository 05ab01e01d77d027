// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArrayView>

#include <array>
#include <optional>

namespace Mailgauge::Transcript {

/// The whole result of a session in one word, and the process exit code that goes with it.
enum class WholeOutcome : quint8 {
    Accepted,
    Partial,
    Deferred,
    Rejected,
    Uncertain,
    Failed,
    Stopped,
};

inline constexpr std::array allWholeOutcomes {WholeOutcome::Accepted, WholeOutcome::Partial,
    WholeOutcome::Deferred, WholeOutcome::Rejected, WholeOutcome::Uncertain, WholeOutcome::Failed,
    WholeOutcome::Stopped};

/// "accepted" … "stopped".
[[nodiscard]] QByteArrayView wholeOutcomeName(WholeOutcome outcome);
[[nodiscard]] std::optional<WholeOutcome> wholeOutcomeFromName(QByteArrayView name);

} // namespace Mailgauge::Transcript
