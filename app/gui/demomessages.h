// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "delivery/prepare.h"

#include <QList>
#include <QStringList>

namespace Mailgauge::Gui {

/// The demo's 40 recipients of 6 domains, a list per message. Their names tell the scenario "demo"
/// what to do with them.
[[nodiscard]] QList<QStringList> demoRecipients();

/// A newsletter to these recipients; relay and password are filled in by whoever sends.
[[nodiscard]] Delivery::Composition demoComposition(const QStringList &recipients);

} // namespace Mailgauge::Gui
