// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcript/dialogueentries.h"

#include "base/literals.h"
#include "smtp/commandparser.h"
#include "transcript/dialoguesecrets.h"

#include <algorithm>
#include <deque>
#include <utility>

namespace Mailgauge::Transcript {

namespace {

using Smtp::Stage;

/// NOOP, HELP and others belong to no stage of their own: they stand where they were said.
std::optional<Stage> stageOf(const QByteArray &command)
{
    switch (Smtp::parseCommand(command).verb) {
    case Smtp::Verb::Ehlo:
    case Smtp::Verb::Helo:
    case Smtp::Verb::Lhlo:
        return Stage::Helo;
    case Smtp::Verb::StartTls:
        return Stage::StartTls;
    case Smtp::Verb::Auth:
        return Stage::Auth;
    case Smtp::Verb::Mail:
        return Stage::Mail;
    case Smtp::Verb::Rcpt:
        return Stage::Rcpt;
    case Smtp::Verb::Data:
        return Stage::Data;
    case Smtp::Verb::Bdat:
        return command.trimmed().toUpper().endsWith(" LAST") ? Stage::Dot : Stage::Content;
    case Smtp::Verb::Rset:
        return Stage::Rset;
    case Smtp::Verb::Quit:
        return Stage::Quit;
    case Smtp::Verb::Noop:
    case Smtp::Verb::Vrfy:
    case Smtp::Verb::Help:
    case Smtp::Verb::Known:
    case Smtp::Verb::Foreign:
    case Smtp::Verb::Unknown:
        return std::nullopt;
    }
    return std::nullopt;
}

class EntryMaker final {
public:
    explicit EntryMaker(const Dialogue &dialogue)
        : m_dialogue(dialogue)
        , m_secrets(dialogue)
    {
    }

    [[nodiscard]] DialogueEntries make()
    {
        for (qsizetype i = 0; i < m_dialogue.lines.size(); ++i) {
            const DialogueLine &line = m_dialogue.lines[i];
            if (line.us >= 0)
                m_us = std::max(m_us, line.us);
            switch (line.direction) {
            case Direction::Client:
                client(i, line);
                break;
            case Direction::Server:
                server(i, line);
                break;
            case Direction::Event:
                tellTls(line);
                add(i, line, Direction::Event, m_stage);
                break;
            }
        }
        endContent();
        return std::move(m_result);
    }

private:
    void client(qsizetype index, const DialogueLine &line)
    {
        tellTls(line);
        if (m_inContent) {
            takeContent(index, line);
            return;
        }
        const QByteArray bare = bareLine(line.text);
        if (m_dotComes && bare == ".") {
            // A log that leaves the message out shows the dot all the same.
            m_dotComes = false;
            command(index, line, Stage::Dot);
            return;
        }
        if (m_secrets.isAuthAnswer(index)) {
            add(index, line, Direction::Client, Stage::Auth);
            return;
        }
        command(index, line, stageOf(bare).value_or(m_stage));
    }

    void command(qsizetype index, const DialogueLine &line, Stage stage)
    {
        m_stage = stage;
        m_waiting.push_back(stage);
        add(index, line, Direction::Client, stage);
    }

    void server(qsizetype index, const DialogueLine &line)
    {
        if (m_waiting.empty() || m_waiting.front() != Stage::StartTls)
            tellTls(line);
        const QByteArray bare = bareLine(line.text);
        if (m_dotComes && m_waiting.empty() && isReplyLine(bare)) {
            // A server's log shows neither message nor dot, but this reply can only be to them.
            m_dotComes = false;
            command(-1, {Direction::Client, "."_ba, line.tls, -1}, Stage::Dot);
        }
        const bool greets = !m_greeted && m_waiting.empty();
        const Stage stage = greets ? Stage::Greeting
            : m_waiting.empty()    ? m_stage
                                   : m_waiting.front();
        add(index, line, Direction::Server, stage);
        if (!isReplyLine(bare) || (bare.size() > 3 && bare[3] == '-'))
            return;
        m_greeted = true;
        const bool challenge = stage == Stage::Auth && bare.startsWith("334");
        if (challenge)
            return;
        if (!m_waiting.empty())
            m_waiting.pop_front();
        if (stage == Stage::Data && bare.startsWith("354")) {
            // Where the data is not shown, commands follow at once.
            m_inContent = dataFollows(index);
            m_dotComes = true;
        }
    }

    /// Whether what the client says next is message data and not the dot or a command.
    [[nodiscard]] bool dataFollows(qsizetype index) const
    {
        for (qsizetype i = index + 1; i < m_dialogue.lines.size(); ++i) {
            const DialogueLine &line = m_dialogue.lines[i];
            if (line.direction == Direction::Server)
                return false;
            if (line.direction == Direction::Client)
                return line.text != "." && line.text.compare("QUIT", Qt::CaseInsensitive) != 0;
        }
        return false;
    }

    void takeContent(qsizetype index, const DialogueLine &line)
    {
        if (line.text == ".") {
            endContent();
            m_dotComes = false;
            command(index, line, Stage::Dot);
            return;
        }
        if (m_content.isEmpty())
            m_contentLine = line;
        m_content += (line.text.startsWith('.') ? line.text.sliced(1) : line.text) + "\r\n";
    }

    void endContent()
    {
        if (!std::exchange(m_inContent, false))
            return;
        if (m_result.message.isNull()) {
            m_result.message = QUuid::createUuid();
            m_result.content = m_secrets.masked(m_content);
        }
        Entry entry;
        entry.n = m_result.entries.size();
        entry.us = m_us;
        entry.direction = Direction::Client;
        entry.stage = Stage::Content;
        entry.tls = m_contentLine.tls;
        entry.text = "message data, " + QByteArray::number(m_content.size()) + " bytes";
        if (m_result.messages++ == 0)
            entry.content = ContentRange {m_result.message, 0, m_result.content.size()};
        m_result.entries.append(entry);
        m_content.clear();
    }

    /// The handshake is an event of its own, where lines inside TLS begin.
    void tellTls(const DialogueLine &line)
    {
        if (!line.tls || m_tlsTold)
            return;
        m_tlsTold = true;
        m_stage = Stage::Tls;
        Entry entry;
        entry.n = m_result.entries.size();
        entry.us = m_us;
        entry.stage = Stage::Tls;
        entry.tls = true;
        entry.text = m_dialogue.tls
            ? "TLS established: " + m_dialogue.tls->version + ", " + m_dialogue.tls->cipher
            : "TLS established"_ba;
        m_result.entries.append(entry);
    }

    void add(qsizetype index, const DialogueLine &line, Direction direction, Stage stage)
    {
        Entry entry;
        entry.n = m_result.entries.size();
        entry.us = m_us;
        entry.direction = direction;
        entry.stage = stage;
        entry.tls = line.tls;
        entry.text = m_secrets.cut(index, line.text, &entry.redactions);
        entry.unexpected = isUnexpected(entry)
            || (line.unexpected && direction == Direction::Server);
        m_result.entries.append(entry);
    }

    const Dialogue &m_dialogue;
    DialogueSecrets m_secrets;
    DialogueEntries m_result;
    std::deque<Stage> m_waiting;
    Stage m_stage = Stage::Connect;
    DialogueLine m_contentLine;
    QByteArray m_content;
    qint64 m_us = 0;
    bool m_greeted = false;
    bool m_inContent = false;
    bool m_dotComes = false;
    bool m_tlsTold = false;
};

} // namespace

DialogueEntries entriesOf(const Dialogue &dialogue)
{
    return EntryMaker(dialogue).make();
}

} // namespace Mailgauge::Transcript
