// SPDX-License-Identifier: GPL-3.0-or-later
#include "webpreview/webfactory.h"

#include "webpreview/webpreview.h"

#include <QQuickWindow>
#include <QWebEngineUrlScheme>

namespace Mailgauge::WebPreview {

namespace {
// Before the first profile: then Chromium's list of schemes is closed.
void prepareEngine()
{
    static const bool once = [] {
        QWebEngineUrlScheme cid("cid");
        cid.setSyntax(QWebEngineUrlScheme::Syntax::Path);
        QWebEngineUrlScheme::registerScheme(cid);
        // Nothing is ever resolved, whatever slips past the interceptor; a mail needs no GPU.
        QByteArray flags = qgetenv("QTWEBENGINE_CHROMIUM_FLAGS");
        flags += " --host-resolver-rules=\"MAP * ~NOTFOUND\" --disable-gpu "
                 "--disable-background-networking";
        qputenv("QTWEBENGINE_CHROMIUM_FLAGS", flags);
        QQuickWindow::setGraphicsApi(QSGRendererInterface::Software);
        return true;
    }();
    Q_UNUSED(once)
}
} // namespace

std::unique_ptr<Compose::PreviewWidget> WebFactory::create(
    Compose::PreviewObserver &observer, QWidget *parent)
{
    prepareEngine();
    return std::make_unique<WebPreview>(observer, parent);
}

} // namespace Mailgauge::WebPreview
