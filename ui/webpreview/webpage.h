// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWebEnginePage>

namespace Mailgauge::WebPreview {

/// A page that goes nowhere: only the message itself is loaded, links are told, windows and frames
/// are refused.
class WebPage final : public QWebEnginePage {
    Q_OBJECT

public:
    WebPage(QWebEngineProfile *profile, QObject *parent);

Q_SIGNALS:
    void linkClicked(const QUrl &url);
    void blocked(const QUrl &url);

protected:
    bool acceptNavigationRequest(const QUrl &url, NavigationType type, bool isMainFrame) override;
    QWebEnginePage *createWindow(WebWindowType type) override;
    void javaScriptConsoleMessage(JavaScriptConsoleMessageLevel level, const QString &message,
        int line, const QString &source) override;
};

} // namespace Mailgauge::WebPreview
