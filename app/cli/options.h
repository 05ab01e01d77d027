// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "problem.h"

#include <QByteArray>
#include <QHash>
#include <QJsonObject>
#include <QList>

#include <span>

namespace Mailgauge::Cli {

/// One row of a subcommand's option table.
struct OptionSpec {
    enum class Values : quint8 {
        Flag, ///< Takes no value.
        One, ///< Given twice, the last one counts.
        Optional, ///< As One; the value follows "=" or is left out. In JSON: true.
        Many, ///< Repeatable.
        Joined, ///< Repeatable; a comma does the same as repeating.
    };

    const char *name; ///< Long name without dashes.
    const char *value; ///< What the help calls the value; empty for flags.
    Values values;
    const char *help;
    char letter = 0; ///< Short form, 0: none.
};

/// What was asked for: from the command line, or from one line of `batch` with the same names in
/// camelCase. Values are bytes, as the user gave them.
class Options {
public:
    /// What an argument is that begins with one dash and is no option in the table.
    enum class Dashes : quint8 {
        Options, ///< A mistake.
        Arguments, ///< What the subcommand works on, such as the tag to take away.
    };

    /// `command` names the subcommand in the table of what this version leaves out (notyet.h).
    [[nodiscard]] static Checked<Options> parse(QByteArrayView command,
        const QList<QByteArray> &arguments, std::span<const OptionSpec> table,
        Dashes dashes = Dashes::Options);
    /// Members whose names stand in `ignored` are not options.
    [[nodiscard]] static Checked<Options> fromJson(QByteArrayView command,
        const QJsonObject &object, std::span<const OptionSpec> table,
        const QList<QByteArray> &ignored);

    [[nodiscard]] bool has(const char *name) const { return m_values.contains(name); }
    [[nodiscard]] bool hasAny(std::span<const char *const> names) const;
    /// The last value given; empty where the option is absent.
    [[nodiscard]] QByteArray value(const char *name) const;
    [[nodiscard]] QString text(const char *name) const { return QString::fromUtf8(value(name)); }
    [[nodiscard]] QList<QByteArray> values(const char *name) const { return m_values.value(name); }
    void set(const char *name, QList<QByteArray> values) { m_values[name] = std::move(values); }
    [[nodiscard]] const QList<QByteArray> &positional() const { return m_positional; }

private:
    QHash<QByteArray, QList<QByteArray>> m_values;
    QList<QByteArray> m_positional;
};

/// The table as lines of help, in its order.
[[nodiscard]] QByteArray helpOf(std::span<const OptionSpec> table);

/// "tlsVerify" -> "tls-verify".
[[nodiscard]] QByteArray optionName(const QString &camelCase);

} // namespace Mailgauge::Cli
