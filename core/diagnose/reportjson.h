// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"
#include "diagnose/report.h"

#include <QJsonObject>

namespace Mailgauge::Diagnose {

/// {"format":"mailgauge-relay-report","version":1, …}: lossless, names instead of numbers.
[[nodiscard]] QJsonObject reportToJson(const RelayReport &report);
/// Error kinds: InvalidInput (no report), Unsupported (a newer version), Corrupt (a name is
/// unknown).
[[nodiscard]] Base::Result<RelayReport> reportFromJson(const QJsonObject &object);
/// From the bytes of a file.
[[nodiscard]] Base::Result<RelayReport> readReport(const QByteArray &json);
/// Also InvalidInput and Io as Base::readRegularFile(): nothing above 64 MiB is read.
[[nodiscard]] Base::Result<RelayReport> readReportFile(const QString &path);

} // namespace Mailgauge::Diagnose
