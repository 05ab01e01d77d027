// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

/// The built-in relay: listens on a loopback port that the system picks, plays one scenario, keeps
/// what it accepts.
///
/// The server's protocol is sans-IO (smtp/serversession.h); sockets live on the sandbox's own
/// thread. Scenarios are data (sandbox/scenario.h, JSON files in resources/scenarios). Its
/// certificate is made on the spot, per start.
#include "base/clock.h"
#include "base/error.h"
#include "sandbox/inbox.h"
#include "sandbox/scenario.h"

#include <QObject>

#include <memory>
#include <optional>

namespace Mailgauge::Sandbox {

struct SandboxOptions {
    using TlsMode = Sandbox::TlsMode;

    quint16 port = 0; ///< 0: any that is free.
    TlsMode tls = TlsMode::StartTls; ///< The scenario's wins where it names one.
    QByteArray user = "sandbox";
    QByteArray password = "open-sesame"; ///< No secret: it guards nothing and is shown.
    /// The access token, where the scenario announces XOAUTH2 or OAUTHBEARER. No secret either.
    QByteArray token = "open-sesame";
    QString maildir; ///< Where accepted messages are written too; empty: nowhere.
    Scenario scenario;
};

/// What `started` tells.
struct SandboxAddress {
    QString host; ///< "127.0.0.1"
    quint16 port = 0;
    QByteArray caPem; ///< The root that signed the sandbox's certificate (name "localhost", address
                      ///< 127.0.0.1 and ::1).

    bool operator==(const SandboxAddress &) const = default;
};

class SandboxService : public QObject {
    Q_OBJECT

public:
    explicit SandboxService(const Base::Clock &clock, QObject *parent = nullptr);
    ~SandboxService() override;

    void start(SandboxOptions options);
    /// Takes effect for sessions that begin after it.
    void setScenario(Scenario scenario);
    /// The one that new sessions meet.
    [[nodiscard]] const Scenario &scenario() const;
    void stop();
    [[nodiscard]] std::optional<SandboxAddress> address() const;

Q_SIGNALS:
    void started(const Mailgauge::Sandbox::SandboxAddress &address);
    /// Not started: the port is taken, the Maildir cannot be made …
    void failed(const Mailgauge::Base::Error &error);
    void scenarioChanged(const Mailgauge::Sandbox::Scenario &scenario);
    /// A message that arrived could not be written to the Maildir; it is told by messageArrived all
    /// the same.
    void maildirFailed(const Mailgauge::Base::Error &error);
    /// Accepted from a client, or a bounce that the scenario made; `bytes` is filled.
    void messageArrived(const Mailgauge::Sandbox::InboxMessage &message);
    void sessionCountChanged(int open, int total);

private:
    class Private;
    std::unique_ptr<Private> d;
};

} // namespace Mailgauge::Sandbox

Q_DECLARE_METATYPE(Mailgauge::Sandbox::SandboxAddress)
