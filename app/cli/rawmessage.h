// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

/// Messages that are sent as the user gives them (`--data`, `dataBase64`).

#include "problem.h"

#include "base/content.h"

namespace Mailgauge::Cli {

/// A message ready to send, and the fields that lists and bounces need.
struct ComposedMessage {
    Base::Content content;
    QByteArray messageId; ///< Without brackets.
    QString subject;
};

/// Whether line ends are looked after.
enum class RawForm : quint8 {
    Text, ///< LF becomes CRLF; problem kind "input" for a bare CR or NUL.
    Binary, ///< For BINARYMIME: nothing is touched or refused.
};

[[nodiscard]] Checked<ComposedMessage> rawMessage(
    const QByteArray &bytes, RawForm form = RawForm::Text);

/// "-" and files that are none (FIFOs, `/dev/stdin`) are spooled to a temporary file, so that a
/// large message needs constant memory. Problem kind "noinput" where nothing can be read.
[[nodiscard]] Checked<ComposedMessage> rawMessageFromFile(
    const QByteArray &path, RawForm form = RawForm::Text);

} // namespace Mailgauge::Cli
