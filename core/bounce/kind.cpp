// SPDX-License-Identifier: GPL-3.0-or-later
#include "bounce/report.h"

#include <algorithm>
#include <array>

namespace Mailgauge::Bounce {

namespace {
constexpr std::array allKinds {Kind::Bounce, Kind::Delay, Kind::Delivered, Kind::Relayed,
    Kind::Feedback, Kind::Vacation, Kind::None};
}

QByteArrayView kindName(Kind kind)
{
    switch (kind) {
    case Kind::Bounce:
        return "bounce";
    case Kind::Delay:
        return "delay";
    case Kind::Delivered:
        return "delivered";
    case Kind::Relayed:
        return "relayed";
    case Kind::Feedback:
        return "feedback";
    case Kind::Vacation:
        return "vacation";
    case Kind::None:
        return "none";
    }
    Q_UNREACHABLE_RETURN("");
}

std::optional<Kind> kindFromName(QByteArrayView name)
{
    const auto *found = std::ranges::find_if(
        allKinds, [name](Kind kind) { return kindName(kind) == name; });
    return found == allKinds.end() ? std::nullopt : std::optional(*found);
}

} // namespace Mailgauge::Bounce
