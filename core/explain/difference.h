// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "explain/explain.h"

namespace Mailgauge::Explain {

/// What a difference between two sessions says, by its id ("capability.lost"; the ids stand in
/// transcript/comparison.h). `subject` is what differs, `left` and `right` are the two values;
/// what is not there becomes "nothing".
[[nodiscard]] Explanation explainDifference(const QByteArray &id, const QByteArray &subject,
    const QByteArray &left, const QByteArray &right);

} // namespace Mailgauge::Explain
