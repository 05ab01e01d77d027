// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>

namespace Mailgauge::Smtp {

/// The receiving side of transparency (RFC 5321 4.5.2) over chunks of any size.
///
/// Only CRLF `.` CRLF ends the content, and `.` CRLF at its very start; every other sequence with
/// LF or CR alone is content (SMTP smuggling, faults D6). Such bytes are kept as they came and told
/// by sawBareLf() and sawBareCr().
class DotUnstuffer {
public:
    /// Appends the content in `bytes` to `*content` (not at all where that is null) and returns how
    /// many bytes it took: fewer than all only when the end was among them.
    qsizetype feed(QByteArrayView bytes, QByteArray *content);

    [[nodiscard]] bool isFinished() const { return m_at == At::End; }
    /// Octets of content so far, dots unstuffed.
    [[nodiscard]] qint64 size() const { return m_size; }
    [[nodiscard]] bool sawBareLf() const { return m_bareLf; }
    [[nodiscard]] bool sawBareCr() const { return m_bareCr; }

private:
    enum class At : quint8 {
        LineStart,
        Inside,
        Cr,
        Dot,
        DotCr,
        End,
    };
    void put(char c, QByteArray *content);

    At m_at = At::LineStart;
    qint64 m_size = 0;
    bool m_bareLf = false;
    bool m_bareCr = false;
};

} // namespace Mailgauge::Smtp
