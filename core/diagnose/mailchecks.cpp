// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnose/mailchecks.h"

#include <QUuid>

#include <algorithm>
#include <limits>

namespace Mailgauge::Diagnose {

namespace {

using Base::Severity;
using Smtp::Command;
using Smtp::Reply;
using Smtp::ReplyClass;

Verdict verdictOf(const Reply &reply)
{
    return verdictWhere(
        reply, Verdict::Ok, wantsAuthentication(reply) ? Verdict::NotTested : Verdict::Finding);
}

} // namespace

// --- Pipelining -------------------------------------------------------------------------------

PipeliningCheck::PipeliningCheck(const Ground &ground, QObject *parent)
    : BehaviourCheck(ground, Check::Pipelining, parent)
{
}

void PipeliningCheck::begin()
{
    reach(Level::Secure, [this] {
        if (!talk().session().capabilities().has("PIPELINING"))
            return notTested("notTested.notOffered", "PIPELINING");
        const QList<Command> group {*mailFrom({}), *Command::byHand("RCPT TO:<@>"), Command::rset(),
            *rcptTo("postmaster"), *Command::byHand("NOOP")};
        talk().group(group, [this, group](const Net::StepResult &result) { judge(group, result); });
    });
}

void PipeliningCheck::judge(const QList<Command> &group, const Net::StepResult &result)
{
    const QList<Reply> &replies = result.replies;
    const auto addProbes = [&] {
        for (qsizetype i = 0; i < replies.size(); ++i)
            addProbe("group of " + QByteArray::number(group.size()), group.at(i), replies.at(i),
                Verdict::Ok);
    };
    const bool wasTold = std::ranges::any_of(
        replies, [](const Reply &reply) { return reply.code == 421; });
    if (result.failure && !wasTold) {
        // One by one it answers: it was the group that made the difference.
        addProbes();
        addFindingHere("pipelining.lost", Severity::Error,
            QByteArray::number(replies.size()) + " of " + QByteArray::number(group.size()));
        return done();
    }
    if (broke(result))
        return; // perhaps to be tried once more
    addProbes();
    const auto is = [&replies](qsizetype i, ReplyClass klass) {
        return replies.at(i).replyClass() == klass;
    };
    // RSET and NOOP cannot be refused, the malformed RCPT cannot be taken.
    const bool inStep = is(2, ReplyClass::Completion) && is(4, ReplyClass::Completion)
        && !is(1, ReplyClass::Completion);
    if (!inStep)
        addFindingHere("pipelining.outOfStep", Severity::Error);
    else if (is(0, ReplyClass::Completion) && is(3, ReplyClass::Completion))
        addFindingHere("pipelining.resetIgnored", Severity::Warning);
    done();
}

// --- Size -------------------------------------------------------------------------------------

SizeLimitCheck::SizeLimitCheck(const Ground &ground, QObject *parent)
    : BehaviourCheck(ground, Check::SizeLimit, parent)
{
}

void SizeLimitCheck::begin()
{
    reach(Level::Secure, [this] {
        const auto limit = talk().session().capabilities().sizeLimit();
        if (!limit || *limit == 0 || *limit == std::numeric_limits<qint64>::max())
            return notTested("notTested.notOffered", "SIZE");
        // Taken without the size, so that a refusal with it is for its sake.
        ask(mailFrom({}), [this, limit](const Reply &reply) {
            if (reply.replyClass() != ReplyClass::Completion)
                return notTested("notTested.refused", shownReply(reply));
            ask(Command::rset(), [this, limit](const Reply &) { oversize(*limit); });
        });
    });
}

void SizeLimitCheck::oversize(qint64 limit)
{
    const QByteArray parameter = "SIZE=" + QByteArray::number(limit + 1);
    const auto command = mailFrom({}, parameter);
    ask(command, [this, parameter, command](const Reply &reply) {
        const Verdict verdict = verdictWhere(reply, Verdict::Finding, Verdict::Ok);
        addProbe(parameter, command, reply, verdict);
        if (verdict == Verdict::Finding)
            addFindingHere("size.notObeyed", Severity::Warning, parameter);
        done();
    });
}

// --- Senders and recipients that must be taken --------------------------------------------------

NullSenderCheck::NullSenderCheck(const Ground &ground, QObject *parent)
    : BehaviourCheck(ground, Check::NullSender, parent)
{
}

void NullSenderCheck::begin()
{
    reach(Level::Secure, [this] {
        const auto command = mailFrom({});
        ask(command, [this, command](const Reply &reply) {
            const Verdict verdict = verdictOf(reply);
            addProbe("null sender", command, reply, verdict);
            if (verdict == Verdict::Finding)
                addFindingHere("sender.nullRefused", Severity::Warning, shownReply(reply));
            done();
        });
    });
}

PostmasterCheck::PostmasterCheck(const Ground &ground, QObject *parent)
    : BehaviourCheck(ground, Check::Postmaster, parent)
{
    m_names.append("postmaster");
    if (!ground.domain.isEmpty())
        m_names.append("postmaster@" + ground.domain);
}

void PostmasterCheck::begin()
{
    reach(Level::Secure, [this] {
        ask(mailFrom({}), [this](const Reply &reply) {
            if (reply.replyClass() != ReplyClass::Completion)
                return notTested("notTested.refused", shownReply(reply));
            next();
        });
    });
}

void PostmasterCheck::next()
{
    if (m_at >= m_names.size())
        return done();
    const auto command = rcptTo(m_names.at(m_at));
    ask(command, [this, command](const Reply &reply) {
        const QByteArray name = m_names.at(m_at);
        // Only the bare name must be taken by every server; the domain may be another's.
        const bool refused = verdictOf(reply) == Verdict::Finding;
        addProbe(name, command, reply, refused && m_at > 0 ? Verdict::NotTested : verdictOf(reply));
        if (refused && m_at == 0)
            addFindingHere("postmaster.refused", Severity::Warning, shownReply(reply));
        ++m_at;
        next();
    });
}

// --- VRFY, EXPN ---------------------------------------------------------------------------------

VrfyCheck::VrfyCheck(const Ground &ground, QObject *parent)
    : BehaviourCheck(ground, Check::Vrfy, parent)
{
    const QByteArray known = ground.options.recipient.isEmpty() ? "postmaster"
                                                                : ground.options.recipient;
    const qsizetype at = known.lastIndexOf('@');
    const QByteArray nobody = "nobody-" + QUuid::createUuid().toByteArray(QUuid::Id128).left(12)
        + (at < 0 ? QByteArray() : known.sliced(at));
    for (const QByteArray &verb : {QByteArray("VRFY"), QByteArray("EXPN")}) {
        m_questions.append({verb, known});
        m_questions.append({verb, nobody});
    }
}

void VrfyCheck::begin()
{
    reach(Level::Secure, [this] { next(); });
}

void VrfyCheck::next()
{
    if (m_at >= m_questions.size()) {
        compare("VRFY");
        compare("EXPN");
        return done();
    }
    const Question &question = m_questions.at(m_at);
    const auto command = Command::byHand(question.verb + ' ' + question.name);
    ask(command, [this, command](const Reply &reply) {
        Question &asked = m_questions[m_at];
        addProbe(asked.verb + ' ' + asked.name, command, reply,
            reply.replyClass() == ReplyClass::Transient ? Verdict::NotTested : Verdict::Ok);
        asked.reply = reply;
        asked.evidence = talk().lastLine();
        ++m_at;
        next();
    });
}

void VrfyCheck::compare(const QByteArray &verb)
{
    const auto first = std::ranges::find(m_questions, verb, &Question::verb);
    const Question &known = *first;
    const Question &nobody = *std::next(first);
    // 252 says nothing (RFC 5321 3.5.3); whoever says 250 to both says nothing either.
    const bool confirms = known.reply->code == 250 || known.reply->code == 251;
    const bool denies = nobody.reply->replyClass() == ReplyClass::Permanent
        && nobody.reply->code != 502 && nobody.reply->code != 500;
    if (confirms && denies)
        addFinding("vrfy.leak", Severity::Warning, verb, {known.evidence, nobody.evidence});
}

// --- Many recipients ----------------------------------------------------------------------------

RecipientLimitCheck::RecipientLimitCheck(const Ground &ground, QObject *parent)
    : BehaviourCheck(ground, Check::RecipientLimit, parent)
{
}

void RecipientLimitCheck::begin()
{
    if (ground().options.recipient.isEmpty())
        return notTested("notTested.consent");
    m_taken = 0;
    reach(Level::Secure, [this] {
        ask(mailFrom({}), [this](const Reply &reply) {
            if (reply.replyClass() != ReplyClass::Completion)
                return notTested("notTested.refused", shownReply(reply));
            next();
        });
    });
}

void RecipientLimitCheck::next()
{
    talk().command(rcptTo(ground().options.recipient), [this](const Net::StepResult &result) {
        // Behind many recipients a 421 is an answer, too.
        if (result.failure || (result.reply->code == 421 && m_taken == 0)) {
            (void)broke(result);
            return;
        }
        const Reply &reply = *result.reply;
        if (reply.replyClass() != ReplyClass::Completion) {
            if (m_taken == 0)
                return notTested("notTested.refused", shownReply(reply));
            return over("limit " + QByteArray::number(m_taken), reply);
        }
        if (++m_taken >= ground().options.recipients)
            return over("no limit up to " + QByteArray::number(m_taken), reply);
        next();
    });
}

void RecipientLimitCheck::over(const QByteArray &what, const Reply &reply)
{
    const bool refused = reply.replyClass() != ReplyClass::Completion;
    const bool few = refused && m_taken < 100; // RFC 5321 4.5.3.1.8
    addProbe(what, rcptTo(ground().options.recipient), reply, few ? Verdict::Finding : Verdict::Ok);
    if (few)
        addFindingHere("recipients.tooFew", Severity::Warning, QByteArray::number(m_taken));
    done();
}

} // namespace Mailgauge::Diagnose
