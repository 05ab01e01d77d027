// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

/// Names of enum values, both ways, from one table each.
#include <QByteArrayView>

#include <algorithm>
#include <array>
#include <optional>

namespace Mailgauge::Diagnose {

template <typename Enum>
struct Named {
    Enum value;
    const char *name;
};

template <typename Enum, std::size_t Size>
[[nodiscard]] QByteArrayView nameIn(const std::array<Named<Enum>, Size> &table, Enum value)
{
    const auto *row = std::ranges::find(table, value, &Named<Enum>::value);
    Q_ASSERT(row != table.end());
    return row->name;
}

template <typename Enum, std::size_t Size>
[[nodiscard]] std::optional<Enum> valueIn(
    const std::array<Named<Enum>, Size> &table, QByteArrayView name)
{
    const auto *row = std::ranges::find_if(
        table, [name](const Named<Enum> &one) { return name == QByteArrayView(one.name); });
    return row == table.end() ? std::nullopt : std::optional(row->value);
}

} // namespace Mailgauge::Diagnose
