// SPDX-License-Identifier: GPL-3.0-or-later
#include "program.h"
#include "signals.h"

#include "base/coredump.h"

#include <QCoreApplication>
#include <QFile>

#include <csignal>
#include <unistd.h>

int main(int argc, char **argv)
{
    using namespace Mailgauge;
    Base::keepMemoryPrivate();
    // A reader that goes away must not kill a session between the final dot and its reply.
    std::signal(SIGPIPE, SIG_IGN);
    QCoreApplication application(argc, argv);
    QCoreApplication::setApplicationName(QStringLiteral("mailgauge"));
    QCoreApplication::setApplicationVersion(QStringLiteral(MAILGAUGE_VERSION));

    QFile output;
    QFile diagnostics;
    // By descriptor: the C library's stream would keep back what a reader waits for.
    if (!output.open(STDOUT_FILENO, QIODevice::WriteOnly | QIODevice::Unbuffered)
        || !diagnostics.open(STDERR_FILENO, QIODevice::WriteOnly | QIODevice::Unbuffered))
        return Cli::Exit::Output;
    Cli::Console console(output, diagnostics, isatty(STDOUT_FILENO) == 1);
    const Base::SystemClock clock;
    Cli::Program program(console, clock);
    // Queued: a command that ends at once ends before the event loop runs.
    QObject::connect(
        &program, &Cli::Program::finished, &application,
        [](int code) { QCoreApplication::exit(code); }, Qt::QueuedConnection);
    Cli::Signals signalNotifier;
    QObject::connect(&signalNotifier, &Cli::Signals::received, &program, &Cli::Program::interrupt);
    program.run(QList<QByteArray>(argv + 1, argv + argc));
    return QCoreApplication::exec();
}
