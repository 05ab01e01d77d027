// SPDX-License-Identifier: GPL-3.0-or-later
#include "webpreview/remoteblocker.h"

using namespace Qt::StringLiterals;

namespace Mailgauge::WebPreview {

void RemoteBlocker::interceptRequest(QWebEngineUrlRequestInfo &info)
{
    const QUrl url = info.requestUrl();
    if (url.scheme() == "cid"_L1 || url.scheme() == "data"_L1)
        return;
    info.block(true);
    Q_EMIT blocked(url);
}

} // namespace Mailgauge::WebPreview
