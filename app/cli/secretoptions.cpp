// SPDX-License-Identifier: GPL-3.0-or-later
#include "secretoptions.h"

#include "optionvalues.h"

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
    const qsizetype end = bytes->indexOf('\n');
    QByteArray line = end < 0 ? *bytes : bytes->first(end);
    if (line.endsWith('\r'))
        line.chop(1);
    return Base::Secret(line);
}

} // namespace

QList<OptionSpec> secretOptions()
{
    return {
        {"password-file", "FILE", OptionSpec::Values::One,
            "the first line of FILE is the password; - is standard input"},
        {"password-env", "NAME", OptionSpec::Values::One,
            "the password is in this environment variable"},
        {"vault-passphrase-file", "FILE", OptionSpec::Values::One,
            "the first line of FILE opens the password vault"},
        {"vault-passphrase-env", "NAME", OptionSpec::Values::One,
            "what opens the password vault is in this environment variable"},
    };
}

Checked<std::optional<Base::Secret>> passwordFrom(const Options &options)
{
    return secretFrom(options, "password"_ba);
}

Checked<std::optional<Base::Secret>> vaultPassphraseFrom(const Options &options)
{
    return secretFrom(options, "vault-passphrase"_ba);
}

} // namespace Mailgauge::Cli
