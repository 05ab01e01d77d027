// SPDX-License-Identifier: GPL-3.0-or-later
#include "delivery/importtext.h"

#include "base/literals.h"
#include "delivery/exitcode.h"
#include "delivery/queueid.h"
#include "mime/reader.h"
#include "transcript/dialogueentries.h"

#include <algorithm>

namespace Mailgauge::Delivery {

namespace {

using Smtp::Outcome;
using Smtp::Stage;
using Transcript::Exchange;
using Transcript::SessionRecord;

/// Logs leave the year out, and the reader took 2000: the last time it was that day.
QDateTime inItsYear(const QDateTime &time, const QDateTime &now)
{
    if (time.date().year() != 2000)
        return time;
    const int years = now.date().year() - 2000;
    const QDateTime thisYear = time.addYears(years);
    return thisYear > now.addDays(1) ? time.addYears(years - 1) : thisYear;
}

/// What a record says, found in the steps of a session.
class RecordReader final {
public:
    RecordReader(const Transcript::Dialogue &dialogue, const Transcript::DialogueEntries &read,
        const QDateTime &now)
        : m_steps(Transcript::exchangesOf(read.entries))
        , m_entries(read.entries)
    {
        m_record.id = QUuid::createUuid();
        m_record.startedAt
            = (dialogue.startedAt.isValid() ? inItsYear(dialogue.startedAt, now) : now).toUTC();
        m_record.host = dialogue.host;
        m_record.port = dialogue.port;
        m_record.address = dialogue.address;
        m_record.tls = dialogue.tls;
        m_record.message = read.message;
        if (!read.content.isEmpty()) {
            const Mime::ParsedMessage message = Mime::parse(read.content);
            m_record.subject = message.header("Subject");
            m_record.messageId = Mime::messageIdOf(message.header("Message-ID"));
        }
    }

    [[nodiscard]] SessionRecord read()
    {
        for (const Exchange &step : m_steps)
            readStep(step);
        readTls();
        readEnd();
        readTimes();
        judge();
        return m_record;
    }

private:
    void readStep(const Exchange &step)
    {
        if (step.stage != Stage::Quit)
            m_record.stage = step.stage;
        switch (step.stage) {
        case Stage::Greeting:
            if (step.reply)
                m_record.greeting = step.reply->lines.value(0);
            refuse(step);
            break;
        case Stage::Helo:
            if (step.reply && step.reply->isPositive())
                m_record.capabilities = Smtp::Capabilities::fromEhlo(*step.reply);
            break;
        case Stage::Auth:
            m_authRefusal.reset();
            if (step.reply && step.reply->isPositive())
                m_record.authMechanism = Transcript::authMechanismOf(step.command);
            else
                m_authRefusal = step.reply;
            break;
        case Stage::Mail:
            if (m_record.recipients.isEmpty())
                m_record.reversePath = Transcript::pathOf(step.command).value_or(QByteArray());
            refuse(step);
            break;
        case Stage::Rcpt:
            readRecipient(step);
            break;
        case Stage::Data:
        case Stage::Dot:
            decide(step);
            break;
        case Stage::Resolve:
        case Stage::Connect:
        case Stage::Proxy:
        case Stage::StartTls:
        case Stage::Tls:
        case Stage::Content:
        case Stage::Rset:
        case Stage::Quit:
            break;
        }
    }

    void refuse(const Exchange &step)
    {
        if (step.reply && !step.reply->isPositive())
            m_refusal = step.reply;
    }

    void readRecipient(const Exchange &step)
    {
        const auto mailbox = Smtp::Mailbox::parse(
            Transcript::pathOf(step.command).value_or(QByteArray()));
        if (!mailbox)
            return;
        Smtp::RecipientOutcome outcome {*mailbox, Outcome::Failed, Stage::Rcpt, step.reply, {}};
        // Accepted for now: the content decides.
        if (step.reply && !step.reply->isPositive())
            outcome.outcome = Smtp::outcomeOfReply(*step.reply);
        else
            m_open.append(m_record.recipients.size());
        m_record.recipients.append(outcome);
    }

    void decide(const Exchange &step)
    {
        const bool dot = step.stage == Stage::Dot;
        if (dot)
            m_record.finalReply = step.reply;
        if (!dot && (!step.reply || step.reply->isPositive()))
            return;
        for (const qsizetype i : std::as_const(m_open)) {
            Smtp::RecipientOutcome &outcome = m_record.recipients[i];
            outcome.stage = step.stage;
            outcome.outcome = step.reply ? Smtp::outcomeOfReply(*step.reply) : Outcome::Uncertain;
            outcome.reply = step.reply;
        }
        m_open.clear();
        if (dot && step.reply)
            m_record.queueId = queueIdOf(*step.reply);
    }

