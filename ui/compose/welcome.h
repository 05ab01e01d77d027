// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "compose/draftjson.h"

namespace Mailgauge::Compose {

/// The message that stands there at the first start, ready to be sent to the sandbox.
[[nodiscard]] Draft welcomeDraft();

} // namespace Mailgauge::Compose
