// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "dns/resolver.h"
#include "net/enquiry.h"
#include "net/route.h"
#include "net/target.h"

#include <QObject>
#include <QTimer>

#include <functional>
#include <memory>

namespace Mailgauge::Net {

/// Makes the resolver that a route asks; tests put their own in its place.
using MakeResolver
    = std::function<Base::Result<std::unique_ptr<Dns::Resolver>>(const Dns::ResolverOptions &)>;
/// UnboundResolver.
[[nodiscard]] Base::Result<std::unique_ptr<Dns::Resolver>> makeResolver(
    const Dns::ResolverOptions &options);

/// Asks the DNS what a route needs: hosts, then the addresses of each. One question at a time;
/// a new one, or abort(), drops the one before.
class Router final : public QObject {
    Q_OBJECT

public:
    /// How long a name's IPv6 addresses may be behind its IPv4 ones (RFC 8305 3).
    static constexpr std::chrono::milliseconds ResolutionDelay {50};

    Router(MakeResolver make, QObject *parent);

    void findRoute(const Target &target, const QByteArray &ownName);
    /// IPv6 before IPv4, unless the target forces one.
    void findAddresses(const Target &target, const QString &host);
    void abort();
    /// Where this target's questions go; made once for as long as its options stay the same.
    [[nodiscard]] Base::Result<Dns::Resolver *> resolverFor(const Target &target);
    /// After addressesFound(): what it was made of.
    [[nodiscard]] QList<Dns::Answer> answers() const { return m_enquiry.answers(); }
    /// The other family's addresses are still to come.
    [[nodiscard]] bool isWaiting() const { return m_told; }

Q_SIGNALS:
    /// An answer, for the transcript.
    void noted(const QString &text);
    void found(const Mailgauge::Net::RouteFinding &finding);
    void routed(const Mailgauge::Base::Result<Mailgauge::Net::Route> &route);
    void addressesFound(const Mailgauge::Base::Result<QList<QHostAddress>> &addresses);
    /// Those of the family that was later than ResolutionDelay (RFC 8305 3); may be none.
    void moreAddressesFound(const QList<QHostAddress> &addresses);

private:
    /// What the questions on their way are for.
    enum class Aim : quint8 {
        Mx,
        Srv,
        Addresses,
    };

    /// False where there is no resolver; `error` tells.
    [[nodiscard]] bool ask(
        const Target &target, Aim aim, const QList<Dns::Question> &questions, Base::Error &error);
    void answered(const Dns::Answer &answer);
    void routeFromSrv();
    void mayHaveAddresses();
    void finishAddresses();
    void tellOddities(const QList<Dns::Answer> &answers);

    MakeResolver m_make;
    std::unique_ptr<Dns::Resolver> m_resolver;
    std::optional<Dns::ResolverOptions> m_made;
    QRandomGenerator m_random;
    Enquiry m_enquiry;
    Aim m_aim = Aim::Mx;
    bool m_told = false; // some addresses, while a question is open
    quint16 m_port = 0;
    QByteArray m_ownName;
    QTimer m_patience;
    QString m_host;
    RouteBy m_by = RouteBy::Host;
};

} // namespace Mailgauge::Net
