// SPDX-License-Identifier: GPL-3.0-or-later
// Exim with -d or -v: "SMTP>> x" is what Exim said, "SMTP<< x" what it heard, "SMTP|>" and "SMTP+>"
// what it said and pipelined; further lines of a reply are indented. Whoever greets is the server.
#include "transcript/dialogue.h"

#include "base/literals.h"

#include <QRegularExpression>

#include <algorithm>

namespace Mailgauge::Transcript {

namespace {

struct Said {
    bool out = false;
    bool control = false; ///< "SMTP(close)>>"
    QByteArray text;
};

/// With the process id and the time that -d may put in front taken off.
QByteArray withoutPrefix(const QByteArray &line)
{
    static const QRegularExpression prefix(
        u"^(?:\\d\\d:\\d\\d:\\d\\d(?:\\.\\d+)? +)?(?:\\d+ )?(?=\\s*(?:SMTP|\\d{3}[ -]|  +\\d{3}))"_s);
    const auto match = prefix.match(QString::fromLatin1(line.left(64)));
    return match.hasMatch() ? line.sliced(match.capturedLength()) : line;
}

std::optional<Said> saidIn(const QByteArray &raw)
{
    const QByteArray line = withoutPrefix(raw);
    static const QRegularExpression form(u"^ *SMTP(?:(>>|<<|[|+~]>|\\?<)|\\((\\w+)\\)(>>|<<)) ?"_s);
    const auto match = form.match(QString::fromLatin1(line.left(64)));
    if (!match.hasMatch())
        return std::nullopt;
    Said said;
    said.control = match.hasCaptured(2);
    said.out = (said.control ? match.captured(3) : match.captured(1)).endsWith(u'>');
    said.text = said.control ? match.captured(2).toLatin1() : line.sliced(match.capturedLength());
    return said;
}

class EximReader final {
public:
    void add(const QByteArray &raw)
    {
        if (const auto said = saidIn(raw)) {
            addSaid(*said);
            return;
        }
        static const QRegularExpression connecting(
            u"^Connecting to (\\S+) \\[([^\\]]+)\\]:(\\d+)"_s);
        static const QRegularExpression tls(u"(TLS1\\.[0-3]|TLSv1\\.[0-3])[:_]+([A-Z0-9_:-]+)"_s);
        const QByteArray line = withoutPrefix(raw);
        const QString text = QString::fromLatin1(line.left(1000)).trimmed();
        if (m_mayGoOn && line.startsWith("       ") && isReplyLine(line.trimmed())) {
            append(m_last, line.trimmed());
            return;
        }
        m_mayGoOn = false;
        if (const auto match = connecting.match(text); match.hasMatch()) {
            finish();
            m_now.host = match.captured(1);
            m_now.address = match.captured(2);
            m_now.port = static_cast<quint16>(match.captured(3).toUInt());
        } else if (const auto cipher = tls.match(text);
            cipher.hasMatch() && m_startTls && !m_now.tls) {
            m_now.tls.emplace();
            m_now.tls->version = cipher.captured(1).replace("TLS1"_L1, "TLSv1"_L1).toLatin1();
            m_now.tls->version.replace("TLSvv", "TLSv");
            m_now.tls->cipher = cipher.captured(2).toLatin1();
            m_now.tls->accepted = true;
        }
        if (!line.trimmed().isEmpty())
            append(Direction::Event, line);
    }

    [[nodiscard]] QList<Dialogue> take()
    {
        finish();
        return std::move(m_all);
    }

private:
    void addSaid(const Said &said)
    {
        m_mayGoOn = false;
        if (said.control) {
            append(Direction::Event, "connection: " + said.text);
            if (said.text == "close")
                finish();
            return;
        }
        if (!m_spoken) {
            // The first word is the greeting: 220 by us makes Exim the server.
            m_eximServes = said.out && isReplyLine(said.text);
            m_spoken = true;
        }
        if (said.text.startsWith('(') && said.text.endsWith(')')) {
            append(Direction::Event, said.text.sliced(1).chopped(1)); // "(writing message)"
            return;
        }
        const bool server = said.out == m_eximServes;
        m_last = server ? Direction::Server : Direction::Client;
        append(m_last, said.text);
        m_mayGoOn = server;
        if (!server && said.text.compare("STARTTLS", Qt::CaseInsensitive) == 0)
            m_startTls = true;
        if (m_now.host.isEmpty() && server && isReplyLine(said.text))
            m_now.host = QString::fromUtf8(said.text.mid(4).split(' ').first());
    }

    void append(Direction direction, const QByteArray &text)
    {
        m_now.lines.append({direction, text, m_now.tls.has_value(), -1});
    }

    void finish()
    {
        if (m_spoken)
            m_all.append(m_now);
        else if (!m_all.isEmpty())
            m_all.last().lines += m_now.lines; // what Exim made of it
        m_now = {};
        m_spoken = false;
        m_startTls = false;
        m_eximServes = false;
        m_mayGoOn = false;
    }

    QList<Dialogue> m_all;
    Dialogue m_now;
    Direction m_last = Direction::Event;
    bool m_spoken = false;
    bool m_eximServes = false;
    bool m_startTls = false;
    bool m_mayGoOn = false;
};

} // namespace

int eximConfidence(const QList<QByteArray> &lines)
{
    const auto said = std::ranges::count_if(
        lines, [](const QByteArray &line) { return saidIn(line).has_value(); });
    return said == 0 ? 0 : static_cast<int>(std::min<qint64>(100, 70 + said * 5));
}

QList<Dialogue> readExim(const QList<QByteArray> &lines)
{
    EximReader reader;
    for (const QByteArray &line : lines)
        reader.add(line);
    return reader.take();
}

} // namespace Mailgauge::Transcript
