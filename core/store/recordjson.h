// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "transcript/sessionrecord.h"

#include <QJsonArray>
#include <QJsonObject>

namespace Mailgauge::Store {

/// A session's record as the store keeps it: lossless, with the names of enums instead of numbers.
/// Not an exchange format (that is `--json` of the command line).
[[nodiscard]] QJsonObject recordToJson(const Transcript::SessionRecord &record);

/// Corrupt where a name is unknown or an address is none.
[[nodiscard]] Base::Result<Transcript::SessionRecord> recordFromJson(const QJsonObject &object);

/// A record's member "marks".
[[nodiscard]] QJsonArray marksToJson(const QMap<qint64, Transcript::LineMark> &marks);
[[nodiscard]] QMap<qint64, Transcript::LineMark> marksFromJson(const QJsonValue &value);

} // namespace Mailgauge::Store
