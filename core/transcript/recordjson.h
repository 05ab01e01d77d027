// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "transcript/sessionrecord.h"

#include <QJsonObject>

namespace Mailgauge::Transcript {

/// The facts of a handshake as `send --json` and the transcript's first line give them (cli.md):
/// version, cipher, verified, reasons, chain; and, so that nothing is lost, serverName and the
/// certificates' DER form in base64.
[[nodiscard]] QJsonObject tlsToJson(const Tls::TlsFacts &facts);
/// Missing or ill-typed members become empty values: the facts are shown, never trusted.
[[nodiscard]] Tls::TlsFacts tlsFromJson(const QJsonObject &object);

/// The first line of a JSON Lines transcript, version 1.
[[nodiscard]] QJsonObject headerToJson(const SessionRecord &record);
/// Error kinds: InvalidInput (no transcript), Unsupported (a newer version), Corrupt.
[[nodiscard]] Base::Result<SessionRecord> headerFromJson(const QJsonObject &object);

} // namespace Mailgauge::Transcript
