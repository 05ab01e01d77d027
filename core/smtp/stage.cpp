// SPDX-License-Identifier: GPL-3.0-or-later
#include "smtp/stage.h"

#include <algorithm>

namespace Mailgauge::Smtp {

namespace {
constexpr std::array<const char *, allStages.size()> names {"resolve", "connect", "proxy",
    "greeting", "helo", "starttls", "tls", "auth", "mail", "rcpt", "data", "content", "dot", "rset",
    "quit"};
}

QByteArrayView stageName(Stage stage)
{
    return names[static_cast<std::size_t>(stage)];
}

std::optional<Stage> stageFromName(QByteArrayView name)
{
    const auto found = std::ranges::find_if(
        allStages, [name](Stage s) { return stageName(s) == name; });
    return found == allStages.end() ? std::nullopt : std::optional(*found);
}

} // namespace Mailgauge::Smtp
