// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

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
    /// The repositories may be null: then nothing is kept.
    InboxFlow(Sandbox::SandboxService &sandbox, Sandbox::InboxRepository *inbox,
        Bounce::BounceRepository *bounces);

Q_SIGNALS:
    void bouncesChanged();
    void failed(const Mailgauge::Base::Error &error);

private:
    void take(const Sandbox::InboxMessage &message);
    void keepReports(const Sandbox::InboxMessage &message, const QList<Bounce::Report> &reports);

    Sandbox::InboxRepository *m_inbox;
    Bounce::BounceRepository *m_bounces;
};

} // namespace Mailgauge::Gui
