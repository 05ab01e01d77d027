// SPDX-License-Identifier: GPL-3.0-or-later
#include "mime/contentfacts.h"

#include "base/literals.h"

namespace Mailgauge::Mime {

void ContentFacts::refuse(const QString &what, qint64 offset)
{
    if (!m_refused)
        m_refused = Base::Error {Base::Error::Kind::InvalidInput,
            u"%1 at offset %2"_s.arg(what, QString::number(offset)), {}};
}

void ContentFacts::feedHeader(QByteArrayView part)
{
    if (!m_highHeader)
        return; // ASCII leaves the decoder as it is
    [[maybe_unused]] const QString text = m_header.decode(part);
}

void ContentFacts::feed(QByteArrayView chunk)
{
    const bool beganInHeader = m_inHeader;
    for (qsizetype at = 0; at < chunk.size(); ++at) {
        const char c = chunk[at];
        if (m_afterCr && c != '\n')
            refuse(u"bare CR"_s, m_offset - 1);
        if (c == '\n') {
            m_bareLf = m_bareLf || !m_afterCr;
            if (m_inHeader && m_line == 0) {
                m_inHeader = false;
                feedHeader(chunk.first(at));
            }
            m_line = 0;
        } else if (c != '\r') {
            m_longest = qMax(m_longest, ++m_line);
            const bool high = (c & 0x80) != 0;
            m_eightBit = m_eightBit || high;
            m_highHeader = m_highHeader || (high && m_inHeader);
            if (c == '\0')
                refuse(u"NUL"_s, m_offset);
        }
        m_afterCr = c == '\r';
        ++m_offset;
    }
    if (beganInHeader && m_inHeader)
        feedHeader(chunk);
}

void ContentFacts::finish()
{
    if (m_afterCr)
        refuse(u"bare CR"_s, m_offset - 1);
}

void ContentFacts::describe(Base::Content &content) const
{
    content.eightBit = m_eightBit;
    content.utf8Header = hasUtf8Header();
    content.longestLine = m_longest;
}

QByteArray LineEndConverter::convert(QByteArrayView chunk)
{
    QByteArray result;
    result.reserve(chunk.size() + chunk.size() / 16 + 16);
    for (const char c : chunk) {
        if (c == '\n' && !m_afterCr)
            result += '\r';
        result += c;
        m_afterCr = c == '\r';
    }
    return result;
}

} // namespace Mailgauge::Mime
