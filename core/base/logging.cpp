// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/logging.h"

namespace Mailgauge::Base {

Q_LOGGING_CATEGORY(logSmtp, "mailgauge.smtp", QtWarningMsg)
Q_LOGGING_CATEGORY(logNet, "mailgauge.net", QtWarningMsg)
Q_LOGGING_CATEGORY(logStore, "mailgauge.store", QtWarningMsg)
Q_LOGGING_CATEGORY(logUi, "mailgauge.ui", QtWarningMsg)

} // namespace Mailgauge::Base
