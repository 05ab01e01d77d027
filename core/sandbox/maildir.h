// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"
#include "sandbox/inbox.h"

#include <QString>

namespace Mailgauge::Sandbox {

/// Makes `directory` with its cur, new and tmp. Io where that fails.
[[nodiscard]] Base::Result<void> prepareMaildir(const QString &directory);

/// Writes one message the Maildir way: into tmp, synced, then renamed into new, under its id. The
/// bytes stay as received; Return-Path and Delivered-To are put on top. Full or Io.
[[nodiscard]] Base::Result<void> writeToMaildir(
    const QString &directory, const InboxMessage &message);

} // namespace Mailgauge::Sandbox
