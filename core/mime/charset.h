// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QString>

namespace Mailgauge::Mime {

/// Text in any charset a mail may name. Without a known one: UTF-8 where it is valid, else
/// Windows-1252. NULs stay.
[[nodiscard]] QString decodeText(const QByteArray &bytes, const QByteArray &charset);

} // namespace Mailgauge::Mime
