// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>

#include <optional>

namespace Mailgauge::Sasl {

/// Prepares a user name or password as RFC 4013 asks: other spaces become a space, invisible
/// characters go, NFKC; nothing where a prohibited character is left or the bytes are not UTF-8.
/// Printable ASCII comes back as it is. Unassigned code points are allowed, as for queries.
[[nodiscard]] std::optional<QByteArray> saslPrep(const QByteArray &text);

} // namespace Mailgauge::Sasl
