// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnose/checkservice.h"
#include "diagnose/tlsprobe.h"
#include "net/caalookup.h"
#include "net/danelookup.h"
#include "net/mtastslookup.h"

#include <QMap>

#include <memory>
#include <utility>

namespace Mailgauge::Diagnose {

/// What a SecurityLane looks at.
struct SecurityPlan {
    QList<Cell> tried; ///< STARTTLS of one port of each host; each makes a table of policies.
    QList<Cell> inspected; ///< Whose TLS is inspected.
    bool isMxAuthenticated = true; ///< As in Net::DaneFacts.
};

/// Of the grid, host by host: the STARTTLS cells of the port that mail comes to (`port`, else a
/// usual one), and with `inspect` one cell that works for each address and way to TLS.
[[nodiscard]] SecurityPlan securityPlanOf(const QList<Cell> &cells, quint16 port, bool inspect);

/// Asks what is published about the relay's hosts, then inspects TLS, address by address, on the
/// I/O thread.
class SecurityLane final : public QObject {
    Q_OBJECT

public:
    SecurityLane(const CheckOptions &options, const RelayReport &report, SecurityPlan plan,
        const Base::Clock &clock);

    void start();
    void cancel();

Q_SIGNALS:
    void policiesFound(const Mailgauge::Diagnose::HostPolicies &policies);
    /// Questions of the inspection of `where`, a cell's name.
    void inspecting(const QByteArray &where, int done, int total);
    void inspected(const Mailgauge::Diagnose::TlsInspection &inspection);
    void paused(const Mailgauge::Diagnose::Pause &pause);
    /// All is over, or cancelled.
    void finished();

private:
    struct LookUps {
        explicit LookUps(const Net::MakeResolver &make)
            : router(make, nullptr)
        {
        }
        Net::Router router; ///< Has the resolver.
        Net::DaneLookup dane {nullptr};
        Net::CaaLookup caa {nullptr};
        Net::MtaStsLookup mtaSts {nullptr};
    };

    void askDane();
    void daneAnswered(const Net::DaneFacts &facts);
    void askDomain();
    void domainAnswered(const Net::MtaStsFacts &facts);
    void inspectNext();
    /// Whether its CAA records are being asked for: then it comes back to inspectNext().
    [[nodiscard]] bool askCaa(const QString &host);
    void inspect(const Cell &cell);
    void finish();
    [[nodiscard]] TlsProbeOptions probeOptions(const Cell &cell) const;
    /// Of a host, at a port.
    using Place = std::pair<QString, quint16>;
    [[nodiscard]] Place placeOf(const CellKey &key) const;
    /// Whose certificate is shown there.
    [[nodiscard]] QString nameAt(const CellKey &key) const;
    [[nodiscard]] Net::HostSecurity securityAt(const Place &place) const;

    CheckOptions m_options;
    QString m_host; ///< Of cells that name none.
    QString m_domain; ///< Empty: the host was named.
    SecurityPlan m_plan;
    const Base::Clock &m_clock;
    std::unique_ptr<LookUps> m_lookUps; ///< While the lane is in its thread: they have timers.
    Dns::Resolver *m_resolver = nullptr; ///< None: nothing can be asked.
    QList<Place> m_places; ///< Whose TLSA records are still to be asked for.
    QMap<Place, Net::DaneFacts> m_records;
    QMap<QString, Net::CaaFacts> m_caa; ///< Of the hosts that were asked for.
    TlsProbe *m_probe = nullptr; // child of ours
    bool m_over = false;
};

} // namespace Mailgauge::Diagnose
