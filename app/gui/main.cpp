// SPDX-License-Identifier: GPL-3.0-or-later
#include "demo.h"
#include "demodirectory.h"
#include "services.h"
#include "translation.h"
#include "workbench.h"

#include "base/coredump.h"
#include "base/literals.h"

#include <BreezeIcons>
#include <KIconTheme>

#include <QApplication>
#include <QCommandLineParser>
#include <QIcon>
#include <QTemporaryDir>
#include <QTimer>
#include <QTranslator>

#include <cstdio>

using namespace Mailgauge;

namespace {

struct Arguments {
    QString dataDir;
    QString demo;
    QSize pictureSize {1440, 900};
    bool sandbox = false;
    bool leaveWhenShown = false;
    QStringList open;
};

Arguments parse(const QCoreApplication &application)
{
    QCommandLineParser parser;
    parser.setApplicationDescription(
        QCoreApplication::translate("main", "Desktop deliverability workbench"));
    parser.addHelpOption();
    parser.addVersionOption();
    const QCommandLineOption dataDir(
        u"data-dir"_s, QCoreApplication::translate("main", "Keep everything below DIR."), u"DIR"_s);
    const QCommandLineOption sandbox(u"sandbox"_s,
        QCoreApplication::translate("main", "Start with the built-in sandbox as the relay."));
    const QCommandLineOption demo(u"demo"_s,
        QCoreApplication::translate("main", "Play the demo and leave its results in DIR."),
        u"DIR"_s);
    QCommandLineOption size(
        u"picture-size"_s, u"Size of the demo's pictures."_s, u"WxH"_s, u"1440x900"_s);
    size.setFlags(QCommandLineOption::HiddenFromHelp);
    QCommandLineOption leave(
        u"leave-when-shown"_s, u"For benchmarks: say when the window is painted, and end."_s);
    leave.setFlags(QCommandLineOption::HiddenFromHelp);
    parser.addOptions({dataDir, sandbox, demo, size, leave});
    parser.addPositionalArgument(u"what"_s,
        QCoreApplication::translate(
            "main", "Messages (.eml), transcripts (.jsonl) or mailto: addresses to open."),
        u"[FILE|mailto:…]…"_s);
    parser.process(application);

    Arguments arguments;
    arguments.dataDir = parser.value(dataDir);
    arguments.sandbox = parser.isSet(sandbox);
    arguments.leaveWhenShown = parser.isSet(leave);
    arguments.demo = parser.value(demo);
    const QStringList sides = parser.value(size).split(u'x');
    if (sides.size() == 2)
        arguments.pictureSize = QSize(
            qBound(640, sides.first().toInt(), 4000), qBound(480, sides.last().toInt(), 4000));
    arguments.open = parser.positionalArguments();
    return arguments;
}

/// Plays the demo; the exit status tells whether all of it worked.
void runDemo(Gui::Services &services, Gui::Workbench &workbench, const Arguments &arguments)
{
    auto *demo = new Gui::Demo(services, workbench, arguments.demo, arguments.pictureSize);
    demo->setParent(&workbench);
    QObject::connect(
        demo, &Gui::Demo::finished, demo, [directory = arguments.demo](const QString &problem) {
            if (problem.isEmpty())
                std::puts(qPrintable(QCoreApplication::translate("main",
                    "The demo is done: open %1/report.html; transcript, outcomes and pictures lie "
                    "beside it.")
                        .arg(directory)));
            else
                std::fprintf(stderr, "%s\n",
                    qPrintable(QCoreApplication::translate("main", "The demo did not work: %1")
                            .arg(problem)));
            QCoreApplication::exit(problem.isEmpty() ? 0 : 1);
        });
    demo->start();
}

} // namespace

int main(int argc, char **argv)
{
    Base::keepMemoryPrivate();
    KIconTheme::initTheme();
    QApplication application(argc, argv);
    QApplication::setApplicationName(u"mailgauge"_s);
    QApplication::setApplicationDisplayName(u"Mailgauge"_s);
    QApplication::setApplicationVersion(QStringLiteral(MAILGAUGE_VERSION));
    QApplication::setDesktopFileName(u"mailgauge"_s);
    BreezeIcons::initIcons();
    QApplication::setWindowIcon(QIcon(u":/icons/mailgauge.svg"_s));

    // Before the command line: its help is translated, too.
    QTranslator translator;
    Gui::installTranslations(translator);

    Arguments arguments = parse(application);
    // The demo never touches what the user keeps: neither the store nor what lies in DIR.
    QTemporaryDir demoData;
    if (!arguments.demo.isEmpty()) {
        if (const QString problem = Gui::prepareDemoDirectory(arguments.demo); !problem.isEmpty()) {
            std::fprintf(stderr, "mailgauge: %s\n", qPrintable(problem));
            return 2;
        }
        if (arguments.dataDir.isEmpty())
            arguments.dataDir = demoData.path();
    }

    const Base::Paths paths = Base::Paths::standard(arguments.dataDir);
    Gui::Services services(paths);
    Gui::Workbench workbench(services, services.canSave() ? paths.settingsFile() : QString());
    workbench.setUp(arguments.sandbox);
    if (arguments.leaveWhenShown) {
        QObject::connect(&workbench.window(), &Shell::MainWindow::settled, &workbench, [] {
            std::puts("shown");
            std::fflush(stdout); // Into a pipe it would go at the end of the program only.
            QCoreApplication::quit();
        });
    }
    if (arguments.demo.isEmpty()) {
        workbench.show();
        workbench.open(arguments.open);
    } else {
        runDemo(services, workbench, arguments);
    }
    return QApplication::exec();
}
