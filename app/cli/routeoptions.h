// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

/// The options that say by which way a session reaches its server.

#include "options.h"

#include "relay/relayprofile.h"

namespace Mailgauge::Cli {

/// --mx, --srv, --resolve, the resolver's, the proxy's, addresses and families.
[[nodiscard]] QList<OptionSpec> routeOptions();

/// --mx and --srv in place of a server: the profile's host is their domain then. False where
/// neither is given.
[[nodiscard]] Checked<bool> applyDomain(const Options &options, Relay::RelayProfile &profile);

/// All others, but for the proxy's password.
[[nodiscard]] Checked<void> applyRoute(const Options &options, Relay::RelayProfile &profile);

} // namespace Mailgauge::Cli
