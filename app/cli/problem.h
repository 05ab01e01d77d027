// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/literals.h"
#include "smtp/stage.h"

#include <QString>

#include <expected>
#include <optional>

namespace Mailgauge::Cli {

/// The exit codes that this program gives by itself (sysexits); those of a session come with its
/// record.
namespace Exit {
inline constexpr int Ok = 0;
inline constexpr int Usage = 64;
inline constexpr int Input = 65;
inline constexpr int NoInput = 66;
inline constexpr int Internal = 70;
inline constexpr int Output = 74;
inline constexpr int Interrupted = 130; ///< As shells say it: 128 and SIGINT.
} // namespace Exit

/// Why a command could not begin or could not end, in the words of the command line's contract.
struct Problem {
    QByteArray kind; ///< "usage", "input", "noinput", "output", "internal", "state" …
    int exitCode = Exit::Internal;
    QString detail; ///< One line for people.
    Smtp::Stage stage = Smtp::Stage::Resolve;

    bool operator==(const Problem &) const = default;
};

template <typename T>
using Checked = std::expected<T, Problem>;

[[nodiscard]] inline std::unexpected<Problem> usage(QString detail)
{
    return std::unexpected(Problem {"usage"_ba, Exit::Usage, std::move(detail)});
}

[[nodiscard]] inline std::unexpected<Problem> badInput(
    QString detail, Smtp::Stage stage = Smtp::Stage::Resolve)
{
    return std::unexpected(Problem {"input"_ba, Exit::Input, std::move(detail), stage});
}

[[nodiscard]] inline std::unexpected<Problem> noInput(
    QString detail, Smtp::Stage stage = Smtp::Stage::Resolve)
{
    return std::unexpected(Problem {"noinput"_ba, Exit::NoInput, std::move(detail), stage});
}

[[nodiscard]] inline std::unexpected<Problem> noOutput(QString detail)
{
    return std::unexpected(Problem {"output"_ba, Exit::Output, std::move(detail)});
}

} // namespace Mailgauge::Cli
