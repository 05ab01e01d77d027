// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QString>
#include <QStringList>

namespace Mailgauge::Delivery {

/// A report as one HTML file, UTF-8: no script, nothing loaded from elsewhere, light and dark as
/// the reader prefers. `title` is plain text and its first heading; `body` is HTML, escaped by
/// whoever made it.
[[nodiscard]] QByteArray htmlPage(const QString &title, const QString &body);

/// A row of a table; cells are plain text. Classes with a colour: "error", "warning", "info",
/// "noise".
[[nodiscard]] QString htmlRow(const QStringList &cells, const QString &klass);

} // namespace Mailgauge::Delivery
