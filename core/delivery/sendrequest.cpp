// SPDX-License-Identifier: GPL-3.0-or-later
#include "delivery/sendrequest.h"

#include "delivery/ehloname.h"
#include "smtp/xclient.h"

namespace Mailgauge::Delivery {

namespace {

std::optional<QAbstractSocket::NetworkLayerProtocol> layerOf(Relay::Family family)
{
    switch (family) {
    case Relay::Family::Any:
        return std::nullopt;
    case Relay::Family::IPv4:
        return QAbstractSocket::IPv4Protocol;
    case Relay::Family::IPv6:
        return QAbstractSocket::IPv6Protocol;
    }
    Q_UNREACHABLE_RETURN(std::nullopt);
}

std::optional<Dns::ResolverOptions> resolverOf(const Relay::Route &route)
{
    if (route.resolver.isEmpty() && route.anchorFile.isEmpty() && !route.dnsTimeout)
        return std::nullopt;
    Dns::ResolverOptions resolver;
    resolver.server = route.resolver;
    resolver.anchorFile = route.anchorFile;
    resolver.timeout = route.dnsTimeout.value_or(resolver.timeout);
    return resolver;
}

std::optional<Net::Proxy> proxyOf(const Relay::Route &route, const Base::Secret &password)
{
    return route.proxy.transform([&password](const Relay::ProxyServer &proxy) {
        return Net::Proxy {.kind = proxy.kind,
            .host = proxy.host,
            .port = proxy.port,
            .user = proxy.user,
            .password = password,
            .remoteNames = proxy.remoteNames,
            .caFile = proxy.caFile};
    });
}

Target targetOf(const Relay::RelayProfile &profile, const Base::Secret &proxyPassword)
{
    const Relay::Route &route = profile.route;
    Target target;
    target.host = profile.host;
    target.port = profile.port;
    target.unixSocket = profile.unixSocket;
    target.by = route.by;
    target.srvImplicitTls = route.srv != Relay::SrvServices::Submission;
    target.srvStartTls = route.srv != Relay::SrvServices::Submissions;
    target.localAddress = route.localAddress;
    target.localPort = route.localPort;
    target.family = layerOf(route.family);
    target.pins = route.pins;
    for (const Relay::Pin &pin : route.pins) {
        if (route.by == Relay::RouteBy::Host && pin.port == profile.port
            && pin.host.compare(profile.host, Qt::CaseInsensitive) == 0)
            target.pinnedAddress = pin.address;
    }
    target.resolver = resolverOf(route);
    target.proxy = proxyOf(route, proxyPassword);
    target.proxyHeader = route.proxyHeader;
    target.proxySource = route.proxySource;
    target.proxyDestination = route.proxyDestination;
    return target;
}

TlsOptions tlsOptionsOf(const Relay::RelayProfile &profile)
{
    TlsOptions tls;
    tls.verify = profile.verify;
    tls.caFile = profile.caFile;
    tls.caPem = profile.caPem;
    tls.serverName = profile.serverName;
    tls.verifyName = profile.verifyName;
    tls.pin = profile.pin;
    tls.minVersion = profile.minTls;
    tls.maxVersion = profile.maxTls;
    tls.ciphers = profile.ciphers;
    tls.cipherSuites = profile.cipherSuites;
    tls.groups = profile.tlsGroups;
    tls.certificateFile = profile.certificateFile;
    tls.keyFile = profile.keyFile;
    return tls;
}

Smtp::AuthOptions authOf(const Relay::RelayProfile &profile, const Relay::ProfileSecrets &secrets)
{
    Smtp::AuthOptions auth;
    auth.need = profile.auth;
    auth.mechanisms = profile.mechanisms;
    auth.aliases = profile.mechanismAliases;
    auth.user = profile.user.toUtf8();
    auth.authorizationId = profile.authorizationId.toUtf8();
    auth.password = secrets.password;
    auth.token = secrets.token;
    auth.inTurn = profile.authInTurn;
    auth.initial = profile.authInitial;
    auth.expected = profile.strongestMechanism;
    auth.allowWithoutTls = profile.authWithoutTls;
    return auth;
}

} // namespace

SendRequest requestFor(const Relay::RelayProfile &profile, const Relay::ProfileSecrets &secrets)
{
    SendRequest request;
    request.profile = profile.id;
    request.profileName = profile.name;
    request.exposedFile = secrets.exposedFile;
    request.target = targetOf(profile, secrets.proxyPassword);
    request.tlsOptions = tlsOptionsOf(profile);
    Smtp::SessionOptions &session = request.session;
    session.ehloName = profile.ehloName.isEmpty() ? defaultEhloName() : profile.ehloName;
    session.protocol = profile.protocol;
    session.tls = profile.tls;
    session.deadlines = profile.deadlines;
    session.pipelining = profile.pipelining;
    session.chunking = profile.chunking;
    session.chunkSize = profile.chunkSize;
    session.prdr = profile.prdr;
    session.smtpUtf8 = profile.smtpUtf8;
    session.eightBitAnyway = profile.eightBitAnyway;
    // A key that is to be the one is no wish: clear text would show none at all.
    if (!profile.pin.isEmpty() && isTlsWished(session.tls))
        session.tls = Smtp::TlsPolicy::RequireStartTls;
    session.auth = authOf(profile, secrets);
    // What is none is not left out silently: the session refuses it.
    if (!profile.route.xclient.isEmpty()) {
        const QByteArray typed = profile.route.xclient.toUtf8();
        session.xclientBeforeTls = profile.route.xclientBeforeTls;
        session.xclientAnyway = profile.xclientAnyway;
        session.xclient = Smtp::parseXclient(typed).value_or(QList {typed});
    }
    return request;
}

void giveSecrets(SendRequest &request, const Relay::ProfileSecrets &secrets)
{
    request.session.auth.password = secrets.password;
    request.session.auth.token = secrets.token;
    if (request.target.proxy)
        request.target.proxy->password = secrets.proxyPassword;
    request.exposedFile = secrets.exposedFile;
}

std::optional<QByteArray> mechanismToRemember(
    const Relay::RelayProfile &profile, const Transcript::SessionRecord &session)
{
    if (session.authMechanism.isEmpty())
        return std::nullopt;
    const QByteArray strongest = Sasl::strongestOf(session.capabilities.authMechanisms());
    return Sasl::isStronger(strongest, profile.strongestMechanism) ? std::optional(strongest)
                                                                   : std::nullopt;
}

} // namespace Mailgauge::Delivery
