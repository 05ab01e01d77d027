// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"
#include "base/secret.h"

#include <QFuture>

#include <chrono>

namespace Mailgauge::Relay {

/// Bytes up to the first line end.
[[nodiscard]] Base::Secret firstLine(const QByteArray &bytes);

/// Runs a shell command that prints a secret on its standard output; what it says on standard error
/// goes to ours. Io where it cannot be run, fails, or prints nothing; Timeout where it takes longer
/// than `limit`. `detail` begins with "token command:" or "password command:" and never has what
/// was printed.
[[nodiscard]] QFuture<Base::Result<Base::Secret>> runTokenCommand(
    const QString &command, std::chrono::milliseconds limit = std::chrono::minutes(1));
[[nodiscard]] QFuture<Base::Result<Base::Secret>> runPasswordCommand(
    const QString &command, std::chrono::milliseconds limit = std::chrono::minutes(1));

} // namespace Mailgauge::Relay
