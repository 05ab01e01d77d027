// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"
#include "smtp/quirk.h"
#include "smtp/reply.h"

#include <QByteArray>

#include <deque>
#include <optional>
#include <variant>

namespace Mailgauge::Smtp {

/// Cuts a server's bytes into lines and replies (RFC 5321 4.2); the result is the same for every
/// way the bytes are split.
///
/// Bounded: a line has at most MaxLine octets, a reply MaxReply octets in MaxLines lines. A code
/// that changes within a reply, and whatever is no reply line, is an error, never a guess. CR alone
/// ends no line; LF alone does, as a quirk. Secrets are not masked here.
class ReplyParser {
public:
    static constexpr qsizetype MaxLine = 64 * 1024;
    static constexpr qsizetype MaxReply = 1024 * 1024;
    static constexpr qsizetype MaxLines = 10'000;

    struct NeedMore { };
    /// A line as received, without its end; told before it is judged.
    struct Line {
        QByteArray bytes;
    };
    /// Told at most once per reply and kind.
    struct Oddity {
        Quirk quirk;
        QByteArray evidence;
    };
    using Item = std::variant<NeedMore, Line, Oddity, Reply>;

    void feed(QByteArrayView bytes) { m_buffer.append(bytes); }
    /// Error kinds MalformedReply and ReplyTooLong; final: every later call gives the same.
    [[nodiscard]] Base::Result<Item> next();
    /// Bytes behind the last complete line; any of them at STARTTLS end the session (RFC 3207 6).
    [[nodiscard]] QByteArrayView unread() const { return QByteArrayView(m_buffer).sliced(m_read); }
    /// Something was received that no reply returned so far contains.
    [[nodiscard]] bool isInsideReply() const
    {
        return m_read < m_buffer.size() || !m_pending.lines.isEmpty() || !m_ready.empty();
    }
    /// The bytes that made next() fail, uncut.
    [[nodiscard]] QByteArray offending() const { return m_offending; }

private:
    void readLine(QByteArrayView line, bool bareLf);
    void finishReply();
    void note(Quirk quirk, QByteArrayView evidence);
    void fail(Base::Error::Kind kind, const QString &detail, QByteArrayView evidence);
    void compact();

    QByteArray m_buffer;
    qsizetype m_read = 0; ///< Everything before it is done with.
    qsizetype m_scanned = 0; ///< No LF between m_read and here.
    Reply m_pending;
    qsizetype m_pendingSize = 0;
    quint32 m_noted = 0; ///< One bit per quirk already told for this reply.
    std::deque<Item> m_ready;
    std::optional<Base::Error> m_error;
    QByteArray m_offending;
};

} // namespace Mailgauge::Smtp
