// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "options.h"

#include "base/secret.h"

namespace Mailgauge::Cli {

/// Where the password comes from: never from the command line itself.
[[nodiscard]] QList<OptionSpec> secretOptions();

/// The password from --password-file or --password-env; none where neither was given.
[[nodiscard]] Checked<std::optional<Base::Secret>> passwordFrom(const Options &options);

} // namespace Mailgauge::Cli
