// SPDX-License-Identifier: GPL-3.0-or-later
#include "clirun.h"

#include "base/literals.h"
#include "patience.h"

#include <QJsonDocument>
#include <QProcess>

namespace Mailgauge::Test {

QJsonObject CliRun::json() const
{
    return QJsonDocument::fromJson(out).object();
}

CliRun runCli(const QStringList &arguments, int limit)
{
    QProcess process;
    process.start(QStringLiteral(MAILGAUGE_BIN "/mailgauge-cli"), arguments);
    if (!waitFor([&process] { return process.state() == QProcess::NotRunning; }, limit)) {
        process.kill();
        process.waitForFinished();
        return {};
    }
    return {process.exitCode(), process.readAllStandardOutput(), process.readAllStandardError()};
}

} // namespace Mailgauge::Test
