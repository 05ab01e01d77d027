// SPDX-License-Identifier: GPL-3.0-or-later
#include "command.h"

#include "sessionjson.h"

namespace Mailgauge::Cli {

void Command::fail(const Problem &problem)
{
    console().complain(problem.detail);
    if (m_context.json)
        console().printLine(Json::object(
            {{"error", errorJson(problem)}, {"exit", Json::number(qint64(problem.exitCode))}})
                .toLine());
    Q_EMIT finished(problem.exitCode);
}

} // namespace Mailgauge::Cli
