// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

/// The options that say where to connect and how to talk there: shared by send, batch, and the
/// relay profiles.

#include "options.h"

#include "delivery/sendrequest.h"
#include "relay/relayprofile.h"

namespace Mailgauge::Cli {

/// What a relay profile can hold.
[[nodiscard]] QList<OptionSpec> profileOptions();

/// What a transcript tells beyond the conversation.
[[nodiscard]] QList<OptionSpec> traceOptions();

/// Where to end a session on purpose.
[[nodiscard]] QList<OptionSpec> stopOptions();

/// Whether the options name another relay than the profile's: what is known of that one does not
/// hold then.
[[nodiscard]] bool namesOtherRelay(const Options &options);

/// `base` with the profile options given laid over it. Without a stored profile (`stored` false)
/// the TLS policy follows the port and the verification the policy.
[[nodiscard]] Checked<Relay::RelayProfile> profileFrom(
    const Options &options, Relay::RelayProfile base, bool stored);
/// The same for a session. What the profile keeps to prove who we are is for its own relay: another
/// one that is named instead gets only what is given along with it.
[[nodiscard]] Checked<Relay::RelayProfile> profileForRun(
    const Options &options, Relay::RelayProfile base, bool stored);

/// The session's part of a request: everything but envelope, content, and what is proved by AUTH.
[[nodiscard]] Checked<Delivery::SendRequest> requestFrom(
    const Options &options, const Relay::RelayProfile &profile);

/// Whether the mechanism has to be told who authenticates.
[[nodiscard]] bool needsUser(const QByteArray &mechanism);

/// The AUTH part alone, for one step of a session; `base` is what the session was opened with.
[[nodiscard]] Checked<Smtp::AuthOptions> authFrom(
    const Options &options, const Smtp::AuthOptions &base);

} // namespace Mailgauge::Cli
