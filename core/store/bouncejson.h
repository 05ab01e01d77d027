// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "bounce/report.h"

#include <QJsonObject>

namespace Mailgauge::Store {

/// A report without the session that it belongs to, which is a column of its own.
[[nodiscard]] QJsonObject bounceToJson(const Bounce::BounceRecord &record);
[[nodiscard]] Bounce::BounceRecord bounceFromJson(const QJsonObject &object);

} // namespace Mailgauge::Store
