// SPDX-License-Identifier: GPL-3.0-or-later
#include "batchcommand.h"

#include "sessionjson.h"

#include <unistd.h>

namespace Mailgauge::Cli {

BatchCommand::BatchCommand(Context &context, Options options)
    : Command(context, std::move(options))
    , m_workspace(context)
    , m_reader(STDIN_FILENO)
    , m_steps(m_workspace)
{
    connect(&m_reader, &LineReader::line, this, &BatchCommand::take);
    connect(&m_reader, &LineReader::ended, this, &BatchCommand::end);
    connect(&m_steps, &StepRunner::answered, this, &BatchCommand::answer);
}

void BatchCommand::start()
{
    m_reader.readNext();
}

void BatchCommand::interrupt()
{
    m_interrupted = true;
    if (m_job)
        m_job->cancel();
    else
        Q_EMIT finished(Exit::Interrupted);
}

void BatchCommand::end(const std::optional<Problem> &problem)
{
    if (problem)
        fail(*problem);
    else
        Q_EMIT finished(Exit::Ok);
}

void BatchCommand::take(const QByteArray &line)
{
    BatchOperation read;
    const auto operation = parseOperation(line, &read);
    if (!operation)
        return answer(withId(read, {{"error", errorJson(operation.error())}}));
    if (operation->op == "send" && operation->session.isEmpty())
        return runSend(*operation);
    m_steps.run(*operation);
}

void BatchCommand::runSend(const BatchOperation &operation)
{
    auto options = Options::fromJson(
        "send", operation.members, sendOptions(), BatchOperation::frame());
    const auto raw = base64Member(operation.members, "dataBase64"_L1);
    const auto own = options ? refuseStandardInput(operation.op, *options) : Checked<void>();
    if (!options || !raw || !own) {
        const Problem problem = !options ? options.error() : !raw ? raw.error() : own.error();
        return answer(withId(operation, problemJson(problem, {})));
    }
    m_job = std::make_unique<SendJob>(context(), m_workspace, std::move(*options), *raw);
    connect(m_job.get(), &SendJob::finished, this,
        [this, operation] { answer(withId(operation, m_job->answer().toJson())); });
    m_job->start();
}

void BatchCommand::answer(const QByteArray &line)
{
    console().printLine(line);
    // The job is the sender of the signal that led here.
    if (m_job)
        m_job.release()->deleteLater();
    if (m_interrupted || console().hasFailed())
        Q_EMIT finished(m_interrupted ? Exit::Interrupted : Exit::Output);
    else
        m_reader.readNext();
}

} // namespace Mailgauge::Cli
