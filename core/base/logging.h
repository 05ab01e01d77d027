// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QLoggingCategory>

namespace Mailgauge::Base {

/// What happens, for whoever debugs: to standard error, switched on by QT_LOGGING_RULES
/// ("mailgauge.*=true"); by default warnings only. Never the content of a message, an address, or a
/// secret: counts, ids, kinds and stages.
Q_DECLARE_LOGGING_CATEGORY(logSmtp)
Q_DECLARE_LOGGING_CATEGORY(logNet)
Q_DECLARE_LOGGING_CATEGORY(logStore)
Q_DECLARE_LOGGING_CATEGORY(logUi)

} // namespace Mailgauge::Base
