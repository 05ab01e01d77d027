// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "net/route.h"
#include "net/target.h"

namespace Mailgauge::Net {

/// The host lies outside the domain that was asked for, an unsigned answer named it, and nobody
/// said that it is the one to check: whoever can forge an answer names a host of his own, with a
/// good certificate of its own (RFC 6186 6). With MX it is the same, whose hosts are not meant to
/// take passwords at all. No credentials go there.
[[nodiscard]] bool isNamedByStranger(
    const Target &target, const Hop &hop, const QString &nameToCheck);

/// The words for it; kind Denied.
[[nodiscard]] Base::Error strangerError(const Target &target, const Hop &hop);

} // namespace Mailgauge::Net
