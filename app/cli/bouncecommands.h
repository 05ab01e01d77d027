// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "command.h"

namespace Mailgauge::Cli {

/// `bounce parse`: reads delivery reports, one JSON line per recipient.
class BounceParseCommand final : public Command {
    Q_OBJECT

public:
    using Command::Command;

    void start() override;
};

[[nodiscard]] QList<OptionSpec> bounceExplainOptions();

/// `bounce explain`: what a reply means.
class BounceExplainCommand final : public Command {
    Q_OBJECT

public:
    using Command::Command;

    void start() override;
};

} // namespace Mailgauge::Cli
