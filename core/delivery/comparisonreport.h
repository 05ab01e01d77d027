// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "transcript/comparison.h"

#include <QJsonObject>
#include <QMetaType>

namespace Mailgauge::Delivery {

enum class ReportFormat : quint8 {
    Text,
    Html, ///< One file, no script, nothing loaded from elsewhere; follows light and dark.
    Json,
};

/// By the end of the name: .txt, .html, .htm, .json.
[[nodiscard]] std::optional<ReportFormat> reportFormatFromFileName(const QString &name);

/// What is compared, and how it turned out.
struct ComparedSessions {
    Transcript::StoredSession left;
    Transcript::StoredSession right;
    Transcript::Comparison comparison;
};

/// {"equal","left","right","differences":[…],"noise":[…]}; each difference has id, severity, stage,
/// subject, left, right, leftEntry, rightEntry and its sentence as text.
[[nodiscard]] QJsonObject comparisonJson(const ComparedSessions &compared, bool withNoise);

/// The differences for people or programs, UTF-8. Whatever came from the wire is escaped.
[[nodiscard]] QByteArray comparisonReport(
    const ComparedSessions &compared, ReportFormat format, bool withNoise);

/// "info", "warning", "error".
[[nodiscard]] QByteArrayView severityName(Base::Severity severity);

} // namespace Mailgauge::Delivery

Q_DECLARE_METATYPE(Mailgauge::Delivery::ReportFormat)
