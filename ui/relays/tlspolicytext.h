// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "smtp/session.h"

#include <QString>

namespace Mailgauge::Relays {

/// How people call a TLS policy, wherever one is chosen.
[[nodiscard]] QString tlsPolicyText(Smtp::TlsPolicy policy);

} // namespace Mailgauge::Relays
