// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnose/hostpolicies.h"
#include "transcript/factsjson.h"

#include <QJsonObject>

namespace Mailgauge::Diagnose {

/// Lossless, names instead of numbers.
[[nodiscard]] QJsonObject policiesToJson(const HostPolicies &policies);
/// Damaged where a name is unknown.
[[nodiscard]] HostPolicies policiesFromJson(
    const QJsonObject &object, Transcript::Reading &reading);

} // namespace Mailgauge::Diagnose
