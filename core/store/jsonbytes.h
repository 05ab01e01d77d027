// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"

#include <QByteArray>
#include <QDateTime>
#include <QJsonObject>
#include <QJsonValue>
#include <QList>

namespace Mailgauge::Store {

/// Octets in JSON: a string where they are UTF-8, else `{"base64": "…"}`. Lossless.
[[nodiscard]] QJsonValue toJson(const QByteArray &bytes);
[[nodiscard]] QByteArray bytesFrom(const QJsonValue &value);

[[nodiscard]] QJsonValue toJson(const QList<QByteArray> &list);
[[nodiscard]] QList<QByteArray> bytesListFrom(const QJsonValue &value);

/// Milliseconds since 1970, UTC; null for an invalid time.
[[nodiscard]] QJsonValue toJson(const QDateTime &time);
[[nodiscard]] QDateTime timeFrom(const QJsonValue &value);

/// Compressed for the store, and back. Corrupt where it is damaged or no object.
[[nodiscard]] QByteArray packed(const QJsonObject &object);
[[nodiscard]] Base::Result<QJsonObject> unpacked(const QByteArray &bytes);

} // namespace Mailgauge::Store
