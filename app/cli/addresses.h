// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"
#include "base/literals.h"

#include <QByteArray>
#include <QList>

namespace Mailgauge::Cli {

/// One address as typed: what the envelope carries, and what a header field shows.
struct TypedAddress {
    QByteArray path; ///< Without angle brackets; empty: the null reverse-path.
    QByteArray shown; ///< With its display name.

    bool operator==(const TypedAddress &) const = default;
};

/// The addresses of an option's values: each may be a list with commas, and have display names
/// ("Ann <ann@example.org>"). Nothing is judged here: an odd address must reach Mailbox as typed.
[[nodiscard]] QList<TypedAddress> typedAddresses(const QList<QByteArray> &values);

/// What is wrong with an address, in one line.
[[nodiscard]] QString malformed(const QByteArray &path, const Base::Error &error);

} // namespace Mailgauge::Cli
