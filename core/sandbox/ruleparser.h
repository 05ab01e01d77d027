// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "sandbox/jsonobject.h"
#include "sandbox/scenario.h"

namespace Mailgauge::Sandbox {

/// The list "rules" of a scenario.
[[nodiscard]] QList<Rule> readRules(JsonObject &scenario);

/// The key "certificate"; Valid without it.
[[nodiscard]] CertificateKind readCertificate(JsonObject &json);

} // namespace Mailgauge::Sandbox
