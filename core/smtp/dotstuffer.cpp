// SPDX-License-Identifier: GPL-3.0-or-later
#include "smtp/dotstuffer.h"

#include "base/literals.h"

namespace Mailgauge::Smtp {

DotStuffer::At DotStuffer::after(const QByteArray &chunk) const
{
    if (chunk.isEmpty())
        return m_at;
    switch (chunk.back()) {
    case '\r':
        return At::AfterCr;
    case '\n': {
        const bool behindCr = chunk.size() > 1 ? chunk[chunk.size() - 2] == '\r'
                                               : m_at == At::AfterCr;
        return behindCr ? At::LineStart : At::AfterBareLf;
    }
    default:
        return At::Inside;
    }
}

QByteArray DotStuffer::stuff(const QByteArray &chunk)
{
    QByteArray stuffed;
    qsizetype copied = 0;
    for (qsizetype dot = chunk.indexOf('.'); dot >= 0; dot = chunk.indexOf('.', dot + 1)) {
        const bool lineStart = dot == 0 ? m_at != At::Inside
                                        : chunk[dot - 1] == '\n' || chunk[dot - 1] == '\r';
        if (!lineStart)
            continue;
        if (stuffed.isEmpty())
            stuffed.reserve(chunk.size() + chunk.size() / 16 + 1);
        stuffed.append(QByteArrayView(chunk).sliced(copied, dot - copied)).append('.');
        copied = dot;
    }
    m_at = after(chunk);
    if (stuffed.isEmpty())
        return chunk;
    return stuffed.append(QByteArrayView(chunk).sliced(copied));
}

QByteArray DotStuffer::finish() const
{
    return m_at == At::LineStart ? ".\r\n"_ba : "\r\n.\r\n"_ba;
}

} // namespace Mailgauge::Smtp
