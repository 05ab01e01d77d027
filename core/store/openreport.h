// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include <functional>

namespace Mailgauge::Store {

/// What opening the file is busy with. Each may take long: told to people who wait.
enum class OpenStep : quint8 {
    Waiting, ///< For another process that opens the same file.
    Checking, ///< Whether the file is sound.
    MovingAside, ///< It was not.
    Updating, ///< Made by an older version: copied, then brought up to date.
};

/// What happened when the file was opened; people must be told of a file that was moved aside.
struct OpenReport {
    QString movedAside; ///< Where the damaged file went; empty: nothing was wrong.
    QString reason; ///< Why, as a fact.
    QString backup; ///< The copy made before a migration; empty: none was needed.
    int queuedAgain = 0; ///< Recipients of runs that ended without offering the message.
    int uncertain = 0; ///< Recipients of runs that ended behind the final dot.
};

/// Called in the thread that opens the file; may be empty.
using TellStep = std::function<void(OpenStep)>;

} // namespace Mailgauge::Store
