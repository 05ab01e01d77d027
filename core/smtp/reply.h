// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QList>
#include <QMetaType>

#include <compare>
#include <optional>

namespace Mailgauge::Smtp {

/// What the first digit of a reply code says (RFC 5321 4.2.1).
enum class ReplyClass : quint8 {
    Preliminary = 1,
    Completion = 2,
    Intermediate = 3,
    Transient = 4,
    Permanent = 5,
};

/// `class.subject.detail` (RFC 3463 2). Subject and detail have at most three digits.
struct EnhancedStatusCode {
    quint8 klass = 0;
    quint16 subject = 0;
    quint16 detail = 0;

    /// Reads a code at the start of `text`, followed by a space, a tab or the end.
    [[nodiscard]] static std::optional<EnhancedStatusCode> parse(QByteArrayView text);
    [[nodiscard]] QByteArray toByteArray() const;

    auto operator<=>(const EnhancedStatusCode &) const = default;
};

/// A complete server reply (RFC 5321 4.2): one code, one or more text lines without code and
/// separator. Text is kept byte-exact (known secrets aside); it need not be UTF-8. Enhanced status
/// codes are parsed on demand.
struct Reply {
    int code = 0; ///< 100 to 599.
    QList<QByteArray> lines;

    [[nodiscard]] ReplyClass replyClass() const { return static_cast<ReplyClass>(code / 100); }
    [[nodiscard]] bool isPositive() const { return code >= 200 && code < 400; }
    /// The code at the start of the last line that has one. Its class may contradict `code`; the
    /// basic code decides.
    [[nodiscard]] std::optional<EnhancedStatusCode> enhanced() const;
    /// All lines joined by a space, for one-line displays.
    [[nodiscard]] QByteArray text() const;
    /// "550 5.1.1 No such user": the code before text().
    [[nodiscard]] QByteArray oneLine() const;

    bool operator==(const Reply &) const = default;
};

} // namespace Mailgauge::Smtp

Q_DECLARE_METATYPE(Mailgauge::Smtp::Reply)
