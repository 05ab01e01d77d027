// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnose/behaviourcheck.h"

#include <algorithm>

namespace Mailgauge::Diagnose {

namespace {

using Smtp::Command;
using Smtp::Reply;
using Smtp::ReplyClass;

QByteArray whyOf(const Smtp::Failure &failure)
{
    return Smtp::stageName(failure.stage).toByteArray() + ": " + failure.error.detail.toUtf8();
}

} // namespace

QByteArray shownReply(const Reply &reply)
{
    return reply.oneLine().trimmed();
}

Verdict verdictWhere(const Reply &reply, Verdict taken, Verdict refused)
{
    switch (reply.replyClass()) {
    case ReplyClass::Completion:
        return taken;
    case ReplyClass::Permanent:
        return refused;
    default:
        return Verdict::NotTested;
    }
}

bool wantsAuthentication(const Reply &reply)
{
    // Postfix and others say 530 to who has not done STARTTLS yet, too.
    return reply.code == 530 || reply.code == 538
        || (reply.replyClass() == ReplyClass::Permanent
            && reply.text().toLower().contains("authentication required"));
}

Base::Result<Command> mailFrom(const QByteArray &path, const QByteArray &parameters)
{
    return Command::byHand(
        "MAIL FROM:<" + path + '>' + (parameters.isEmpty() ? "" : ' ' + parameters));
}

Base::Result<Command> rcptTo(const QByteArray &path)
{
    return Command::byHand("RCPT TO:<" + path + '>');
}

BehaviourCheck::BehaviourCheck(const Ground &ground, Check check, QObject *parent)
    : QObject(parent)
    , m_ground(ground)
{
    m_result.check = check;
    m_result.host = ground.cell.key.host;
    m_pause.setSingleShot(true);
    connect(&m_pause, &QTimer::timeout, this, [this] { begin(); });
}

BehaviourCheck::~BehaviourCheck() = default;

void BehaviourCheck::start()
{
    m_start = m_ground.clock->now();
    m_result.verdict = Verdict::Running;
    m_tries = 1;
    begin();
}

// --- Getting there ----------------------------------------------------------------------------

void BehaviourCheck::dropTalk()
{
    if (!m_talk)
        return;
    m_talk->end();
    m_talk.release()->deleteLater(); // perhaps from within its own step
}

void BehaviourCheck::reach(Level level, Next next)
{
    dropTalk();
    m_talk = std::make_unique<Talk>(
        stepOptions(), m_ground.record, m_ground.sessions, *m_ground.clock, nullptr);
    connect(m_talk.get(), &Talk::storeFailed, this, &BehaviourCheck::storeFailed);
    m_result.sessions.append(m_talk->id());
    m_talk->open([this, level, next = std::move(next)](const Net::StepResult &result) {
        if (broke(result))
            return;
        if (!result.reply->isPositive())
            return notTested("notTested.refused", shownReply(*result.reply));
        greeted(level, next);
    });
}

void BehaviourCheck::greeted(Level level, const Next &next)
{
    if (level == Level::Greeted)
        return next();
    hello([this, level, next] {
        if (level == Level::Secure && m_ground.cell.key.mode == TlsMode::StartTls)
            secured(next);
        else
            next();
    });
}

void BehaviourCheck::secured(const Next &next)
{
    m_talk->startTls([this, next](const Net::StepResult &result) {
        if (broke(result))
            return;
        if (!result.reply->isPositive())
            return notTested("notTested.refused", shownReply(*result.reply));
        hello(next);
    });
}

void BehaviourCheck::hello(const Next &next)
{
    m_talk->ehlo(
        m_ground.options.relay.session.ehloName, [this, next](const Net::StepResult &result) {
            if (broke(result))
                return;
            if (result.reply->replyClass() == ReplyClass::Transient)
                return slowDown(*result.reply);
            if (!result.reply->isPositive())
                return notTested("notTested.refused", shownReply(*result.reply));
            next();
        });
}

bool BehaviourCheck::broke(const Net::StepResult &result)
{
    if (result.failure) {
        notTested("notTested.broken", whyOf(*result.failure));
        return true;
    }
    const bool early = m_talk->session().stage() == Smtp::Stage::Greeting
        && result.reply->replyClass() == ReplyClass::Transient;
    if (result.reply->code != 421 && !early)
        return false;
    slowDown(*result.reply);
    return true;
}

void BehaviourCheck::slowDown(const Reply &reply)
{
    dropTalk();
    if (m_tries >= m_ground.options.tries)
        return notTested("notTested.busy", shownReply(reply));
    const QByteArray host = m_result.host.isEmpty() ? QByteArray() : m_result.host.toUtf8() + ' ';
    const Pause pause {.where = host + checkName(m_result.check).toByteArray(),
        .reply = shownReply(reply),
        .length = m_ground.options.pause * (1 << (m_tries - 1))};
    ++m_tries;
    m_pause.start(pause.length);
    Q_EMIT paused(pause);
}

void BehaviourCheck::ask(const Base::Result<Command> &command, OnReply then)
{
    m_talk->command(command, [this, then = std::move(then)](const Net::StepResult &result) {
        if (broke(result))
            return;
        // RFC 5321 4.2.2: come again later. Where the limit itself is sought, it is the answer.
        if (result.reply->code == 450 && m_result.check != Check::RecipientLimit)
            return slowDown(*result.reply);
        then(*result.reply);
    });
}

void BehaviourCheck::leave(Next next)
{
    if (!m_talk || !m_talk->session().isOpen())
        return next();
    m_talk->quit([next = std::move(next)](const Net::StepResult &) { next(); });
}

// --- The result -------------------------------------------------------------------------------

void BehaviourCheck::addProbe(const QByteArray &what, const Base::Result<Command> &command,
    const Reply &reply, Verdict verdict)
{
    m_result.probes.append({.what = what,
        .command = command ? command->bytes().trimmed() : QByteArray(),
        .answer = shownReply(reply),
        .verdict = verdict,
        .evidence = m_talk->lastLine()});
}

void BehaviourCheck::addProbe(const QByteArray &what, Verdict verdict, const QByteArray &answer)
{
    m_result.probes.append({.what = what,
        .command = {},
        .answer = answer,
        .verdict = verdict,
        .evidence = m_talk ? m_talk->lastLine() : Evidence()});
}

void BehaviourCheck::addFinding(const QByteArray &id, Base::Severity severity,
    const QByteArray &subject, const QList<Evidence> &evidence)
{
    m_result.findings.append({id, severity, subject, evidence});
}

void BehaviourCheck::addFindingHere(
    const QByteArray &id, Base::Severity severity, const QByteArray &subject)
{
    addFinding(id, severity, subject, {m_talk->lastLine()});
}

void BehaviourCheck::joinFindingHere(
    const QByteArray &id, Base::Severity severity, const QByteArray &part)
{
    const auto same = std::ranges::find(m_result.findings, id, &Finding::id);
    if (same == m_result.findings.end())
        return addFindingHere(id, severity, part);
    same->subject += ", " + part;
    same->evidence.append(m_talk->lastLine());
}

void BehaviourCheck::done()
{
    leave([this] { finish(); });
}

void BehaviourCheck::notTested(const QByteArray &reason, const QByteArray &detail)
{
    m_result.reason = reason;
    m_result.detail = detail;
    done();
}

void BehaviourCheck::cancel()
{
    if (m_over)
        return;
    m_pause.stop();
    m_result.reason = "notTested.cancelled";
    finish();
}

void BehaviourCheck::finish()
{
    if (std::exchange(m_over, true))
        return;
    dropTalk();
    const auto isOpen = [](const Probe &probe) { return probe.verdict == Verdict::NotTested; };
    if (!m_result.findings.isEmpty())
        m_result.verdict = Verdict::Finding;
    else if (!m_result.reason.isEmpty()
        || (!m_result.probes.isEmpty() && std::ranges::all_of(m_result.probes, isOpen)))
        m_result.verdict = Verdict::NotTested;
    else
        m_result.verdict = Verdict::Ok;
    if (m_result.verdict == Verdict::NotTested && m_result.reason.isEmpty())
        m_result.reason = "notTested.undecided";
    m_result.us = std::chrono::duration_cast<std::chrono::microseconds>(
        m_ground.clock->now() - m_start)
                      .count();
    Q_EMIT finished(m_result);
}

} // namespace Mailgauge::Diagnose

#include "moc_behaviourcheck.cpp"
