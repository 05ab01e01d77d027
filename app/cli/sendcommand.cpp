// SPDX-License-Identifier: GPL-3.0-or-later
#include "sendcommand.h"

#include "summary.h"

namespace Mailgauge::Cli {

SendCommand::SendCommand(Context &context, Options options)
    : Command(context, std::move(options))
    , m_workspace(context)
    , m_job(context, m_workspace, this->options())
{
    m_job.allowBreaks();
    connect(&m_job, &SendJob::finished, this, &SendCommand::answer);
}

void SendCommand::start()
{
    m_job.start();
}

void SendCommand::interrupt()
{
    m_job.cancel();
}

void SendCommand::answer()
{
    const SendAnswer &answer = m_job.answer();
    if (!answer.record && !answer.summary && answer.problem)
        console().complain(answer.problem->detail);
    if (context().json) {
        console().printLine(answer.toJson().toLine());
    } else if (answer.summary) {
        printSummary(*answer.summary, console());
    } else if (answer.record) {
        printCommands(answer.commands, console());
        printSummary(*answer.record, answer.stored, console());
    }
    Q_EMIT finished(answer.exitCode());
}

} // namespace Mailgauge::Cli
