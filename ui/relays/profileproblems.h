// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "relay/relayprofile.h"

#include <QCoreApplication>
#include <QString>

namespace Mailgauge::Relays {

struct ProfileProblem {
    QString field; ///< Object name of the form's field; empty: the profile as a whole.
    QString sentence; ///< Empty: all is well.
};

/// Why a profile cannot be saved or used, in words that name the field. The rules are those of
/// Relay::checkProfile(), so that nothing is saved that cannot be read again, and those of what the
/// relay is told.
class ProfileProblems final {
    Q_DECLARE_TR_FUNCTIONS(ProfileProblems)

public:
    /// The first one.
    [[nodiscard]] static ProfileProblem of(const Relay::RelayProfile &profile);

private:
    [[nodiscard]] static ProfileProblem ofTexts(const Relay::RelayProfile &profile);
    [[nodiscard]] static ProfileProblem ofAddresses(const Relay::RelayProfile &profile);
    [[nodiscard]] static ProfileProblem ofTls(const Relay::RelayProfile &profile);
    [[nodiscard]] static ProfileProblem ofAuth(const Relay::RelayProfile &profile);
    [[nodiscard]] static ProfileProblem ofSignIn(const Relay::RelayProfile &profile);
};

} // namespace Mailgauge::Relays
