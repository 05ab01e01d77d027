// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QString>

namespace Mailgauge::Delivery {

/// What to say in EHLO where the user says nothing: the machine's name as a domain (RFC 5321
/// 4.1.1.1), or the loopback address literal where it is none.
[[nodiscard]] QByteArray defaultEhloName();
[[nodiscard]] QByteArray ehloNameFor(const QString &machineName);

} // namespace Mailgauge::Delivery
