// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "delivery/replay.h"
#include "relay/profileservice.h"
#include "sandbox/sandboxservice.h"
#include "sandbox/scenariomaker.h"
#include "storedsession.h"

#include <QHash>
#include <QPointer>
#include <QSet>

class QMenu;

namespace Mailgauge::Sessions {
class SessionsPanel;
}

namespace Mailgauge::Gui {

class SendFlow;

/// A stored session played again: against another relay, or by the sandbox, which then answers as
/// the server did.
class ReplayFlow final : public QObject {
    Q_OBJECT

public:
    ReplayFlow(Transcript::SessionRepository &sessions, Relay::ProfileService &profiles,
        SendFlow &sending, Sandbox::SandboxService &sandbox);

    /// Adds what can be done to its page.
    void setPanel(Sessions::SessionsPanel *panel);
    void replay(const QUuid &session, const QUuid &profile);
    void serve(const QUuid &session, bool delays);

Q_SIGNALS:
    /// The replay of `original` is over and stored.
    void replayed(const QUuid &original, const Mailgauge::Transcript::SessionRecord &record);
    /// The sandbox plays the session's server from now on.
    void served(const QString &title);
    /// Another one is on its way: what was noted before is not about it.
    void begun();
    /// What the replay cannot do as it was, one sentence each.
    void noted(const QStringList &sentences);
    void failed(const Mailgauge::Base::Error &error);

private:
    void fillProfiles(QMenu *menu);
    void load(const Transcript::StoredSession &session, const QUuid &profile);
    void send(const Transcript::StoredSession &session, const std::optional<QByteArray> &message,
        const QUuid &profile);
    [[nodiscard]] bool begin(const QUuid &session);
    void prepared(const QUuid &session);
    void giveUp(const QUuid &session, const Base::Error &error);
    void ended(const Transcript::SessionRecord &record);

    Transcript::SessionRepository &m_sessions;
    Relay::ProfileService &m_profiles;
    SendFlow &m_sending;
    Sandbox::SandboxService &m_sandbox;
    QPointer<Sessions::SessionsPanel> m_panel;
    QSet<QUuid> m_preparing; ///< A second click does not mean a second time.
    QHash<QUuid, QUuid> m_running; ///< The replay's session to the original's.
};

} // namespace Mailgauge::Gui
