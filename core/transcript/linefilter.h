// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "transcript/transcript.h"

#include <optional>

namespace Mailgauge::Transcript {

/// Which lines of a transcript to show. Kinds (reply classes, stages) are alternatives: a line of
/// any of them passes; direction, session and text must all hold. A value: workers get a copy.
struct LineFilter {
    QByteArray text; ///< UTF-8; ASCII letters match in either case. Empty: any.
    std::optional<Direction> direction;
    std::optional<quint32> session; ///< Index in Transcript::sessions().
    quint8 replyClasses = 0; ///< Bit 4 set: 4yz passes.
    quint16 stages = 0; ///< Bit of Smtp::Stage set: its lines pass.

    void addReplyClass(Smtp::ReplyClass klass);
    void addStage(Smtp::Stage stage);
    [[nodiscard]] bool isEmpty() const { return *this == LineFilter(); }

    bool operator==(const LineFilter &) const = default;
};

/// A LineFilter made ready to look at many lines.
class LineMatcher final {
public:
    explicit LineMatcher(const LineFilter &filter);

    [[nodiscard]] bool matches(const Snapshot &lines, qsizetype row) const;
    /// The matching rows from `from` up to and without `to`, in their order.
    [[nodiscard]] QList<quint32> rows(const Snapshot &lines, qsizetype from, qsizetype to) const;

private:
    [[nodiscard]] bool holdsText(QByteArrayView text) const;

    LineFilter m_filter;
    QByteArray m_needle; ///< In lower case.
    std::array<quint32, 256> m_skip {}; ///< Horspool's table, the same for both cases of a letter.
};

} // namespace Mailgauge::Transcript
