// SPDX-License-Identifier: GPL-3.0-or-later
#include "checkoptions.h"

#include "connectoptions.h"
#include "optionvalues.h"
#include "secretoptions.h"

#include <algorithm>
#include <array>

namespace Mailgauge::Cli {

namespace {

using Diagnose::Check;
using Diagnose::CheckOptions;
using Values = OptionSpec::Values;

/// Of what a session may be told, that which makes sense for a diagnosis.
constexpr std::array<QByteArrayView, 35> borrowed {"mx", "helo", "resolve", "resolver",
    "dns-timeout", "trust-anchor", "proxy", "proxy-ca", "proxy-password-file", "proxy-password-env",
    "proxy-protocol", "proxy-source", "proxy-destination", "local-address", "ipv4", "ipv6",
    "tls-ca", "tls-pin", "tls-cert", "tls-key", "tls-sni", "tls-ciphers", "tls-ciphersuites",
    "tls-groups", "tls-verify", "tls-verify-name", "tls-min", "tls-max", "auth", "auth-map",
    "authzid", "initial-response", "auth-without-tls", "user", "timeout"};

Checked<QList<quint16>> portsFrom(const QList<QByteArray> &values)
{
    QList<quint16> ports;
    for (const QByteArray &item : splitList(values)) {
        bool isNumber = false;
        const uint port = item.toUInt(&isNumber);
        if (!isNumber || port < 1 || port > 65'535)
            return usage(u"--ports %1: expected port numbers"_s.arg(QString::fromUtf8(item)));
        ports.append(static_cast<quint16>(port));
    }
    if (ports.isEmpty())
        return usage(u"--ports: which?"_s);
    return ports;
}

Checked<QList<Diagnose::TlsMode>> modesFrom(const QList<QByteArray> &values)
{
    QList<Diagnose::TlsMode> modes;
    for (const QByteArray &item : splitList(values)) {
        const auto mode = Diagnose::tlsModeFromName(item);
        if (!mode)
            return usage(
                u"--modes %1: expected clear, starttls or implicit"_s.arg(QString::fromUtf8(item)));
        if (!modes.contains(*mode))
            modes.append(*mode);
    }
    if (modes.isEmpty())
        return usage(u"--modes: which?"_s);
    std::ranges::sort(modes); // The grid's order, whatever was said.
    return modes;
}

Checked<QSet<Check>> checksFrom(const QList<QByteArray> &values)
{
    QSet<Check> checks;
    for (const QByteArray &item : splitList(values)) {
        if (item == "all") {
            checks.unite({Diagnose::allChecks().begin(), Diagnose::allChecks().end()});
        } else if (item == "harmless") {
            checks.unite(Diagnose::harmlessChecks());
        } else if (const auto check = Diagnose::checkFromName(item)) {
            checks.insert(*check);
        } else if (item != "none") {
            QByteArrayList names;
            for (const Check one : Diagnose::allChecks())
                names.append(Diagnose::checkName(one).toByteArray());
            return usage(u"--checks %1: expected all, harmless, none, or of %2"_s.arg(
                QString::fromUtf8(item), QString::fromLatin1(names.join(", "))));
        }
    }
    return checks;
}

Checked<QByteArray> mailboxFrom(const Options &options, const char *name)
{
    const QByteArray given = options.value(name);
    const auto mailbox = Smtp::Mailbox::parse(given);
    if (!mailbox || given.lastIndexOf('@') < 1)
        return badInput(
            u"--%1 %2: not an address"_s.arg(QLatin1StringView(name), options.text(name)));
    return mailbox->address();
}

Checked<void> applyAddresses(const Options &options, CheckOptions &check)
{
    for (const auto &[name, target] : {std::pair {"recipient", &check.recipient},
             std::pair {"foreign", &check.foreignRecipient}}) {
        if (!options.has(name))
            continue;
        const auto mailbox = mailboxFrom(options, name);
        if (!mailbox)
            return std::unexpected(mailbox.error());
        *target = *mailbox;
    }
    return {};
}

Checked<void> applyNumber(const Options &options, const char *name, int most, int &target)
{
    if (!options.has(name))
        return {};
    bool isNumber = false;
    target = options.value(name).toInt(&isNumber);
    if (!isNumber || target < 1 || target > most)
        return usage(u"--%1 %2: expected a number from 1 to %3"_s.arg(
            QLatin1StringView(name), options.text(name), QString::number(most)));
    return {};
}

/// HOST, --mx, or the profile: exactly one of them.
Checked<Relay::RelayProfile> whereFrom(
    const Options &options, const std::optional<Relay::RelayProfile> &profile, bool &portNamed)
{
    const qsizetype ways = options.positional().size() + (options.has("mx") ? 1 : 0)
        + (profile ? 1 : 0);
    if (ways != 1)
        return usage(u"which relay? Give HOST[:PORT], --profile NAME or --mx DOMAIN"_s);
    if (profile) {
        if (profile->unixSocket)
            return usage(u"a UNIX socket has no ports to look at"_s);
        return *profile;
    }
    Relay::RelayProfile made;
    if (options.has("mx"))
        return made;
    const auto server = Relay::parseServer(options.positional().first());
    if (!server)
        return usage(server.error().detail);
    made.host = server->host;
    made.port = server->port.value_or(25);
    portNamed = server->port.has_value();
    return made;
}

} // namespace

QList<OptionSpec> checkRelayOptions()
{
    QList<OptionSpec> table {
        {"profile", "NAME", Values::One, "the relay of this profile", 'p'},
        {"ports", "PORT[,PORT...]", Values::Joined,
            "what to try (default: 25,465,587,2525; the port where one is named)"},
        {"modes", "MODE[,MODE...]", Values::Joined,
            "how to connect: clear, starttls, implicit (default: all)"},
        {"checks", "NAME[,NAME...]", Values::Joined,
            "harmless (the default), all, none, or of: names extensions heloOnly authOffer "
            "startTlsEnforced startTlsInjection pipelining sizeLimit nullSender postmaster vrfy "
            "openRelay authentication recipientLimit endOfData"},
        {"tls-inspection", "", Values::Flag,
            "which TLS versions, cipher suites and chains it accepts; some hundred connections"},
        {"recipient", "ADDRESS", Values::One,
            "a mailbox of yours behind this relay, for recipientLimit and endOfData"},
        {"own-server", "", Values::Flag,
            "the server is yours: endOfData may send its messages to the recipient"},
        {"foreign", "ADDRESS", Values::One,
            "whom openRelay names (default: relay-test@example.org); nothing is sent"},
        {"authenticate", "", Values::Flag,
            "use the user name and password; without it nothing logs in"},
        {"recipients", "N", Values::One, "recipientLimit stops at N (default: 200)"},
        {"sessions", "S", Values::One, "so many at the same time (default: 4)"},
        {"pause", "SECONDS", Values::One,
            "how long to wait behind a 421 or 4yz, doubled each time (default: 5)"},
        {"compare", "ID|FILE|last", Values::One, "say what changed since that report"},
        {"output", "FILE", Values::One, "write the report to FILE: .txt, .html or .json", 'o'},
        {"no-store", "", Values::Flag, "keep neither the report nor its sessions"},
    };
    for (const OptionSpec &spec : profileOptions()) {
        if (std::ranges::find(borrowed, QByteArrayView(spec.name)) != borrowed.end())
            table.append(spec);
    }
    return table + secretOptions();
}

Checked<CheckPlan> checkOptionsFrom(
    const Options &options, const std::optional<Relay::RelayProfile> &given)
{
    bool portNamed = false;
    const auto where = whereFrom(options, given, portNamed);
    if (!where)
        return std::unexpected(where.error());
    const auto profile = profileFrom(options, *where, true);
    if (!profile)
        return std::unexpected(profile.error());
    const auto request = requestFrom(options, *profile);
    if (!request)
        return std::unexpected(request.error());
    CheckOptions check;
    check.relay = *request;
    check.record = !options.has("no-store");
    check.tlsInspection = options.has("tls-inspection");
    check.ownServer = options.has("own-server");
    check.authenticate = options.has("authenticate");
    if (check.authenticate) {
        if (profile->user.isEmpty())
            return usage(u"--authenticate needs --user, or a profile with a user name"_s);
        check.checks.insert(Check::Authentication);
    }
    portNamed = portNamed || (options.has("mx") && profile->port != 25);
    if (portNamed)
        check.ports = {profile->port};
    else if (given && !check.ports.contains(profile->port))
        check.ports.append(profile->port);
    if (options.has("ports")) {
        const auto ports = portsFrom(options.values("ports"));
        if (!ports)
            return std::unexpected(ports.error());
        check.ports = *ports;
    }
    if (options.has("checks")) {
        const auto checks = checksFrom(options.values("checks"));
        if (!checks)
            return std::unexpected(checks.error());
        check.checks = *checks;
    }
    if (options.has("modes")) {
        const auto modes = modesFrom(options.values("modes"));
        if (!modes)
            return std::unexpected(modes.error());
        check.modes = *modes;
    }
    if (options.has("ipv4"))
        check.families = {Diagnose::Family::IPv4};
    if (options.has("ipv6"))
        check.families = {Diagnose::Family::IPv6};
    if (const auto done = applyAddresses(options, check); !done)
        return std::unexpected(done.error());
    if (const auto done = applyNumber(options, "recipients", 10'000, check.recipients); !done)
        return std::unexpected(done.error());
    if (const auto done = applyNumber(options, "sessions", 64, check.parallel); !done)
        return std::unexpected(done.error());
    if (options.has("pause")) {
        bool isNumber = false;
        const double seconds = options.value("pause").toDouble(&isNumber);
        if (!isNumber || !(seconds >= 0.001 && seconds <= 3600))
            return usage(u"--pause %1: expected SECONDS"_s.arg(options.text("pause")));
        check.pause = std::chrono::milliseconds(static_cast<qint64>(seconds * 1000.0 + 0.5));
    }
    return CheckPlan {check, *profile};
}

} // namespace Mailgauge::Cli
