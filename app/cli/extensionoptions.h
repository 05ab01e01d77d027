// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "options.h"

#include "relay/relayprofile.h"
#include "smtp/mailextensions.h"

namespace Mailgauge::Cli {

/// What may go out beyond ASCII.
[[nodiscard]] QList<OptionSpec> beyondAsciiOptions();
[[nodiscard]] Checked<void> applyBeyondAscii(const Options &options, Relay::RelayProfile &profile);

/// Options of the extensions that change MAIL.
[[nodiscard]] QList<OptionSpec> mailExtensionOptions();
[[nodiscard]] Checked<Smtp::MailExtensions> mailExtensionsFrom(const Options &options);

} // namespace Mailgauge::Cli
