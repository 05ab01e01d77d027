// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console.h"

#include "base/clock.h"

namespace Mailgauge::Cli {

/// What every subcommand is given.
struct Context {
    Console &console;
    const Base::Clock &clock;
    QString dataDir; ///< `--data-dir`; empty: where XDG says.
    bool json = false;
};

} // namespace Mailgauge::Cli
