// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QList>
#include <QString>

#include <utility>

namespace Mailgauge::Bundle {

/// Names and values, in the order to show them in.
using Facts = QList<std::pair<QString, QString>>;

/// The program's version, Qt's (as built and as run), OpenSSL's, the operating system. No host
/// name, no user.
[[nodiscard]] Facts programVersions();

/// What a settings file (INI) says, without what nobody can read (the window's layout) and without
/// values whose name speaks of a secret. Paths below the home directory begin with "~". Empty where
/// the file is missing.
[[nodiscard]] Facts settingsFacts(const QString &iniFile);

} // namespace Mailgauge::Bundle
