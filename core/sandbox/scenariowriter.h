// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "sandbox/scenario.h"

#include <QByteArray>
#include <QJsonObject>

namespace Mailgauge::Sandbox {

/// The file that parseScenario() reads as this scenario again: version 1, two spaces of indent,
/// without what is as a scenario made by default has it. Patterns come out as regular expressions.
[[nodiscard]] QByteArray writeScenario(const Scenario &scenario);

} // namespace Mailgauge::Sandbox
