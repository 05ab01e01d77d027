// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "delivery/comparisonreport.h"

#include <QString>

#include <functional>

class QObject;
class QWidget;

namespace Mailgauge::Gui {

/// Asks where to save a file called `name`, with its suffix, in `parent`'s window; `save` is called
/// with the path that is chosen, as long as `context` lives. An empty `filter` is that of the
/// suffix.
void askWhereToSave(QWidget *parent, const QString &title, const QString &name, QObject *context,
    std::function<void(const QString &path)> save, const QString &filter = {});

/// `name` with the suffix of reports of this format.
[[nodiscard]] QString reportFileName(const QString &name, Delivery::ReportFormat format);

/// For the certificates of `server`, a name of the network: it leads to no other directory.
[[nodiscard]] QString chainFileName(const QString &server);

} // namespace Mailgauge::Gui
