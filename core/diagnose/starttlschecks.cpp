// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnose/starttlschecks.h"

namespace Mailgauge::Diagnose {

namespace {

using Base::Severity;
using Smtp::Command;
using Smtp::Reply;
using Smtp::ReplyClass;

// MX hosts must take mail in clear (RFC 3207 4); submission must not (RFC 8314 3.3).
constexpr quint16 RelayPort = 25;

} // namespace

StartTlsEnforcedCheck::StartTlsEnforcedCheck(const Ground &ground, QObject *parent)
    : BehaviourCheck(ground, Check::StartTlsEnforced, parent)
{
}

void StartTlsEnforcedCheck::begin()
{
    if (!ground().announcesStartTls)
        return notTested("notTested.notOffered", "STARTTLS");
    reach(Level::Clear, [this] { mail(); });
}

void StartTlsEnforcedCheck::mail()
{
    const auto command = mailFrom({});
    ask(command, [this, command](const Reply &reply) {
        const bool taken = reply.replyClass() == ReplyClass::Completion;
        const bool transient = reply.replyClass() == ReplyClass::Transient;
        const bool relay = ground().cell.key.port == RelayPort;
        addProbe("MAIL in clear", command, reply,
            transient             ? Verdict::NotTested
                : taken && !relay ? Verdict::Finding
                                  : Verdict::Ok);
        if (taken && !relay)
            addFindingHere("startTls.mailInClear", Severity::Info, shownReply(reply));
        if (!taken && relay && (reply.code == 530 || reply.code == 538))
            addFindingHere("startTls.enforcedOnRelay", Severity::Info, shownReply(reply));
        if (taken)
            return ask(Command::rset(), [this](const Reply &) { auth(); });
        auth();
    });
}

void StartTlsEnforcedCheck::auth()
{
    const auto command = Command::byHand("AUTH PLAIN");
    ask(command, [this, command](const Reply &reply) {
        const bool asked = reply.replyClass() == ReplyClass::Intermediate;
        addProbe("AUTH in clear", command, reply,
            reply.replyClass() == ReplyClass::Transient ? Verdict::NotTested
                : asked                                 ? Verdict::Finding
                                                        : Verdict::Ok);
        if (!asked)
            return done();
        addFindingHere("auth.takenInClear", Severity::Warning, shownReply(reply));
        ask(Command::byHand("*"), [this](const Reply &) { done(); });
    });
}

StartTlsInjectionCheck::StartTlsInjectionCheck(const Ground &ground, QObject *parent)
    : BehaviourCheck(ground, Check::StartTlsInjection, parent)
{
}

void StartTlsInjectionCheck::begin()
{
    if (!ground().announcesStartTls)
        return notTested("notTested.notOffered", "STARTTLS");
    reach(Level::Clear, [this] { inject(); });
}

void StartTlsInjectionCheck::inject()
{
    talk().startTlsWith(*Command::byHand("NOOP"), [this](const Net::StepResult &result) {
        if (result.failure && result.failure->error.kind == Base::Error::Kind::MalformedReply) {
            addProbe("NOOP behind STARTTLS", Verdict::Finding,
                result.failure->error.evidence.left(200).trimmed());
            addFindingHere("startTls.clearAnswer", Severity::Warning);
            return done();
        }
        if (broke(result))
            return;
        if (!result.reply->isPositive()) { // Exim: 554 SMTP synchronization error
            addProbe("NOOP behind STARTTLS", Verdict::Ok, shownReply(*result.reply));
            return done();
        }
        talk().ehlo(ground().options.relay.session.ehloName, [this](const Net::StepResult &hello) {
            if (hello.failure)
                return judge(hello);
            talk().quit([this](const Net::StepResult &quit) { judge(quit); });
        });
    });
}

void StartTlsInjectionCheck::judge(const Net::StepResult &quit)
{
    const bool odd = quit.reply ? quit.reply->code != 221 && quit.reply->code != 421
                                : quit.failure->error.kind == Base::Error::Kind::MalformedReply;
    if (!quit.reply && !odd && quit.failure->stage != Smtp::Stage::Quit)
        return (void)broke(quit);
    const QByteArray answer = quit.reply ? shownReply(*quit.reply)
                                         : quit.failure->error.evidence.left(200).trimmed();
    addProbe("NOOP behind STARTTLS", odd ? Verdict::Finding : Verdict::Ok, answer);
    if (odd)
        addFindingHere("startTls.injection", Severity::Error);
    done();
}

} // namespace Mailgauge::Diagnose
