// SPDX-License-Identifier: GPL-3.0-or-later
#include "secretoptions.h"

#include "optionvalues.h"

#include "relay/netrc.h"
#include "relay/secretcommand.h"

#include <QFileInfo>

namespace Mailgauge::Cli {

namespace {

/// The first line of the file that NAME-file names, or the variable that NAME-env names.
Checked<std::optional<Base::Secret>> secretFrom(const Options &options, const QByteArray &name)
{
    const QByteArray fromFile = name + "-file";
    const QByteArray fromEnvironment = name + "-env";
    if (options.has(fromEnvironment.constData())) {
        const QByteArray variable = options.value(fromEnvironment.constData());
        if (options.has(fromFile.constData()))
            return usage(
                u"--%1-file and --%1-env exclude each other"_s.arg(QLatin1StringView(name)));
        if (!qEnvironmentVariableIsSet(variable.constData()))
            return usage(u"--%1-env %2: not set"_s.arg(
                QLatin1StringView(name), QString::fromUtf8(variable)));
        return Base::Secret(qgetenv(variable.constData()));
    }
    if (!options.has(fromFile.constData()))
        return std::nullopt;
    auto bytes = readInput(options.value(fromFile.constData()), 64 * 1024);
    if (!bytes)
        return std::unexpected(bytes.error());
    return Relay::firstLine(*bytes);
}

} // namespace

QList<OptionSpec> secretOptions()
{
    return QList<OptionSpec> {
               {"password-file", "FILE", OptionSpec::Values::One,
                   "the first line of FILE is the password; - is standard input"},
               {"password-env", "NAME", OptionSpec::Values::One,
                   "the password is in this environment variable"},
               {"password-command", "CMD", OptionSpec::Values::One,
                   "the first line that the shell command CMD prints is the password"},
               {"netrc", "[=FILE]", OptionSpec::Values::Optional,
                   "the password, and the user where --user names none, are in FILE (default: "
                   "~/.netrc) under the relay's name"},
           }
    + vaultOptions();
}

QList<OptionSpec> vaultOptions()
{
    return {
        {"vault-passphrase-file", "FILE", OptionSpec::Values::One,
            "the first line of FILE opens the password vault"},
        {"vault-passphrase-env", "NAME", OptionSpec::Values::One,
            "what opens the password vault is in this environment variable"},
    };
}

Checked<void> applyPasswordSource(const Options &options, Relay::RelayProfile &profile)
{
    using Source = Relay::PasswordSource;
    const bool given = options.has("password-file") || options.has("password-env");
    if (int(given) + int(options.has("password-command")) + int(options.has("netrc")) > 1)
        return usage(u"--password-file, --password-env, --password-command and --netrc exclude "
                     u"each other"_s);
    if (!given && !options.has("password-command") && !options.has("netrc"))
        return {};
    profile.passwordSource = Source::Kept;
    profile.passwordCommand = options.text("password-command");
    profile.netrcFile.clear();
    if (!profile.passwordCommand.isEmpty())
        profile.passwordSource = Source::Command;
    if (options.has("netrc")) {
        profile.passwordSource = Source::Netrc;
        if (const QByteArray file = options.value("netrc"); !file.isEmpty())
            profile.netrcFile = QFileInfo(QFile::decodeName(file)).absoluteFilePath();
        const auto login = Relay::readNetrc(profile.netrcFile, profile);
        if (!login)
            return login.error().kind == Base::Error::Kind::Io
                ? Checked<void>(noInput(login.error().detail))
                : Checked<void>(badInput(login.error().detail));
        if (profile.user.isEmpty())
            profile.user = login->user;
    }
    // Somebody who says where the password is means to use it.
    if (profile.passwordSource != Source::Kept)
        profile.tokenSource = Relay::TokenSource::None;
    return {};
}

Checked<std::optional<Base::Secret>> passwordFrom(const Options &options)
{
    return secretFrom(options, "password"_ba);
}

QList<OptionSpec> tokenOptions()
{
    return {
        {"token-file", "FILE", OptionSpec::Values::One,
            "the first line of FILE is the OAuth 2.0 access token; - is standard input"},
        {"token-env", "NAME", OptionSpec::Values::One,
            "the access token is in this environment variable"},
        {"token-command", "CMD", OptionSpec::Values::One,
            "the shell command CMD prints the access token"},
    };
}

Checked<std::optional<Base::Secret>> givenTokenFrom(const Options &options)
{
    auto given = secretFrom(options, "token"_ba);
    if (given && *given && options.has("token-command"))
        return usage(u"--token-command and --token-file or --token-env exclude each other"_s);
    return given;
}

QFuture<Checked<std::optional<Base::Secret>>> tokenFrom(const Options &options)
{
    using Token = Checked<std::optional<Base::Secret>>;
    Token given = givenTokenFrom(options);
    if (!given || !options.has("token-command"))
        return QtFuture::makeReadyValueFuture(given);
    return Relay::runTokenCommand(options.text("token-command"))
        .then([](const Base::Result<Base::Secret> &printed) {
            return printed ? Token(*printed) : Token(noInput(printed.error().detail));
        });
}

Checked<std::optional<Base::Secret>> proxyPasswordFrom(const Options &options)
{
    return secretFrom(options, "proxy-password"_ba);
}

QList<OptionSpec> clientSecretOptions()
{
    return {
        {"client-secret-file", "FILE", OptionSpec::Values::One,
            "the first line of FILE is the client's secret, where the provider gave one; - is "
            "standard input"},
        {"client-secret-env", "NAME", OptionSpec::Values::One,
            "the client's secret is in this environment variable"},
    };
}

Checked<std::optional<Base::Secret>> clientSecretFrom(const Options &options)
{
    return secretFrom(options, "client-secret"_ba);
}

Checked<std::optional<Base::Secret>> vaultPassphraseFrom(const Options &options)
{
    return secretFrom(options, "vault-passphrase"_ba);
}

} // namespace Mailgauge::Cli
