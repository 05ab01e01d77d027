// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QMetaType>
#include <Qt>

namespace Mailgauge::Models {

/// How good or bad a cell's fact is, for views that colour it; its text says the same.
enum class Meaning : quint8 {
    Plain,
    Good,
    Careful, ///< Works, or nothing is broken, but somebody should look.
    Bad,
    Unknown, ///< Nothing can be said: not tested, no answer.
    Muted, ///< Of no weight.
    Running,
};

enum MeaningRoles : int {
    MeaningRole = Qt::UserRole + 300, ///< Meaning, of this cell.
};

} // namespace Mailgauge::Models

Q_DECLARE_METATYPE(Mailgauge::Models::Meaning)
