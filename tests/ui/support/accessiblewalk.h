// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QStringList>

class QWidget;

namespace Mailgauge::Test {

/// Walks the accessible tree below `root` as a screen reader would and tells every control that has
/// no name, as "role class (objectName) in parent". Cells of tables are not walked: their count has
/// no bound.
[[nodiscard]] QStringList namelessControls(QWidget *root);

} // namespace Mailgauge::Test
