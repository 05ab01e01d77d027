// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "delivery/deliveryoptions.h"

#include <QJsonObject>

namespace Mailgauge::Compose {

/// For the journal of drafts; empty where nothing is asked for. What cannot be read is as ever.
[[nodiscard]] QJsonObject deliveryToJson(const Delivery::DeliveryOptions &options);
[[nodiscard]] Delivery::DeliveryOptions deliveryFromJson(const QJsonObject &json);

} // namespace Mailgauge::Compose
