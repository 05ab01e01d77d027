// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

/// Messages that are sent as the user gives them (`--data`, `dataBase64`).

#include "problem.h"

#include "delivery/readymessage.h"

namespace Mailgauge::Cli {

/// Problem kind "input" where the message itself is wrong, else "noinput".
[[nodiscard]] Checked<Delivery::ReadyMessage> orNoInput(
    const Base::Result<Delivery::ReadyMessage> &message);

/// "-" and files that are none (FIFOs, `/dev/stdin`) are spooled to a temporary file, so that a
/// large message needs constant memory. Problem kind "noinput" where nothing can be read.
[[nodiscard]] Checked<Delivery::ReadyMessage> rawMessageFromFile(
    const QByteArray &path, Delivery::RawForm form = Delivery::RawForm::Text);

} // namespace Mailgauge::Cli
