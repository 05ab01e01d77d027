// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "options.h"

#include "relay/relayprofile.h"

namespace Mailgauge::Cli {

/// How a profile gets its tokens by the browser: the client that the user registered, and the
/// provider's addresses where the host does not tell.
[[nodiscard]] QList<OptionSpec> oauthOptions();

/// Where the profile's access tokens come from from now on: a command that is part of it, a token
/// that is given and kept like a password, or the browser. An empty client id takes that away.
[[nodiscard]] Checked<void> applyTokenSource(const Options &options, Relay::RelayProfile &profile);

} // namespace Mailgauge::Cli
