// SPDX-License-Identifier: GPL-3.0-or-later
#include "compose/inlineimages.h"

#include "base/literals.h"
#include "mime/attachment.h"

#include <QBuffer>
#include <QFile>
#include <QImageReader>
#include <QtConcurrentRun>

namespace Mailgauge::Compose {

namespace {
QByteArray fileBytes(const QString &path)
{
    // A FIFO or device would block or never end: only regular files are opened.
    const auto file = Mime::openRegularFile(path);
    if (!file || (*file)->size() > InlineImages::MaxEncoded)
        return {};
    return (*file)->read(InlineImages::MaxEncoded);
}

QByteArray dataBytes(const QString &url)
{
    // data:[type][;base64],octets (RFC 2397)
    const qsizetype comma = url.indexOf(u',');
    if (comma < 0 || url.size() > InlineImages::MaxEncoded)
        return {};
    const QByteArray body = QByteArray::fromPercentEncoding(url.mid(comma + 1).toUtf8());
    return url.left(comma).endsWith(u";base64"_s, Qt::CaseInsensitive)
        ? QByteArray::fromBase64(body)
        : body;
}
} // namespace

QImage decodeImage(const QByteArray &bytes)
{
    // Raster formats that mail uses; SVG could refer to files and never ends well.
    static const QByteArrayList formats {"png", "jpeg", "jpg", "gif", "webp", "bmp"};
    QBuffer buffer;
    buffer.setData(bytes);
    if (!buffer.open(QIODevice::ReadOnly) || !formats.contains(QImageReader::imageFormat(&buffer)))
        return {};
    QImageReader reader(&buffer);
    const QSize size = reader.size();
    if (!size.isValid() || qint64(size.width()) * size.height() > InlineImages::MaxPixels)
        return {};
    return reader.read();
}

InlineImages::InlineImages(QObject *parent)
    : QObject(parent)
{
}

void InlineImages::setParts(const QHash<QByteArray, InlinePart> &parts)
{
    if (parts == m_parts && m_asked.size() < MaxImages)
        return;
    m_parts = parts;
    m_images.clear();
    m_asked.clear();
    ++m_generation;
}

QImage InlineImages::image(const QUrl &url)
{
    const QString key = url.toString(QUrl::FullyEncoded);
    if (const auto known = m_images.constFind(key); known != m_images.cend())
        return *known;
    if (m_asked.contains(key) || m_asked.size() >= MaxImages)
        return {};
    if (url.scheme() == "cid"_L1) {
        const QByteArray id = QByteArray::fromPercentEncoding(url.path().toUtf8());
        if (const auto part = m_parts.constFind(id); part != m_parts.cend())
            begin(key,
                QtConcurrent::run([path = part->path] { return decodeImage(fileBytes(path)); }));
    } else if (url.scheme() == "data"_L1) {
        begin(key, QtConcurrent::run([key] { return decodeImage(dataBytes(key)); }));
    }
    return {};
}

void InlineImages::begin(const QString &key, QFuture<QImage> future)
{
    m_asked.insert(key);
    future.then(this, [this, key, generation = m_generation](const QImage &image) {
        if (generation != m_generation || image.isNull())
            return;
        m_images.insert(key, image);
        Q_EMIT decoded();
    });
}

} // namespace Mailgauge::Compose
