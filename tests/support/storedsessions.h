// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "transcript/comparison.h"

namespace Mailgauge::Test {

/// A session written line by line: "C: …", "S: …", "* …", a millisecond apart. The stage of a line
/// is that of the last `>stage` mark: {">helo", "C: EHLO me", "S: 250 you"}. `>tls` and what stands
/// behind it is encrypted.
[[nodiscard]] QList<Transcript::Entry> scriptEntries(const QList<QByteArray> &lines);

/// An ordinary session by submission: STARTTLS, AUTH PLAIN, two recipients, of whom one is refused.
/// Always the same.
[[nodiscard]] Transcript::StoredSession submission();

/// The lines of submission(), to be changed and given to scriptEntries().
[[nodiscard]] QList<QByteArray> submissionLines();

} // namespace Mailgauge::Test
