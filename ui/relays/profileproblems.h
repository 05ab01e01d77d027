// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "relay/relayprofile.h"

#include <QCoreApplication>

namespace Mailgauge::Relays {

/// What keeps a profile from being used, in words that name the field. The rules are those of
/// Relay::checkProfile(), so that nothing is saved that cannot be read again, and those of what the
/// relay is told.
class ProfileProblems final {
    Q_DECLARE_TR_FUNCTIONS(ProfileProblems)

public:
    /// Empty where all is well.
    [[nodiscard]] static QString of(const Relay::RelayProfile &profile);
};

} // namespace Mailgauge::Relays
