// SPDX-License-Identifier: GPL-3.0-or-later
#include "routeoptions.h"

#include "optionvalues.h"

#include "dns/name.h"
#include "smtp/xclient.h"

namespace Mailgauge::Cli {

namespace {

using Values = OptionSpec::Values;

/// The values of a profile are replaced, not added to; '' takes them away.
Checked<void> applyPins(const Options &options, Relay::Route &route)
{
    if (options.has("resolve"))
        route.pins.clear();
    for (const QByteArray &rule : options.values("resolve")) {
        if (rule.isEmpty())
            continue;
        const auto pin = orUsage("resolve", Relay::parsePin(rule));
        if (!pin)
            return std::unexpected(pin.error());
        route.pins.append(*pin);
    }
    return {};
}

Checked<void> applyAddresses(const Options &options, Relay::Route &route)
{
    if (options.has("local-address")) {
        const QByteArray given = options.value("local-address");
        const QHostAddress local(QString::fromUtf8(given));
        if (local.isNull() && !given.isEmpty())
            return usage(
                u"--local-address %1: not an IP address"_s.arg(options.text("local-address")));
        route.localAddress = given.isEmpty() ? std::nullopt : std::optional(local);
    }
    if (options.has("local-port")) {
        bool isNumber = false;
        route.localPort = options.value("local-port").toUShort(&isNumber);
        if (!isNumber)
            return usage(u"--local-port %1: expected a port; 0 is as the system chooses"_s.arg(
                options.text("local-port")));
    }
    if (options.has("ipv4") && options.has("ipv6"))
        return usage(u"-4 and -6 exclude each other"_s);
    if (options.has("ipv4"))
        route.family = Relay::Family::IPv4;
    if (options.has("ipv6"))
        route.family = Relay::Family::IPv6;
    return {};
}

Checked<void> applyResolver(const Options &options, Relay::Route &route)
{
    if (options.has("resolver")) {
        const QByteArray given = options.value("resolver");
        const auto server = given.isEmpty() ? Checked<QString>(QString())
                                            : orUsage("resolver", Relay::parseResolver(given));
        if (!server)
            return std::unexpected(server.error());
        route.resolver = *server;
    }
    if (options.has("dns-timeout")) {
        bool isNumber = false;
        const double seconds = options.value("dns-timeout").toDouble(&isNumber);
        if (!isNumber || !(seconds >= 0.001 && seconds <= 3600))
            return usage(u"--dns-timeout %1: expected SECONDS"_s.arg(options.text("dns-timeout")));
        route.dnsTimeout = std::chrono::milliseconds(static_cast<qint64>(seconds * 1000.0 + 0.5));
    }
    return applyFile(options, "trust-anchor", route.anchorFile);
}

Checked<void> applyProxy(const Options &options, Relay::RelayProfile &profile)
{
    Relay::Route &route = profile.route;
    if (options.has("proxy")) {
        route.proxy.reset();
        if (const QByteArray given = options.value("proxy"); !given.isEmpty()) {
            const auto proxy = orUsage("proxy", Relay::parseProxy(given));
            if (!proxy)
                return std::unexpected(proxy.error());
            route.proxy = *proxy;
        }
    }
    if (options.has("proxy-ca")) {
        if (!route.proxy || route.proxy->kind != Relay::ProxyServer::Kind::HttpsConnect)
            return usage(u"--proxy-ca needs --proxy https://HOST"_s);
        if (const auto done = applyFile(options, "proxy-ca", route.proxy->caFile); !done)
            return done;
    }
    if (route.proxy && profile.unixSocket)
        return usage(u"a proxy and --unix-socket or --pipe exclude each other; --proxy '' takes "
                     u"the profile's away"_s);
    if (options.has("proxy-protocol")) {
        const auto version = parseWord(options, "proxy-protocol", {"v1", "v2", "none"});
        if (!version)
            return std::unexpected(version.error());
        route.proxyHeader.reset();
        if (*version != "none")
            route.proxyHeader = *version == "v1" ? Relay::ProxyHeader::V1 : Relay::ProxyHeader::V2;
    }
    for (const auto &[name, end] : {std::pair {"proxy-source", &route.proxySource},
             std::pair {"proxy-destination", &route.proxyDestination}}) {
        if (!options.has(name))
            continue;
        end->reset();
        if (options.value(name).isEmpty())
            continue;
        const auto said = orUsage(name, Relay::parseSocketName(options.value(name)));
        if (!said)
            return std::unexpected(said.error());
        *end = *said;
        if (!route.proxyHeader)
            return usage(u"--%1 needs --proxy-protocol"_s.arg(QLatin1StringView(name)));
    }
    return {};
}

Checked<void> applyXclient(const Options &options, Relay::RelayProfile &profile)
{
    Relay::Route &route = profile.route;
    profile.xclientAnyway = profile.xclientAnyway || options.has("xclient-unannounced");
    if (!options.has("xclient"))
        return options.has("xclient-before-starttls")
            ? usage(u"--xclient-before-starttls needs --xclient"_s)
            : Checked<void>();
    route.xclient = options.text("xclient");
    route.xclientBeforeTls = options.has("xclient-before-starttls");
    const auto attributes = Smtp::parseXclient(options.value("xclient"));
    if (!attributes && !route.xclient.isEmpty())
        return badInput(attributes.error().detail, Smtp::Stage::Helo);
    return {};
}

} // namespace

QList<OptionSpec> routeOptions()
{
    return {
        {"mx", "DOMAIN[:PORT]", Values::One,
            "the mail exchangers of DOMAIN, each in its turn; port 25 unless given"},
        {"srv", "DOMAIN", Values::One,
            "the submission servers of DOMAIN by SRV (with --tls: of that kind only)"},
        {"resolve", "HOST:PORT:ADDR", Values::Many, "use this address for HOST:PORT"},
        {"resolver", "ADDR[:PORT]", Values::One,
            "ask this DNS server only (default: the system's; hosts file where no DNS is needed)"},
        {"dns-timeout", "SECONDS", Values::One, "limit of one question (default: 5)"},
        {"trust-anchor", "FILE", Values::One,
            "DS or DNSKEY records to trust instead of the root's key"},
        {"proxy", "URL", Values::One,
            "go through http://[USER@]HOST[:PORT], https://, socks4://, socks5://, or socks4a:// "
            "and socks5h:// (they look names up; default port: 443 for https, else 1080)"},
        {"proxy-ca", "FILE", Values::One,
            "trust these PEM certificates about an https:// proxy instead of the system's"},
        {"proxy-password-file", "FILE", Values::One,
            "the first line of FILE is the proxy's password; - is standard input"},
        {"proxy-password-env", "NAME", Values::One,
            "the proxy's password is in this environment variable"},
        {"proxy-protocol", "v1|v2|none", Values::One,
            "send HAProxy's PROXY header with this connection's addresses first"},
        {"proxy-source", "ADDR:PORT|unknown", Values::One,
            "whom that header names as the client (default: this end)"},
        {"proxy-destination", "ADDR:PORT", Values::One,
            "and as the server (default: the other end)"},
        {"xclient", "'ADDR=... NAME=...'", Values::One,
            "speak on behalf of another client (Postfix's XCLIENT)"},
        {"xclient-before-starttls", "", Values::Flag, "say it before STARTTLS, not behind"},
        {"xclient-unannounced", "", Values::Flag,
            "say it also where the server does not announce it"},
        {"local-address", "ADDR", Values::One, "connect from this address"},
        {"local-port", "PORT", Values::One, "connect from this port"},
        {"ipv4", "", Values::Flag, "use IPv4 only", '4'},
        {"ipv6", "", Values::Flag, "use IPv6 only", '6'},
    };
}

Checked<bool> applyDomain(const Options &options, Relay::RelayProfile &profile)
{
    if (!options.has("mx") && !options.has("srv"))
        return false;
    int ways = 0;
    for (const char *name : {"mx", "srv", "server", "unix-socket", "pipe"})
        ways += options.has(name) ? 1 : 0;
    if (ways > 1)
        return usage(u"--server, --unix-socket, --pipe, --mx and --srv exclude each other"_s);
    const char *name = options.has("mx") ? "mx" : "srv";
    const auto given = orUsage(name, Relay::parseServer(options.value(name)));
    if (!given)
        return std::unexpected(given.error());
    if (!Dns::nameFrom(given->host) || !QHostAddress(given->host).isNull())
        return usage(u"--%1 %2: not a domain"_s.arg(QLatin1StringView(name), options.text(name)));
    if (given->port && options.has("srv"))
        return usage(u"--srv takes no port: the records have it"_s);
    profile.host = given->host;
    profile.port = options.has("mx") ? given->port.value_or(25) : 587;
    profile.unixSocket = false;
    profile.route.by = options.has("mx") ? Relay::RouteBy::Mx : Relay::RouteBy::Srv;
    return true;
}

Checked<void> applyRoute(const Options &options, Relay::RelayProfile &profile)
{
    Relay::Route &route = profile.route;
    if (options.has("srv")) {
        // A policy that was asked for holds: it is not changed by what the DNS says.
        route.srv = !options.has("tls")          ? Relay::SrvServices::Both
            : options.value("tls") == "implicit" ? Relay::SrvServices::Submissions
                                                 : Relay::SrvServices::Submission;
    }
    return applyPins(options, route)
        .and_then([&] { return applyAddresses(options, route); })
        .and_then([&] { return applyResolver(options, route); })
        .and_then([&] { return applyProxy(options, profile); })
        .and_then([&] { return applyXclient(options, profile); });
}

} // namespace Mailgauge::Cli
