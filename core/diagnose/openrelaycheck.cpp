// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnose/openrelaycheck.h"

#include <QHostAddress>

namespace Mailgauge::Diagnose {

namespace {

using Smtp::Command;
using Smtp::Reply;
using Smtp::ReplyClass;

// Servers punish clients that collect refusals (Postfix: slower behind 10, 421 behind 20).
constexpr int FormsPerSession = 6;

// From here the relay may rightly trust us: its own machine, its own network.
bool isNear(const QString &address)
{
    const QHostAddress host(address);
    return host.isLoopback() || host.isLinkLocal() || host.isPrivateUse();
}

} // namespace

OpenRelayCheck::OpenRelayCheck(const Ground &ground, QObject *parent)
    : BehaviourCheck(ground, Check::OpenRelay, parent)
    , m_forms(relayForms({.sender = ground.options.foreignSender,
          .recipient = ground.options.foreignRecipient,
          .host = ground.serverName,
          .domain = ground.domain,
          .literal = addressLiteral(ground.cell.address)}))
{
}

void OpenRelayCheck::begin()
{
    m_inSession = 0;
    reach(Level::Secure, [this] { next(); });
}

void OpenRelayCheck::next()
{
    if (m_at >= m_forms.size())
        return done();
    if (m_inSession >= FormsPerSession)
        return leave([this] { begin(); });
    ++m_inSession;
    mail();
}

void OpenRelayCheck::mail()
{
    const RelayForm &form = m_forms.at(m_at);
    const auto command = mailFrom(form.sender);
    ask(command, [this, form, command](const Reply &reply) {
        if (reply.replyClass() == ReplyClass::Completion)
            return rcpt(form);
        addProbe(form.name, command, reply,
            reply.replyClass() == ReplyClass::Permanent ? Verdict::Ok : Verdict::NotTested);
        ++m_at;
        next();
    });
}

void OpenRelayCheck::rcpt(const RelayForm &form)
{
    const auto command = rcptTo(form.recipient);
    ask(command, [this, form, command](const Reply &reply) {
        addProbe(form.name, command, reply, verdictWhere(reply, Verdict::Finding, Verdict::Ok));
        judge(form, reply);
        ++m_at;
        ask(Command::rset(), [this](const Reply &) { next(); });
    });
}

void OpenRelayCheck::judge(const RelayForm &form, const Reply &reply)
{
    if (reply.replyClass() != ReplyClass::Completion)
        return;
    if (!form.plain)
        joinFindingHere("relay.oddFormTaken", Base::Severity::Warning, form.name);
    else if (isNear(ground().cell.address))
        joinFindingHere("relay.openFromHere", Base::Severity::Warning, form.name);
    else
        joinFindingHere("relay.open", Base::Severity::Error, form.name);
}

} // namespace Mailgauge::Diagnose
