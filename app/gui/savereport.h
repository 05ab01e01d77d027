// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "delivery/comparisonreport.h"

#include <functional>

class QObject;
class QWidget;

namespace Mailgauge::Gui {

/// Asks where to save a report called `name`, in `parent`'s window; `save` is called with the path
/// that is chosen, as long as `context` lives.
void askWhereToSave(QWidget *parent, const QString &title, const QString &name,
    Delivery::ReportFormat format, QObject *context, std::function<void(const QString &path)> save);

} // namespace Mailgauge::Gui
