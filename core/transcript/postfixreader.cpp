// SPDX-License-Identifier: GPL-3.0-or-later
// Postfix with -v or debug_peer_list: "postfix/smtpd[PID]: < host[ip]: EHLO x" is what the client
// said to smtpd, "postfix/smtp[PID]: > host[ip]:25: EHLO x" what Postfix said as a client. Sessions
// of several processes stand between each other; one begins with the greeting.
#include "transcript/dialogue.h"

#include "base/literals.h"

#include <QHash>
#include <QRegularExpression>
#include <QTimeZone>

#include <algorithm>

namespace Mailgauge::Transcript {

namespace {

/// What stands before the process' own words.
struct Stamp {
    QDateTime time; ///< Invalid: not understood.
    QByteArray process; ///< "smtpd", "smtp" …
    QByteArray pid;
    QByteArray text;
};

QDateTime timeOf(const QString &text)
{
    if (text.contains(u'T') && text.contains(u'-'))
        return QDateTime::fromString(text, Qt::ISODateWithMs);
    // The traditional form names no year. One is taken that has a 29 February.
    return QLocale::c().toDateTime(u"2000 "_s + text.simplified(), u"yyyy MMM d HH:mm:ss"_s);
}

std::optional<Stamp> stampOf(const QByteArray &line)
{
    static const QRegularExpression form(
        u"^(?:(\\w{3} +\\d{1,2} "
        u"\\d\\d:\\d\\d:\\d\\d|\\d{4}-\\d\\d-\\d\\dT[0-9:.]+(?:Z|[+-]\\d\\d:?\\d\\d)?) "
        "(?:\\S+ )?)?(?:[\\w.-]*postfix[\\w.-]*/)(?:[\\w-]+/)*(smtpd|smtp|lmtp|postscreen)\\[(\\d+)\\]: "_s);
    const auto match = form.match(QString::fromLatin1(line.left(512)));
    if (!match.hasMatch())
        return std::nullopt;
    Stamp stamp;
    stamp.time = timeOf(match.captured(1));
    stamp.process = match.captured(2).toLatin1();
    stamp.pid = match.captured(3).toLatin1();
    stamp.text = line.sliced(match.capturedLength());
    return stamp;
}

struct Said {
    bool out = false; ///< ">": the process said it.
    QString host;
    QString address;
    quint16 port = 0;
    QByteArray text;
};

std::optional<Said> saidIn(const QByteArray &text)
{
    static const QRegularExpression form(
        u"^([<>]) (\\S+?)\\[([0-9A-Fa-f.:]+|unknown)\\](?::(\\d+))?: ?"_s);
    const auto match = form.match(QString::fromLatin1(text.left(512)));
    if (!match.hasMatch())
        return std::nullopt;
    Said said;
    said.out = match.captured(1) == ">"_L1;
    said.host = match.captured(2);
    said.address = match.captured(3);
    said.port = static_cast<quint16>(match.captured(4).toUInt());
    said.text = text.sliced(match.capturedLength());
    return said;
}

class PostfixReader final {
public:
    void add(const QByteArray &line)
    {
        const auto stamp = stampOf(line);
        if (!stamp)
            return; // other programs' lines belong to no session
        const bool server = stamp->process == "smtpd" || stamp->process == "postscreen";
        Dialogue &dialogue = m_open[stamp->process + stamp->pid];
        const auto said = saidIn(stamp->text);
        const bool greets = said && isReplyLine(said->text) && said->text.startsWith('2')
            && said->text.startsWith("220") && said->out == server && !isInTls(dialogue);
        if (greets && hasSpoken(dialogue))
            finish(dialogue);
        if (!said) {
            addEvent(dialogue, *stamp);
            return;
        }
        if (dialogue.host.isEmpty() || !hasSpoken(dialogue)) {
            // Who the server is: the other side where Postfix is the client, else Postfix itself.
            dialogue.host = server ? QString() : said->host;
            dialogue.address = server ? QString() : said->address;
            dialogue.port = server ? quint16(25) : (said->port == 0 ? quint16(25) : said->port);
            if (server && isReplyLine(said->text))
                dialogue.host = QString::fromUtf8(said->text.mid(4).split(' ').first());
        }
        const bool fromServer = said->out == server;
        append(
            dialogue, fromServer ? Direction::Server : Direction::Client, said->text, stamp->time);
    }

    [[nodiscard]] QList<Dialogue> take()
    {
        for (const QByteArray &key : m_open.keys())
            finish(m_open[key]);
        std::ranges::stable_sort(m_all, {}, [](const Dialogue &one) { return one.startedAt; });
        return std::move(m_all);
    }

private:
    static bool hasSpoken(const Dialogue &dialogue)
    {
        return std::ranges::any_of(dialogue.lines,
            [](const DialogueLine &line) { return line.direction != Direction::Event; });
    }

    /// The reply to STARTTLS is a 220 too.
    static bool isInTls(const Dialogue &dialogue)
    {
        const auto last = std::ranges::find_last_if(dialogue.lines,
            [](const DialogueLine &line) { return line.direction == Direction::Client; });
        return !last.empty() && last.front().text.compare("STARTTLS", Qt::CaseInsensitive) == 0;
    }

    void addEvent(Dialogue &dialogue, const Stamp &stamp)
    {
        static const QRegularExpression tls(
            u"TLS connection established (?:from|to) [^:]+: (TLSv[0-9.]+) with cipher (\\S+)"_s);
        if (const auto match = tls.match(QString::fromLatin1(stamp.text)); match.hasMatch()) {
            dialogue.tls.emplace();
            dialogue.tls->version = match.captured(1).toLatin1();
            dialogue.tls->cipher = match.captured(2).toLatin1();
            dialogue.tls->accepted = true;
        }
        // Between two sessions of a process nothing belongs to either.
        if (stamp.text.startsWith("connect from ") && hasSpoken(dialogue))
            finish(dialogue);
        append(dialogue, Direction::Event, stamp.text, stamp.time);
        if (stamp.text.startsWith("disconnect from "))
            finish(dialogue);
    }

    static void append(
        Dialogue &dialogue, Direction direction, const QByteArray &text, const QDateTime &time)
    {
        if (!dialogue.startedAt.isValid())
            dialogue.startedAt = time;
        const qint64 us = time.isValid() && dialogue.startedAt.isValid()
            ? std::max<qint64>(0, dialogue.startedAt.msecsTo(time)) * 1000
            : -1;
        dialogue.lines.append({direction, text, dialogue.tls.has_value(), us});
    }

    void finish(Dialogue &dialogue)
    {
        if (hasSpoken(dialogue))
            m_all.append(dialogue);
        dialogue = {};
    }

    QHash<QByteArray, Dialogue> m_open; ///< By process and its id.
    QList<Dialogue> m_all;
};

} // namespace

int postfixConfidence(const QList<QByteArray> &lines)
{
    int stamped = 0;
    int said = 0;
    int total = 0;
    for (const QByteArray &line : lines) {
        if (line.trimmed().isEmpty())
            continue;
        ++total;
        if (const auto stamp = stampOf(line)) {
            ++stamped;
            said += saidIn(stamp->text) ? 1 : 0;
        }
    }
    if (said == 0)
        return 0;
    return std::max(60, stamped * 100 / total);
}

QList<Dialogue> readPostfix(const QList<QByteArray> &lines)
{
    PostfixReader reader;
    for (const QByteArray &line : lines)
        reader.add(line);
    return reader.take();
}

} // namespace Mailgauge::Transcript
