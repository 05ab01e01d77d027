// SPDX-License-Identifier: GPL-3.0-or-later
#include "compose/simplepreview.h"

#include "compose/inlineimages.h"
#include "compose/safedocument.h"

#include <QPointer>
#include <QTextFrame>

namespace Mailgauge::Compose {

SimplePreview::SimplePreview(PreviewObserver &observer, QWidget *parent)
    : QTextBrowser(parent)
    , m_observer(observer)
    , m_images(new InlineImages(this))
{
    setObjectName(QStringLiteral("simplePreview"));
    setAccessibleName(tr("Preview of the message"));
    setFrameShape(QFrame::NoFrame);
    setOpenLinks(false);
    setOpenExternalLinks(false);
    // Mail is written for a white page.
    QPalette page = palette();
    page.setColor(QPalette::Base, Qt::white);
    page.setColor(QPalette::Text, Qt::black);
    setPalette(page);
    connect(this, &QTextBrowser::anchorClicked, this,
        [this](const QUrl &url) { m_observer.linkClicked(url); });
    connect(m_images, &InlineImages::decoded, this, &SimplePreview::render);
}

void SimplePreview::setContent(const PreviewContent &content)
{
    m_content = content;
    m_images->setParts(content.parts);
    render();
}

void SimplePreview::render()
{
    if (m_content.html.size() > MaxSize) {
        showText(m_content.html);
        m_observer.limited(
            tr("The HTML is too large for the simplified preview; its source is shown."));
        return;
    }
    auto *document = new SafeDocument(m_images, this);
    connect(document, &SafeDocument::refused, this,
        [this](const QUrl &url) { m_observer.resourceBlocked(url); });
    document->setHtml(m_content.html);
    if (tableDepth(*document) > MaxDepth || document->blockCount() > MaxBlocks
        || longestWord(*document) > MaxWord) {
        showText(document->toPlainText());
        m_observer.limited(
            tr("The layout is too complex for the simplified preview; the text alone is shown."));
        delete document;
        return;
    }
    replaceDocument(document);
    m_observer.limited({});
}

void SimplePreview::showText(const QString &text)
{
    // Long lines are broken: one of 100,000 characters takes seconds to lay out.
    constexpr qsizetype MaxLine = 200;
    QString broken;
    qsizetype line = 0;
    for (const QChar c : QStringView(text).first(qMin(text.size(), MaxText))) {
        line = c == u'\n' ? 0 : line + 1;
        broken += c;
        if (line == MaxLine) {
            broken += u'\n';
            line = 0;
        }
    }
    auto *plain = new SafeDocument(nullptr, this);
    plain->setPlainText(broken);
    replaceDocument(plain);
}

void SimplePreview::replaceDocument(QTextDocument *document)
{
    // The first one is the browser's own: it deletes that itself.
    const QPointer<QTextDocument> before = this->document();
    setDocument(document);
    if (before && before->parent() == this)
        delete before;
}

QVariant SimplePreview::loadResource(int, const QUrl &name)
{
    // The document asks itself first and always gives something; this is the second lock.
    m_observer.resourceBlocked(name);
    return QByteArray(" ");
}

} // namespace Mailgauge::Compose
