// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

/// The options of `check relay`.

#include "options.h"

#include "diagnose/checkservice.h"
#include "relay/relayprofile.h"

namespace Mailgauge::Cli {

[[nodiscard]] QList<OptionSpec> checkRelayOptions();

/// What to check, and the profile that it was made of: where its secrets come from.
struct CheckPlan {
    Diagnose::CheckOptions check;
    Relay::RelayProfile profile;
};

/// What is to be diagnosed, from options and HOST[:PORT]. `profile`: that of --profile; none: the
/// host, or --mx, says where. The password is added by whoever holds it.
[[nodiscard]] Checked<CheckPlan> checkOptionsFrom(
    const Options &options, const std::optional<Relay::RelayProfile> &profile);

} // namespace Mailgauge::Cli
