// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QDateTime>
#include <QJsonValue>
#include <QList>

namespace Mailgauge::Transcript {

/// Octets in JSON: a string where they are UTF-8, else `{"base64": "…"}`. Lossless.
[[nodiscard]] QJsonValue toJson(const QByteArray &bytes);
[[nodiscard]] QByteArray bytesFrom(const QJsonValue &value);

[[nodiscard]] QJsonValue toJson(const QList<QByteArray> &list);
[[nodiscard]] QList<QByteArray> bytesListFrom(const QJsonValue &value);

/// Milliseconds since 1970, UTC; null for an invalid time.
[[nodiscard]] QJsonValue toJson(const QDateTime &time);
[[nodiscard]] QDateTime timeFrom(const QJsonValue &value);

} // namespace Mailgauge::Transcript
