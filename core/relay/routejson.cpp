// SPDX-License-Identifier: GPL-3.0-or-later
#include "relay/routejson.h"

#include "base/literals.h"
#include "smtp/xclient.h"

#include <QJsonArray>

namespace Mailgauge::Relay {

namespace {

constexpr std::array routeNames {"host", "mx", "srv"};
constexpr std::array serviceNames {"both", "submissions", "submission"};
constexpr std::array familyNames {"any", "ipv4", "ipv6"};
constexpr std::array headerNames {"v1", "v2"};
constexpr qsizetype MostPins = 100;
constexpr qint64 LongestQuestion = 3'600'000;

std::optional<RouteBy> byFromName(QByteArrayView name)
{
    return fromName<RouteBy>(routeNames, name);
}

std::optional<SrvServices> servicesFromName(QByteArrayView name)
{
    return fromName<SrvServices>(serviceNames, name);
}

std::optional<Family> familyFromName(QByteArrayView name)
{
    return fromName<Family>(familyNames, name);
}

Base::Result<ProxyHeader> headerFrom(const QByteArray &name)
{
    const auto known = fromName<ProxyHeader>(headerNames, name);
    return known ? Base::Result<ProxyHeader>(*known)
                 : Base::fail(Base::Error::Kind::InvalidInput, u"neither v1 nor v2"_s);
}

Base::Result<QHostAddress> addressFrom(const QByteArray &text)
{
    const QHostAddress address(QString::fromUtf8(text));
    return address.isNull() ? Base::fail(Base::Error::Kind::InvalidInput, u"no IP address"_s)
                            : Base::Result<QHostAddress>(address);
}

Base::Result<QList<QByteArray>> xclientFrom(const QByteArray &text)
{
    return Smtp::parseXclient(text);
}

QList<Pin> pinsFrom(ProfileReader &reader)
{
    QList<Pin> pins;
    const QJsonValue value = reader.take("pins"_L1);
    const QJsonArray array = value.toArray();
    if (!value.isUndefined() && (!value.isArray() || array.size() > MostPins))
        reader.fail("pins"_L1, u"is no short list"_s);
    for (const QJsonValue &one : array) {
        const auto pin = parsePin(one.toString().toUtf8());
        if (pin)
            pins.append(*pin);
        else
            reader.fail("pins"_L1, u"is wrong: "_s + pin.error().detail);
    }
    return pins;
}

} // namespace

void insertRoute(QJsonObject &profile, const Route &route)
{
    const Route plain;
    const auto insert = [&profile](const QString &key, const QJsonValue &value, bool differs) {
        if (differs)
            profile.insert(key, value);
    };
    QJsonArray pins;
    for (const Pin &pin : route.pins)
        pins.append(QString::fromUtf8(pinText(pin)));
    insert(u"route"_s, nameOf(routeNames, route.by), route.by != plain.by);
    insert(u"srvServices"_s, nameOf(serviceNames, route.srv), route.srv != plain.srv);
    insert(u"family"_s, nameOf(familyNames, route.family), route.family != plain.family);
    insert(u"localAddress"_s, route.localAddress.value_or(QHostAddress()).toString(),
        route.localAddress.has_value());
    insert(u"localPort"_s, route.localPort, route.localPort != 0);
    insert(u"pins"_s, pins, !pins.isEmpty());
    insert(u"resolver"_s, route.resolver, !route.resolver.isEmpty());
    insert(u"dnsTimeout"_s,
        static_cast<qint64>(route.dnsTimeout.value_or(std::chrono::milliseconds(0)).count()),
        route.dnsTimeout.has_value());
    insert(u"trustAnchor"_s, route.anchorFile, !route.anchorFile.isEmpty());
    insert(u"proxy"_s, QString::fromUtf8(proxyText(route.proxy.value_or(ProxyServer()))),
        route.proxy.has_value());
    insert(u"proxyCa"_s, route.proxy.value_or(ProxyServer()).caFile,
        route.proxy && !route.proxy->caFile.isEmpty());
    insert(u"proxyHeader"_s, nameOf(headerNames, route.proxyHeader.value_or(ProxyHeader::V1)),
        route.proxyHeader.has_value());
    insert(u"proxySource"_s,
        QString::fromLatin1(socketNameText(route.proxySource.value_or(SocketName()))),
        route.proxySource.has_value());
    insert(u"proxyDestination"_s,
        QString::fromLatin1(socketNameText(route.proxyDestination.value_or(SocketName()))),
        route.proxyDestination.has_value());
    insert(u"xclient"_s, route.xclient, !route.xclient.isEmpty());
    insert(u"xclientBeforeTls"_s, route.xclientBeforeTls, route.xclientBeforeTls);
}

Route routeFrom(ProfileReader &reader)
{
    Route route;
    route.by = reader.name("route"_L1, route.by, byFromName);
    route.srv = reader.name("srvServices"_L1, route.srv, servicesFromName);
    route.family = reader.name("family"_L1, route.family, familyFromName);
    route.localAddress = reader.parsed("localAddress"_L1, addressFrom);
    route.localPort = static_cast<quint16>(reader.number("localPort"_L1, 0, 0, 65'535));
    route.pins = pinsFrom(reader);
    route.resolver = reader.parsed("resolver"_L1, parseResolver).value_or(QString());
    if (const qint64 timeout = reader.number("dnsTimeout"_L1, 0, 0, LongestQuestion); timeout > 0)
        route.dnsTimeout = std::chrono::milliseconds(timeout);
    route.anchorFile = reader.text("trustAnchor"_L1);
    route.proxy = reader.parsed("proxy"_L1, parseProxy);
    if (const QString caFile = reader.text("proxyCa"_L1); !caFile.isEmpty()) {
        if (route.proxy && route.proxy->kind == ProxyServer::Kind::HttpsConnect)
            route.proxy->caFile = caFile;
        else
            reader.fail("proxyCa"_L1, u"is there without a \"proxy\" of https"_s);
    }
    route.proxyHeader = reader.parsed("proxyHeader"_L1, headerFrom);
    route.proxySource = reader.parsed("proxySource"_L1, parseSocketName);
    route.proxyDestination = reader.parsed("proxyDestination"_L1, parseSocketName);
    if (reader.parsed("xclient"_L1, xclientFrom))
        route.xclient = reader.text("xclient"_L1);
    route.xclientBeforeTls = reader.flag("xclientBeforeTls"_L1, false);
    return route;
}

} // namespace Mailgauge::Relay
