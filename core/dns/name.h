// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QHostAddress>
#include <QString>

#include <optional>

/// Domain names as text: labels with dots between, none at the end, "." for the root. What is not
/// printable ASCII stands as \DDD, a dot or backslash within a label behind a backslash (RFC 1035
/// 5.1), so that no name can end a line or a command.
namespace Mailgauge::Dns {

/// The name in a DNS message at `offset`, which moves behind it. Follows compression pointers,
/// backwards only (RFC 1035 4.1.4). Nothing where it leaves the message or is too long.
[[nodiscard]] std::optional<QByteArray> readName(QByteArrayView message, qsizetype &offset);

/// What a user wrote, as a name to ask for: U-labels as A-labels (RFC 5891), lower case, without
/// the final dot. Nothing where it is none: empty or overlong labels, control characters.
[[nodiscard]] std::optional<QByteArray> nameFrom(const QString &text);

/// Names differ by case in nothing (RFC 4343).
[[nodiscard]] bool isSameName(QByteArrayView one, QByteArrayView other);

/// "example.org" holds itself and "mx.example.org".
[[nodiscard]] bool isBelow(QByteArrayView name, QByteArrayView above);

/// The name to ask PTR of: "1.2.0.192.in-addr.arpa" (RFC 1035 3.5, RFC 3596 2.5).
[[nodiscard]] QByteArray reverseName(const QHostAddress &address);

} // namespace Mailgauge::Dns
