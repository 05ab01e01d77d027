// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "delivery/sendrequest.h"
#include "transcript/sessionrecord.h"

namespace Mailgauge::Delivery {

/// The same message to the same envelope once more, in a session of its own: `profile` where it
/// still exists, else the relay as the record knows it (then without AUTH). Where the reverse-path
/// named the session, it names the new one. InvalidInput where the record has no message or its
/// addresses cannot be read.
[[nodiscard]] Base::Result<SendRequest> resend(const Transcript::SessionRecord &record,
    const QByteArray &message, const std::optional<Relay::RelayProfile> &profile,
    const Relay::ProfileSecrets &secrets, const Base::Secret &bounceKey = {});

} // namespace Mailgauge::Delivery
