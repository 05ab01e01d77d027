// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "net/hostlookup.h"
#include "net/policyfinder.h"
#include "net/proxyway.h"
#include "net/race.h"
#include "net/router.h"
#include "net/target.h"
#include "net/transport.h"
#include "smtp/outcome.h"

#include <QObject>
#include <QTimer>

#include <chrono>

namespace Mailgauge::Net {

struct OpenerOptions {
    Target target;
    std::chrono::milliseconds limit {30'000}; ///< Of one question and of one connection.
    QByteArray ownName {}; ///< What we call ourselves; see routeByMx().
    LookUp lookUp = &Net::lookUp;
    MakeResolver makeResolver = &Net::makeResolver;
    Smtp::TlsPolicy policy = Smtp::TlsPolicy::None; ///< Of interest where it isPublished().
    MtaStsOptions mtaSts {};
    std::optional<Smtp::Stage> stopAfter {}; ///< Resolve, connect or proxy: no further.
};

/// From a target to an open transport: finds the hosts and their addresses and tries one after the
/// other, each within its own limit (faults A1 to A6); asks a proxy for the way (A9).
class Opener final : public QObject {
    Q_OBJECT

public:
    /// `transport` must live as long as the opener.
    Opener(OpenerOptions options, Transport &transport, QObject *parent);

    void start();
    /// The host that was reached refused for now, or left, before anything was asked of it: goes on
    /// with what is left to try, as RFC 5321 5.1 has it. `why` is for the transcript.
    void resume(const Base::Error &why);
    /// Only behind a route by MX or SRV: who named a host wants that host.
    [[nodiscard]] bool canResume() const;
    /// Without a further signal.
    void abort();
    [[nodiscard]] Smtp::Stage stage() const { return m_stage; }
    /// opened() was told, and nothing else since.
    [[nodiscard]] bool isOpen() const { return m_isOpen; }
    /// The host that is tried or was reached.
    [[nodiscard]] const Hop &hop() const { return m_hop; }
    /// After opened(): what is published about the host asks for; nothing where nobody wanted to
    /// know.
    [[nodiscard]] const std::optional<HopPolicy> &policy() const { return m_policy; }
    /// After opened(): what the server said before the proxy's answer was read.
    [[nodiscard]] QByteArray takeEarly() { return m_way.takeEarly(); }

Q_SIGNALS:
    void stageEntered(Mailgauge::Smtp::Stage stage);
    /// Something for the transcript.
    void noted(const QString &text, Mailgauge::Smtp::Stage stage);
    void found(const Mailgauge::Net::RouteFinding &finding, Mailgauge::Smtp::Stage stage);
    void opened(const QString &address);
    /// Instead of opened(): OpenerOptions::stopAfter was reached; nothing is open.
    void stopped();
    void failed(const Mailgauge::Base::Error &error);

private:
    void enter(Smtp::Stage stage);
    void startCommand();
    void begin();
    void askDomain();
    void askPolicy();
    void policyKnown(const Base::Result<HopPolicy> &policy);
    void goOn();
    void moreResolved(const QList<QHostAddress> &addresses);
    void raceLost();
    [[nodiscard]] Endpoint ownEnd() const;
    [[nodiscard]] QList<QHostAddress> usable(QList<QHostAddress> addresses) const;
    void note(const QString &text) { Q_EMIT noted(text, m_stage); }
    void routed(const Base::Result<Route> &route);
    void nextHop();
    void resolved(const Base::Result<QList<QHostAddress>> &addresses);
    void connectTo(const QList<QHostAddress> &addresses);
    void findProxy();
    void proxyFailed(const Base::Error &error, bool otherMayDo);
    [[nodiscard]] bool stopsAfter(Smtp::Stage stage);
    void finishOpening();
    void attemptFailed(const QHostAddress &address, const Base::Error &error);
    void hopFailed(const Base::Error &error);
    void attemptDone();
    void limitPassed();
    void fail(const Base::Error &error);
    [[nodiscard]] QString placeName(const QHostAddress &address) const;
    [[nodiscard]] bool isRouted() const { return m_options.target.by != RouteBy::Host; }

    OpenerOptions m_options;
    Transport &m_transport;
    Router m_router;
    Race m_race;
    PolicyFinder m_policies;
    ProxyWay m_way;
    std::optional<HopPolicy> m_policy; ///< Of the hop.
    QTimer m_timer;
    Smtp::Stage m_stage = Smtp::Stage::Resolve;
    bool m_active = false;
    bool m_isOpen = false; ///< opened() was told.
    QList<Hop> m_hops; ///< Still to try.
    Hop m_hop;
    quint64 m_lookups = 0; ///< So that a late answer stays unheard.
    QList<QHostAddress> m_addresses; ///< Of the hop.
    QList<Dns::Answer> m_answers; ///< They came from these; none: not from the router.
    bool m_isPinned = false;
    QHostAddress m_address;
    QList<QHostAddress> m_proxyAddresses;
    bool m_findingProxy = false;
    QStringList m_destinations; ///< Of the hop, still to be asked of the proxy.
    QString m_destination;
    Base::Error m_lastError;
};

} // namespace Mailgauge::Net
