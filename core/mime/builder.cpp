// SPDX-License-Identifier: GPL-3.0-or-later
#include "mime/bodytree.h"

#include "mime/builder.h"

#include "base/literals.h"
#include "mime/contentfacts.h"
#include "mime/headersection.h"

#include <QTemporaryFile>

#include <numeric>

namespace Mailgauge::Mime {

namespace {

using Kind = Base::Error::Kind;
using Base::Content;
using Base::Result;

constexpr qint64 InMemory = 8 * 1024 * 1024;

Result<Content> buildInMemory(const QByteArray &header, BodyTree tree)
{
    GObjectPtr<GMimeStream> stream(g_mime_stream_mem_new());
    if (const auto written = tree.write(stream.get()); !written)
        return std::unexpected(written.error());
    Content content;
    content.bytes = header + bytesOf(stream.get());
    if (!content.bytes.endsWith("\r\n"))
        content.bytes += "\r\n";
    ContentFacts facts;
    facts.feed(content.bytes);
    facts.describe(content);
    return content;
}

std::unexpected<Base::Error> temporaryFailure(const QFile &file)
{
    const bool isFull = file.error() == QFileDevice::ResourceError;
    return Base::fail(isFull ? Kind::Full : Kind::Io, u"temporary file: "_s + file.errorString());
}

Result<Content> buildInFile(const QByteArray &header, BodyTree tree)
{
    auto file = std::make_shared<QTemporaryFile>();
    if (!file->open())
        return temporaryFailure(*file);
    if (file->write(header) != header.size() || !file->flush())
        return temporaryFailure(*file);
    GObjectPtr<GMimeStream> raw(g_mime_stream_fs_new(file->handle()));
    g_mime_stream_fs_set_owner(raw.as<GMimeStreamFs>(), FALSE);
    GObjectPtr<GMimeStream> buffered(
        g_mime_stream_buffer_new(raw.get(), GMIME_STREAM_BUFFER_BLOCK_WRITE));
    if (const auto written = tree.write(buffered.get()); !written)
        return std::unexpected(written.error());

    if (!file->seek(0))
        return temporaryFailure(*file);
    ContentFacts facts;
    QByteArray last;
    for (QByteArray chunk = file->read(InMemory / 8); !chunk.isEmpty();
        chunk = file->read(InMemory / 8)) {
        facts.feed(chunk);
        last = (last + chunk).last(qMin<qsizetype>(2, last.size() + chunk.size()));
    }
    Content content;
    content.fileSize = facts.size();
    if (last != "\r\n") {
        if (file->write("\r\n") != 2 || !file->flush())
            return temporaryFailure(*file);
        content.fileSize += 2;
    }
    content.file = file->fileName();
    content.keepAlive = file;
    facts.describe(content);
    return content;
}

} // namespace

Result<BuiltMessage> build(const MessageDraft &draft, const QByteArray &idDomain)
{
    const auto header = headerSection(draft, idDomain);
    if (!header)
        return std::unexpected(header.error());
    auto tree = BodyTree::create(draft);
    if (!tree)
        return std::unexpected(tree.error());
    const qint64 attached = std::accumulate(draft.attachments.cbegin(), draft.attachments.cend(),
        qint64(0), [](qint64 sum, const Attachment &a) { return sum + a.size; });
    auto content = attached > InMemory ? buildInFile(header->bytes, *std::move(tree))
                                       : buildInMemory(header->bytes, *std::move(tree));
    if (!content)
        return std::unexpected(content.error());
    return BuiltMessage {.content = *std::move(content), .messageId = header->messageId};
}

} // namespace Mailgauge::Mime