    void readTls()
    {
        const auto has = [this](Stage stage) {
            return std::ranges::contains(m_steps, stage, &Exchange::stage);
        };
        const bool encrypted = std::ranges::any_of(
            m_entries, [](const Transcript::Entry &entry) { return entry.tls; });
        m_record.tlsPolicy = has(Stage::StartTls) ? "starttls"_ba
            : encrypted                           ? "implicit"_ba
                                                  : "none"_ba;
    }

    /// A command without a reply at the end: the text ends there, or the connection did.
    void readEnd()
    {
        if (m_steps.isEmpty() || m_steps.last().reply || m_steps.last().stage == Stage::Content
            || m_steps.last().stage == Stage::Tls || m_steps.last().stage == Stage::Quit)
            return;
        m_record.stage = m_steps.last().stage;
        m_record.failure = Smtp::Failure {
            {Base::Error::Kind::ConnectionClosed, u"the transcript ends without a reply"_s, {}},
            m_steps.last().stage};
    }

    void readTimes()
    {
        if (m_entries.isEmpty() || m_entries.last().us == 0)
            return;
        m_record.totalUs = m_entries.last().us;
        for (const Exchange &step : m_steps)
            m_record.timings[step.stage] += std::max<qint64>(0, step.tookUs);
    }

    void judge()
    {
        const bool quit = std::ranges::contains(m_steps, Stage::Quit, &Exchange::stage);
        for (const qsizetype i : std::as_const(m_open)) {
            Smtp::RecipientOutcome &outcome = m_record.recipients[i];
            outcome.outcome = m_record.failure ? Outcome::Deferred
                : quit                         ? Outcome::Stopped
                                               : Outcome::Failed;
            if (m_record.failure)
                outcome.failure = m_record.failure;
        }
        if (m_authRefusal && m_record.recipients.isEmpty() && !m_record.failure) {
            m_refusal = m_authRefusal;
            m_record.stage = Stage::Auth;
            m_record.failure = Smtp::Failure {
                {Base::Error::Kind::Denied, u"authentication refused"_s, {}}, Stage::Auth};
        }
        const bool stopped = quit && m_record.recipients.isEmpty() && !m_refusal;
        const Verdict verdict = verdictOf({m_record.recipients, m_record.failure, m_refusal,
            stopped
                || std::ranges::any_of(m_record.recipients,
                    [](const Smtp::RecipientOutcome &one) {
                        return one.outcome == Outcome::Stopped;
                    }),
            Smtp::tlsPolicyFromName(m_record.tlsPolicy).value_or(Smtp::TlsPolicy::None)});
        m_record.outcome = verdict.outcome;
        m_record.exitCode = verdict.exitCode;
        const auto refused = std::ranges::find_if(m_record.recipients,
            [](const Smtp::RecipientOutcome &one) { return one.outcome != Outcome::Accepted; });
        if (refused != m_record.recipients.end() && !m_record.failure)
            m_record.stage = refused->stage;
    }

    QList<Exchange> m_steps;
    const QList<Transcript::Entry> &m_entries;
    SessionRecord m_record;
    QList<qsizetype> m_open; ///< Recipients that the content decides.
    std::optional<Smtp::Reply> m_refusal;
    std::optional<Smtp::Reply> m_authRefusal; ///< Of the last attempt.
};

} // namespace

Base::Result<ImportedText> importText(
    const QByteArray &text, std::optional<Transcript::SourceFormat> format, const QDateTime &now)
{
    ImportedText result;
    if (text.size() > Transcript::DialogueLimits::MaxText)
        return Base::fail(Base::Error::Kind::Full, u"the text is larger than 64 MiB"_s);
    result.guess = Transcript::guessFormats(text).first();
    if (format)
        result.guess = {*format, 100};
    else if (result.guess.confidence == 0)
        return Base::fail(Base::Error::Kind::InvalidInput,
            Transcript::noDialogue(
                u"swaks, Postfix, Exim or openssl output or a copied dialogue"_s));
    const auto dialogues = Transcript::readDialogues(text, result.guess.format);
    if (!dialogues)
        return std::unexpected(dialogues.error());
    for (const Transcript::Dialogue &dialogue : *dialogues) {
        const Transcript::DialogueEntries read = Transcript::entriesOf(dialogue);
        ImportedSession one;
        one.session.record = RecordReader(dialogue, read, now).read();
        one.session.record.findings.append(
            {"imported." + Transcript::sourceFormatName(result.guess.format).toByteArray(),
                Stage::Connect, {}});
        if (read.messages > 1) {
            one.session.record.findings.append({"imported.firstMessage"_ba, Stage::Content,
                "1 of " + QByteArray::number(read.messages)});
        }
        one.session.entries = read.entries;
        one.content = read.content;
        result.sessions.append(one);
    }
    return result;
}

} // namespace Mailgauge::Delivery
