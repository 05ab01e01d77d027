// SPDX-License-Identifier: GPL-3.0-or-later
#include "net/route.h"

#include "base/literals.h"
#include "dns/name.h"

#include <algorithm>
#include <tuple>
#include <utility>

namespace Mailgauge::Net {

namespace {

using Base::Error;

struct Network {
    const char *address;
    int bits;
};

// RFC 6890, without the loopback networks.
constexpr std::array privateNetworks {Network {"10.0.0.0", 8}, Network {"172.16.0.0", 12},
    Network {"192.168.0.0", 16}, Network {"100.64.0.0", 10}, Network {"169.254.0.0", 16},
    Network {"0.0.0.0", 8}, Network {"fc00::", 7}, Network {"fe80::", 10}};

void shuffle(auto begin, auto end, QRandomGenerator &random)
{
    for (auto left = end - begin; left > 1; --left)
        std::swap(begin[left - 1], begin[random.bounded(static_cast<quint32>(left))]);
}

/// Records of one priority in the order that their weights and chance give (RFC 2782, "Weight").
QList<Dns::Srv> byWeight(QList<Dns::Srv> records, QRandomGenerator &random)
{
    std::ranges::stable_sort(
        records, [](const auto &a, const auto &b) { return (a.weight == 0) > (b.weight == 0); });
    QList<Dns::Srv> ordered;
    while (!records.isEmpty()) {
        quint32 sum = 0;
        for (const Dns::Srv &one : std::as_const(records))
            sum += one.weight;
        const quint32 wanted = random.bounded(sum + 1);
        quint32 running = 0;
        qsizetype chosen = 0;
        for (; chosen < records.size() - 1; ++chosen) {
            running += records.at(chosen).weight;
            if (running >= wanted)
                break;
        }
        ordered.append(records.takeAt(chosen));
    }
    return ordered;
}

void cut(Route &route)
{
    if (route.hops.size() <= Route::MaxHops)
        return;
    route.findings.append({"route.tooManyHosts"_ba, QByteArray::number(route.hops.size())});
    route.hops.resize(Route::MaxHops);
}

void nameWhatIsOdd(const QList<Dns::Mx> &records, const QByteArray &ownName, Route &route)
{
    for (const Dns::Mx &mx : records) {
        const QByteArray text = Dns::toText(mx);
        if (mx.exchange == ".")
            route.findings.append({"route.nullMxAmongOthers"_ba, text});
        else if (!QHostAddress(QString::fromLatin1(mx.exchange)).isNull())
            route.findings.append({"route.mxIsAddress"_ba, text});
        else if (!ownName.isEmpty() && Dns::isSameName(mx.exchange, ownName))
            route.findings.append({"route.mxLoop"_ba, text});
    }
}

} // namespace

Base::Result<Route> routeByMx(
    const Dns::Answer &answer, quint16 port, const QByteArray &ownName, QRandomGenerator &random)
{
    const QString domain = QString::fromLatin1(answer.question.name);
    Route route;
    // RFC 5321 5.1: records that are there but of no use are an error, not an absence.
    if (answer.status == Dns::Status::NoData && answer.malformed > 0)
        return Base::fail(Error::Kind::Resolve, u"%1: its MX records cannot be read"_s.arg(domain));
    if (answer.status == Dns::Status::NoData) {
        route.hops.append({domain, port, {}, false, answer.authenticated});
        route.findings.append({"route.implicitMx"_ba, answer.question.name});
        return route;
    }
    if (answer.status != Dns::Status::Found)
        return std::unexpected(Dns::errorOf(answer));
    QList<Dns::Mx> records = answer.all<Dns::Mx>();
    if (std::ranges::all_of(records, [](const Dns::Mx &mx) { return mx.exchange == "."; }))
        return Base::fail(
            Error::Kind::Resolve, u"%1: null MX, the domain takes no mail"_s.arg(domain));
    nameWhatIsOdd(records, ownName, route);
    records.removeIf([](const Dns::Mx &mx) { return mx.exchange == "."; });
    std::ranges::sort(records, {}, &Dns::Mx::preference);
    // RFC 5321 5.1: where we are an exchanger ourselves, only the better ones are to be asked.
    const auto self = std::ranges::find_if(records, [&ownName](const Dns::Mx &mx) {
        return !ownName.isEmpty() && Dns::isSameName(mx.exchange, ownName);
    });
    if (self != records.end()) {
        const quint16 own = self->preference;
        records.removeIf([own](const Dns::Mx &mx) { return mx.preference >= own; });
        if (records.isEmpty())
            return Base::fail(Error::Kind::Resolve,
                u"%1: its best mail exchanger is %2, which is what we call ourselves: the mail would loop"_s
                    .arg(domain, QString::fromUtf8(ownName)));
    }
    for (auto from = records.begin(); from != records.end();) {
        const auto to = std::ranges::find_if(from, records.end(),
            [from](const auto &mx) { return mx.preference != from->preference; });
        shuffle(from, to, random);
        from = to;
    }
    for (const Dns::Mx &mx : std::as_const(records)) {
        route.hops.append(
            {QString::fromLatin1(mx.exchange), port, mx.preference, false, answer.authenticated});
    }
    cut(route);
    return route;
}

Base::Result<Route> routeBySrv(
    const Dns::Answer *submissions, const Dns::Answer *submission, QRandomGenerator &random)
{
    struct Ranked {
        quint16 priority;
        bool implicitTls;
        bool authenticated;
        QList<Dns::Srv> records;
    };
    QList<Ranked> ranks;
    std::optional<Error> error;
    bool denied = false;
    for (const auto &[answer, implicitTls] :
        {std::pair {submissions, true}, std::pair {submission, false}}) {
        if (!answer)
            continue;
        if (answer->isTemporary() || !error)
            error = answer->status == Dns::Status::Found ? error : Dns::errorOf(*answer);
        for (const Dns::Srv &srv : answer->all<Dns::Srv>()) {
            if (srv.target == ".") {
                denied = true;
                continue;
            }
            const auto same = std::ranges::find_if(ranks, [&](const Ranked &rank) {
                return rank.priority == srv.priority && rank.implicitTls == implicitTls;
            });
            if (same != ranks.end())
                same->records.append(srv);
            else
                ranks.append({srv.priority, implicitTls, answer->authenticated, {srv}});
        }
    }
    if (ranks.isEmpty() && denied)
        return Base::fail(Error::Kind::Resolve, u"SRV: the domain offers no mail submission"_s);
    if (ranks.isEmpty())
        return std::unexpected(
            error.value_or(Error {Error::Kind::Resolve, u"SRV: no such records"_s, {}}));
    std::ranges::sort(ranks, {},
        [](const Ranked &rank) { return std::tuple {rank.priority, !rank.implicitTls}; });
    Route route;
    for (const Ranked &rank : std::as_const(ranks)) {
        for (const Dns::Srv &srv : byWeight(rank.records, random)) {
            route.hops.append({QString::fromLatin1(srv.target), srv.port, srv.priority,
                rank.implicitTls, rank.authenticated});
        }
    }
    cut(route);
    return route;
}

std::optional<RouteFinding> oddAddress(
    const QString &host, const QHostAddress &address, const QList<QHostAddress> &own)
{
    const QByteArray evidence = host.toUtf8() + " is " + address.toString().toLatin1();
    if (address.isLoopback())
        return RouteFinding {"route.loopbackAddress"_ba, evidence};
    if (own.contains(address))
        return RouteFinding {"route.ownAddress"_ba, evidence};
    const bool isPrivate = std::ranges::any_of(privateNetworks, [&address](const Network &network) {
        const QHostAddress net(QLatin1StringView(network.address));
        return net.protocol() == address.protocol() && address.isInSubnet(net, network.bits);
    });
    if (isPrivate)
        return RouteFinding {"route.privateAddress"_ba, evidence};
    return {};
}

QList<QHostAddress> interleaved(const QList<QHostAddress> &addresses)
{
    if (addresses.isEmpty())
        return {};
    const auto first = addresses.first().protocol();
    QList<QHostAddress> same;
    QList<QHostAddress> other;
    for (const QHostAddress &address : addresses)
        (address.protocol() == first ? same : other).append(address);
    QList<QHostAddress> mixed;
    for (qsizetype i = 0; i < qMax(same.size(), other.size()); ++i) {
        if (i < same.size())
            mixed.append(same.at(i));
        if (i < other.size())
            mixed.append(other.at(i));
    }
    return mixed;
}

} // namespace Mailgauge::Net
