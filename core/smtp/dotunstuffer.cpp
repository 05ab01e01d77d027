// SPDX-License-Identifier: GPL-3.0-or-later
#include "smtp/dotunstuffer.h"

namespace Mailgauge::Smtp {

void DotUnstuffer::put(char c, QByteArray *content)
{
    if (content)
        content->append(c);
    ++m_size;
    if (c == '\n') {
        m_bareLf |= m_at != At::Cr;
        m_at = m_at == At::Cr ? At::LineStart : At::Inside;
        return;
    }
    m_bareCr |= m_at == At::Cr;
    m_at = c == '\r' ? At::Cr : At::Inside;
}

qsizetype DotUnstuffer::feed(QByteArrayView bytes, QByteArray *content)
{
    qsizetype i = 0;
    while (i < bytes.size() && m_at != At::End) {
        const char c = bytes[i];
        switch (m_at) {
        case At::Inside: {
            qsizetype stop = i;
            while (stop < bytes.size() && bytes[stop] != '\r' && bytes[stop] != '\n')
                ++stop;
            if (content)
                content->append(bytes.sliced(i, stop - i));
            m_size += stop - i;
            i = stop;
            if (i < bytes.size())
                put(bytes[i++], content);
            continue;
        }
        case At::LineStart:
            if (c == '.')
                m_at = At::Dot;
            else
                put(c, content);
            break;
        case At::Cr:
            put(c, content);
            break;
        case At::Dot:
            // The first dot of a line goes, whatever follows it.
            if (c == '\r')
                m_at = At::DotCr;
            else
                put(c, content);
            break;
        case At::DotCr:
            if (c == '\n') {
                m_at = At::End;
                break;
            }
            m_at = At::Inside;
            put('\r', content);
            put(c, content);
            break;
        case At::End:
            break;
        }
        ++i;
    }
    return i;
}

} // namespace Mailgauge::Smtp
