// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "transcript/transcript.h"

#include <QRegularExpression>

#include <array>
#include <atomic>
#include <optional>

namespace Mailgauge::Transcript {

/// One condition on the text of a line.
struct TextTerm {
    enum class Kind : quint8 {
        Plain, ///< The text stands somewhere in the line.
        Pattern, ///< It is a regular expression (PCRE2) that matches the line as it is shown.
    };
    Kind kind = Kind::Plain;
    QString text;
    bool caseSensitive = false; ///< Else ASCII letters (in patterns all letters) match either case.
    bool excluded = false; ///< Lines that do not match pass.

    bool operator==(const TextTerm &) const = default;
};

/// Conditions that must all hold, as a filter expression states them (filterexpression.h).
struct LineConditions {
    static constexpr quint8 AnyDirection = 0b111;
    static constexpr quint16 AnyStage = 0xffff;
    static constexpr quint8 AnyReplyClass = 0xff;
    static constexpr quint8 AnyTls = 0b11;
    static constexpr quint8 AnyExpectation = 0b11;

    QList<TextTerm> texts;
    quint8 directions = AnyDirection; ///< Bit of Direction set: its lines pass.
    quint16 stages = AnyStage; ///< Bit of Smtp::Stage.
    quint8 replyClasses = AnyReplyClass; ///< Bit 4: 4yz; bit 0: lines that are no reply.
    quint8 tls = AnyTls; ///< Bit 0: in clear; bit 1: inside TLS.
    quint8 unexpected = AnyExpectation; ///< Bit 0: not unexpected; bit 1: unexpected.
    QList<quint32> sessions; ///< Indexes; empty: any.
    /// Only MAIL and RCPT with their replies, of transactions and recipients whose path holds this.
    QByteArray recipient;

    bool operator==(const LineConditions &) const = default;
};

/// Which lines of a transcript to show. Kinds (reply classes, stages, unexpected) are alternatives:
/// a line of any of them passes; direction, session, text and the conditions must all hold. A
/// value: workers get a copy.
struct LineFilter {
    QByteArray text; ///< UTF-8; ASCII letters match in either case. Empty: any.
    std::optional<Direction> direction;
    std::optional<quint32> session; ///< Index in Transcript::sessions().
    quint8 replyClasses = 0; ///< Bit 4 set: 4yz passes.
    quint16 stages = 0; ///< Bit of Smtp::Stage set: its lines pass.
    bool unexpected = false; ///< Replies that are unexpected pass.
    LineConditions conditions;
    bool foldContent = false; ///< Of a stretch of message data only the first line passes,
    QList<quint32> unfolded; ///< and these rows, in their order.

    void addReplyClass(Smtp::ReplyClass klass);
    void addStage(Smtp::Stage stage);
    [[nodiscard]] bool isEmpty() const { return *this == LineFilter(); }
    /// Too much work for the thread that paints, even over a few lines; or, with a recipient, only
    /// to be decided over all lines together.
    [[nodiscard]] bool isCostly() const;

    bool operator==(const LineFilter &) const = default;
};

/// Finds a text in many lines.
class Needle final {
public:
    explicit Needle(const QByteArray &text, bool caseSensitive = false);

    [[nodiscard]] bool isEmpty() const { return m_text.isEmpty(); }
    [[nodiscard]] bool isIn(QByteArrayView line) const;

private:
    QByteArray m_text; ///< In lower case, unless case counts.
    std::array<quint32, 256> m_skip {}; ///< Horspool's table, the same for both cases of a letter.
    bool m_caseSensitive;
};

/// A pattern as it is searched for: bounded, so that no expression holds a worker for long on one
/// line. Not valid where PCRE2 does not understand it.
[[nodiscard]] QRegularExpression boundedPattern(const TextTerm &term);

/// A LineFilter made ready to look at many lines.
class LineMatcher final {
public:
    explicit LineMatcher(const LineFilter &filter);

    /// All but the recipient, which one line alone cannot tell.
    [[nodiscard]] bool matches(const Snapshot &lines, qsizetype row) const;
    /// The matching rows from `from` up to and without `to`, in their order. Ends early, with what
    /// was found so far, once `cancelled` is true. With a recipient `from` must be 0.
    [[nodiscard]] QList<quint32> rows(const Snapshot &lines, qsizetype from, qsizetype to,
        const std::atomic_bool *cancelled = nullptr) const;

private:
    struct Text {
        Needle needle;
        QRegularExpression pattern;
        bool isPattern;
        bool excluded;
    };
    [[nodiscard]] bool matchesFields(const Line &line, qsizetype row) const;
    [[nodiscard]] bool matchesTexts(QByteArrayView text) const;

    LineFilter m_filter;
    Needle m_needle;
    QList<Text> m_texts;
};

} // namespace Mailgauge::Transcript
