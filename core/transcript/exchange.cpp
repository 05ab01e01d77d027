// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcript/exchange.h"

#include "transcript/dialogue.h"

#include <algorithm>
#include <deque>

namespace Mailgauge::Transcript {

namespace {

using Smtp::Stage;

bool goesOn(const QByteArray &text)
{
    return text.size() > 3 && text[3] == '-';
}

/// Joins replies to commands, line by line.
class Folder final {
public:
    void add(const Entry &entry)
    {
        switch (entry.direction) {
        case Direction::Client:
            addCommand(entry);
            break;
        case Direction::Server:
            addLine(entry);
            break;
        case Direction::Event:
            addEvent(entry);
            break;
        }
    }
    [[nodiscard]] QList<Exchange> take() { return std::move(m_exchanges); }

private:
    Exchange &append(const Entry &entry, bool waits)
    {
        Exchange exchange;
        exchange.stage = entry.stage;
        exchange.connection = m_connection;
        exchange.transaction = std::max(m_transaction, 0);
        exchange.tls = entry.tls;
        exchange.us = entry.us;
        m_exchanges.append(exchange);
        if (waits)
            m_waiting.push_back(m_exchanges.size() - 1);
        return m_exchanges.last();
    }

    void addCommand(const Entry &entry)
    {
        // An answer to a challenge belongs to the attempt that it is part of.
        if (entry.stage == Stage::Auth && !m_waiting.empty()) {
            const Exchange &open = m_exchanges.at(m_waiting.front());
            if (open.stage == Stage::Auth && open.challenges > 0)
                return;
        }
        if (entry.stage == Stage::Mail)
            ++m_transaction;
        if (entry.content || entry.stage == Stage::Content) {
            // Message data may be one entry or one per line; it is one step.
            if (m_exchanges.isEmpty() || m_exchanges.last().stage != Stage::Content
                || m_exchanges.last().transaction != std::max(m_transaction, 0)) {
                Exchange &exchange = append(entry, false);
                exchange.command = entry.text;
                exchange.commandEntry = entry.n;
            }
            return;
        }
        Exchange &exchange = append(entry, true);
        exchange.command = entry.text;
        exchange.commandEntry = entry.n;
    }

    void addLine(const Entry &entry)
    {
        if (!isReplyLine(entry.text)) {
            target(entry).strayLines.append(entry.text);
            return;
        }
        if (m_reply.lines.isEmpty()) {
            m_reply.code = entry.text.first(3).toInt();
            m_first = entry.n;
        }
        m_reply.lines.append(entry.text.sliced(std::min<qsizetype>(4, entry.text.size())));
        if (!goesOn(entry.text))
            finishReply(entry);
    }

    void finishReply(const Entry &entry)
    {
        Exchange &exchange = target(entry);
        const bool challenge = exchange.stage == Stage::Auth && m_reply.code == 334;
        if (exchange.reply && !challenge && exchange.challenges == 0) {
            // One reply too many: kept as what it was on the wire.
            for (const QByteArray &line : std::as_const(m_reply.lines))
                exchange.strayLines.append(QByteArray::number(m_reply.code) + ' ' + line);
        } else {
            exchange.reply = m_reply;
            exchange.replyEntry = m_first;
            exchange.tookUs = entry.us - std::max(exchange.us, m_lastReply);
        }
        m_reply = {};
        m_lastReply = entry.us;
        if (challenge)
            ++exchange.challenges;
        else if (!m_waiting.empty())
            m_waiting.pop_front();
    }

    /// Whom a line of the server answers.
    Exchange &target(const Entry &entry)
    {
        if (!m_waiting.empty())
            return m_exchanges[m_waiting.front()];
        const bool greets = entry.stage == Stage::Greeting || m_exchanges.isEmpty();
        const bool greeted = std::ranges::any_of(m_exchanges, [this](const Exchange &exchange) {
            return exchange.stage == Stage::Greeting && exchange.connection == m_connection;
        });
        if (greets && !greeted) {
            Exchange &exchange = append(entry, false);
            exchange.stage = Stage::Greeting;
            exchange.us = m_lastEvent;
            return exchange;
        }
        return m_exchanges.isEmpty() ? append(entry, false) : m_exchanges.last();
    }

    void addEvent(const Entry &entry)
    {
        m_lastEvent = entry.us;
        if (entry.stage == Stage::Connect && !m_exchanges.isEmpty()) {
            // A new connection of the same session: nothing that was asked before is answered.
            if (m_exchanges.last().connection == m_connection)
                ++m_connection;
            m_waiting.clear();
            m_reply = {};
        }
        if (entry.stage == Stage::Tls && !isHandshakeNote(entry)) {
            if (!m_exchanges.isEmpty() && m_exchanges.last().stage == Stage::Tls)
                return;
            Exchange &exchange = append(entry, false);
            exchange.command = entry.text;
            exchange.commandEntry = entry.n;
        }
        if (entry.content && entry.stage == Stage::Content)
            addCommand(entry);
    }

    QList<Exchange> m_exchanges;
    std::deque<qsizetype> m_waiting;
    Smtp::Reply m_reply;
    qint64 m_first = -1;
    qint64 m_lastReply = 0;
    qint64 m_lastEvent = 0;
    int m_connection = 0;
    int m_transaction = -1;
};

qsizetype pathEnd(const QByteArray &command, qsizetype from)
{
    bool quoted = false;
    for (qsizetype i = from; i < command.size(); ++i) {
        if (quoted && command[i] == '\\')
            ++i;
        else if (command[i] == '"')
            quoted = !quoted;
        else if (!quoted && command[i] == '>')
            return i;
    }
    return -1;
}

} // namespace

QList<Exchange> exchangesOf(const QList<Entry> &entries)
{
    Folder folder;
    for (const Entry &entry : entries)
        folder.add(entry);
    return folder.take();
}

std::optional<QByteArray> pathOf(const QByteArray &command)
{
    const qsizetype colon = command.indexOf(':');
    const qsizetype open = command.indexOf('<', std::max<qsizetype>(colon, 0));
    if (colon < 0)
        return std::nullopt;
    if (open < 0) {
        // Old clients leave the brackets out.
        const QByteArray bare = command.sliced(colon + 1).trimmed();
        return bare.isEmpty() ? std::nullopt : std::optional(bare.split(' ').first());
    }
    const qsizetype end = pathEnd(command, open + 1);
    if (end < 0)
        return std::nullopt;
    return command.sliced(open + 1, end - open - 1);
}

QList<QByteArray> pathParametersOf(const QByteArray &command)
{
    const qsizetype open = command.indexOf('<');
    const qsizetype end = open < 0 ? -1 : pathEnd(command, open + 1);
    if (end < 0)
        return {};
    QList<QByteArray> words = command.sliced(end + 1).split(' ');
    words.removeAll(QByteArray());
    return words;
}

QByteArray authMechanismOf(const QByteArray &command)
{
    const QList<QByteArray> words = command.simplified().split(' ');
    return words.size() > 1 ? words[1].toUpper() : QByteArray();
}

} // namespace Mailgauge::Transcript
