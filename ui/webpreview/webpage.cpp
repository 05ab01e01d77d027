// SPDX-License-Identifier: GPL-3.0-or-later
#include "webpreview/webpage.h"

#include "webpreview/cidhandler.h"

#include <QWebEngineSettings>

namespace Mailgauge::WebPreview {

WebPage::WebPage(QWebEngineProfile *profile, QObject *parent)
    : QWebEnginePage(profile, parent)
{
    using Settings = QWebEngineSettings;
    for (const Settings::WebAttribute off :
        {Settings::JavascriptEnabled, Settings::PluginsEnabled, Settings::LocalStorageEnabled,
            Settings::LocalContentCanAccessRemoteUrls, Settings::LocalContentCanAccessFileUrls,
            Settings::AutoLoadIconsForPage, Settings::DnsPrefetchEnabled,
            Settings::JavascriptCanOpenWindows, Settings::JavascriptCanAccessClipboard,
            Settings::HyperlinkAuditingEnabled, Settings::FullScreenSupportEnabled,
            Settings::ScreenCaptureEnabled, Settings::WebGLEnabled, Settings::PdfViewerEnabled,
            Settings::NavigateOnDropEnabled, Settings::FocusOnNavigationEnabled})
        settings()->setAttribute(off, false);
    settings()->setUnknownUrlSchemePolicy(Settings::DisallowUnknownUrlSchemes);
}

bool WebPage::acceptNavigationRequest(const QUrl &url, NavigationType type, bool isMainFrame)
{
    if (isMainFrame && url == CidHandler::messageUrl())
        return true;
    if (type == NavigationTypeLinkClicked && isMainFrame)
        Q_EMIT linkClicked(url);
    else
        Q_EMIT blocked(url);
    return false;
}

QWebEnginePage *WebPage::createWindow(WebWindowType)
{
    return nullptr;
}

void WebPage::javaScriptConsoleMessage(
    JavaScriptConsoleMessageLevel, const QString &, int, const QString &)
{
    // Chromium's words about the message's content do not belong in our log.
}

} // namespace Mailgauge::WebPreview
