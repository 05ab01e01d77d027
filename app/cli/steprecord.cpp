// SPDX-License-Identifier: GPL-3.0-or-later
#include "steprecord.h"

#include "steptransaction.h"

#include "base/literals.h"
#include "delivery/exitcode.h"
#include "delivery/queueid.h"

#include <algorithm>
#include <utility>

namespace Mailgauge::Cli {

namespace {

using Smtp::Outcome;
using Smtp::Stage;

const Base::SystemClock systemClock;

} // namespace

StepRecord::StepRecord(Transcript::SessionRepository *sessions,
    const Delivery::SendRequest &request, TellLost tellLost)
    : m_sessions(sessions)
    , m_tellLost(std::move(tellLost))
    , m_start(systemClock.now())
{
    m_record.id = QUuid::createUuid();
    m_record.startedAt = systemClock.utcNow();
    m_record.profile = request.profile;
    m_record.profileName = request.profileName;
    m_record.host = request.target.name();
    m_record.port = request.target.isLocal() ? quint16(0) : request.target.port;
    if (m_sessions)
        watch(m_sessions->begin(m_record, {}));
}

StepRecord::~StepRecord()
{
    m_kept.waitForFinished();
    if (m_kept.isResultReadyAt(0))
        judge(m_kept.result());
}

void StepRecord::watch(const Kept &kept)
{
    m_kept = kept;
    m_kept.then(&m_context, [this](const Base::Result<void> &result) { judge(result); });
}

void StepRecord::judge(const Base::Result<void> &kept)
{
    if (kept || m_lost)
        return;
    m_lost = kept.error();
    m_tellLost(*m_lost);
}

void StepRecord::keepEntries(Net::StepSession &session)
{
    const QList<Transcript::Entry> entries = session.takeEntries();
    if (m_sessions && !entries.isEmpty())
        watch(m_sessions->append(m_record.id, entries));
}

void StepRecord::claim(const QList<Smtp::Mailbox> &recipients)
{
    if (m_sessions)
        watch(m_sessions->claim(m_record.id, recipients));
}

StepRecord::Kept StepRecord::commit(const QList<QByteArray> &recipients)
{
    if (!m_sessions || recipients.isEmpty())
        return QtFuture::makeReadyValueFuture(Base::Result<void>());
    if (m_lost)
        return QtFuture::makeReadyValueFuture(Base::Result<void>(std::unexpected(*m_lost)));
    watch(m_sessions->commit(m_record.id, recipients));
    return m_kept;
}

QList<QByteArray> StepRecord::openRecipients() const
{
    QList<QByteArray> recipients;
    for (qsizetype i = 0; i < m_open.size(); ++i) {
        if (m_open.at(i))
            recipients.append(m_record.recipients.at(i).recipient.address());
    }
    return recipients;
}

void StepRecord::decide(Outcome outcome, Stage stage, const Net::StepResult &result)
{
    for (qsizetype i = 0; i < m_open.size(); ++i) {
        if (!std::exchange(m_open[i], false))
            continue;
        Smtp::RecipientOutcome &one = m_record.recipients[i];
        one = {one.recipient, outcome, stage, result.reply, result.failure};
    }
}

/// A recipient that a line by hand named has a reply as well, and stands in no list of ours.
void StepRecord::decideEach(const QList<Smtp::Reply> &replies)
{
    for (qsizetype i = 0; i < m_open.size(); ++i) {
        if (m_turns.at(i) >= replies.size() || !std::exchange(m_open[i], false))
            continue;
        const Smtp::Reply &reply = replies.at(m_turns.at(i));
        Smtp::RecipientOutcome &one = m_record.recipients[i];
        one = {one.recipient, outcomeOf(reply), Stage::Dot, reply, {}};
    }
}

void StepRecord::setFinalReply(const Smtp::Reply &reply)
{
    m_record.finalReply = reply;
    m_record.queueId = Delivery::queueIdOf(reply);
}

void StepRecord::step(const QByteArray &op, const std::optional<Smtp::Mailbox> &path,
    const Net::StepResult &result, Net::StepSession &session)
{
    if (op == "data")
        decideEach(result.replies);
    else if (result.accepted == 0 && result.reply) // MAIL, RSET or EHLO, whoever sent it.
        decide(Outcome::Stopped, Stage::Rset, result);
    if (result.failure) {
        // A step that could not be taken says nothing about those before it.
        if (session.isOpen() || session.hasNews())
            return keepEntries(session);
        m_record.failure = result.failure;
        m_record.stage = result.failure->stage;
        decide(outcomeOf(*result.failure), result.failure->stage, result);
    } else if (result.reply) {
        const Smtp::Reply &reply = *result.reply;
        if (op == "open") {
            m_record.greeting = reply.lines.value(0);
            m_record.stage = Stage::Greeting;
        } else if (op == "mail") {
            m_record.reversePath = path ? path->address() : QByteArray();
            m_record.stage = Stage::Mail;
        } else if (op == "rcpt" && path) {
            const Outcome outcome = outcomeOf(reply);
            m_record.recipients.append({*path, outcome, Stage::Rcpt, reply, {}});
            m_open.append(outcome == Outcome::Accepted);
            m_turns.append(result.accepted - 1);
            claim({*path});
            m_record.stage = Stage::Rcpt;
        } else if (op == "data") {
            setFinalReply(reply);
            // A 354 leads on to the content; anything else was the answer to DATA itself.
            m_record.stage = session.stage();
            decide(outcomeOf(reply), m_record.stage, result);
        } else if (op == "rset") {
            decide(Outcome::Stopped, Stage::Rset, result);
        }
    }
    keepEntries(session);
}

void StepRecord::transaction(const std::optional<Smtp::Mailbox> &reversePath,
    const QList<Smtp::RecipientOutcome> &outcomes, const std::optional<Smtp::Reply> &finalReply,
    const std::optional<Smtp::Failure> &failure, Net::StepSession &session)
{
    m_record.reversePath = reversePath ? reversePath->address() : QByteArray();
    m_record.recipients += outcomes;
    m_open.resize(m_record.recipients.size(), false);
    m_turns.resize(m_record.recipients.size(), 0);
    if (finalReply)
        setFinalReply(*finalReply);
    if (failure)
        m_record.failure = failure;
    m_record.stage = Stage::Mail;
    for (const Smtp::RecipientOutcome &one : outcomes)
        m_record.stage = std::max(one.stage, m_record.stage);
    if (failure)
        m_record.stage = failure->stage;
    keepEntries(session);
}

void StepRecord::finish(Net::StepSession &session)
{
    if (std::exchange(m_finished, true))
        return;
    if (session.isBehindDot()) {
        m_record.stage = Stage::Dot;
        decide(Outcome::Uncertain, Stage::Dot,
            {.reply = {},
                .failure = Smtp::Failure {
                    {Base::Error::Kind::Cancelled, u"the program ends"_s, {}}, Stage::Dot}});
    }
    decide(Outcome::Stopped, m_record.stage, {});
    if (session.isOpen() || session.isBusy())
        session.close();
    m_record.address = session.address();
    m_record.capabilities = session.capabilities();
    m_record.tls = session.tlsFacts();
    m_record.authMechanism = session.mechanism();
    // Recipients whose message was never sent, because nobody asked for it.
    const bool stopped = std::ranges::any_of(m_record.recipients,
                             [](const Smtp::RecipientOutcome &one) {
                                 return one.outcome == Outcome::Stopped;
                             })
        && Delivery::countsOf(m_record.recipients).accepted == 0;
    const Delivery::Verdict verdict = Delivery::verdictOf({.recipients = m_record.recipients,
        .failure = m_record.failure,
        .refusal = {},
        .stopped = stopped,
        .tls = Smtp::TlsPolicy::None});
    m_record.outcome = verdict.outcome;
    m_record.exitCode = verdict.exitCode;
    m_record.totalUs = std::chrono::duration_cast<std::chrono::microseconds>(
        systemClock.now() - m_start)
                           .count();
    keepEntries(session);
    if (m_sessions)
        watch(m_sessions->finish(m_record));
}

} // namespace Mailgauge::Cli
