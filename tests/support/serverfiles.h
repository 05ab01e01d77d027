// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QString>

namespace Mailgauge::Test {

/// A configuration file of a server, with the folders above it.
[[nodiscard]] bool writeText(const QString &path, const QString &text);
/// Empty where there is none.
[[nodiscard]] QByteArray readAll(const QString &path);
/// Servers change to users of their own, who have to get into the test's directory.
void letAllIn(const QString &directory);
void giveTo(const QString &path, const char *user);
/// ca.pem, cert.pem and key.pem of testIdentity(), and in client.pem what ann shows with its key;
/// keys are their owner's alone.
[[nodiscard]] bool writeIdentity(const QString &directory);

} // namespace Mailgauge::Test
