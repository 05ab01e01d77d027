// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "compose/previewinterface.h"

#include <QFuture>
#include <QImage>
#include <QObject>
#include <QSet>

namespace Mailgauge::Compose {

/// Images of the simplified preview, decoded off the GUI thread within limits (faults F4): inline
/// parts by their Content-ID, and `data:` addresses.
class InlineImages final : public QObject {
    Q_OBJECT

public:
    static constexpr qint64 MaxEncoded = 8 << 20; ///< Octets of one image.
    static constexpr int MaxPixels = 16 << 20;
    static constexpr int MaxImages = 100; ///< Of one message.

    explicit InlineImages(QObject *parent = nullptr);

    /// Forgets what was decoded of other content.
    void setParts(const QHash<QByteArray, InlinePart> &parts);
    /// The image, or a null one; what is not decoded yet is begun, and `decoded` follows.
    [[nodiscard]] QImage image(const QUrl &url);

Q_SIGNALS:
    void decoded();

private:
    void begin(const QString &key, QFuture<QImage> future);

    QHash<QByteArray, InlinePart> m_parts;
    QHash<QString, QImage> m_images;
    QSet<QString> m_asked;
    quint64 m_generation = 0;
};

/// Decodes within the limits; null where it is none, too large, or no raster image.
[[nodiscard]] QImage decodeImage(const QByteArray &bytes);

} // namespace Mailgauge::Compose
