// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"
#include "sandbox/scenario.h"

namespace Mailgauge::Sandbox {

namespace ScenarioLimits {
inline constexpr int Version = 1; ///< The newest version understood.
inline constexpr qint64 MaxFile = 1024 * 1024;
inline constexpr int MaxDepth = 16;
inline constexpr qsizetype MaxRules = 1000;
inline constexpr qsizetype MaxText = 64 * 1024; ///< Of one text or one stretch of raw bytes.
inline constexpr qint64 MaxMessage = 512LL * 1024 * 1024;
} // namespace ScenarioLimits

/// Reads a scenario: JSON with "format": "mailgauge-scenario" and "version".
///
/// Strict: unknown keys, wrong types and values out of range are refused. `detail` says where, what
/// and what would be right ("rules[2].do.reply.code: 99 is no reply code; give 200 to 599"). A
/// newer version is Unsupported, anything else InvalidInput.
[[nodiscard]] Base::Result<Scenario> parseScenario(const QByteArray &json);

/// A file of at most ScenarioLimits::MaxFile octets; Io where it cannot be read.
[[nodiscard]] Base::Result<Scenario> readScenarioFile(const QString &path);

} // namespace Mailgauge::Sandbox
