// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

namespace Mailgauge::Store {

/// What happened when the file was opened; people must be told of a file that was moved aside.
struct OpenReport {
    QString movedAside; ///< Where the damaged file went; empty: nothing was wrong.
    QString reason; ///< Why, as a fact.
    QString backup; ///< The copy made before a migration; empty: none was needed.
    int queuedAgain = 0; ///< Recipients of runs that ended without offering the message.
    int uncertain = 0; ///< Recipients of runs that ended behind the final dot.
};

} // namespace Mailgauge::Store
