// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/secret.h"
#include "bounce/report.h"
#include "sandbox/inbox.h"
#include "sandbox/sandboxservice.h"

#include <QObject>

namespace Mailgauge::Gui {

/// What arrives in the sandbox: into the inbox, and, where it is a delivery report, to the bounces,
/// joined to what was sent.
class InboxFlow final : public QObject {
    Q_OBJECT

public:
    explicit InboxFlow(Sandbox::SandboxService &sandbox);

    /// The repositories may be null: then nothing is kept. `bounceKey` tells genuine bounce
    /// addresses. What arrived before is taken now.
    void setRepositories(Sandbox::InboxRepository *inbox, Bounce::BounceRepository *bounces,
        const Base::Secret &bounceKey);

Q_SIGNALS:
    void bouncesChanged();
    void failed(const Mailgauge::Base::Error &error);

private:
    void take(const Sandbox::InboxMessage &message);
    void keepReports(const Sandbox::InboxMessage &message, const QList<Bounce::Report> &reports);

    Sandbox::InboxRepository *m_inbox = nullptr;
    Bounce::BounceRepository *m_bounces = nullptr;
    Base::Secret m_bounceKey;
    bool m_waits = true; ///< For the repositories.
    QList<Sandbox::InboxMessage> m_early;
};

} // namespace Mailgauge::Gui
