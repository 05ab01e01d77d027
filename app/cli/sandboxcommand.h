// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "command.h"

#include "base/filewriter.h"
#include "sandbox/sandboxservice.h"

namespace Mailgauge::Cli {

[[nodiscard]] QList<OptionSpec> sandboxOptions();

/// `sandbox`: the built-in relay, until SIGINT or SIGTERM.
class SandboxCommand final : public Command {
    Q_OBJECT

public:
    SandboxCommand(Context &context, Options options);

    void start() override;
    void interrupt() override;

private:
    [[nodiscard]] Checked<Sandbox::SandboxOptions> read() const;
    void announce(const Sandbox::SandboxAddress &address);

    Sandbox::SandboxService m_service;
    Sandbox::SandboxOptions m_settings;
    std::unique_ptr<Base::FileWriter> m_caFile;
};

} // namespace Mailgauge::Cli
