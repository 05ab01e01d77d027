// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "options.h"

#include "base/secret.h"
#include "relay/relayprofile.h"

#include <QFuture>

namespace Mailgauge::Cli {

/// Where the password comes from, or the passphrase of the vault that keeps it: never from the
/// command line itself.
[[nodiscard]] QList<OptionSpec> secretOptions();

/// What opens the vault, alone.
[[nodiscard]] QList<OptionSpec> vaultOptions();

/// Where the profile's password comes from by --password-command or --netrc, which may name the
/// user too; a password that is given itself is got by passwordFrom().
[[nodiscard]] Checked<void> applyPasswordSource(
    const Options &options, Relay::RelayProfile &profile);

/// The password from --password-file or --password-env; none where neither was given.
[[nodiscard]] Checked<std::optional<Base::Secret>> passwordFrom(const Options &options);

/// Where an OAuth 2.0 access token comes from, of which the same is true.
[[nodiscard]] QList<OptionSpec> tokenOptions();
/// The token from --token-file or --token-env; Problem where --token-command is given too.
[[nodiscard]] Checked<std::optional<Base::Secret>> givenTokenFrom(const Options &options);
/// The token from --token-file or --token-env, or the first line that --token-command prints; none
/// where none was given.
[[nodiscard]] QFuture<Checked<std::optional<Base::Secret>>> tokenFrom(const Options &options);

/// The proxy's password from --proxy-password-file or --proxy-password-env.
[[nodiscard]] Checked<std::optional<Base::Secret>> proxyPasswordFrom(const Options &options);

/// The secret of an OAuth 2.0 client, where its provider gave one.
[[nodiscard]] QList<OptionSpec> clientSecretOptions();
[[nodiscard]] Checked<std::optional<Base::Secret>> clientSecretFrom(const Options &options);

/// The passphrase from --vault-passphrase-file or --vault-passphrase-env.
[[nodiscard]] Checked<std::optional<Base::Secret>> vaultPassphraseFrom(const Options &options);

} // namespace Mailgauge::Cli
