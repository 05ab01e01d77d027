// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

/// How reports in text and HTML write what came from the wire.
#include "tls/tlsfacts.h"

namespace Mailgauge::Diagnose {

/// Made visible, and cut where it is long; JSON has all of it.
[[nodiscard]] QString shown(const QByteArray &bytes);
/// A name of ours.
[[nodiscard]] QString word(QByteArrayView name);
/// "verified", or what is wrong with the certificate.
[[nodiscard]] QString trustText(const Tls::TlsFacts &facts);

} // namespace Mailgauge::Diagnose
