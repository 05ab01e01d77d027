// SPDX-License-Identifier: GPL-3.0-or-later
// A dialogue copied from somewhere: marked ("S: 220 …", "C: EHLO …", ">>> ", "<-"), or a telnet or
// netcat screen where a reply is known by its code and a command by its verb.
#include "transcript/dialogue.h"

#include "base/literals.h"

#include <QRegularExpression>

#include <algorithm>

namespace Mailgauge::Transcript {

namespace {

struct Mark {
    QByteArrayView word;
    Direction direction;
    bool unexpected = false;
};

constexpr std::array marks {Mark {"S:", Direction::Server}, Mark {"S!", Direction::Server, true},
    Mark {"C:", Direction::Client}, Mark {"SERVER:", Direction::Server},
    Mark {"CLIENT:", Direction::Client}, Mark {"RCVD:", Direction::Server},
    Mark {"SENT:", Direction::Client}, Mark {"<<<", Direction::Server},
    Mark {">>>", Direction::Client}, Mark {"<--", Direction::Server},
    Mark {"-->", Direction::Client}, Mark {"<-", Direction::Server}, Mark {"->", Direction::Client},
    Mark {"<", Direction::Server}, Mark {">", Direction::Client}};

struct Marked {
    std::optional<Direction> direction;
    QByteArray text; ///< With the gap behind the mark.
    bool unexpected = false;
};

Marked markedOf(const QByteArray &raw)
{
    const QByteArray line = raw.sliced(timeLength(raw));
    const QByteArray view = bareLine(line);
    for (const Mark &mark : marks) {
        if (view.size() < mark.word.size()
            || view.first(mark.word.size()).compare(mark.word, Qt::CaseInsensitive) != 0)
            continue;
        const QByteArray rest = view.sliced(mark.word.size());
        const QByteArray bare = bareLine(rest);
        // "<" alone begins quotations and addresses too.
        if (mark.word.size() == 1
            && (mark.direction == Direction::Server ? !isReplyLine(bare) : !isCommandLine(bare)))
            continue;
        return {mark.direction, rest, mark.unexpected};
    }
    return {std::nullopt, line};
}

bool isTelnetNoise(const QByteArray &line)
{
    static const QRegularExpression form(
        u"^(?:Trying .*\\.\\.\\.|Connected to .*|Escape character is .*|Connection closed.*"
        "|Connection to .* (?:closed|succeeded).*|Ncat: .*|telnet> .*|[\\w.@:~/-]*[#$%] .*)$"_s,
        QRegularExpression::CaseInsensitiveOption);
    return form.match(QString::fromLatin1(line.left(300))).hasMatch();
}

class PlainReader final {
public:
    explicit PlainReader(bool marked)
        : m_marked(marked)
    {
    }

    void add(const QByteArray &raw)
    {
        const QByteArray bare = bareLine(raw);
        const Marked read = m_marked ? markedOf(raw) : Marked {std::nullopt, raw};
        if (read.direction) {
            if (*read.direction == Direction::Server)
                server(bareLine(read.text), read.unexpected);
            else
                client(withoutGap(read.text));
        } else if (m_data && !m_marked) {
            client(raw);
        } else if (isTelnetNoise(bare)) {
            takeHost(bare);
            event(bare);
        } else if (isReplyLine(bare) && !m_marked) {
            server(bare);
        } else if (isCommandLine(bare) && !m_marked) {
            client(bare);
        } else if (m_challenged && !bare.isEmpty()) {
            client(bare); // an answer to a challenge, whatever it looks like
        } else if (m_answers && !bare.isEmpty() && !bare.contains(' ')) {
            client(bare); // the challenges were left out
        } else if (m_data && m_marked && m_last == Direction::Client) {
            client(raw); // message data that only its first line was marked of
        } else if (!bare.isEmpty()) {
            event(bare);
        }
    }

    [[nodiscard]] QList<Dialogue> take()
    {
        finish();
        return std::move(m_all);
    }

private:
    void server(const QByteArray &text, bool unexpected = false)
    {
        const bool greets = text.startsWith("220") && m_spoken && !m_startTls && !m_goesOn;
        if (greets)
            finish();
        m_startTls = false;
        m_goesOn = text.size() > 3 && text[3] == '-';
        m_challenged = text.startsWith("334");
        m_answers = false;
        m_data = text.startsWith("354");
        m_tls = m_tls || m_nextTls;
        append(Direction::Server, text);
        m_now.lines.last().unexpected = unexpected;
        m_nextTls = false;
        if (m_asksTls && text.startsWith("220"))
            m_nextTls = true;
        m_asksTls = false;
        m_spoken = true;
    }

