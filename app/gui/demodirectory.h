// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

namespace Mailgauge::Gui {

/// Makes the directory that the demo leaves its results in, and marks it as the demo's own. One
/// that is there already must be empty or bear that mark: nothing of the user's is overwritten,
/// let alone deleted. Returns a sentence that says what is wrong, or nothing.
[[nodiscard]] QString prepareDemoDirectory(const QString &path);

} // namespace Mailgauge::Gui
