// SPDX-License-Identifier: GPL-3.0-or-later
#include "sandbox/scenario.h"

namespace Mailgauge::Sandbox {

bool Pattern::matches(QByteArrayView text) const
{
    return expression.match(QString::fromUtf8(text)).hasMatch();
}

} // namespace Mailgauge::Sandbox
