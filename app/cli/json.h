// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/literals.h"

#include <QByteArray>
#include <QJsonValue>
#include <QList>
#include <QString>

#include <utility>

namespace Mailgauge::Cli {

/// One JSON value, already written on one line. QJsonObject sorts its keys; scripts and people read
/// ours in the order that the documentation gives.
class Json {
public:
    using Member = std::pair<QByteArrayView, Json>;

    /// `null`
    Json()
        : m_text("null")
    {
    }
    [[nodiscard]] static Json boolean(bool value);
    [[nodiscard]] static Json number(qint64 value);
    /// Microseconds as milliseconds, with as many decimals as they have.
    [[nodiscard]] static Json milliseconds(qint64 microseconds);
    /// Seconds, rates: at most `decimals` decimals.
    [[nodiscard]] static Json number(double value, int decimals);
    /// UTF-8 stays; a byte that is none becomes the text `\xNN`, because JSON has no raw bytes.
    [[nodiscard]] static Json text(QByteArrayView bytes);
    [[nodiscard]] static Json text(QStringView text);
    /// `null` where empty.
    [[nodiscard]] static Json textOrNull(QByteArrayView bytes);
    [[nodiscard]] static Json array(const QList<Json> &values);
    [[nodiscard]] static Json texts(const QList<QByteArray> &values);
    [[nodiscard]] static Json object(const QList<Member> &members);
    [[nodiscard]] static Json from(const QJsonValue &value);

    [[nodiscard]] const QByteArray &toLine() const { return m_text; }
    [[nodiscard]] bool isNull() const { return m_text == "null"; }

private:
    explicit Json(QByteArray text)
        : m_text(std::move(text))
    {
    }

    QByteArray m_text;
};

} // namespace Mailgauge::Cli
