// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnose/tlsinspection.h"

#include <QJsonObject>

namespace Mailgauge::Diagnose {

/// Lossless. Code points are "0xc02f" with their names beside them for readers; what can be read
/// from certificates again, and the findings, are not written.
[[nodiscard]] QJsonObject inspectionToJson(const TlsInspection &inspection);
/// Corrupt where a name is unknown or a certificate cannot be read.
[[nodiscard]] Base::Result<TlsInspection> inspectionFromJson(const QJsonObject &object);

} // namespace Mailgauge::Diagnose
