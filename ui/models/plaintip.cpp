// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/plaintip.h"

#include "base/literals.h"

namespace Mailgauge::Models {

QString plainTip(const QString &text)
{
    return text.isEmpty() ? QString() : u"<qt>%1</qt>"_s.arg(text.toHtmlEscaped());
}

} // namespace Mailgauge::Models
