// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>

namespace Mailgauge::Smtp {

/// Transparency (RFC 5321 4.5.2) over chunks: a dot at the start of a line is doubled, whatever the
/// chunk borders.
///
/// Content has CRLF line ends. Where a bare CR or LF slipped in, a dot behind it is doubled too:
/// some servers take it for a line end, and none of the non-standard ends of data may leave us.
class DotStuffer {
public:
    /// Returns `chunk` itself where nothing had to be doubled.
    [[nodiscard]] QByteArray stuff(const QByteArray &chunk);
    /// The end of data: `.` CRLF, with a CRLF before it where the content did not end in one.
    [[nodiscard]] QByteArray finish() const;

private:
    enum class At : quint8 {
        LineStart, ///< Nothing was written yet, or CRLF.
        AfterCr,
        AfterBareLf,
        Inside,
    };
    [[nodiscard]] At after(const QByteArray &chunk) const;

    At m_at = At::LineStart;
};

} // namespace Mailgauge::Smtp
