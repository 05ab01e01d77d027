// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "sandbox/scenariomaker.h"

namespace Mailgauge::Sandbox {

/// One rule per reply of the session, as few as say it: by stage, by recipient, and by count where
/// the same question was answered differently later on. The part of scenarioFrom() that is about
/// replies and the end of the connection.
[[nodiscard]] QList<Rule> replyRules(const Transcript::StoredSession &session,
    const QList<Transcript::Exchange> &steps, const ScenarioMakerOptions &options,
    QList<ScenarioNote> &notes);

} // namespace Mailgauge::Sandbox
