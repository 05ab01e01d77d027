// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArrayView>

#include <array>
#include <optional>

namespace Mailgauge::Smtp {

/// The steps of a session, with one name for all places: errors, entries, timings, options,
/// exports.
enum class Stage : quint8 {
    Resolve,
    Connect,
    Proxy,
    Greeting,
    Helo,
    StartTls,
    Tls,
    Auth,
    Mail,
    Rcpt,
    Data,
    Content,
    Dot,
    Rset,
    Quit,
};

inline constexpr std::array allStages {Stage::Resolve, Stage::Connect, Stage::Proxy,
    Stage::Greeting, Stage::Helo, Stage::StartTls, Stage::Tls, Stage::Auth, Stage::Mail,
    Stage::Rcpt, Stage::Data, Stage::Content, Stage::Dot, Stage::Rset, Stage::Quit};

/// "resolve", "connect" … "quit".
[[nodiscard]] QByteArrayView stageName(Stage stage);
[[nodiscard]] std::optional<Stage> stageFromName(QByteArrayView name);

} // namespace Mailgauge::Smtp
