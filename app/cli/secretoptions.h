// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "options.h"

#include "base/secret.h"

namespace Mailgauge::Cli {

/// Where the password comes from, or the passphrase of the vault that keeps it: never from the
/// command line itself.
[[nodiscard]] QList<OptionSpec> secretOptions();

/// The password from --password-file or --password-env; none where neither was given.
[[nodiscard]] Checked<std::optional<Base::Secret>> passwordFrom(const Options &options);
/// The passphrase from --vault-passphrase-file or --vault-passphrase-env.
[[nodiscard]] Checked<std::optional<Base::Secret>> vaultPassphraseFrom(const Options &options);

} // namespace Mailgauge::Cli
