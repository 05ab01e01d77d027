// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "bounce/report.h"

#include <QByteArray>

namespace Mailgauge::Bounce {

/// What is known of the report as a whole when its status part is read.
struct ReportContext {
    QByteArray notification; ///< The text for people, bounded; used where a recipient has no words.
    QByteArray failedRecipients; ///< X-Failed-Recipients, where the fields name none.
    QByteArray originalMessageId;
};

/// The rows of one delivery-status body (RFC 3464 2).
[[nodiscard]] QList<Report> readDeliveryStatus(
    const QByteArray &body, const ReportContext &context);

/// The rows of one feedback-report body (RFC 5965 3); `returnedTo` are the recipients of the
/// message complained about, used where the report names none.
[[nodiscard]] QList<Report> readFeedback(
    const QByteArray &body, const QList<QByteArray> &returnedTo, const ReportContext &context);

} // namespace Mailgauge::Bounce
