// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "smtp/session.h"

namespace Mailgauge::Relay {

/// An alias as it is typed, stored and shown: NAME=MECHANISM. Both are SASL names (RFC 4422 3.1),
/// in any case; MECHANISM is one that we know. What is none is InvalidInput.
[[nodiscard]] Base::Result<Smtp::MechanismAlias> parseMechanismAlias(const QByteArray &text);
[[nodiscard]] QByteArray mechanismAliasText(const Smtp::MechanismAlias &alias);

/// Up to twenty upper-case letters, digits, hyphens and underscores (RFC 4422 3.1).
[[nodiscard]] bool isMechanismName(QByteArrayView name);

} // namespace Mailgauge::Relay
