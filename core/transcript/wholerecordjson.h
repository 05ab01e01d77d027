// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "transcript/sessionrecord.h"

#include <QJsonArray>
#include <QJsonObject>

namespace Mailgauge::Transcript {

/// A session's record as the store and the first line of a transcript keep it: lossless, with the
/// names of enums instead of numbers.
[[nodiscard]] QJsonObject recordToJson(const SessionRecord &record);

/// Corrupt where a name is unknown or an address is none.
[[nodiscard]] Base::Result<SessionRecord> recordFromJson(const QJsonObject &object);

/// A record's member "marks".
[[nodiscard]] QJsonArray marksToJson(const QMap<qint64, LineMark> &marks);
[[nodiscard]] QMap<qint64, LineMark> marksFromJson(const QJsonValue &value);

} // namespace Mailgauge::Transcript
