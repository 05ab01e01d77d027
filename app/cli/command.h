// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "context.h"
#include "options.h"

#include <QObject>

#include <memory>

namespace Mailgauge::Cli {

/// One run of a subcommand. Whatever waits does so through the event loop.
class Command : public QObject {
    Q_OBJECT

public:
    Command(Context &context, Options options)
        : m_context(context)
        , m_options(std::move(options))
    {
    }

    /// Ends with finished(), perhaps before it returns.
    virtual void start() = 0;
    /// SIGINT or SIGTERM came: end soon. Most subcommands have nothing to tidy up.
    virtual void interrupt() { Q_EMIT finished(Exit::Interrupted); }

Q_SIGNALS:
    void finished(int exitCode);

protected:
    [[nodiscard]] Console &console() const { return m_context.console; }
    [[nodiscard]] Context &context() const { return m_context; }
    [[nodiscard]] const Options &options() const { return m_options; }
    /// Says what is wrong, as JSON too where that was asked for, and ends.
    void fail(const Problem &problem);

private:
    Context &m_context;
    Options m_options;
};

/// A subcommand as the program knows it.
struct CommandSpec {
    const char *name; ///< "send", "profiles list".
    const char *arguments; ///< What stands behind the options, for the help.
    const char *summary; ///< One line, for the list.
    QList<OptionSpec> (*table)();
    std::unique_ptr<Command> (*make)(Context &, Options);
    const char *notes = ""; ///< Further help.
    Options::Dashes dashes = Options::Dashes::Options;
};

template <typename T>
std::unique_ptr<Command> makeCommand(Context &context, Options options)
{
    return std::make_unique<T>(context, std::move(options));
}

/// All of them, in the order of the help.
[[nodiscard]] std::span<const CommandSpec> allCommands();

} // namespace Mailgauge::Cli
