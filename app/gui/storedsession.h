// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "transcript/comparison.h"

#include <QObject>

#include <functional>

namespace Mailgauge::Gui {

using SessionLoaded = std::function<void(const Base::Result<Transcript::StoredSession> &)>;

/// A session with its transcript; `use` is called in the context's thread, or never.
void loadSession(Transcript::SessionRepository &sessions, const QUuid &session, QObject *context,
    const SessionLoaded &use);

} // namespace Mailgauge::Gui
