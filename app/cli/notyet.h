// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArrayView>
#include <QString>

namespace Mailgauge::Cli {

/// What the command line's contract names and this version does not do yet, in one table: such an
/// option, value or subcommand ends with a usage error and is never ignored. `what` is "--mx" for
/// an option, "--tls dane" for a value, "compare" for a subcommand; `command` is empty for
/// subcommands of the program itself.
[[nodiscard]] bool isNotYet(QByteArrayView command, QByteArrayView what);

/// "--mx is not supported in this version"
[[nodiscard]] QString notYet(QByteArrayView what);

} // namespace Mailgauge::Cli
