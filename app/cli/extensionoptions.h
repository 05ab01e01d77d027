// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "options.h"

#include "smtp/mailextensions.h"

namespace Mailgauge::Cli {

/// Options of the extensions that change MAIL.
[[nodiscard]] QList<OptionSpec> mailExtensionOptions();
[[nodiscard]] Checked<Smtp::MailExtensions> mailExtensionsFrom(const Options &options);

} // namespace Mailgauge::Cli