    void client(const QByteArray &text)
    {
        m_tls = m_tls || m_nextTls;
        m_nextTls = false;
        append(Direction::Client, text);
        m_challenged = false;
        m_answers = !m_data && (isAuth(text) || (m_answers && !isCommandLine(text)));
        m_startTls = !m_data && text.trimmed().compare("STARTTLS", Qt::CaseInsensitive) == 0;
        m_asksTls = m_startTls;
        if (m_data && text == ".")
            m_data = false;
        m_spoken = true;
    }

    /// Commands and answers alone; message data keeps what stands behind the gap of the lines
    /// before.
    QByteArray withoutGap(const QByteArray &text)
    {
        const QByteArray bare = bareLine(text);
        if (m_data)
            return text.startsWith(m_gap) ? text.sliced(m_gap.size()) : bare;
        if (!bare.isEmpty())
            m_gap = text.first(text.indexOf(bare));
        return bare;
    }

    static bool isAuth(const QByteArray &bare)
    {
        return bare.left(4).compare("AUTH", Qt::CaseInsensitive) == 0 && isCommandLine(bare);
    }

    void takeHost(const QByteArray &text)
    {
        static const QRegularExpression trying(u"^(?:Trying|Connected to) (\\S+?)\\.*$"_s);
        static const QRegularExpression typed(u"(?:telnet|nc|ncat) (?:-\\w+ )*(\\S+) (\\d+)"_s);
        const QString line = QString::fromUtf8(text);
        if (m_spoken && text.startsWith("Trying "))
            finish();
        if (const auto match = typed.match(line); match.hasMatch()) {
            m_now.host = match.captured(1);
            m_now.port = static_cast<quint16>(match.captured(2).toUInt());
        } else if (const auto by = trying.match(line); by.hasMatch()) {
            if (text.startsWith("Trying"))
                m_now.address = by.captured(1);
            else if (m_now.host.isEmpty())
                m_now.host = by.captured(1);
        }
    }

    void event(const QByteArray &text) { append(Direction::Event, text); }

    void append(Direction direction, const QByteArray &text)
    {
        if (direction != Direction::Event)
            m_last = direction;
        m_now.lines.append({direction, text, m_tls, -1});
    }

    void finish()
    {
        if (!m_now.lines.isEmpty())
            m_all.append(m_now);
        m_now = {};
        m_spoken = m_data = m_challenged = m_startTls = m_asksTls = m_tls = m_nextTls = false;
        m_goesOn = m_answers = false;
    }

    QList<Dialogue> m_all;
    Dialogue m_now;
    Direction m_last = Direction::Event;
    QByteArray m_gap = " "_ba; ///< Between mark and text.
    bool m_marked;
    bool m_spoken = false;
    bool m_data = false;
    bool m_challenged = false;
    bool m_answers = false; ///< AUTH was said, and no reply since.
    bool m_startTls = false;
    bool m_asksTls = false;
    bool m_nextTls = false;
    bool m_tls = false;
    bool m_goesOn = false;
};

struct Counts {
    int marked = 0;
    int replies = 0;
    int commands = 0;
    int total = 0;
};

Counts countsOf(const QList<QByteArray> &lines)
{
    Counts counts;
    for (const QByteArray &line : lines) {
        const QByteArray bare = bareLine(line);
        if (bare.isEmpty())
            continue;
        ++counts.total;
        const Marked read = markedOf(line);
        const QByteArray text = bareLine(read.text);
        const bool speaks = isReplyLine(text) || isCommandLine(text);
        counts.marked += read.direction && speaks ? 1 : 0;
        counts.replies += isReplyLine(bare) ? 1 : 0;
        counts.commands += isCommandLine(bare) ? 1 : 0;
    }
    return counts;
}

} // namespace

int plainConfidence(const QList<QByteArray> &lines)
{
    const Counts counts = countsOf(lines);
    if (counts.total == 0 || counts.marked + counts.replies + counts.commands == 0)
        return 0;
    // Any other format that fits says more about a text.
    return std::min(
        55, 10 + (counts.marked + counts.replies + counts.commands) * 60 / counts.total);
}

QList<Dialogue> readPlain(const QList<QByteArray> &lines)
{
    const Counts counts = countsOf(lines);
    PlainReader reader(counts.marked > counts.replies + counts.commands);
    for (const QByteArray &line : lines)
        reader.add(line);
    return reader.take();
}

} // namespace Mailgauge::Transcript
