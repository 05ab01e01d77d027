// SPDX-License-Identifier: GPL-3.0-or-later
#include "smtp/mechanismalias.h"

#include <algorithm>

namespace Mailgauge::Smtp {

QList<QByteArray> offeredMechanisms(
    const QList<QByteArray> &announced, const QList<MechanismAlias> &aliases)
{
    QList<QByteArray> offered = announced;
    for (const MechanismAlias &alias : aliases) {
        if (offered.contains(alias.name) && !offered.contains(alias.mechanism))
            offered.append(alias.mechanism);
    }
    return offered;
}

QByteArray announcedName(const QByteArray &mechanism, const QList<QByteArray> &announced,
    const QList<MechanismAlias> &aliases)
{
    if (announced.contains(mechanism))
        return mechanism;
    const auto alias = std::ranges::find_if(aliases, [&](const MechanismAlias &one) {
        return one.mechanism == mechanism && announced.contains(one.name);
    });
    return alias == aliases.end() ? mechanism : alias->name;
}

} // namespace Mailgauge::Smtp
