// SPDX-License-Identifier: GPL-3.0-or-later
#include "routeoptions.h"

#include "optionvalues.h"
#include "secretoptions.h"

#include "dns/name.h"
#include "smtp/xclient.h"

namespace Mailgauge::Cli {

namespace {

using Values = OptionSpec::Values;

Checked<void> applyPins(const Options &options, Delivery::Target &target)
{
    for (const QByteArray &rule : options.values("resolve")) {
        const auto pin = parseResolve(rule);
        if (!pin)
            return std::unexpected(pin.error());
        target.pins.append({pin->host, pin->port, pin->address});
        if (target.by == Net::RouteBy::Host && pin->port == target.port
            && pin->host.compare(target.host, Qt::CaseInsensitive) == 0)
            target.pinnedAddress = pin->address;
    }
    return {};
}

Checked<void> applyAddresses(const Options &options, Delivery::Target &target)
{
    if (options.has("local-address")) {
        const QHostAddress local(options.text("local-address"));
        if (local.isNull())
            return usage(
                u"--local-address %1: not an IP address"_s.arg(options.text("local-address")));
        target.localAddress = local;
    }
    if (options.has("ipv4") && options.has("ipv6"))
        return usage(u"-4 and -6 exclude each other"_s);
    if (options.has("ipv4"))
        target.family = QAbstractSocket::IPv4Protocol;
    if (options.has("ipv6"))
        target.family = QAbstractSocket::IPv6Protocol;
    return {};
}

Checked<void> applyResolver(const Options &options, Delivery::Target &target)
{
    if (!options.has("resolver") && !options.has("dns-timeout") && !options.has("trust-anchor"))
        return {};
    Dns::ResolverOptions resolver;
    if (options.has("resolver")) {
        const auto server = parseServer(options.value("resolver"));
        if (!server)
            return std::unexpected(server.error());
        const QHostAddress address(server->host);
        if (address.isNull())
            return usage(u"--resolver %1: expected ADDRESS[:PORT]"_s.arg(options.text("resolver")));
        const bool v6 = address.protocol() == QAbstractSocket::IPv6Protocol;
        resolver.server
            = (v6 ? u"[%1]:%2"_s : u"%1:%2"_s).arg(server->host).arg(server->port.value_or(53));
    }
    if (options.has("dns-timeout")) {
        bool isNumber = false;
        const double seconds = options.value("dns-timeout").toDouble(&isNumber);
        if (!isNumber || !(seconds >= 0.001 && seconds <= 3600))
            return usage(u"--dns-timeout %1: expected SECONDS"_s.arg(options.text("dns-timeout")));
        resolver.timeout = std::chrono::milliseconds(static_cast<qint64>(seconds * 1000.0 + 0.5));
    }
    if (options.has("trust-anchor")) {
        const auto path = readableFile(options.value("trust-anchor"));
        if (!path)
            return std::unexpected(path.error());
        resolver.anchorFile = *path;
    }
    target.resolver = resolver;
    return {};
}

Checked<void> applyProxy(const Options &options, Delivery::Target &target)
{
    const auto password = proxyPasswordFrom(options);
    if (!password)
        return std::unexpected(password.error());
    if (options.has("proxy")) {
        const auto proxy = parseProxy(options.value("proxy"));
        if (!proxy)
            return std::unexpected(proxy.error());
        if (target.unixSocket)
            return usage(u"--proxy and --unix-socket exclude each other"_s);
        target.proxy = *proxy;
        target.proxy->password = password->value_or(Base::Secret());
        if (proxy->user.isEmpty() != !*password)
            return usage(u"a user name in --proxy and --proxy-password-file or "
                         "--proxy-password-env go together"_s);
    } else if (*password) {
        return usage(u"--proxy-password-file and --proxy-password-env need --proxy"_s);
    }
    if (options.has("proxy-protocol")) {
        const auto version = parseWord(options, "proxy-protocol", {"v1", "v2"});
        if (!version)
            return std::unexpected(version.error());
        target.proxyHeader = *version == "v1" ? Net::ProxyHeader::V1 : Net::ProxyHeader::V2;
    }
    return {};
}

} // namespace

Checked<void> applyXclient(const Options &options, Smtp::SessionOptions &session)
{
    if (!options.has("xclient"))
        return options.has("xclient-before-starttls")
            ? usage(u"--xclient-before-starttls needs --xclient"_s)
            : Checked<void>();
    const auto attributes = Smtp::parseXclient(options.value("xclient"));
    if (!attributes)
        return badInput(attributes.error().detail, Smtp::Stage::Helo);
    session.xclient = *attributes;
    session.xclientBeforeTls = options.has("xclient-before-starttls");
    return {};
}

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
            "go through socks5://[USER@]HOST[:PORT], socks5h:// (it looks names up) or http://"},
        {"proxy-password-file", "FILE", Values::One,
            "the first line of FILE is the proxy's password; - is standard input"},
        {"proxy-password-env", "NAME", Values::One,
            "the proxy's password is in this environment variable"},
        {"proxy-protocol", "v1|v2", Values::One,
            "send HAProxy's PROXY header with this connection's addresses first"},
        {"xclient", "'ADDR=... NAME=...'", Values::One,
            "speak on behalf of another client (Postfix's XCLIENT)"},
        {"xclient-before-starttls", "", Values::Flag, "say it before STARTTLS, not behind"},
        {"local-address", "ADDR", Values::One, "connect from this address"},
        {"ipv4", "", Values::Flag, "use IPv4 only", '4'},
        {"ipv6", "", Values::Flag, "use IPv6 only", '6'},
    };
}

Checked<bool> applyDomain(const Options &options, Relay::RelayProfile &profile)
{
    if (!options.has("mx") && !options.has("srv"))
        return false;
    int ways = 0;
    for (const char *name : {"mx", "srv", "server", "unix-socket"})
        ways += options.has(name) ? 1 : 0;
    if (ways > 1)
        return usage(u"--server, --unix-socket, --mx and --srv exclude each other"_s);
    const char *name = options.has("mx") ? "mx" : "srv";
    const auto given = parseServer(options.value(name));
    if (!given)
        return std::unexpected(given.error());
    if (!Dns::nameFrom(given->host) || !QHostAddress(given->host).isNull())
        return usage(u"--%1 %2: not a domain"_s.arg(QLatin1StringView(name), options.text(name)));
    if (given->port && options.has("srv"))
        return usage(u"--srv takes no port: the records have it"_s);
    profile.host = given->host;
    profile.port = options.has("mx") ? given->port.value_or(25) : 587;
    profile.unixSocket = false;
    return true;
}

Checked<void> applyRoute(const Options &options, Delivery::Target &target)
{
    if (options.has("mx"))
        target.by = Net::RouteBy::Mx;
    if (options.has("srv")) {
        target.by = Net::RouteBy::Srv;
        // A policy that was asked for holds: it is not changed by what the DNS says.
        const bool implicitTls = options.value("tls") == "implicit";
        target.srvImplicitTls = implicitTls || !options.has("tls");
        target.srvStartTls = !implicitTls;
    }
    return applyPins(options, target)
        .and_then([&] { return applyAddresses(options, target); })
        .and_then([&] { return applyResolver(options, target); })
        .and_then([&] { return applyProxy(options, target); });
}

} // namespace Mailgauge::Cli
