// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "smtp/stage.h"

#include <QByteArrayView>

namespace Mailgauge::Smtp {

/// Whether a line of a reply is of the kind that the command of `stage` hopes for (RFC 5321 4.3.2):
/// 2yz; for DATA 3yz; within AUTH also 334 (RFC 4954 4); behind the content also the 353 of PRDR.
///
/// A refusal never is, also where somebody wants to see it, nor what is no line of a reply. Whether
/// anybody waited for it is not known here.
[[nodiscard]] bool isHopedFor(Stage stage, QByteArrayView line);

} // namespace Mailgauge::Smtp
