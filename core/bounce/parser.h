// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "bounce/report.h"
#include "bounce/verp.h"

namespace Mailgauge::Bounce {

/// The reports in a message: delivery reports (RFC 3464, also RFC 6533 and a delivery-status part
/// outside multipart/report), feedback reports (RFC 5965), automatic answers (RFC 3834). One row
/// per recipient, at most 10,000; none where the message is no report. Never fails: what is
/// malformed gives what could be read. With `verp`, `campaign` is the session that a genuine token
/// names.
[[nodiscard]] QList<Report> parse(const QByteArray &message, const Verp *verp = nullptr);

} // namespace Mailgauge::Bounce
