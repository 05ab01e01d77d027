// SPDX-License-Identifier: GPL-3.0-or-later
#include "program.h"

#include "notyet.h"
#include "optionvalues.h"
#include "sessionjson.h"

#include <algorithm>

namespace Mailgauge::Cli {

namespace {

using Values = OptionSpec::Values;

/// The command line cut at the subcommand: options may stand before it too.
struct CutLine {
    QList<QByteArray> words; ///< One or two words that name the subcommand.
    QList<QByteArray> rest;
};

bool isGroup(const QByteArray &word)
{
    return std::ranges::any_of(allCommands(), [&word](const CommandSpec &spec) {
        return QByteArrayView(spec.name).startsWith(word + ' ');
    });
}

/// A global option written as two words takes the next one with it.
bool takesNext(const QByteArray &argument)
{
    return argument == "--data-dir" || argument == "--color";
}

CutLine cut(const QList<QByteArray> &arguments)
{
    CutLine line;
    for (qsizetype i = 0; i < arguments.size(); ++i) {
        const QByteArray &argument = arguments[i];
        const bool wantsWord = line.words.isEmpty()
            || (line.words.size() == 1 && isGroup(line.words.first()));
        if (wantsWord && !argument.startsWith('-')) {
            line.words.append(argument);
            continue;
        }
        line.rest.append(argument);
        if (wantsWord && takesNext(argument) && i + 1 < arguments.size())
            line.rest.append(arguments[++i]);
    }
    return line;
}

const CommandSpec *findCommand(const QByteArray &name)
{
    const auto all = allCommands();
    const auto found = std::ranges::find_if(
        all, [&name](const CommandSpec &spec) { return name == spec.name; });
    return found == all.end() ? nullptr : &*found;
}

bool wants(const QList<QByteArray> &arguments, const char *letter, const char *name)
{
    const auto end = std::ranges::find(arguments, "--"_ba);
    return std::any_of(arguments.begin(), end,
        [=](const QByteArray &a) { return a == name || (*letter && a == letter); });
}

} // namespace

QList<OptionSpec> globalOptions()
{
    return {
        {"data-dir", "DIR", Values::One, "keep the store and the settings in DIR"},
        {"json", "", Values::Flag, "results as JSON"},
        {"color", "auto|always|never", Values::One, "colours (default: auto, on a terminal)"},
        {"help", "", Values::Flag, "show this help", 'h'},
        {"version", "", Values::Flag, "show the version"},
    };
}

Program::Program(Console &console, const Base::Clock &clock)
    : m_console(console)
    , m_context {.console = console, .clock = clock, .dataDir = {}, .json = false}
{
}

void Program::run(const QList<QByteArray> &arguments)
{
    const CutLine line = cut(arguments);
    const QByteArray name = line.words.join(' ');
    m_context.json = wants(line.rest, "", "--json");
    if (const CommandSpec *spec = findCommand(name)) {
        runCommand(*spec, line.rest);
        return;
    }
    if (wants(line.rest, "", "--version")) {
        showVersion();
        return;
    }
    if (wants(line.rest, "-h", "--help") && (line.words.isEmpty() || isGroup(name))) {
        showHelp(name);
        return;
    }
    const QByteArray group = line.words.size() == 2 ? line.words.first() : QByteArray();
    if (line.words.isEmpty() || (line.words.size() == 1 && isGroup(name)))
        refuse({"usage"_ba, Exit::Usage, u"which subcommand?"_s}, name);
    else if (isNotYet(group, line.words.last()))
        refuse({"usage"_ba, Exit::Usage, notYet(name)}, group);
    else
        refuse({"usage"_ba, Exit::Usage, u"unknown subcommand %1"_s.arg(QString::fromUtf8(name))},
            group);
}

void Program::interrupt()
{
    if (m_command)
        m_command->interrupt();
    else
        end(Exit::Interrupted);
}

Checked<void> Program::applyGlobals(const Options &options)
{
    if (options.has("data-dir")) {
        if (options.value("data-dir").isEmpty())
            return usage(u"--data-dir needs a directory"_s);
        m_context.dataDir = QFile::decodeName(options.value("data-dir"));
    }
    if (options.has("color")) {
        const auto word = parseWord(options, "color", {"auto", "always", "never"});
        if (!word)
            return std::unexpected(word.error());
        m_console.setColour(*word == "always" ? Console::Colour::Always
                : *word == "never"            ? Console::Colour::Never
                                              : Console::Colour::Auto);
    }
    return {};
}

void Program::runCommand(const CommandSpec &spec, const QList<QByteArray> &arguments)
{
    auto options = Options::parse(
        spec.name, arguments, spec.table() + globalOptions(), spec.dashes);
    // Who asks for help gets it, even beside a mistake.
    if (options ? options->has("help") : wants(arguments, "-h", "--help")) {
        showHelp(spec);
        return;
    }
    if (!options) {
        refuse(options.error(), spec.name);
        return;
    }
    if (options->has("version")) {
        showVersion();
        return;
    }
    m_context.json = options->has("json");
    if (const auto done = applyGlobals(*options); !done) {
        refuse(done.error(), spec.name);
        return;
    }
    if (!*spec.arguments && !options->positional().isEmpty()) {
        refuse(
            {"usage"_ba, Exit::Usage,
                u"unexpected argument %1"_s.arg(QString::fromUtf8(options->positional().first()))},
            spec.name);
        return;
    }
    m_command = spec.make(m_context, std::move(*options));
    connect(m_command.get(), &Command::finished, this, &Program::end);
    m_command->start();
}

void Program::refuse(const Problem &problem, const QByteArray &command)
{
    m_console.complain(problem.detail);
    m_console.complain(u"try 'mailgauge-cli %1--help'"_s.arg(
        command.isEmpty() ? QString() : QString::fromUtf8(command) + u' '));
    if (m_context.json) {
        const Json answer = command == "send"
            ? problemJson(problem, {})
            : Json::object({{"error", errorJson(problem)},
                  {"exit", Json::number(qint64(problem.exitCode))}});
        m_console.printLine(answer.toLine());
    }
    end(problem.exitCode);
}

void Program::end(int exitCode)
{
    Q_EMIT finished(exitCode == Exit::Ok && m_console.hasFailed() ? Exit::Output : exitCode);
}

void Program::showVersion()
{
    m_console.printLine("mailgauge-cli " MAILGAUGE_VERSION);
    end(Exit::Ok);
}

void Program::showHelp(const QByteArray &prefix)
{
    const QByteArray group = prefix.isEmpty() ? QByteArray() : prefix + ' ';
    m_console.print("Usage: mailgauge-cli " + group + "SUBCOMMAND [OPTION]...\n\nSubcommands:\n");
    for (const CommandSpec &spec : allCommands()) {
        const QByteArray name(spec.name);
        if (name.startsWith(group))
            m_console.printLine("  " + name.leftJustified(20) + ' ' + spec.summary);
    }
    m_console.print("\nOptions of every subcommand:\n" + helpOf(globalOptions()));
    m_console.print("\n'mailgauge-cli SUBCOMMAND --help' tells more.\n");
    end(Exit::Ok);
}

void Program::showHelp(const CommandSpec &spec)
{
    m_console.print("Usage: mailgauge-cli " + QByteArray(spec.name) + " [OPTION]..."
        + (*spec.arguments ? " "_ba + spec.arguments : QByteArray()) + "\n\n" + spec.summary
        + "\n");
    const QList<OptionSpec> own = spec.table();
    if (!own.isEmpty())
        m_console.print("\nOptions:\n" + helpOf(own));
    m_console.print("\nOptions of every subcommand:\n" + helpOf(globalOptions()));
    if (*spec.notes)
        m_console.print("\n" + QByteArray(spec.notes) + "\n");
    end(Exit::Ok);
}

} // namespace Mailgauge::Cli
