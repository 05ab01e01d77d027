// SPDX-License-Identifier: GPL-3.0-or-later
#include "mime/builder.h"

#include "base/literals.h"
#include "mime/attachment.h"
#include "mime/contentfacts.h"

#include <QTemporaryFile>

namespace Mailgauge::Mime {

namespace {

using Kind = Base::Error::Kind;
using Base::Content;
using Base::Result;

constexpr qint64 ChunkSize = 256 * 1024;
constexpr qint64 InMemory = 1024 * 1024;

/// Hands the device's octets to `sink` until the end; stops where it returns an error.
template <typename Sink>
Result<void> readAll(QIODevice *device, Sink sink)
{
    QByteArray chunk(ChunkSize, Qt::Uninitialized);
    for (;;) {
        const qint64 got = device->read(chunk.data(), ChunkSize);
        if (got < 0)
            return Base::fail(Kind::Io, u"reading: "_s + device->errorString());
        if (got == 0)
            return {};
        if (Result<void> ok = sink(QByteArrayView(chunk).first(got)); !ok)
            return ok;
    }
}

Content ofBytes(const QByteArray &bytes)
{
    Content content;
    content.bytes = bytes;
    return content;
}

Content withFacts(Content content, const ContentFacts &facts)
{
    facts.describe(content);
    return content;
}

/// Collects converted octets: in memory at first, in a temporary file once they are many.
class Spool {
public:
    Result<void> write(const QByteArray &bytes)
    {
        if (!m_file && m_bytes.size() + bytes.size() <= InMemory) {
            m_bytes += bytes;
            return {};
        }
        if (!m_file) {
            m_file = std::make_shared<QTemporaryFile>();
            if (!m_file->open())
                return Base::fail(Kind::Io, u"temporary file: "_s + m_file->errorString());
            if (Result<void> ok = append(std::exchange(m_bytes, {})); !ok)
                return ok;
        }
        return append(bytes);
    }

    Result<Content> finish(const ContentFacts &facts)
    {
        if (!m_file)
            return withFacts(ofBytes(m_bytes), facts);
        if (!m_file->flush())
            return full();
        Content content;
        content.file = m_file->fileName();
        content.fileSize = m_file->size();
        content.keepAlive = m_file;
        return withFacts(std::move(content), facts);
    }

private:
    Result<void> append(const QByteArray &bytes)
    {
        if (m_file->write(bytes) != bytes.size())
            return full();
        return {};
    }
    [[nodiscard]] std::unexpected<Base::Error> full() const
    {
        const bool isFull = m_file->error() == QFileDevice::ResourceError || errno == ENOSPC;
        return Base::fail(
            isFull ? Kind::Full : Kind::Io, u"temporary file: "_s + m_file->errorString());
    }

    QByteArray m_bytes;
    std::shared_ptr<QTemporaryFile> m_file;
};

} // namespace

Result<Content> rawFromDevice(QIODevice *device)
{
    ContentFacts facts;
    LineEndConverter converter;
    Spool spool;
    const Result<void> read = readAll(device, [&](QByteArrayView chunk) -> Result<void> {
        facts.feed(chunk);
        if (facts.refused())
            return std::unexpected(*facts.refused());
        return spool.write(converter.convert(chunk));
    });
    if (!read)
        return std::unexpected(read.error());
    facts.finish();
    if (facts.refused())
        return std::unexpected(*facts.refused());
    return spool.finish(facts);
}

Result<Content> rawFromBytes(const QByteArray &bytes)
{
    ContentFacts facts;
    facts.feed(bytes);
    facts.finish();
    if (facts.refused())
        return std::unexpected(*facts.refused());
    return withFacts(ofBytes(facts.hasBareLf() ? LineEndConverter().convert(bytes) : bytes), facts);
}

Result<Content> octetsFromFile(const QString &path)
{
    const auto file = openRegularFile(path);
    if (!file)
        return std::unexpected(file.error());
    Content content;
    content.file = path;
    content.fileSize = (*file)->size();
    content.fileModified = (*file)->fileTime(QFileDevice::FileModificationTime);
    return content;
}

Result<Content> rawFromFile(const QString &path)
{
    const auto file = openRegularFile(path);
    if (!file)
        return std::unexpected(file.error());
    // A small file is read once, so that nothing can change under it.
    if ((*file)->size() <= InMemory)
        return rawFromDevice(file->get());

    // Before the first octet is judged: what changes from here on is not what was judged.
    const QDateTime modified = (*file)->fileTime(QFileDevice::FileModificationTime);
    ContentFacts facts;
    const Result<void> read = readAll(file->get(), [&facts](QByteArrayView chunk) -> Result<void> {
        facts.feed(chunk);
        if (facts.refused())
            return std::unexpected(*facts.refused());
        return {};
    });
    if (!read)
        return std::unexpected(read.error());
    facts.finish();
    if (facts.refused())
        return std::unexpected(*facts.refused());
    if (facts.hasBareLf()) {
        if (!(*file)->seek(0))
            return Base::fail(Kind::Io, path + u": "_s + (*file)->errorString());
        return rawFromDevice(file->get());
    }
    Content content;
    content.file = path;
    content.fileSize = facts.size();
    content.fileModified = modified;
    return withFacts(std::move(content), facts);
}

} // namespace Mailgauge::Mime
