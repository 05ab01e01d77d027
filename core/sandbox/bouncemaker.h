// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QDateTime>
#include <QList>

namespace Mailgauge::Sandbox {

/// One recipient that turns out to be undeliverable after its message was accepted.
struct BouncedRecipient {
    QByteArray address;
    QByteArray status; ///< "5.1.1"; 4.y.z tells of a delay.
    QByteArray diagnostic; ///< The reply of the relay behind this one.
};

/// What a delivery report is about.
struct BounceFacts {
    QByteArray hostName; ///< Who reports.
    QByteArray reportId; ///< Makes Message-ID and boundary; ASCII letters, digits, `-`.
    QByteArray reversePath; ///< Whom it is sent to.
    QByteArray queueId;
    QByteArray originalHeaders; ///< The header section of the message, as it came.
    QDateTime arrivedAt;
    QDateTime reportedAt;
    QList<BouncedRecipient> recipients;
};

/// A delivery status notification (RFC 3464) in a multipart/report (RFC 6522): a sentence, the
/// fields for machines, the original header section. CRLF line ends. Addresses beyond ASCII are
/// written as utf-8-addr-xtext (RFC 6533 3).
[[nodiscard]] QByteArray makeBounce(const BounceFacts &facts);

/// The header section of a message, at most `max` octets of it, without the empty line.
[[nodiscard]] QByteArray headerSection(const QByteArray &message, qsizetype max);

} // namespace Mailgauge::Sandbox
