// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "compose/previewinterface.h"

#include <QTextBrowser>

namespace Mailgauge::Compose {

class InlineImages;

/// The preview where there is no WebEngine: Qt's own rich text. It opens nothing, and shows the
/// text alone where the layout would take too long (nested tables cost twice per level: faults Q4).
class SimplePreview final : public QTextBrowser, public PreviewWidget {
    Q_OBJECT

public:
    static constexpr qsizetype MaxSize = 256 * 1024;
    static constexpr qsizetype MaxText = 64 * 1024;
    static constexpr int MaxDepth = 10;
    static constexpr qsizetype MaxWord = 10'000;
    static constexpr int MaxBlocks = 5'000;

    SimplePreview(PreviewObserver &observer, QWidget *parent = nullptr);

    [[nodiscard]] QWidget *widget() override { return this; }
    void setContent(const PreviewContent &content) override;

protected:
    QVariant loadResource(int type, const QUrl &name) override;

private:
    void render();
    void showText(const QString &text);
    void replaceDocument(QTextDocument *document);

    PreviewObserver &m_observer;
    InlineImages *m_images;
    PreviewContent m_content;
};

} // namespace Mailgauge::Compose
