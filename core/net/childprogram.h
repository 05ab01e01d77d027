// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"

#include <QString>

namespace Mailgauge::Net {

/// Starts a shell command whose standard input and output are the other end of the descriptor that
/// comes back, which does not block and belongs to the caller; what the command says on standard
/// error goes to ours. It is not waited for: like inetd's servers it sees the end of its input when
/// the descriptor is closed. Error kind Connect.
[[nodiscard]] Base::Result<int> startProgram(const QString &command);

} // namespace Mailgauge::Net
