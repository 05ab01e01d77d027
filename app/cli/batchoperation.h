// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "json.h"
#include "options.h"

#include <QJsonObject>

namespace Mailgauge::Cli {

/// One line of `batch`, read but not yet judged beyond its frame.
struct BatchOperation {
    Json id; ///< Echoed; null where there was none.
    bool hasId = false;
    QByteArray op; ///< "send", "open", "ehlo" …
    QString session; ///< Empty: none named.
    QJsonObject members; ///< All of them.

    /// Keys that belong to the frame, not to the options.
    [[nodiscard]] static QList<QByteArray> frame();
};

/// Problem kind "usage" for what is no operation; `id` is filled in where it could be read.
[[nodiscard]] Checked<BatchOperation> parseOperation(const QByteArray &line, BatchOperation *read);

/// The bytes of a member in base64; none where it is absent.
[[nodiscard]] Checked<std::optional<QByteArray>> base64Member(
    const QJsonObject &members, QLatin1StringView key);

/// `answer` with the operation's id in front of it.
[[nodiscard]] QByteArray withId(const BatchOperation &operation, const QList<Json::Member> &answer);
[[nodiscard]] QByteArray withId(const BatchOperation &operation, const Json &answer);

/// Standard input is where the operations come from: no member may ask for it by "-", or the
/// operations behind this one would become its message.
[[nodiscard]] Checked<void> refuseStandardInput(
    const QByteArray &operation, const Options &options);

} // namespace Mailgauge::Cli
