// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "transcript/linefacts.h"

namespace Mailgauge::Transcript {

/// What MIME hides in a line: encoded words everywhere; extended parameters and quoted-printable in
/// lines of a message only. For lineFacts(), which bounds.
[[nodiscard]] QList<LineFact> mimeFacts(Smtp::Stage stage, const QByteArray &text);

} // namespace Mailgauge::Transcript
