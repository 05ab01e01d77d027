// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QList>

namespace Mailgauge::Smtp {

/// A name under which a server announces a mechanism that it does not have.
struct MechanismAlias {
    QByteArray name; ///< As announced, and as AUTH says it.
    QByteArray mechanism; ///< What is spoken.
    bool operator==(const MechanismAlias &) const = default;
};

/// Those announced, and those that an announced name stands for.
[[nodiscard]] QList<QByteArray> offeredMechanisms(
    const QList<QByteArray> &announced, const QList<MechanismAlias> &aliases);

/// What AUTH calls the mechanism: its own name where that is announced, else the alias that is.
[[nodiscard]] QByteArray announcedName(const QByteArray &mechanism,
    const QList<QByteArray> &announced, const QList<MechanismAlias> &aliases);

} // namespace Mailgauge::Smtp
