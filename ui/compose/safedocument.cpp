// SPDX-License-Identifier: GPL-3.0-or-later
#include "compose/safedocument.h"

#include "base/literals.h"
#include "compose/inlineimages.h"

#include <QTextBlock>
#include <QTextFrame>
#include <QTextTable>

namespace Mailgauge::Compose {

SafeDocument::SafeDocument(InlineImages *images, QObject *parent)
    : QTextDocument(parent)
    , m_images(images)
{
    setUndoRedoEnabled(false);
    setDocumentMargin(8);
}

QVariant SafeDocument::loadResource(int type, const QUrl &name)
{
    const QString scheme = name.scheme();
    if (type == ImageResource && m_images != nullptr
        && (scheme == "cid"_L1 || scheme == "data"_L1)) {
        if (const QImage image = m_images->image(name); !image.isNull())
            return image;
    } else {
        ++m_refusals;
        Q_EMIT refused(name);
    }
    // Something valid, so that nobody looks further.
    if (type == ImageResource) {
        QImage nothing(1, 1, QImage::Format_ARGB32);
        nothing.fill(Qt::transparent);
        return nothing;
    }
    return QByteArray(" ");
}

int tableDepth(const QTextDocument &document)
{
    // Iterative: the depth is the attacker's.
    struct Level {
        QTextFrame *frame;
        int depth;
    };
    int deepest = 0;
    QList<Level> open {{document.rootFrame(), 0}};
    while (!open.isEmpty()) {
        const Level level = open.takeLast();
        deepest = qMax(deepest, level.depth);
        const QList<QTextFrame *> children = level.frame->childFrames();
        for (QTextFrame *child : children)
            open.append({child, level.depth + 1});
    }
    return deepest;
}

qsizetype longestWord(const QTextDocument &document)
{
    qsizetype longest = 0;
    for (QTextBlock block = document.begin(); block.isValid(); block = block.next()) {
        qsizetype run = 0;
        const QString text = block.text();
        for (const QChar c : text) {
            run = c.isSpace() ? 0 : run + 1;
            longest = qMax(longest, run);
        }
    }
    return longest;
}

} // namespace Mailgauge::Compose
