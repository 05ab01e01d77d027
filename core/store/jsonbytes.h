// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"
#include "transcript/jsonbytes.h"

#include <QByteArray>
#include <QJsonObject>

namespace Mailgauge::Store {

using Transcript::bytesFrom;
using Transcript::bytesListFrom;
using Transcript::timeFrom;
using Transcript::toJson;

/// Compressed for the store, and back. Corrupt where it is damaged or no object.
[[nodiscard]] QByteArray packed(const QJsonObject &object);
[[nodiscard]] Base::Result<QJsonObject> unpacked(const QByteArray &bytes);

} // namespace Mailgauge::Store
