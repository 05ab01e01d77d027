// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "batchoperation.h"
#include "linereader.h"
#include "sendjob.h"
#include "steprunner.h"

namespace Mailgauge::Cli {

/// `batch`: operations from standard input, one line each, answered in their order.
class BatchCommand final : public Command {
    Q_OBJECT

public:
    BatchCommand(Context &context, Options options);

    void start() override;
    void interrupt() override;

private:
    void take(const QByteArray &line);
    void end(const std::optional<Problem> &problem);
    void runSend(const BatchOperation &operation);
    void answer(const QByteArray &line);

    Workspace m_workspace;
    LineReader m_reader;
    StepRunner m_steps;
    std::unique_ptr<SendJob> m_job;
    bool m_interrupted = false;
};

} // namespace Mailgauge::Cli
