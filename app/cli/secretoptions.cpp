// SPDX-License-Identifier: GPL-3.0-or-later
#include "secretoptions.h"

#include "optionvalues.h"

namespace Mailgauge::Cli {

QList<OptionSpec> secretOptions()
{
    return {
        {"password-file", "FILE", OptionSpec::Values::One,
            "the first line of FILE is the password; - is standard input"},
        {"password-env", "NAME", OptionSpec::Values::One,
            "the password is in this environment variable"},
    };
}

Checked<std::optional<Base::Secret>> passwordFrom(const Options &options)
{
    if (options.has("password-env")) {
        const QByteArray name = options.value("password-env");
        if (options.has("password-file"))
            return usage(u"--password-file and --password-env exclude each other"_s);
        if (!qEnvironmentVariableIsSet(name.constData()))
            return usage(u"--password-env %1: not set"_s.arg(QString::fromUtf8(name)));
        return Base::Secret(qgetenv(name.constData()));
    }
    if (!options.has("password-file"))
        return std::nullopt;
    auto bytes = readInput(options.value("password-file"), 64 * 1024);
    if (!bytes)
        return std::unexpected(bytes.error());
    const qsizetype end = bytes->indexOf('\n');
    QByteArray line = end < 0 ? *bytes : bytes->first(end);
    if (line.endsWith('\r'))
        line.chop(1);
    return Base::Secret(line);
}

} // namespace Mailgauge::Cli
