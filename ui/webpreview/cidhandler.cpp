// SPDX-License-Identifier: GPL-3.0-or-later
#include "webpreview/cidhandler.h"

#include <QBuffer>
#include <QFile>
#include <QFileInfo>
#include <QWebEngineUrlRequestJob>

using namespace Qt::StringLiterals;

namespace Mailgauge::WebPreview {

QUrl CidHandler::messageUrl()
{
    return QUrl(u"cid:%20message"_s);
}

void CidHandler::requestStarted(QWebEngineUrlRequestJob *job)
{
    const QUrl url = job->requestUrl();
    if (url == messageUrl()) {
        // The interceptor refuses what is remote and tells it; this is the second lock, for what
        // acts.
        job->setAdditionalResponseHeaders({{"Content-Security-Policy",
            "script-src 'none'; object-src 'none'; frame-src 'none'; form-action 'none'; "
            "base-uri 'none'; worker-src 'none'"}});
        auto *buffer = new QBuffer(job);
        buffer->setData(m_content.html.toUtf8());
        job->reply("text/html;charset=utf-8", buffer);
        return;
    }
    const QByteArray id = QByteArray::fromPercentEncoding(url.path(QUrl::FullyEncoded).toUtf8());
    const auto part = m_content.parts.constFind(id);
    const bool image = part != m_content.parts.cend() && part->mimeType.startsWith("image/");
    // Regular files only: a FIFO would block for ever.
    if (!image || !QFileInfo(part->path).isFile() || QFileInfo(part->path).size() > MaxPart) {
        job->fail(QWebEngineUrlRequestJob::UrlNotFound);
        return;
    }
    auto *file = new QFile(part->path, job);
    if (!file->open(QIODevice::ReadOnly)) {
        job->fail(QWebEngineUrlRequestJob::RequestDenied);
        return;
    }
    job->reply(part->mimeType, file);
}

} // namespace Mailgauge::WebPreview
