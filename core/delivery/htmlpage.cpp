// SPDX-License-Identifier: GPL-3.0-or-later
#include "delivery/htmlpage.h"

#include "base/literals.h"

#include <QCryptographicHash>
#include <QFile>

namespace Mailgauge::Delivery {

QByteArray htmlPage(const QString &title, const QString &body)
{
    QByteArray css;
    if (QFile file(u":/mailgauge/transcript/comparison.css"_s); file.open(QIODevice::ReadOnly))
        css = file.readAll();
    const QByteArray hash = QCryptographicHash::hash(css, QCryptographicHash::Sha256).toBase64();
    const QString shown = title.toHtmlEscaped();
    const QString out
        = u"<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
          "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
          "style-src 'sha256-"_s
        + QString::fromLatin1(hash)
        + u"'; base-uri 'none'; form-action 'none'\">\n"
          "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
          "<meta name=\"referrer\" content=\"no-referrer\">\n<title>"_s
        + shown + u"</title>\n<style>"_s + QString::fromUtf8(css)
        + u"</style>\n</head>\n<body>\n<main>\n<h1>"_s + shown + u"</h1>\n"_s + body
        + u"</main>\n</body>\n</html>\n"_s;
    return out.toUtf8();
}

QString htmlRow(const QStringList &cells, const QString &klass)
{
    QString out = u"<tr class=\"%1\">"_s.arg(klass);
    for (const QString &cell : cells)
        out += u"<td dir=\"auto\">"_s + cell.toHtmlEscaped() + u"</td>"_s;
    return out + u"</tr>\n"_s;
}

} // namespace Mailgauge::Delivery
