// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "explain/explain.h"
#include "transcript/sessionrecord.h"

namespace Mailgauge::Delivery {

/// Why a session did not end as wished: what broke it, else what refused the first recipient that
/// was not accepted. Empty where everybody was accepted.
[[nodiscard]] Explain::Explanation reasonOf(const Transcript::SessionRecord &record);

} // namespace Mailgauge::Delivery
