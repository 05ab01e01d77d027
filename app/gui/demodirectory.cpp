// SPDX-License-Identifier: GPL-3.0-or-later
#include "demodirectory.h"

#include "base/filewriter.h"
#include "base/literals.h"

#include <QCoreApplication>
#include <QDir>
#include <QFileInfo>

namespace Mailgauge::Gui {

namespace {

constexpr auto marker = ".mailgauge-demo"_L1;

QString text(const char *sentence, const QString &path)
{
    return QCoreApplication::translate("demo", sentence).arg(path);
}

} // namespace

QString prepareDemoDirectory(const QString &path)
{
    const QFileInfo info(path);
    if (info.exists() && !info.isDir())
        return text(
            QT_TRANSLATE_NOOP("demo", "%1 is no directory: name a new or empty one for the demo."),
            path);
    const QDir directory(path);
    const bool own = directory.exists(marker);
    if (!own && info.exists()
        && !directory.isEmpty(
            QDir::AllEntries | QDir::Hidden | QDir::System | QDir::NoDotAndDotDot))
        return text(QT_TRANSLATE_NOOP("demo",
                        "%1 holds files that are not the demo's: name a new or empty directory."),
            path);
    if (!QDir().mkpath(path))
        return text(QT_TRANSLATE_NOOP("demo",
                        "The directory %1 cannot be made: check the path and its permissions."),
            path);
    if (!own && !Base::writeFile(directory.filePath(marker), "Results of mailgauge --demo.\n"))
        return text(
            QT_TRANSLATE_NOOP("demo", "Nothing can be written to %1: check its permissions."),
            path);
    return {};
}

} // namespace Mailgauge::Gui
