// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QList>
#include <QStringList>

namespace Mailgauge::Base {

/// A table as RFC 4180 writes it: UTF-8, CRLF, quoted where needed. A cell that a spreadsheet would
/// take for a formula (it begins, perhaps behind blanks, with = + - @, a tab, CR or NUL) gets a
/// leading apostrophe; plain numbers keep their sign (CWE-1236).
[[nodiscard]] QByteArray csv(const QList<QStringList> &rows);

} // namespace Mailgauge::Base
