// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tls/tlsarecord.h"

#include <QJsonArray>
#include <QJsonObject>

namespace Mailgauge::Transcript {

/// A TLSA record and what became of it; lossless.
[[nodiscard]] QJsonObject tlsaToJson(const Tls::TlsaResult &one);
[[nodiscard]] QJsonArray tlsaListToJson(const QList<Tls::TlsaResult> &list);
/// Missing or ill-typed members become empty values; no more than a hundred are read.
[[nodiscard]] QList<Tls::TlsaResult> tlsaListFrom(const QJsonValue &value);

} // namespace Mailgauge::Transcript
