// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "transcript/sessionrecord.h"

namespace Mailgauge::Test {

/// A session with everything a transcript can show: TLS, a redacted AUTH, replies of all classes,
/// content, hostile bytes from the server. Always the same.
struct SampleSession {
    Transcript::SessionRecord record;
    QList<Transcript::Entry> entries;
};

[[nodiscard]] SampleSession sampleSession();

} // namespace Mailgauge::Test
