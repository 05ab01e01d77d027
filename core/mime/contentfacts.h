// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/content.h"

#include <QByteArray>
#include <QStringDecoder>

#include <optional>

namespace Mailgauge::Mime {

/// Looks at the octets of a message chunk by chunk: what a transport must know of them.
class ContentFacts {
public:
    void feed(QByteArrayView chunk);
    /// Call at the end: a CR as the last octet is a bare one.
    void finish();

    /// Tells a content what was found in its octets.
    void describe(Base::Content &content) const;

    [[nodiscard]] bool eightBit() const { return m_eightBit; }
    /// Octets above 127 in the header section, all of it UTF-8: what else it is nobody knows.
    [[nodiscard]] bool hasUtf8Header() const { return m_highHeader && !m_header.hasError(); }
    [[nodiscard]] bool hasBareLf() const { return m_bareLf; }
    [[nodiscard]] qsizetype longestLine() const { return m_longest; } ///< Without line end.
    [[nodiscard]] qint64 size() const { return m_offset; }
    /// Where the first NUL or bare CR is, from 0; InvalidInput.
    [[nodiscard]] const std::optional<Base::Error> &refused() const { return m_refused; }

private:
    void feedHeader(QByteArrayView part);
    void refuse(const QString &what, qint64 offset);

    qint64 m_offset = 0;
    qsizetype m_line = 0;
    qsizetype m_longest = 0;
    bool m_afterCr = false;
    bool m_eightBit = false;
    bool m_inHeader = true;
    bool m_highHeader = false;
    QStringDecoder m_header {QStringDecoder::Utf8};
    bool m_bareLf = false;
    std::optional<Base::Error> m_refused;
};

/// LF becomes CRLF whatever the chunk borders; CRLF stays.
class LineEndConverter {
public:
    [[nodiscard]] QByteArray convert(QByteArrayView chunk);

private:
    bool m_afterCr = false;
};

} // namespace Mailgauge::Mime
