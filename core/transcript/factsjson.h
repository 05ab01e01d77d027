// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

/// Values of a session in JSON, each in one way: names of enums instead of numbers, null for what
/// is not there. Lossless.
#include "smtp/capabilities.h"
#include "smtp/outcome.h"

#include <QByteArray>
#include <QJsonValue>
#include <QMap>
#include <QString>

#include <optional>

namespace Mailgauge::Transcript {

// Thrown nowhere: collects that something was wrong, so that reading stays one expression per
// field.
class Reading {
public:
    template <typename T>
    T need(std::optional<T> value, T otherwise)
    {
        m_damaged = m_damaged || !value;
        return value.value_or(otherwise);
    }
    void damaged() { m_damaged = true; }
    [[nodiscard]] bool isDamaged() const { return m_damaged; }

private:
    bool m_damaged = false;
};

[[nodiscard]] QJsonValue nameOf(QByteArrayView name);
[[nodiscard]] QByteArray nameIn(const QJsonValue &value);
/// The value that `nameOfValue` calls `name`; `last` is the last of its kind.
template <typename Value>
[[nodiscard]] std::optional<Value> valueFrom(
    QByteArrayView name, Value last, QByteArrayView (*nameOfValue)(Value))
{
    for (int i = 0; i <= static_cast<int>(last); ++i) {
        if (nameOfValue(static_cast<Value>(i)) == name)
            return static_cast<Value>(i);
    }
    return std::nullopt;
}
/// The kind of that name, see Base::kindName().
[[nodiscard]] std::optional<Base::Error::Kind> errorKindFrom(QByteArrayView name);
[[nodiscard]] Smtp::Stage stageFrom(const QJsonValue &value, Reading &reading);

[[nodiscard]] QJsonValue toJson(const std::optional<Smtp::Reply> &reply);
[[nodiscard]] std::optional<Smtp::Reply> replyFrom(const QJsonValue &value);

[[nodiscard]] QJsonValue toJson(const std::optional<Smtp::Failure> &failure);
[[nodiscard]] std::optional<Smtp::Failure> failureFrom(const QJsonValue &value, Reading &reading);

/// As the lines of the EHLO reply that made them: one parser, one truth.
[[nodiscard]] QJsonValue toJson(const Smtp::Capabilities &capabilities);
[[nodiscard]] Smtp::Capabilities capabilitiesFrom(const QJsonValue &value);

[[nodiscard]] QJsonValue toJson(const QMap<Smtp::Stage, qint64> &timings);
[[nodiscard]] QMap<Smtp::Stage, qint64> timingsFrom(const QJsonValue &value, Reading &reading);

} // namespace Mailgauge::Transcript
