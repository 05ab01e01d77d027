// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

namespace Mailgauge::Models {

/// Foreign text in a tooltip is never markup. No text, no tooltip.
[[nodiscard]] QString plainTip(const QString &text);

} // namespace Mailgauge::Models
