// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "delivery/deliveryoptions.h"
#include "mime/draft.h"

namespace Mailgauge::Delivery {

/// What the composer hands over: the message, who gets it, by which relay.
struct Composition {
    Relay::RelayProfile profile;
    Relay::ProfileSecrets secrets;
    Mime::MessageDraft draft;
    Base::Secret bounceKey; ///< Signs bounce addresses; empty: none is made.
    QString reversePath; ///< Empty: the profile's bounce address, or the address of From.
    bool nullReversePath = false;
    QString forwardPaths; ///< Address list; empty: To, Cc and Bcc.
    DeliveryOptions options;
    QString rawFile {}; ///< Goes out as it is instead of the draft, which gives the addresses.
    bool rawBinary = false; ///< Octet by octet, by BDAT with BODY=BINARYMIME, or not at all.
    bool keepSecrets = false; ///< The user chose to keep this run's secrets, in memory.
};

/// Builds the message and the request: the one way from a composition to a session, for window and
/// command line. Heavy where attachments are large: run it off the GUI thread. InvalidInput says
/// which field is wrong.
[[nodiscard]] Base::Result<SendRequest> prepare(const Composition &given);

} // namespace Mailgauge::Delivery
