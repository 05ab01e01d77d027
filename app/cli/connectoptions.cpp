// SPDX-License-Identifier: GPL-3.0-or-later
#include "connectoptions.h"

#include "controloptions.h"
#include "extensionoptions.h"
#include "optionvalues.h"
#include "routeoptions.h"
#include "secretoptions.h"

#include "relay/mechanismalias.h"
#include "relay/oneword.h"
#include "relay/profilejson.h"
#include "sasl/mechanism.h"
#include "smtp/deadlinetext.h"
#include "tls/tlsstream.h"

#include <QFile>
#include <QFileInfo>

#include <algorithm>
#include <array>

namespace Mailgauge::Cli {

namespace {

using Values = OptionSpec::Values;

Checked<void> applyTls(const Options &options, Relay::RelayProfile &profile, bool stored)
{
    if (options.has("tls")) {
        const QByteArray name = options.value("tls");
        const auto policy = Smtp::tlsPolicyFromName(name);
        if (!policy)
            return usage(u"--tls %1: expected none, opportunistic, opportunistic-strict, starttls, "
                         u"implicit, dane or mta-sts"_s.arg(QString::fromUtf8(name)));
        if (Smtp::isPublished(*policy) && (options.has("srv") || profile.unixSocket))
            return usage(
                u"--tls %1 is about mail exchangers: give --mx DOMAIN or --server HOST"_s.arg(
                    QString::fromUtf8(name)));
        profile.tls = *policy;
    } else if (options.has("mx")) {
        profile.tls = Smtp::TlsPolicy::Opportunistic;
    } else if (stored && options.has("server") && profile.port == 465
        && profile.tls != Smtp::TlsPolicy::None) {
        // STARTTLS would wait for a greeting that never comes.
        profile.tls = Smtp::TlsPolicy::ImplicitTls;
    } else if (stored && options.has("server") && (profile.port == 25 || profile.port == 587)
        && profile.tls == Smtp::TlsPolicy::ImplicitTls) {
        profile.tls = Smtp::TlsPolicy::RequireStartTls;
    } else if (!stored || options.has("srv")) {
        profile.tls = profile.port == 465 ? Smtp::TlsPolicy::ImplicitTls
            : profile.port == 25          ? Smtp::TlsPolicy::Opportunistic
                                          : Smtp::TlsPolicy::RequireStartTls;
    }
    const bool required = profile.tls == Smtp::TlsPolicy::RequireStartTls
        || profile.tls == Smtp::TlsPolicy::ImplicitTls;
    if (options.has("tls-verify")) {
        const auto mode = Relay::verifyModeFromName(options.value("tls-verify"));
        if (!mode)
            return usage(u"--tls-verify %1: expected full, ca, host or none"_s.arg(
                options.text("tls-verify")));
        profile.verify = *mode;
    } else if (!stored || options.has("tls") || options.has("mx") || options.has("srv")) {
        profile.verify = required ? Tls::VerifyMode::Full : Tls::VerifyMode::None;
    }
    if (const QString path = QFile::decodeName(options.value("tls-ca")); QFileInfo(path).isDir())
        profile.caFile = QFileInfo(path).absoluteFilePath();
    else if (const auto done = applyFile(options, "tls-ca", profile.caFile); !done)
        return done;
    if (options.has("tls-pin")) {
        const auto pin = parsePin(options.value("tls-pin"));
        if (!pin)
            return std::unexpected(pin.error());
        profile.pin = *pin;
    }
    return {};
}

/// What `--auth` says: mechanisms in their order, "auto" (none named), or "none" (no AUTH).
struct Mechanisms {
    QList<QByteArray> names;
    bool none = false;
};

Checked<Mechanisms> mechanismsFrom(const Options &options)
{
    Mechanisms mechanisms;
    for (const QByteArray &given : splitList(options.values("auth"))) {
        const QByteArray name = given.toUpper();
        if (name == "NONE")
            mechanisms.none = true;
        else if (Sasl::mechanismsByStrength().contains(name))
            mechanisms.names.append(name);
        else if (Sasl::isLeftOut(name))
            return usage(u"--auth %1: this build is without it"_s.arg(QString::fromUtf8(given)));
        else if (name != "AUTO")
            return usage(u"--auth %1: expected auto, none, or of %2"_s.arg(QString::fromUtf8(given),
                QString::fromLatin1(Sasl::mechanismsByStrength().join(", "))));
    }
    return mechanisms;
}

Checked<void> applyAuth(const Options &options, Relay::RelayProfile &profile)
{
    using Need = Smtp::AuthOptions::Need;
    if (options.has("user")) {
        profile.user = options.text("user");
        if (!options.has("auth"))
            profile.auth = Need::Required;
    }
    if (options.has("auth")) {
        const auto mechanisms = mechanismsFrom(options);
        if (!mechanisms)
            return std::unexpected(mechanisms.error());
        profile.mechanisms = mechanisms->names;
        // Naming several asks for each of them.
        profile.authInTurn = splitList(options.values("auth")).size() > 1;
        profile.auth = mechanisms->none ? Need::Never : Need::Required;
    }
    if (options.has("auth-map")) {
        profile.mechanismAliases.clear();
        for (const QByteArray &given : splitList(options.values("auth-map"))) {
            const auto alias = orUsage("auth-map", Relay::parseMechanismAlias(given));
            if (!alias)
                return std::unexpected(alias.error());
            profile.mechanismAliases.append(*alias);
        }
    }
    if (options.has("auth-required")) {
        const auto required = parseWord(options, "auth-required", {"yes", "no", "optional"});
        if (!required)
            return std::unexpected(required.error());
        if (profile.auth != Need::Never)
            profile.auth = *required == "yes" ? Need::Required
                : *required == "no"           ? Need::IfOffered
                                              : Need::Optional;
    }
    if (options.has("initial-response")) {
        using Initial = Smtp::AuthOptions::Initial;
        const auto word = parseWord(options, "initial-response", {"auto", "always", "never"});
        if (!word)
            return std::unexpected(word.error());
        profile.authInitial = *word == "auto" ? Initial::AsUsual
            : *word == "always"               ? Initial::Always
                                              : Initial::Never;
    }
    if (options.has("auth-without-tls"))
        profile.authWithoutTls = true;
    if (options.has("authzid"))
        profile.authorizationId = options.text("authzid");
    if (const auto done = applyPasswordSource(options, profile); !done)
        return done;
    if (options.has("netrc") && !options.has("auth") && profile.auth == Need::Never)
        profile.auth = Need::Required;
    const bool anybody = profile.mechanisms.isEmpty()
        || std::ranges::any_of(profile.mechanisms, needsUser);
    if (profile.auth != Need::Never && profile.user.isEmpty() && anybody)
        return usage(u"--auth needs --user"_s);
    return {};
}

Checked<void> applyTimeouts(const Options &options, Smtp::Deadlines &deadlines)
{
    const auto read = orUsage(
        "timeout", Smtp::deadlinesFromText(options.values("timeout").join(','), deadlines));
    if (!read)
        return std::unexpected(read.error());
    deadlines = *read;
    return {};
}

Checked<void> applyServer(const Options &options, Relay::RelayProfile &profile)
{
    if (namesOtherRelay(options))
        profile.strongestMechanism.clear();
    if (options.has("pipe") && (options.has("server") || options.has("unix-socket")))
        return usage(u"--pipe excludes --server and --unix-socket"_s);
    const auto domain = applyDomain(options, profile);
    if (!domain || *domain)
        return domain ? Checked<void>() : std::unexpected(domain.error());
    if (options.has("server")) {
        const auto server = orUsage("server", Relay::parseServer(options.value("server")));
        if (!server)
            return std::unexpected(server.error());
        profile.host = server->host;
        profile.port = server->port.value_or(587);
        profile.unixSocket = false;
        profile.route.by = Relay::RouteBy::Host;
    }
    for (const char *name : {"unix-socket", "pipe"}) {
        if (!options.has(name))
            continue;
        if (options.value(name).isEmpty())
            return usage(u"--%1 needs %2"_s.arg(
                QLatin1StringView(name), name == "pipe"_ba ? u"a command"_s : u"a path"_s));
        profile.host = QFile::decodeName(options.value(name));
        profile.unixSocket = true; // for both: no name, no port, no proxy
        profile.route.by = Relay::RouteBy::Host;
    }
    if (profile.host.isEmpty())
        return usage(u"where to? Give --server HOST[:PORT], --mx DOMAIN, --srv DOMAIN, "
                     u"--unix-socket PATH, --pipe COMMAND or --profile NAME"_s);
    return {};
}

Checked<void> applyTlsDetails(const Options &options, Relay::RelayProfile &profile)
{
    for (const auto &[name, version] :
        {std::pair {"tls-min", &profile.minTls}, std::pair {"tls-max", &profile.maxTls}}) {
        if (!options.has(name))
            continue;
        const auto word = parseWord(options, name, {"1.0", "1.1", "1.2", "1.3"});
        if (!word)
            return std::unexpected(word.error());
        *version = *word;
    }
    if (!Tls::isOrdered(profile.minTls, profile.maxTls))
        return usage(u"--tls-min is above --tls-max"_s);
    if (options.has("tls-verify-name"))
        profile.verifyName = options.text("tls-verify-name");
    if (options.has("tls-ciphers"))
        profile.ciphers = options.value("tls-ciphers");
    if (options.has("tls-ciphersuites"))
        profile.cipherSuites = options.value("tls-ciphersuites");
    if (options.has("tls-groups"))
        profile.tlsGroups = options.value("tls-groups");
    if (options.has("tls-sni"))
        profile.serverName = options.text("tls-sni");
    if (options.has("tls-key") && !options.has("tls-cert"))
        return usage(u"--tls-key needs --tls-cert"_s);
    if (options.has("tls-cert"))
        profile.keyFile.clear(); // One PEM file may hold both.
    return applyFile(options, "tls-cert", profile.certificateFile).and_then([&] {
        return applyFile(options, "tls-key", profile.keyFile);
    });
}

Checked<void> applyStop(const Options &options, Smtp::SessionOptions &session)
{
    using How = Smtp::StopRule::How;
    for (const auto &[name, how] :
        {std::pair {"quit-after", How::QuitAfter}, std::pair {"drop-after", How::DropAfter},
            std::pair {"drop-after-send", How::DropAfterSend}}) {
        if (!options.has(name))
            continue;
        const auto stage = Smtp::stageFromName(options.value(name));
        if (!stage)
            return usage(
                u"--%1 %2: no such stage"_s.arg(QLatin1StringView(name), options.text(name)));
        if (session.stop)
            return usage(u"--quit-after, --drop-after and --drop-after-send exclude each other"_s);
        session.stop = Smtp::StopRule {.how = how, .stage = *stage};
    }
    return {};
}

Checked<void> applyProtocol(const Options &options, Relay::RelayProfile &profile)
{
    if (options.has("protocol")) {
        const auto word = parseWord(options, "protocol", {"smtp", "esmtp", "lmtp"});
        if (!word)
            return std::unexpected(word.error());
        profile.protocol = *word == "smtp" ? Smtp::Protocol::Smtp
            : *word == "lmtp"              ? Smtp::Protocol::Lmtp
                                           : Smtp::Protocol::Esmtp;
    }
    if (options.has("pipelining")) {
        const auto word = parseWord(options, "pipelining", {"auto", "off"});
        if (!word)
            return std::unexpected(word.error());
        profile.pipelining = *word == "auto";
    }
    if (options.has("chunking")) {
        const auto word = parseWord(options, "chunking", {"auto", "off"});
        if (!word)
            return std::unexpected(word.error());
        profile.chunking = *word == "auto" ? Smtp::Chunking::WhereOffered : Smtp::Chunking::Off;
    }
    if (options.has("binary")) { // RFC 3030 3: never by DATA
        if (options.has("chunking") && profile.chunking == Smtp::Chunking::Off)
            return usage(u"--binary and --chunking off exclude each other"_s);
        profile.chunking = Smtp::Chunking::WhereOffered;
    }
    if (options.has("chunk-size")) {
        static constexpr qint64 Most = 1LL << 40;
        bool isNumber = false;
        profile.chunkSize = options.value("chunk-size").toLongLong(&isNumber);
        if (!isNumber || profile.chunkSize < 1 || profile.chunkSize > Most)
            return usage(
                u"--chunk-size %1: expected a number of octets"_s.arg(options.text("chunk-size")));
    }
    profile.prdr = profile.prdr || options.has("prdr");
    return {};
}

/// Of the proxy, which the profile's own keeps elsewhere.
Checked<void> applyProxyPassword(const Options &options,
    const std::optional<Relay::ProxyServer> &proxy, Delivery::Target &target)
{
    const auto password = proxyPasswordFrom(options);
    if (!password)
        return std::unexpected(password.error());
    if (*password && !target.proxy)
        return usage(u"--proxy-password-file and --proxy-password-env need --proxy"_s);
    const bool named = Relay::asksPassword(proxy);
    if (*password && proxy->kind == Relay::ProxyServer::Kind::Socks4)
        return usage(u"SOCKS 4 has a user id, but no password"_s);
    if ((*password && !named) || (!*password && named && options.has("proxy")))
        return usage(u"a user name in --proxy and --proxy-password-file or "
                     "--proxy-password-env go together"_s);
    if (*password)
        target.proxy->password = **password;
    return {};
}

} // namespace

QList<OptionSpec> profileOptions()
{
    return QList<OptionSpec> {
               {"server", "HOST[:PORT]", Values::One,
                   "the relay; [IPv6]:PORT for addresses; port 587 unless given", 's'},
               {"unix-socket", "PATH", Values::One, "connect to a UNIX socket"},
               {"helo", "NAME", Values::One, "the name in EHLO or HELO (default: this machine's)"},
               {"tls", "POLICY", Values::One,
                   "none, opportunistic, opportunistic-strict (where STARTTLS is announced it must "
                   "work), starttls, implicit, dane (as TLSA records ask) or mta-sts (as the "
                   "domain's policy asks); default: implicit on 465, opportunistic on 25 and --mx, "
                   "else starttls"},
               {"tls-verify", "MODE", Values::One,
                   "full, ca, host or none (default: full where TLS is required)"},
               {"tls-ca", "FILE|DIR", Values::One,
                   "trust the PEM certificates in the file, or in the files of the directory, "
                   "instead of the system's"},
               {"tls-pin", "sha256:HEX", Values::One, "accept this public key only"},
               {"auth", "MECH[,MECH...]", Values::Joined,
                   "mechanisms, one after the other until one is accepted; auto (the strongest "
                   "offered) "
                   "or "
                   "none"},
               {"auth-map", "NAME=MECH[,...]", Values::Joined,
                   "where the server announces NAME, speak MECH under that name"},
               {"auth-required", "yes|no|optional", Values::One,
                   "no: go on where AUTH is not offered; optional: and where it is refused"},
               {"initial-response", "auto|always|never", Values::One,
                   "never: wait for the server before the first message of a mechanism; always: "
                   "LOGIN's user name goes with AUTH"},
               {"auth-without-tls", "", Values::Flag, "allow the password to travel in clear text"},
               {"user", "NAME", Values::One, "user name for AUTH", 'u'},
               {"pipelining", "auto|off", Values::One,
                   "use PIPELINING where it is announced (default: auto)"},
               {"timeout", "STAGE=SECONDS[,...]", Values::Joined,
                   "limit of one reply; for content, the time without progress"},
               {"protocol", "smtp|esmtp|lmtp", Values::One,
                   "smtp: HELO only; lmtp: LHLO, a reply per recipient (default: esmtp)"},
               {"prdr", "", Values::Flag,
                   "ask for a verdict per recipient where PRDR is announced"},
               {"tls-cert", "FILE", Values::One, "client certificate (PEM)"},
               {"tls-key", "FILE", Values::One,
                   "its key (PEM; default: in the certificate's file)"},
               {"tls-min", "1.2|1.3", Values::One,
                   "lowest TLS version (default: 1.2; 1.0 and 1.1 for servers that have no other)"},
               {"tls-max", "1.2|1.3", Values::One, "highest TLS version"},
               {"tls-ciphers", "LIST", Values::One, "OpenSSL cipher list for TLS 1.2"},
               {"tls-ciphersuites", "LIST", Values::One, "OpenSSL cipher suites for TLS 1.3"},
               {"tls-groups", "LIST", Values::One,
                   "groups for key exchange, the first one's key is sent: X25519:P-256"},
               {"tls-sni", "NAME", Values::One,
                   "name to send and, without --tls-verify-name, to check instead of the host's"},
               {"tls-verify-name", "NAME", Values::One, "name to check instead of the one sent"},
               {"authzid", "NAME", Values::One, "act as this user after AUTH"},
               {"chunking", "auto|off", Values::One,
                   "auto: send the content by BDAT where CHUNKING is announced (default: off)"},
               {"chunk-size", "OCTETS", Values::One, "octets of one BDAT (default: 1048576)"},
           }
    + beyondAsciiOptions() + routeOptions();
}

QList<OptionSpec> traceOptions()
{
    return {
        {"tls-trace", "", Values::Flag,
            "put the messages of the TLS handshake into the transcript: what was offered and "
            "chosen, no keys (alerts are always there)"},
    };
}

QList<OptionSpec> stopOptions()
{
    return {
        {"quit-after", "STAGE", Values::One, "send QUIT once this stage's reply is read"},
        {"drop-after", "STAGE", Values::One,
            "close the connection once this stage's reply is read"},
        {"drop-after-send", "STAGE", Values::One, "close it once this stage's command is sent"},
    };
}

bool namesOtherRelay(const Options &options)
{
    return options.hasAny(std::array {"server", "unix-socket", "pipe", "mx", "srv"});
}

Checked<Relay::RelayProfile> profileFrom(
    const Options &options, Relay::RelayProfile base, bool stored)
{
    Relay::RelayProfile profile = std::move(base);
    if (const auto done = applyServer(options, profile); !done)
        return std::unexpected(done.error());
    if (options.has("helo")) {
        profile.ehloName = options.value("helo");
        if (!Relay::isOneWord(profile.ehloName))
            return badInput(u"--helo: not a name that a command can carry"_s, Smtp::Stage::Helo);
    }
    if (const auto done = applyTls(options, profile, stored); !done)
        return std::unexpected(done.error());
    if (const auto done = applyAuth(options, profile); !done)
        return std::unexpected(done.error());
    const auto rest = applyTlsDetails(options, profile)
                          .and_then([&] { return applyProtocol(options, profile); })
                          .and_then([&] { return applyBeyondAscii(options, profile); })
                          .and_then([&] { return applyRoute(options, profile); });
    if (!rest)
        return std::unexpected(rest.error());
    if (const auto done = applyTimeouts(options, profile.deadlines); !done)
        return std::unexpected(done.error());
    return profile;
}

Checked<Relay::RelayProfile> profileForRun(
    const Options &options, Relay::RelayProfile base, bool stored)
{
    if (stored && namesOtherRelay(options)) {
        base.auth = Smtp::AuthOptions::Need::Never;
        base.user.clear();
        base.authorizationId.clear();
        base.tokenSource = Relay::TokenSource::None;
        base.tokenCommand.clear();
        base.passwordSource = Relay::PasswordSource::Kept;
        base.passwordCommand.clear();
        base.netrcFile.clear();
        base.oauth.reset();
        base.certificateFile.clear();
        base.keyFile.clear();
        base.route.xclient.clear();
    }
    return profileFrom(options, std::move(base), stored);
}

Checked<Delivery::SendRequest> requestFrom(
    const Options &options, const Relay::RelayProfile &profile)
{
    Delivery::SendRequest request = Delivery::requestFor(profile, {});
    request.tlsOptions.trace = options.has("tls-trace");
    if (options.has("pipe")) {
        request.target.unixSocket = false;
        request.target.program = true;
    }
    if (const auto done = applyProxyPassword(options, profile.route.proxy, request.target); !done)
        return std::unexpected(done.error());
    if (const auto done = applyStop(options, request.session); !done)
        return std::unexpected(done.error());
    if (const auto done = applyControl(options, request.session); !done)
        return std::unexpected(done.error());
    return request;
}

/// EXTERNAL and ANONYMOUS name nobody; a ticket does, and OAUTHBEARER's token may do.
bool needsUser(const QByteArray &mechanism)
{
    const Sasl::Proof proof = Sasl::proofOf(mechanism);
    return proof == Sasl::Proof::Password
        || (proof == Sasl::Proof::Token && mechanism != "OAUTHBEARER");
}

Checked<Smtp::AuthOptions> authFrom(const Options &options, const Smtp::AuthOptions &base)
{
    Smtp::AuthOptions auth = base;
    if (options.has("auth")) {
        const auto mechanisms = mechanismsFrom(options);
        if (!mechanisms)
            return std::unexpected(mechanisms.error());
        auth.mechanisms = mechanisms->names;
        auth.inTurn = mechanisms->names.size() > 1;
    }
    if (options.has("user"))
        auth.user = options.value("user");
    if (options.has("authzid"))
        auth.authorizationId = options.value("authzid");
    auth.allowWithoutTls = auth.allowWithoutTls || options.has("auth-without-tls");
    return auth;
}

} // namespace Mailgauge::Cli
