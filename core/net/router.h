// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "dns/resolver.h"
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

Q_SIGNALS:
    /// An answer, for the transcript.
    void noted(const QString &text);
    void found(const Mailgauge::Net::RouteFinding &finding);
    void routed(const Mailgauge::Base::Result<Mailgauge::Net::Route> &route);
    void addressesFound(const Mailgauge::Base::Result<QList<QHostAddress>> &addresses);

private:
    using Heard = std::function<void()>;
    struct Asked {
        QFuture<Dns::Answer> future;
        std::optional<Dns::Answer> answer;
    };

    /// False where there is no resolver; `error` tells.
    [[nodiscard]] bool prepare(const Target &target, Base::Error &error);
    void ask(const QList<Dns::Question> &questions, Heard heard);
    void routeFromMx(quint16 port, const QByteArray &ownName);
    void routeFromSrv();
    void mayHaveAddresses();
    void finishAddresses();
    [[nodiscard]] const Dns::Answer *answerTo(Dns::Type type) const;
    [[nodiscard]] const Dns::Answer *answerTo(QByteArrayView namePrefix) const;

    MakeResolver m_make;
    std::unique_ptr<Dns::Resolver> m_resolver;
    std::optional<Dns::ResolverOptions> m_made;
    QRandomGenerator m_random;
    QList<Asked> m_asked;
    quint64 m_round = 0; // answers to earlier questions stay unheard
    QTimer m_patience;
    QString m_host;
    RouteBy m_by = RouteBy::Host;
};

} // namespace Mailgauge::Net
