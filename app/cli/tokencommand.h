// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "problem.h"

#include "base/secret.h"

#include <QFuture>

#include <chrono>
#include <optional>

namespace Mailgauge::Cli {

/// Bytes up to the first line end.
[[nodiscard]] Base::Secret firstLine(const QByteArray &bytes);

/// Runs a shell command that prints a secret on its standard output; what it says on standard error
/// goes to ours. Problem kind "noinput" where it cannot be run, fails, takes longer than `limit`,
/// or prints nothing.
[[nodiscard]] QFuture<Checked<std::optional<Base::Secret>>> runTokenCommand(
    const QByteArray &command, std::chrono::milliseconds limit = std::chrono::minutes(1));

} // namespace Mailgauge::Cli
