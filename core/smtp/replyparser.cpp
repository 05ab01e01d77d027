// SPDX-License-Identifier: GPL-3.0-or-later
#include "smtp/replyparser.h"

#include "base/literals.h"

#include <QUtf8StringView>

#include <utility>

namespace Mailgauge::Smtp {

namespace {

/// RFC 5321 4.5.3.1.5, with CRLF.
constexpr qsizetype PoliteLine = 512;

bool isDigit(char c)
{
    return c >= '0' && c <= '9';
}

/// The code of a reply line, or nothing where it is none: three digits from 100 to 599, then the
/// end, a space or a hyphen.
std::optional<int> codeOf(QByteArrayView line)
{
    if (line.size() < 3 || line[0] < '1' || line[0] > '5' || !isDigit(line[1]) || !isDigit(line[2]))
        return std::nullopt;
    if (line.size() > 3 && line[3] != ' ' && line[3] != '-')
        return std::nullopt;
    return (line[0] - '0') * 100 + (line[1] - '0') * 10 + (line[2] - '0');
}

} // namespace

Base::Result<ReplyParser::Item> ReplyParser::next()
{
    while (m_ready.empty()) {
        if (m_error)
            return std::unexpected(*m_error);
        const qsizetype lf = m_buffer.indexOf('\n', m_scanned);
        const qsizetype length = (lf < 0 ? m_buffer.size() : lf) - m_read;
        if (length > MaxLine) {
            fail(Base::Error::Kind::ReplyTooLong,
                u"a reply line is longer than %1 octets"_s.arg(MaxLine), unread().first(MaxLine));
            continue;
        }
        if (lf < 0) {
            m_scanned = m_buffer.size();
            compact();
            return NeedMore {};
        }
        QByteArrayView line = unread().first(length);
        m_read = m_scanned = lf + 1;
        const bool bareLf = !line.endsWith('\r');
        readLine(bareLf ? line : line.chopped(1), bareLf);
    }
    Item item = std::move(m_ready.front());
    m_ready.pop_front();
    return item;
}

void ReplyParser::readLine(QByteArrayView line, bool bareLf)
{
    m_ready.emplace_back(Line {line.toByteArray()});
    m_pendingSize += line.size() + 2;
    if (m_pendingSize > MaxReply || m_pending.lines.size() == MaxLines) {
        fail(Base::Error::Kind::ReplyTooLong,
            u"a reply is longer than %1 octets or %2 lines"_s.arg(MaxReply).arg(MaxLines), line);
        return;
    }
    const auto code = codeOf(line);
    if (!code) {
        fail(Base::Error::Kind::MalformedReply, u"not a reply line"_s, line);
        return;
    }
    if (!m_pending.lines.isEmpty() && *code != m_pending.code) {
        fail(Base::Error::Kind::MalformedReply,
            u"the code changes from %1 to %2 within a reply"_s.arg(m_pending.code).arg(*code),
            line);
        return;
    }
    if (bareLf)
        note(Quirk::BareLfInReply, line);
    if (line.size() == 3)
        note(Quirk::CodeWithoutText, line);
    if (line.size() + 2 > PoliteLine)
        note(Quirk::LongReplyLine, line);
    if (!QUtf8StringView(line).isValidUtf8())
        note(Quirk::NotUtf8, line);
    m_pending.code = *code;
    m_pending.lines.append(line.size() > 4 ? line.sliced(4).toByteArray() : ""_ba);
    if (line.size() == 3 || line[3] == ' ')
        finishReply();
}

void ReplyParser::finishReply()
{
    const int klass = m_pending.code / 100;
    // There are enhanced codes for three classes only (RFC 3463 2).
    if (klass == 2 || klass >= 4) {
        for (const QByteArray &line : std::as_const(m_pending.lines)) {
            const auto enhanced = EnhancedStatusCode::parse(line);
            if (enhanced && enhanced->klass != klass)
                note(Quirk::EnhancedCodeContradicts,
                    QByteArray::number(m_pending.code) + ' ' + line);
        }
    }
    m_ready.emplace_back(std::exchange(m_pending, {}));
    m_pendingSize = 0;
    m_noted = 0;
}

void ReplyParser::note(Quirk quirk, QByteArrayView evidence)
{
    const quint32 bit = 1U << static_cast<unsigned>(quirk);
    if (m_noted & bit)
        return;
    m_noted |= bit;
    m_ready.emplace_back(Oddity {quirk, evidence.toByteArray()});
}

void ReplyParser::fail(Base::Error::Kind kind, const QString &detail, QByteArrayView evidence)
{
    m_offending = evidence.toByteArray();
    m_error = Base::fail(kind, detail, m_offending).error();
    m_buffer.clear();
    m_read = m_scanned = 0;
}

void ReplyParser::compact()
{
    if (m_read == 0)
        return;
    m_buffer.remove(0, m_read);
    m_scanned -= m_read;
    m_read = 0;
}

} // namespace Mailgauge::Smtp
