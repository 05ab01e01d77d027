// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QStringView>

#include <optional>

namespace Mailgauge::Models {

/// How well the letters of `pattern` are found in `text`, in their order, any case. None where they
/// are not all there; more is better: letters side by side and at the beginnings of words count
/// most. Spaces in the pattern are ignored. An empty pattern matches everything equally.
[[nodiscard]] std::optional<int> fuzzyScore(QStringView pattern, QStringView text);

} // namespace Mailgauge::Models
