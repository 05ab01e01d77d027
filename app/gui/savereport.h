// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "delivery/comparisonreport.h"

#include <QString>

#include <functional>

class QObject;
class QWidget;

namespace Mailgauge::Gui {

/// Asks where to save a file called `name`, with its suffix, in `parent`'s window; `save` is called
/// with the path that is chosen, as long as `context` lives.
void askWhereToSave(QWidget *parent, const QString &title, const QString &name, QObject *context,
    std::function<void(const QString &path)> save);

/// `name` with the suffix of reports of this format.
[[nodiscard]] QString reportFileName(const QString &name, Delivery::ReportFormat format);

} // namespace Mailgauge::Gui
