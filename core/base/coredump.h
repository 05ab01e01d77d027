// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace Mailgauge::Base {

/// No core dump of this process, and no other of the same user reads its memory (PR_SET_DUMPABLE,
/// faults E6): passwords and tokens are in it from the first relay on. For main(); a program that
/// is started by this one decides for itself.
void keepMemoryPrivate();

} // namespace Mailgauge::Base
