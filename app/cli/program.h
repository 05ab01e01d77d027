// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "command.h"

namespace Mailgauge::Cli {

/// Finds the subcommand, reads its options, shows help and version, and runs it.
class Program final : public QObject {
    Q_OBJECT

public:
    Program(Console &console, const Base::Clock &clock);

    /// `arguments` without the program's name. Ends with finished(), perhaps before it returns.
    void run(const QList<QByteArray> &arguments);
    void interrupt();

Q_SIGNALS:
    void finished(int exitCode);

private:
    void runCommand(const CommandSpec &spec, const QList<QByteArray> &arguments);
    void showVersion();
    void showHelp(const QByteArray &prefix);
    void showHelp(const CommandSpec &spec);
    void refuse(const Problem &problem, const QByteArray &command);
    void end(int exitCode);
    [[nodiscard]] Checked<void> applyGlobals(const Options &options);

    Console &m_console;
    Context m_context;
    std::unique_ptr<Command> m_command;
};

/// The options of every level.
[[nodiscard]] QList<OptionSpec> globalOptions();

} // namespace Mailgauge::Cli
