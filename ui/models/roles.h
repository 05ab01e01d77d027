// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <Qt>

namespace Mailgauge::Models {

/// Facts that delegates and filters ask for; each model documents which it answers.
enum Role : int {
    OutcomeRole = Qt::UserRole + 100, ///< Smtp::Outcome as int.
    IdRole, ///< QUuid
    SortRole, ///< A comparable value of the column.
};

} // namespace Mailgauge::Models
