// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"
#include "sandbox/scenario.h"

namespace Mailgauge::Sandbox {

/// What a list of scenarios shows.
struct ScenarioInfo {
    QString name; ///< "greylist"
    QString title; ///< "Greylisting"
    QString description;

    bool operator==(const ScenarioInfo &) const = default;
};

/// The scenarios shipped with the program, "accept-all" first.
[[nodiscard]] QList<ScenarioInfo> shippedScenarios();

/// A shipped scenario by its name, else a file by its path. InvalidInput with the names there are
/// where it is neither.
[[nodiscard]] Base::Result<Scenario> loadScenario(const QString &nameOrFile);

} // namespace Mailgauge::Sandbox
