// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "sendjob.h"

namespace Mailgauge::Cli {

/// `send`: one message, one session.
class SendCommand final : public Command {
    Q_OBJECT

public:
    SendCommand(Context &context, Options options);

    void start() override;
    void interrupt() override;

private:
    void answer();

    Workspace m_workspace;
    SendJob m_job;
};

} // namespace Mailgauge::Cli
