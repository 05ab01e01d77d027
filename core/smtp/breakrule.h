// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "smtp/stage.h"

#include <QList>

#include <algorithm>
#include <array>

namespace Mailgauge::Smtp {

/// Where a session waits for its user before it sends a command. Nothing is pipelined then, so that
/// what was said until there is known. The dot and the chunks can be held up but not edited: what
/// counts octets or commits has to stay true.
struct BreakRule {
    /// Those that have commands of ours.
    static constexpr std::array Possible {Stage::Helo, Stage::StartTls, Stage::Auth, Stage::Mail,
        Stage::Rcpt, Stage::Data, Stage::Content, Stage::Dot, Stage::Rset, Stage::Quit};

    QList<Stage> stages; ///< Of the commands; content is BDAT.

    [[nodiscard]] static BreakRule everywhere()
    {
        return {QList<Stage>(Possible.begin(), Possible.end())};
    }
    [[nodiscard]] bool matches(Stage stage) const { return stages.contains(stage); }
    bool operator==(const BreakRule &) const = default;
};

} // namespace Mailgauge::Smtp
