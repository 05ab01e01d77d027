// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QMap>
#include <QString>

namespace Mailgauge::Relays {

/// Texts or sentences by the object name of their field.
using FieldTexts = QMap<QString, QString>;

} // namespace Mailgauge::Relays
