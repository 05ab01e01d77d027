// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/clock.h"
#include "sandbox/bouncemaker.h"
#include "sandbox/outputqueue.h"
#include "sandbox/scenarioplayer.h"
#include "smtp/serversession.h"

#include <QHash>

#include <deque>
#include <memory>
#include <optional>
#include <variant>

namespace Mailgauge::Sandbox {

/// What a session needs to know of its relay.
struct SessionContext {
    quint64 number = 0; ///< Unique in this process.
    QByteArray id = "S"; ///< Queue ids begin with it.
    QByteArray nonce = "nonce";
    TlsMode tls = TlsMode::StartTls; ///< The scenario's wins.
    Sasl::ServerAccount account;
    Smtp::ByteBudget *budget = nullptr;
};

/// Recipients of one message whose bounce is due at the same time.
struct PlannedBounce {
    std::chrono::milliseconds after {0};
    QList<BouncedRecipient> recipients;
};

namespace SandboxEvent {
struct Write {
    QByteArray bytes;
};
/// Do the handshake, then call tlsEstablished(); cut what is written meanwhile as `split` says.
struct StartTls {
    CertificateKind certificate;
    std::optional<Split> split;
};
struct Accepted {
    Smtp::ServerTransaction transaction;
    QList<PlannedBounce> bounces;
};
struct Close {
    OutputQueue::Mark how; ///< Never StartTls.
};
} // namespace SandboxEvent

using SandboxSessionEvent = std::variant<SandboxEvent::Write, SandboxEvent::StartTls,
    SandboxEvent::Accepted, SandboxEvent::Close>;

/// One client's session with a scenario: the server session, the rules that step in, and what goes
/// out when. Sans-IO; the driver feeds bytes and time, pulls events while it has room to write, and
/// arms a timer for deadline().
class SandboxSession {
public:
    SandboxSession(std::shared_ptr<ScenarioPlayer> player, const SessionContext &context);
    ~SandboxSession();

    void start(Base::TimePoint now);
    void receive(QByteArrayView bytes, Base::TimePoint now);
    void tlsEstablished(Base::TimePoint now, QList<Base::ChannelBinding> bindings = {});
    void timeoutExpired(Base::TimePoint now);

    /// `room`: how many bytes the transport takes now.
    [[nodiscard]] std::optional<SandboxSessionEvent> next(qsizetype room, Base::TimePoint now);
    [[nodiscard]] std::optional<Base::TimePoint> deadline() const;
    /// False: leave further bytes in the transport for now.
    [[nodiscard]] bool wantsBytes() const;
    [[nodiscard]] const Smtp::ServerSession &server() const { return m_server; }
    [[nodiscard]] const QByteArray &hostName() const;

private:
    /// Asked, decided, and waiting for its delay to pass.
    struct Held {
        Smtp::ServerEvent::Asked asked;
        const Actions *actions;
        Base::TimePoint until;
    };
    void drainServer(Base::TimePoint now);
    void on(const Smtp::ServerEvent::Asked &asked, Base::TimePoint now);
    void on(const Smtp::ServerEvent::Send &send);
    void on(const Smtp::ServerEvent::StartTls &);
    void on(const Smtp::ServerEvent::MessageReceived &message);
    void on(const Smtp::ServerEvent::Closed &);
    void act(const Smtp::ServerEvent::Asked &asked, const Actions &actions);
    void remember(const Smtp::ServerEvent::Asked &asked, const Actions &actions);
    void fallSilent(const Actions &actions);
    [[nodiscard]] Smtp::ServerAnswer answerFor(
        const Smtp::ServerEvent::Asked &asked, const Actions &actions) const;
    [[nodiscard]] Occasion occasion(Smtp::Stage stage) const;
    [[nodiscard]] QList<PlannedBounce> plannedBounces(
        const Smtp::ServerTransaction &transaction) const;

    std::shared_ptr<ScenarioPlayer> m_player; // lives on when the service changes its scenario
    quint64 m_number;
    Smtp::ServerSession m_server;
    OutputQueue m_output;
    std::deque<SandboxEvent::Accepted> m_accepted;
    std::optional<Held> m_held;
    const Actions *m_speaking = nullptr; ///< Whose bytes go around the next Send.
    bool m_mute = false; ///< Nothing of the server's goes out any more.
    bool m_stopReading = false;
    CertificateKind m_certificate;
    std::optional<Split> m_handshakeSplit;
    QList<OutputQueue::Segment> m_afterTls;
    QHash<QByteArray, LaterBounce> m_bounces; ///< By forward-path.
    std::optional<LaterBounce> m_bounceAll;
    qint64 m_contentSeen = -1;
    Base::TimePoint m_lastHeard;
};

} // namespace Mailgauge::Sandbox
