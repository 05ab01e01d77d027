// SPDX-License-Identifier: GPL-3.0-or-later
#include "inboxflow.h"

#include "bounce/parser.h"

#include <QtConcurrentRun>

#include <utility>

namespace Mailgauge::Gui {

InboxFlow::InboxFlow(Sandbox::SandboxService &sandbox)
{
    connect(&sandbox, &Sandbox::SandboxService::messageArrived, this, &InboxFlow::take);
}

void InboxFlow::setRepositories(Sandbox::InboxRepository *inbox, Bounce::BounceRepository *bounces,
    const Base::Secret &bounceKey)
{
    m_bounceKey = bounceKey;
    m_inbox = inbox;
    m_bounces = bounces;
    m_waits = false;
    for (const Sandbox::InboxMessage &message : std::exchange(m_early, {}))
        take(message);
}

void InboxFlow::take(const Sandbox::InboxMessage &message)
{
    if (m_waits) {
        m_early.append(message);
        return;
    }
    if (m_inbox) {
        m_inbox->add(message).then(this, [this](const Base::Result<void> &kept) {
            if (!kept)
                Q_EMIT failed(kept.error());
        });
    }
    if (!m_bounces)
        return;
    QtConcurrent::run([bytes = message.bytes, verp = Bounce::Verp(m_bounceKey)] {
        return Bounce::parse(bytes, &verp);
    }).then(this, [this, message](const QList<Bounce::Report> &reports) {
        keepReports(message, reports);
    });
}

void InboxFlow::keepReports(
    const Sandbox::InboxMessage &message, const QList<Bounce::Report> &reports)
{
    for (const Bounce::Report &report : reports) {
        if (report.kind != Bounce::Kind::Bounce && report.kind != Bounce::Kind::Delay)
            continue;
        Bounce::BounceRecord record;
        record.id = QUuid::createUuid();
        record.arrivedAt = message.arrivedAt;
        record.inboxMessage = message.id;
        record.report = report;
        m_bounces->add(record).then(this, [this](const Base::Result<Bounce::BounceRecord> &kept) {
            if (kept)
                Q_EMIT bouncesChanged();
            else
                Q_EMIT failed(kept.error());
        });
    }
}

} // namespace Mailgauge::Gui
