// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "sandbox/certificates.h"
#include "sandbox/sandboxconnection.h"
#include "sandbox/sandboxservice.h"

#include <QList>
#include <QSet>
#include <QTcpServer>
#include <QTimer>

namespace Mailgauge::Sandbox {

/// What SandboxService does, on the sandbox's own thread: listens, owns the connections, makes
/// bounces when they are due. Everything that clients can make it hold is bounded.
class SandboxWorker final : public QObject {
    Q_OBJECT

public:
    static constexpr qsizetype MaxSessions = 512;
    static constexpr qsizetype MaxPendingBounces = 10'000;
    static constexpr qsizetype MaxReturnedHeaders = 16 * 1024;
    static constexpr qint64 ContentBudget = 1024LL * 1024 * 1024;

    explicit SandboxWorker(const Base::Clock &clock);
    ~SandboxWorker() override;

    void start(const Mailgauge::Sandbox::SandboxOptions &options);
    void setScenario(const Mailgauge::Sandbox::Scenario &scenario);
    void stop();

Q_SIGNALS:
    void started(const Mailgauge::Sandbox::SandboxAddress &address);
    void failed(const Mailgauge::Base::Error &error);
    void maildirFailed(const Mailgauge::Base::Error &error);
    void messageArrived(const Mailgauge::Sandbox::InboxMessage &message);
    void sessionCountChanged(int open, int total);

private:
    struct PendingBounce {
        Base::TimePoint due;
        BounceFacts facts;
    };
    void acceptConnections();
    void refuse(QTcpSocket *socket);
    void messageAccepted(const SandboxEvent::Accepted &accepted, const ClientFacts &client);
    void planBounces(const SandboxEvent::Accepted &accepted, const ClientFacts &client);
    void sendDueBounces();
    void armBounceTimer();
    void deliver(const InboxMessage &message);
    void connectionClosed(SandboxConnection *connection);

    const Base::Clock &m_clock;
    SandboxOptions m_options;
    QTcpServer m_server;
    QTimer m_bounceTimer;
    std::optional<Certificates> m_certificates;
    std::shared_ptr<ScenarioPlayer> m_player; // shared with sessions begun before it was replaced
    Smtp::ByteBudget m_budget {ContentBudget};
    QSet<SandboxConnection *> m_connections;
    QList<PendingBounce> m_bounces; ///< By due time.
    int m_total = 0;
    quint64 m_numbers = 0;
    quint64 m_reports = 0;
};

} // namespace Mailgauge::Sandbox
