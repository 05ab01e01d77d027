// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tls/tlsfacts.h"

#include <QJsonValue>

#include <optional>

namespace Mailgauge::Store {

/// The TLS part of a session's record; null where there was none.
[[nodiscard]] QJsonValue tlsToJson(const std::optional<Tls::TlsFacts> &facts);
[[nodiscard]] std::optional<Tls::TlsFacts> tlsFromJson(const QJsonValue &value);

} // namespace Mailgauge::Store
