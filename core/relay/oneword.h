// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArrayView>

#include <algorithm>

namespace Mailgauge::Relay {

/// Not empty, printable ASCII or UTF-8 without spaces: fit to be one word of a command.
[[nodiscard]] inline bool isOneWord(QByteArrayView text)
{
    return !text.isEmpty() && std::ranges::none_of(text, [](char c) {
        return (static_cast<uchar>(c) <= 0x20) || c == 0x7f;
    });
}

} // namespace Mailgauge::Relay
