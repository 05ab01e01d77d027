// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

/// The options by which a person has a word in the session: lines by hand, breakpoints.

#include "options.h"

#include "smtp/session.h"

namespace Mailgauge::Cli {

[[nodiscard]] QList<OptionSpec> controlOptions();
/// Problem kind "input" for a line that cannot be sent.
[[nodiscard]] Checked<void> applyControl(const Options &options, Smtp::SessionOptions &session);

} // namespace Mailgauge::Cli
