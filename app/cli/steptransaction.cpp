// SPDX-License-Identifier: GPL-3.0-or-later
#include "steptransaction.h"

#include "base/literals.h"

#include <algorithm>

namespace Mailgauge::Cli {

namespace {

using Smtp::Outcome;
using Smtp::Stage;

} // namespace

Smtp::Outcome outcomeOf(const Smtp::Reply &reply)
{
    switch (reply.replyClass()) {
    case Smtp::ReplyClass::Completion:
        return Outcome::Accepted;
    case Smtp::ReplyClass::Permanent:
        return Outcome::Rejected;
    case Smtp::ReplyClass::Transient:
        return Outcome::Deferred;
    case Smtp::ReplyClass::Preliminary:
    case Smtp::ReplyClass::Intermediate:
        break;
    }
    // 354 to RCPT, 150 to MAIL: neither a yes nor a no; the message may be tried again.
    return Outcome::Deferred;
}

Smtp::Outcome outcomeOf(const Smtp::Failure &failure)
{
    if (failure.stage == Stage::Dot)
        return Outcome::Uncertain;
    const bool lost = failure.error.kind == Base::Error::Kind::ConnectionClosed
        || failure.error.kind == Base::Error::Kind::Timeout;
    return lost ? Outcome::Deferred : Outcome::Failed;
}

void decideEach(
    QList<Smtp::RecipientOutcome> &outcomes, QList<bool> &open, const QList<Smtp::Reply> &replies)
{
    qsizetype next = 0;
    for (qsizetype i = 0; i < outcomes.size() && next < replies.size(); ++i) {
        if (!std::exchange(open[i], false))
            continue;
        const Smtp::Reply &reply = replies[next++];
        outcomes[i] = {outcomes[i].recipient, outcomeOf(reply), Stage::Dot, reply, {}};
    }
}

StepTransaction::StepTransaction(Net::StepSession &session, Smtp::Transaction transaction,
    Base::Content content, Smtp::SessionOptions options, Commit commit)
    : m_session(session)
    , m_transaction(std::move(transaction))
    , m_content(std::move(content))
    , m_options(std::move(options))
    , m_commit(std::move(commit))
{
    for (const Smtp::Mailbox &path : m_transaction.envelope.forwardPaths) {
        m_outcomes.append({path, Outcome::Failed, Stage::Mail, {}, {}});
        m_open.append(true);
    }
    connect(&m_session, &Net::StepSession::finished, this, &StepTransaction::stepFinished);
}

void StepTransaction::start()
{
    sendMail();
}

void StepTransaction::sendMail()
{
    m_at = At::Mail;
    const auto parameters = Smtp::mailParameters(
        m_transaction, m_session.capabilities(), m_options, Smtp::TlsTrust::None);
    if (!parameters) {
        QMetaObject::invokeMethod(
            this, [this, error = parameters.error()] { broke({error, Stage::Mail}); },
            Qt::QueuedConnection);
        return;
    }
    m_domains = Smtp::usesSmtpUtf8(m_session.capabilities(), m_options) ? Smtp::Domains::AsGiven
                                                                        : Smtp::Domains::Ascii;
    m_session.command(Smtp::mailCommand(m_transaction, *parameters, m_domains));
}

void StepTransaction::sendRcpt()
{
    m_at = At::Rcpt;
    m_session.command(Smtp::rcptCommand(m_transaction, m_next, m_domains));
}

void StepTransaction::stepFinished(const Net::StepResult &result)
{
    if (m_at == At::Data)
        decideEach(m_outcomes, m_open, result.replies);
    if (result.reply) {
        m_lastReply = result.reply;
        answered(*result.reply);
    } else if (result.failure) {
        broke(*result.failure);
    }
}

void StepTransaction::answered(const Smtp::Reply &reply)
{
    const bool closed = !m_session.isOpen();
    switch (m_at) {
    case At::Mail:
        if (outcomeOf(reply) == Outcome::Accepted && !closed)
            return sendRcpt();
        decide(reply, Stage::Mail);
        break;
    case At::Rcpt: {
        Smtp::RecipientOutcome &one = m_outcomes[m_next];
        if (outcomeOf(reply) != Outcome::Accepted) {
            one.outcome = outcomeOf(reply);
            one.stage = Stage::Rcpt;
            one.reply = reply;
            m_open[m_next] = false;
        }
        ++m_next;
        if (closed) {
            decide(reply, Stage::Rcpt);
            break;
        }
        if (m_next < m_outcomes.size())
            return sendRcpt();
        m_at = m_open.contains(true) ? At::Data : At::Rset;
        if (m_at == At::Data)
            commit();
        else
            m_session.command(Smtp::Command::rset());
        return;
    }
    case At::Data:
        m_finalReply = reply;
        // A 354 leads on to the content; anything else was the answer to DATA itself.
        decide(reply, m_session.stage());
        if (!closed && m_session.stage() == Stage::Data) { // or the next MAIL is out of sequence
            m_at = At::Rset;
            m_session.command(Smtp::Command::rset());
            return;
        }
        break;
    case At::Rset:
        break;
    }
    Q_EMIT finished();
}

void StepTransaction::decide(const Smtp::Reply &reply, Stage stage)
{
    for (qsizetype i = 0; i < m_outcomes.size(); ++i) {
        if (!std::exchange(m_open[i], false))
            continue;
        m_outcomes[i].outcome = outcomeOf(reply);
        m_outcomes[i].stage = stage;
        m_outcomes[i].reply = reply;
    }
}

void StepTransaction::commit()
{
    QList<QByteArray> recipients;
    for (qsizetype i = 0; i < m_outcomes.size(); ++i) {
        if (m_open.at(i))
            recipients.append(m_outcomes.at(i).recipient.address());
    }
    m_commit(recipients).then(this, [this](const Base::Result<void> &committed) {
        if (committed)
            m_session.data(m_content);
        else
            broke({committed.error(), Stage::Data});
    });
}

void StepTransaction::stop()
{
    const bool sent = m_session.isBehindDot();
    decideBy({{Base::Error::Kind::Cancelled, u"the program ends"_s, {}}, m_session.stage()},
        sent ? Outcome::Uncertain : Outcome::Stopped);
}

void StepTransaction::broke(const Smtp::Failure &failure)
{
    if (m_at != At::Rset) // then all of it was decided before
        m_failure = failure;
    decideBy(failure, outcomeOf(failure));
    Q_EMIT finished();
}

void StepTransaction::decideBy(const Smtp::Failure &failure, Outcome outcome)
{
    for (qsizetype i = 0; i < m_outcomes.size(); ++i) {
        if (!std::exchange(m_open[i], false))
            continue;
        m_outcomes[i].outcome = outcome;
        m_outcomes[i].stage = failure.stage;
        m_outcomes[i].failure = failure;
    }
}

} // namespace Mailgauge::Cli
