// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "transcript/formatter.h"

namespace Mailgauge::Transcript {

/// Lines as one `<pre>` with the colours of the light theme written into it, to be pasted into a
/// mail or a document: those drop style sheets. Escaped like every export.
[[nodiscard]] QString htmlFragment(const QList<Entry> &entries);

} // namespace Mailgauge::Transcript
