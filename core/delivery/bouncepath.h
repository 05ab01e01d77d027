// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "delivery/sendrequest.h"

namespace Mailgauge::Delivery {

/// Makes the reverse-path of a request one that names its session (VERP), so that a bounce is
/// joined to it even where nothing of the message comes back. The session gets its id here.
///
/// Nothing changes where the profile has no bounce address, there is no key, or the reverse-path is
/// the null one. InvalidInput where the bounce address is malformed or leaves no room for a token.
[[nodiscard]] Base::Result<void> nameSessionInReversePath(
    SendRequest &request, const QString &bounceAddress, const Base::Secret &key);

} // namespace Mailgauge::Delivery
