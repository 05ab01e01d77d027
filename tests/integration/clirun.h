// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QJsonObject>
#include <QStringList>

namespace Mailgauge::Test {

/// What the built mailgauge-cli answered; nothing, and -1, where it did not end.
struct CliRun {
    int exit = -1;
    QByteArray out {};
    QByteArray err {};

    [[nodiscard]] QJsonObject json() const;
    [[nodiscard]] QByteArray all() const { return QByteArray::number(exit) + '\n' + out + err; }
};

/// Waits at most `limit` milliseconds, and ends it then.
[[nodiscard]] CliRun runCli(const QStringList &arguments, int limit);

} // namespace Mailgauge::Test
