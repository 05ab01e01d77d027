// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QTextDocument>

namespace Mailgauge::Compose {

class InlineImages;

/// A text document that opens nothing: QTextDocument itself reads local files that HTML names when
/// its browser returns nothing (faults Q3). Only `cid:` and `data:` images are given, all else is
/// refused and told.
class SafeDocument final : public QTextDocument {
    Q_OBJECT

public:
    /// Without images even those are refused.
    explicit SafeDocument(InlineImages *images, QObject *parent = nullptr);

    [[nodiscard]] int refusals() const { return m_refusals; }

Q_SIGNALS:
    void refused(const QUrl &url);

protected:
    QVariant loadResource(int type, const QUrl &name) override;

private:
    InlineImages *m_images;
    int m_refusals = 0;
};

/// How deep tables stand in each other, as Qt understood the HTML.
[[nodiscard]] int tableDepth(const QTextDocument &document);
/// The longest stretch without a place to break the line.
[[nodiscard]] qsizetype longestWord(const QTextDocument &document);

} // namespace Mailgauge::Compose
