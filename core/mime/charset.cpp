// SPDX-License-Identifier: GPL-3.0-or-later
#include "mime/gmimesupport.h"

#include "mime/charset.h"

#include <QStringDecoder>

namespace Mailgauge::Mime {

QString decodeText(const QByteArray &bytes, const QByteArray &charset)
{
    QStringDecoder utf8(QStringDecoder::Utf8, QStringDecoder::Flag::Stateless);
    const QString asUtf8 = utf8(bytes);
    const QByteArray name = charset.trimmed().toLower();
    const bool saysUtf8 = name.isEmpty() || name == "utf-8" || name == "utf8" || name == "us-ascii";
    if (saysUtf8 && !utf8.hasError())
        return asUtf8;

    initializeGMime();
    for (const QByteArray &candidate :
        {saysUtf8 ? QByteArray() : name, QByteArray("windows-1252")}) {
        if (candidate.isEmpty())
            continue;
        const GObjectPtr<GMimeFilter> filter(
            g_mime_filter_charset_new(candidate.constData(), "utf-8"));
        if (!filter)
            continue;
        char *out = nullptr;
        size_t length = 0;
        size_t prespace = 0;
        // The filter does not write to its input; its signature only says so.
        QByteArray input = bytes;
        g_mime_filter_complete(filter.get(), input.data(), static_cast<size_t>(input.size()), 0,
            &out, &length, &prespace);
        return QString::fromUtf8(QByteArrayView(out, static_cast<qsizetype>(length)));
    }
    return asUtf8;
}

} // namespace Mailgauge::Mime
