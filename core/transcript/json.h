// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QJsonObject>

namespace Mailgauge::Transcript {

/// A JSON string. Whatever isHidden() names is written as `\uXXXX`: the text is lossless and still
/// harmless on a terminal, which QJsonDocument's (raw DEL, C1 and bidi controls) is not.
/// `utf8` must be valid UTF-8.
[[nodiscard]] QByteArray jsonString(QByteArrayView utf8);

/// Compact JSON with strings by jsonString().
[[nodiscard]] QByteArray jsonValue(const QJsonValue &value);

/// The members of `known` and, behind them, those of `other` that it lacks; objects in both, also
/// those in arrays of the same length, are merged the same way. So fields that a newer version
/// wrote survive being read and written.
[[nodiscard]] QJsonObject withUnknown(QJsonObject known, const QJsonObject &other);

/// What withUnknown() must add to `known` to have everything of `read` again.
[[nodiscard]] QJsonObject unknownIn(const QJsonObject &read, const QJsonObject &known);

} // namespace Mailgauge::Transcript
