// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <QStringList>

namespace Mailgauge::Compose {

/// What a mail program would fetch to show this HTML: addresses in attributes that load something
/// and in `url(…)` and `@import` of style sheets, with http, https, ftp or no scheme (`//host`).
/// Links that the reader may click are not among them. In their order, each once, at most
/// MaxReferences. A scan of text: it finds too much rather than too little.
inline constexpr qsizetype MaxReferences = 500;
[[nodiscard]] QStringList remoteReferences(const QString &html);

} // namespace Mailgauge::Compose
