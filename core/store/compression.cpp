// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/compression.h"

#include "base/literals.h"

#include <zstd.h>

#include <memory>

namespace Mailgauge::Store {

namespace {

constexpr int Level = 3;

std::unexpected<Base::Error> damaged(const char *why)
{
    return Base::fail(
        Base::Error::Kind::Corrupt, u"store: compressed data: "_s + QString::fromLatin1(why));
}

struct FreeContext {
    void operator()(ZSTD_CCtx *context) const { ZSTD_freeCCtx(context); }
};

} // namespace

QByteArray compress(QByteArrayView bytes)
{
    // Contexts are expensive to make; each writing thread keeps one.
    thread_local const std::unique_ptr<ZSTD_CCtx, FreeContext> context = [] {
        std::unique_ptr<ZSTD_CCtx, FreeContext> made(ZSTD_createCCtx());
        ZSTD_CCtx_setParameter(made.get(), ZSTD_c_compressionLevel, Level);
        ZSTD_CCtx_setParameter(made.get(), ZSTD_c_checksumFlag, 1);
        return made;
    }();
    const std::size_t bound = ZSTD_compressBound(static_cast<std::size_t>(bytes.size()));
    QByteArray frame(static_cast<qsizetype>(bound), Qt::Uninitialized);
    const std::size_t size = ZSTD_compress2(
        context.get(), frame.data(), bound, bytes.data(), static_cast<std::size_t>(bytes.size()));
    Q_ASSERT(!ZSTD_isError(size));
    frame.truncate(static_cast<qsizetype>(size));
    frame.squeeze();
    return frame;
}

Base::Result<QByteArray> decompress(QByteArrayView frame, qint64 limit)
{
    const auto length = static_cast<std::size_t>(frame.size());
    const unsigned long long size = ZSTD_getFrameContentSize(frame.data(), length);
    if (size == ZSTD_CONTENTSIZE_ERROR || size == ZSTD_CONTENTSIZE_UNKNOWN)
        return damaged("no frame");
    if (size > static_cast<unsigned long long>(limit))
        return damaged("longer than it may be");
    QByteArray bytes(static_cast<qsizetype>(size), Qt::Uninitialized);
    const std::size_t done = ZSTD_decompress(bytes.data(), size, frame.data(), length);
    if (ZSTD_isError(done))
        return damaged(ZSTD_getErrorName(done));
    if (done != size)
        return damaged("shorter than announced");
    return bytes;
}

} // namespace Mailgauge::Store
