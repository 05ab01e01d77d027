// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tls/tlsarecord.h"

#include <QJsonArray>
#include <QJsonObject>

namespace Mailgauge::Transcript {

/// As it is published; lossless, as all here.
[[nodiscard]] QJsonObject tlsaRecordToJson(const Tls::TlsaRecord &record);
/// And what became of it.
[[nodiscard]] QJsonObject tlsaToJson(const Tls::TlsaResult &one);
[[nodiscard]] QJsonArray tlsaListToJson(const QList<Tls::TlsaResult> &list);
/// Missing or ill-typed members become empty values; no more than a hundred are read.
[[nodiscard]] QList<Tls::TlsaResult> tlsaListFrom(const QJsonValue &value);

} // namespace Mailgauge::Transcript
