// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "compose/previewinterface.h"

#include <QWebEngineUrlSchemeHandler>

namespace Mailgauge::WebPreview {

/// Serves `cid:`: the message's HTML as one fixed address, its inline parts by their Content-ID,
/// and nothing else.
class CidHandler final : public QWebEngineUrlSchemeHandler {
    Q_OBJECT

public:
    static constexpr qint64 MaxPart = 32 << 20;

    using QWebEngineUrlSchemeHandler::QWebEngineUrlSchemeHandler;

    void setContent(const Compose::PreviewContent &content) { m_content = content; }
    /// Where the message itself is; no Content-ID has such a form.
    [[nodiscard]] static QUrl messageUrl();
    void requestStarted(QWebEngineUrlRequestJob *job) override;

private:
    Compose::PreviewContent m_content;
};

} // namespace Mailgauge::WebPreview
