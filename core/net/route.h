// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

/// Where mail for a domain goes: from answers of the DNS to hosts in the order to try them. Pure
/// functions; Router asks the questions.
#include "dns/answer.h"

#include <QHostAddress>
#include <QList>
#include <QRandomGenerator>

namespace Mailgauge::Net {

/// One host to try.
struct Hop {
    QString host;
    quint16 port = 25;
    std::optional<quint16> preference; ///< Of MX, or the priority of SRV.
    bool implicitTls = false; ///< _submissions (RFC 8314 5.1).
    bool authenticated = true; ///< Nobody between the DNS and us can have put the name there.

    bool operator==(const Hop &) const = default;
};

/// Something worth telling about a route, as a SessionFinding.
struct RouteFinding {
    QByteArray id; ///< "route.implicitMx" …
    QByteArray evidence;

    bool operator==(const RouteFinding &) const = default;
};

struct Route {
    /// More hosts than these are not tried (faults A5).
    static constexpr qsizetype MaxHops = 32;

    QList<Hop> hops;
    QList<RouteFinding> findings;

    bool operator==(const Route &) const = default;
};

/// The mail exchangers of a domain (RFC 5321 5.1): by preference, equal ones in an order of
/// `random`. A domain without MX is its own (implicit MX). An error where there is no such domain,
/// where it takes no mail (null MX, RFC 7505), or where a later try may tell.
///
/// `ownName` is what we call ourselves: an exchanger of that name, and those not preferred to it,
/// would send the mail in a circle. They are named, and left to whoever tests them.
[[nodiscard]] Base::Result<Route> routeByMx(
    const Dns::Answer &answer, quint16 port, const QByteArray &ownName, QRandomGenerator &random);

/// Submission servers of a domain (RFC 6186, RFC 8314 5.1), by the priorities of both services
/// together, implicit TLS first among equals, weights as RFC 2782 has them. An answer that was not
/// asked for is nullptr.
[[nodiscard]] Base::Result<Route> routeBySrv(
    const Dns::Answer *submissions, const Dns::Answer *submission, QRandomGenerator &random);

/// What is odd about an address that a route leads to: this machine, a private network (faults A6).
[[nodiscard]] std::optional<RouteFinding> oddAddress(
    const QString &host, const QHostAddress &address, const QList<QHostAddress> &own);

/// In the order of RFC 8305 4: families take turns, beginning with that of the first address.
[[nodiscard]] QList<QHostAddress> interleaved(const QList<QHostAddress> &addresses);

} // namespace Mailgauge::Net
