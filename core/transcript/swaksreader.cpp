// SPDX-License-Identifier: GPL-3.0-or-later
// swaks: a hint of three characters and a space before each line. " -> " we, "<-  " they; "~" for
// "-" inside TLS; a star where an error was seen; "===" and "***" are swaks' own words.
#include "transcript/dialogue.h"

#include "base/literals.h"

#include <QRegularExpression>

#include <algorithm>

namespace Mailgauge::Transcript {

namespace {

struct Hint {
    QByteArrayView mark;
    Direction direction;
    bool tls;
};

constexpr std::array hints {Hint {" ->", Direction::Client, false},
    Hint {" ~>", Direction::Client, true}, Hint {"<- ", Direction::Server, false},
    Hint {"<~ ", Direction::Server, true}, Hint {"<**", Direction::Server, false},
    Hint {"<-*", Direction::Server, false}, Hint {"<~*", Direction::Server, true},
    Hint {"**>", Direction::Client, false}, Hint {"*->", Direction::Client, false},
    Hint {"*~>", Direction::Client, true}, Hint {"===", Direction::Event, false},
    Hint {"***", Direction::Event, false}, Hint {" > ", Direction::Client, false},
    Hint {" < ", Direction::Server, false}};

const Hint *hintOf(QByteArrayView line)
{
    const auto found = std::ranges::find_if(hints, [line](const Hint &hint) {
        return line.startsWith(hint.mark) && (line.size() == 3 || line[3] == ' ');
    });
    return found == hints.end() ? nullptr : &*found;
}

/// A time may stand in front, as `ts` and loggers put it, and a blank behind it.
QByteArray withoutTime(const QByteArray &line)
{
    const qsizetype time = timeLength(line);
    return time > 0 ? line.sliced(time + 1) : line;
}

/// "=== response in 0.042s" says how long the line before took.
std::optional<qint64> lapse(const QByteArray &text)
{
    static const QRegularExpression words(u"^response in ([0-9.]+)s$"_s);
    const auto match = words.match(QString::fromLatin1(text.left(80)));
    return match.hasMatch() ? std::optional(qint64(match.captured(1).toDouble() * 1e6))
                            : std::nullopt;
}

class SwaksReader final {
public:
    void add(const QByteArray &raw)
    {
        const QByteArray line = withoutTime(raw);
        const Hint *hint = hintOf(line);
        if (!hint) {
            if (!line.trimmed().isEmpty())
                append(Direction::Event, line, m_tls);
            return;
        }
        const QByteArray text = line.mid(4);
        if (hint->direction == Direction::Event) {
            addHint(text);
            return;
        }
        // "<** 550" does not tell whether TLS is on: as the lines before it.
        m_tls = hint->mark == "<**" || hint->mark == "**>" ? m_tls : hint->tls;
        append(hint->direction, text, m_tls);
        m_now.lines.last().unexpected = hint->mark.contains('*');
    }

    [[nodiscard]] QList<Dialogue> take()
    {
        finish();
        return std::move(m_all);
    }

private:
    void addHint(const QByteArray &text)
    {
        static const QRegularExpression trying(u"^Trying (.+):(\\d+)\\.\\.\\.$"_s);
        static const QRegularExpression cipher(u"^TLS started with cipher ([^:]+):([^:]+)"_s);
        static const QRegularExpression peer(u"^TLS peer.*subject=\\[([^\\]]*)\\]"_s);
        const QString line = QString::fromUtf8(text);
        if (const auto match = trying.match(line); match.hasMatch()) {
            if (std::ranges::any_of(m_now.lines,
                    [](const DialogueLine &one) { return one.direction != Direction::Event; }))
                finish();
            m_now.host = match.captured(1);
            m_now.port = static_cast<quint16>(match.captured(2).toUInt());
        } else if (const auto tls = cipher.match(line); tls.hasMatch()) {
            m_now.tls.emplace();
            m_now.tls->version = tls.captured(1).toLatin1();
            m_now.tls->cipher = tls.captured(2).toLatin1();
            m_now.tls->accepted = true;
            m_tls = true;
        } else if (const auto subject = peer.match(line); subject.hasMatch() && m_now.tls) {
            Tls::CertificateFacts leaf;
            leaf.subject = subject.captured(1);
            m_now.tls->chain.append(leaf);
        } else if (const auto took = lapse(text)) {
            m_us += *took;
            m_timed = true;
            return;
        }
        append(Direction::Event, text, m_tls);
    }

    void append(Direction direction, const QByteArray &text, bool tls)
    {
        m_now.lines.append(
            {.direction = direction, .text = text, .tls = tls, .us = m_timed ? m_us : -1});
    }

    void finish()
    {
        if (!m_now.lines.isEmpty())
            m_all.append(m_now);
        m_now = {};
        m_tls = false;
        m_us = 0;
    }

    QList<Dialogue> m_all;
    Dialogue m_now;
    bool m_tls = false;
    bool m_timed = false;
    qint64 m_us = 0;
};

} // namespace

int swaksConfidence(const QList<QByteArray> &lines)
{
    int hinted = 0;
    int total = 0;
    bool own = false;
    for (const QByteArray &line : lines) {
        if (line.trimmed().isEmpty())
            continue;
        const QByteArray rest = withoutTime(line);
        const Hint *hint = hintOf(rest);
        ++total;
        hinted += hint ? 1 : 0;
        own = own || (hint && hint->direction == Direction::Event) || rest.startsWith(" -> ")
            || rest.startsWith("<-  ");
    }
    if (total == 0 || !own)
        return 0;
    return hinted * 100 / total;
}

QList<Dialogue> readSwaks(const QList<QByteArray> &lines)
{
    SwaksReader reader;
    for (const QByteArray &line : lines)
        reader.add(line);
    return reader.take();
}

} // namespace Mailgauge::Transcript
